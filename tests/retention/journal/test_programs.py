"""What programs, people signed in to them and addresses for changes had lost, they have lost on the copy too (RET-12, DEC-4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from audit.record import record
from compliance.changes.webhooks import use_cases as endpoints
from compliance.changes.webhooks.models import WebhookEndpoint
from compliance.identity.clients import ending, queries, sign_ons, use_cases
from compliance.identity.clients.events import ClientAltered, ClientRotated
from compliance.identity.clients.models import ClientCredential, Logout, RevokedToken, SignOn
from compliance.identity.clients.rules import End, Registration
from compliance.identity.models import ServiceClient
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from retention.journal.keeping import keep
from tests.builders import licences
from tests.builders.identity import an_account, every, logged, someone
from tests.builders.webhooks import an_endpoint
from tests.retention.journal.conftest import again
from tests.witnesses.conftest import Past

TEST = operator("test")
WIDE = Registration(
    "Case system", ("decisions", "registers:read"), (), ("https://case.example/in", "https://old.example/in"), (),
    "https://case.example/out",
)  # fmt: skip
NARROW = Registration(
    "Case system", ("decisions",), ("192.0.2.0/24",), ("https://case.example/in",), (), "https://case.example/out"
)


def a_client(house: House, registered: Registration = WIDE) -> UUID:
    said: dict[str, Any] = registered.as_asked()
    with house.work(TEST) as ctx:
        return use_cases.register_client(ctx, **said)[0].id


def alters(house: House, client_id: UUID, to: Registration) -> None:
    """As two people would."""
    with house.work(TEST) as ctx:
        client = queries.client(ctx, client_id, lock=True)
        use_cases._register(client, to)
        record(ctx, ClientAltered(subject=client.id, client=client.client_id, scopes=to.scopes))


def registered(house: House, client_id: UUID) -> Registration:
    with house.reading(TEST) as ctx:
        return queries.registration(queries.client(ctx, client_id))


def signed_on(house: House, client_id: UUID) -> UUID:
    person = an_account(house, "hub_coordinator").person
    session = licences.a_session(house, person.id)
    with house.work(TEST) as ctx:
        row = SignOn(
            id=ctx.new_id(), client_id=client_id, session_id=session, person_id=person.id, begun_at=ctx.now(),
            ends_at=ctx.now() + timedelta(hours=8),
        )  # fmt: skip
        ctx.session.add(row)
        return row.id


def restored(house: House, past: Past, *happens: Callable[[], object]) -> None:
    """This happens, and the store is turned back to before it."""
    keep(house)
    past.take()
    for each in happens:
        each()
    keep(house)
    past.put_back()
    keep(house)


@pytest.mark.rule("RET-12", "DEC-4")
def test_what_ended_of_programs_has_ended_on_the_copy_too(app: Flask, kept_house: House, past: Past) -> None:
    house = kept_house
    client_id = a_client(house)
    credential = every(house, ClientCredential)[0].id
    sign_on, endpoint = signed_on(house, client_id), an_endpoint(house, "https://case.example/changes")

    def ends_credential() -> None:
        with house.work(TEST) as ctx:
            use_cases.end_credential(ctx, client_id, credential)

    def gives_back() -> None:
        with house.work(TEST) as ctx:
            sign_ons.revoke(ctx, queries.client(ctx, client_id), "token-1", ctx.now() + timedelta(minutes=10))

    def signs_out() -> None:
        with house.work(TEST) as ctx:
            ending.end(ctx, sign_on, End.SIGNED_OUT)

    def ends_endpoint() -> None:
        with house.work(*someone(house, "hub_manager")) as ctx:
            endpoints.end_endpoint(ctx, endpoint)

    restored(house, past, ends_credential, gives_back, signs_out, ends_endpoint)

    assert every(house, ClientCredential)[0].ended_at is not None
    assert [(each.client_id, each.token_id) for each in every(house, RevokedToken)] == [(client_id, "token-1")]
    assert every(house, RevokedToken)[0].ends_at >= house.clock.now() + timedelta(minutes=10)
    assert [(each.reason, each.ended_at is not None) for each in every(house, SignOn)] == [("signed_out", True)]
    assert [each.sign_on_id for each in every(house, Logout)] == [sign_on], "its program is told again"
    assert [each.ended_at is not None for each in every(house, WebhookEndpoint)] == [True]
    said = again(house)
    wanted = {"client.credential_ended", "client.token_revoked", "sign_on.ended", "webhook.ended"}
    assert {(what, how) for what, how in said if what in wanted} == {(what, "exactly") for what in wanted}
    assert len(logged(house, "webhook.ended")) == 1
    assert keep(house).forgotten == 0


@pytest.mark.rule("RET-12", "DEC-4")
def test_a_token_whose_time_is_over_is_not_taken_back_again(
    sqlite_app: Flask, kept_house: House, past: Past, clock: FixedClock
) -> None:
    house = kept_house
    client_id = a_client(house)

    def gives_back() -> None:
        with house.work(TEST) as ctx:
            sign_ons.revoke(ctx, queries.client(ctx, client_id), "token-1", ctx.now() + timedelta(minutes=10))
        clock.move(timedelta(days=1))

    restored(house, past, gives_back)

    assert every(house, RevokedToken) == []


@pytest.mark.rule("RET-12", "DEC-3")
@pytest.mark.parametrize(
    ("before", "to", "left", "how"),
    [
        (WIDE, NARROW, NARROW, "exactly"),
        (NARROW, WIDE, NARROW, "to_look"),
        (
            NARROW,
            Registration(
                "Case system", ("registers:read",), ("198.51.100.0/24",), ("https://new.example/in",), (), None
            ),
            Registration("Case system", (), ("198.51.100.0/24",), (), (), "https://case.example/out"),
            "denied",
        ),
    ],
    ids=["less", "more", "other"],
)
def test_a_program_has_only_what_it_was_registered_with_before_and_after(
    app: Flask, kept_house: House, past: Past, before: Registration, to: Registration, left: Registration, how: str
) -> None:  # fmt: skip
    house = kept_house
    client_id = a_client(house, before)

    restored(house, past, lambda: alters(house, client_id, to))

    assert registered(house, client_id) == left
    assert again(house) == [("client.altered", how)]


@pytest.mark.rule("RET-12", "DEC-3")
def test_secrets_that_others_took_the_place_of_end_when_they_were_to_and_the_hub_gives_others(
    sqlite_app: Flask, kept_house: House, past: Past
) -> None:
    house = kept_house
    client_id = a_client(house)
    earlier = every(house, ClientCredential)[0].id

    def rotates() -> None:
        with house.work(TEST) as ctx:
            client = ctx.session.get_one(ServiceClient, client_id)
            row = ctx.session.get_one(ClientCredential, earlier)
            row.ends_at = ctx.now() + timedelta(days=7)
            made = ClientCredential(id=ctx.new_id(), client_id=client_id, made_at=ctx.now(), secret="0" * 64)
            ctx.session.add(made)
            record(
                ctx,
                ClientRotated(subject=client_id, client=client.client_id, credentials=(made.id,), earlier=(earlier,)),
            )

    restored(house, past, rotates)

    assert [(each.id, each.ends_at) for each in every(house, ClientCredential)] == [
        (earlier, house.clock.now() + timedelta(days=7))
    ]
    assert again(house) == [("client.rotated", "to_look")]
