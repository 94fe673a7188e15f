"""Changes are sent to whoever cannot ask for them: signed, thin, in order, until they are taken (DEC-4).

The receiver is a process of its own. Seen to fail: with the place moved on before the message is sent, what was not
taken is skipped; with one thread for all addresses, a slow one delays the others.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from compliance.changes.webhooks import letters, queries, sending, use_cases
from compliance.changes.webhooks.errors import EndpointKnown, NoSecretYet, SecretsOverlap
from compliance.changes.webhooks.models import WebhookDelivery, WebhookSecret
from compliance.identity import use_cases as identity
from compliance.identity.proposals import use_cases as proposals
from compliance.identity.proposals.errors import OwnProposal
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.errors import Forbidden, Invalid
from compliance.kernel.jobs import Stopping
from tests.builders import own
from tests.builders.identity import every, logged, someone
from tests.builders.identity import letters as letters_to
from tests.builders.webhooks import Receiver, a_receiver, a_secret, allow, an_endpoint, is_signed, progress


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with a_receiver(tmp_path / "receiver") as found:
        yield found


def clients(house: House, count: int = 1) -> None:
    """So many changes."""
    for _ in range(count):
        with house.work(operator("tests")) as ctx:
            identity.register_client(ctx, name="The case system", scopes=["decisions"])


def deliver(house: House, endpoint_id: UUID) -> int:
    return sending.deliver(house, endpoint_id, Stopping())


@pytest.mark.rule("DEC-4")
def test_changes_arrive_in_order_signed_and_with_ids_alone(house: House, receiver: Receiver) -> None:
    allow(house, "127.0.0.0/8")
    clients(house)
    endpoint_id = an_endpoint(house, receiver.url, "client.", secret=False)
    secret = a_secret(house, endpoint_id)

    clients(house, 3)
    assert deliver(house, endpoint_id) == 3
    assert deliver(house, endpoint_id) == 0

    first, *others = receiver.taken
    assert len(others) == 2
    said = json.loads(first["body"])
    assert set(said) == {"type", "timestamp", "data"}
    assert set(said["data"]) == {"state_version", "subject", "about", "organisation", "reference", "rules"}
    assert "case system" not in first["body"]
    versions = [json.loads(each["body"])["data"]["state_version"] for each in receiver.taken]
    assert versions == sorted(versions)
    assert all(is_signed(each, secret) for each in receiver.taken)
    assert not is_signed({**first, "body": first["body"] + " "}, secret)
    assert first["path"] == "/changes?for=tests"
    assert len(first["headers"]["traceparent"].split("-")) == 4
    assert int(first["headers"]["webhook-timestamp"]) == int(house.clock.now().timestamp())


@pytest.mark.rule("DEC-4")
@pytest.mark.parametrize("answer", ["500", "404", "hang-up", "to http://127.0.0.1:1/"])
def test_what_is_not_taken_is_sent_again_with_the_same_id_and_nothing_overtakes_it(
    sqlite_house: House, clock: FixedClock, receiver: Receiver, answer: str
) -> None:
    allow(sqlite_house, "127.0.0.0/8")
    endpoint_id = an_endpoint(sqlite_house, receiver.url, "client.")
    clients(sqlite_house, 2)
    receiver.answers(answer)

    for tries, pause in enumerate((5, 10, 20, 40), start=1):
        assert deliver(sqlite_house, endpoint_id) == 0
        assert deliver(sqlite_house, endpoint_id) == 0, "not before its pause is over"
        assert len(receiver.taken) == tries
        clock.move(timedelta(seconds=pause))
    receiver.answers("204")
    assert deliver(sqlite_house, endpoint_id) == 2

    ids = [each for each, _ in receiver.told()]
    assert len(set(ids[:5])) == 1
    assert len(set(ids)) == 2
    assert len(logged(sqlite_house, "webhook.failed")) == 1
    assert len(logged(sqlite_house, "webhook.recovered")) == 1
    assert progress(sqlite_house, endpoint_id).failing_since is None


@pytest.mark.rule("DEC-4")
def test_pauses_grow_to_an_hour_and_never_end(sqlite_house: House, clock: FixedClock, receiver: Receiver) -> None:
    allow(sqlite_house, "127.0.0.0/8")
    endpoint_id = an_endpoint(sqlite_house, receiver.url, "client.")
    clients(sqlite_house)
    receiver.answers("503")

    for _ in range(40):
        deliver(sqlite_house, endpoint_id)
        clock.move(timedelta(hours=1))

    assert len(receiver.taken) == 40
    receiver.answers("200")
    assert deliver(sqlite_house, endpoint_id) == 1


@pytest.mark.rule("DEC-4")
def test_a_slow_address_delays_no_other_and_an_endless_answer_is_not_read(
    sqlite_house: House, tmp_path: Path, receiver: Receiver
) -> None:
    allow(sqlite_house, "127.0.0.0/8")
    with a_receiver(tmp_path / "other") as other:
        slow, quick = (
            an_endpoint(sqlite_house, receiver.url, "client."),
            an_endpoint(sqlite_house, other.url, "client."),
        )
        clients(sqlite_house, 3)
        receiver.answers("slow")
        other.answers("long")
        stopping, begun = Stopping(), time.monotonic()

        sending.send_due(sqlite_house, stopping)
        while len(other.taken) < 3 and time.monotonic() - begun < 10:
            time.sleep(0.05)

        assert len(other.taken) == 3
        assert len(receiver.taken) == 1
        assert time.monotonic() - begun < 8
        stopping.tell()
    assert slow != quick


@pytest.mark.rule("IDN-5")
def test_for_a_while_two_secrets_sign_and_then_the_earlier_one_does_no_more(
    sqlite_house: House, clock: FixedClock, receiver: Receiver
) -> None:
    allow(sqlite_house, "127.0.0.0/8")
    endpoint_id = an_endpoint(sqlite_house, receiver.url, "client.", secret=False)
    clients(sqlite_house)
    assert deliver(sqlite_house, endpoint_id) in (0, 1)
    assert sending._due(sqlite_house) == [], "nothing is sent unsigned"
    receiver.taken.clear()
    earlier = a_secret(sqlite_house, endpoint_id)
    later = a_secret(sqlite_house, endpoint_id)
    with pytest.raises(SecretsOverlap):
        a_secret(sqlite_house, endpoint_id)

    clients(sqlite_house)
    deliver(sqlite_house, endpoint_id)
    both = receiver.taken[-1]
    clock.move(timedelta(hours=73))
    clients(sqlite_house)
    deliver(sqlite_house, endpoint_id)
    one = receiver.taken[-1]

    assert is_signed(both, earlier)
    assert is_signed(both, later)
    assert not is_signed(one, earlier)
    assert is_signed(one, later)
    assert all(earlier.encode() not in each.secret for each in every(sqlite_house, WebhookSecret))
    assert earlier not in str([each.detail for each in logged(sqlite_house, "webhook.secret_made")])


@pytest.mark.rule("DEC-4")
def test_a_message_is_sent_again_by_hand_with_its_id_and_a_try_tells_of_nothing(
    sqlite_house: House, clock: FixedClock, receiver: Receiver
) -> None:
    allow(sqlite_house, "127.0.0.0/8")
    endpoint_id = an_endpoint(sqlite_house, receiver.url, "client.")
    clients(sqlite_house, 2)
    deliver(sqlite_house, endpoint_id)
    who = someone(sqlite_house, "hub_manager")
    with sqlite_house.work(*who) as ctx:
        wanted = queries.deliveries(ctx, endpoint_id, sort="last").rows[0]
        use_cases.send_again(ctx, endpoint_id, wanted.id)
    clock.move(timedelta(seconds=1))
    with sqlite_house.work(*who) as ctx:
        use_cases.try_endpoint(ctx, endpoint_id)

    deliver(sqlite_house, endpoint_id)

    told = receiver.told()
    assert len(told) == 4
    assert f"msg_{wanted.id.hex}" == told[2][0]
    assert told[2] in told[:2]
    assert told[3][1] == "webhook.try"
    assert {each.tries for each in every(sqlite_house, WebhookDelivery)} == {1, 2}
    assert all(each.asked_at is None for each in every(sqlite_house, WebhookDelivery))


@pytest.mark.rule("ROL-3", "DEC-4")
def test_an_address_takes_two_people_and_nobody_else_has_it_made(sqlite_house: House) -> None:
    allow(sqlite_house, "127.0.0.0/8")
    manager = someone(sqlite_house, "hub_manager")
    url = "https://cases.example.org/changes"
    with sqlite_house.work(*manager) as ctx:
        proposal = use_cases.propose_endpoint(ctx, name="Cases", url=url, reason="It follows what we change.")
    with pytest.raises(OwnProposal), sqlite_house.work(*manager) as ctx:
        proposals.approve(ctx, proposal.id, digest=proposal.digest)
    for role in ("hub_coordinator", "ig_officer", "delegate"):
        with pytest.raises(Forbidden), sqlite_house.work(*someone(sqlite_house, role)) as ctx:
            use_cases.propose_endpoint(ctx, name="Cases", url=url + role, reason="Mine.")
    with sqlite_house.work(*someone(sqlite_house, "hub_supervisor")) as ctx:
        proposals.approve(ctx, proposal.id, digest=proposal.digest)

    with pytest.raises(EndpointKnown), sqlite_house.work(*manager) as ctx:
        use_cases.propose_endpoint(ctx, name="Again", url=url, reason="Once more.")
    (made,) = every(sqlite_house, use_cases.WebhookEndpoint)
    with pytest.raises(NoSecretYet), sqlite_house.work(*manager) as ctx:
        use_cases.try_endpoint(ctx, made.id)
    with sqlite_house.work(*manager) as ctx:
        use_cases.end_endpoint(ctx, made.id)
    assert sending._due(sqlite_house) == []


@pytest.mark.rule("DEC-4")
@pytest.mark.parametrize(
    "url",
    [
        "http://cases.example.org/", "https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", "https://[::1]/",
        "https://[::ffff:169.254.169.254]/", "https://[64:ff9b::a9fe:a9fe]/", "https://[fd00:ec2::254]/", "ftp://x/",
        "https://user:pass@cases.example.org/", "https://cases.example.org/#x", "https://", "x", "", "https://a b/",
        "https://cases.example.org:99999/", "https://" + "a" * 500, "https://cases.example.org\\@evil/", "https://c\x00/",
        "https://127.0.0.1/", "https://0.0.0.0/", "https://ünïcode.example/",
    ],
)  # fmt: skip
def test_an_address_that_leads_inside_or_nowhere_is_not_even_proposed(sqlite_house: House, url: str) -> None:
    with pytest.raises(Invalid) as refused, sqlite_house.work(*someone(sqlite_house, "hub_manager")) as ctx:
        use_cases.propose_endpoint(ctx, name="Cases", url=url, reason="It follows what we change.")
    assert refused.value.fields[0].pointer == "/url"


@pytest.mark.rule("GOV-5")
def test_the_managers_are_written_to_once_it_has_failed_for_a_while_and_again_a_day_later(
    sqlite_house: House, clock: FixedClock, receiver: Receiver
) -> None:
    allow(sqlite_house, "127.0.0.0/8")
    endpoint_id = an_endpoint(sqlite_house, receiver.url, "client.")
    manager = someone(sqlite_house, "hub_manager")
    clients(sqlite_house)
    receiver.answers("500")

    def told() -> int:
        with sqlite_house.work(sending.SENDER) as ctx:
            due = letters.due(ctx)
            for each in due:
                letters.write(ctx, each)
        return len(due)

    deliver(sqlite_house, endpoint_id)
    seen = [told()]
    for minutes in (29, 1, 1, 24 * 60, 1):
        clock.move(timedelta(minutes=minutes))
        seen.append(told())

    assert seen == [0, 0, 1, 0, 1, 0]
    written = letters_to(sqlite_house, UUID(manager[0].id), "webhook_failing")
    assert len(written) == 2
    assert "127.0.0.1" not in str(written).replace(sqlite_house.settings.base_url, "")


def test_what_was_taken_is_forgotten_after_a_while_and_what_was_not_is_kept(
    house: House, clock: FixedClock, receiver: Receiver
) -> None:
    allow(house, "127.0.0.0/8")
    endpoint_id = an_endpoint(house, receiver.url, "client.")
    clients(house)
    deliver(house, endpoint_id)
    receiver.answers("500")
    clients(house)
    deliver(house, endpoint_id)

    assert own.disposes(house, "webhook_deliveries") == 0
    clock.move(timedelta(days=31))
    assert own.disposes(house, "webhook_deliveries") == 1
    assert [each.taken_at for each in every(house, WebhookDelivery)] == [None]
