"""Letters go: once where nothing goes wrong, again where something does, and never into nothing."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.jobs import Run, Stopping
from compliance.kernel.settings import Settings
from compliance.notices.models import Notice
from compliance.notices.rules import LEASE
from compliance.notices.sending import claim, send_due
from compliance.notices.ways import Post
from compliance.notices.ways.smtp import Smtp
from tests.builders.identity import every, logged
from tests.builders.notices import a_letter, post_goes, the_letter
from tests.notices.conftest import Furnish
from tests.support.installation import a_free_port
from tests.support.mail import MailServer


@pytest.mark.rule("GOV-5", "IDN-5", "AUD-1")
def test_a_letter_arrives_and_its_words_are_gone_from_the_store(posting: House, mail: MailServer) -> None:
    letter = a_letter(posting)

    assert post_goes(posting) == Run(1, 1, 0)

    (came,) = mail.arrived
    assert came.to == ["wren@kent.example.org"]
    assert came.subject == "Set up your MARAC Hub account"
    assert "https://marac.example/invitation/x" in came.body
    assert came.id == f"<{letter}@marac.example>"
    kept = the_letter(posting, letter)
    assert (kept.sent_at, kept.words, kept.held_until) == (posting.clock.now(), None, None)
    assert [(entry.subject_id, entry.actor_id) for entry in logged(posting, "notice.sent")] == [
        (str(letter), "send-letters")
    ]
    assert post_goes(posting) == Run()
    assert len(mail.arrived) == 1


@pytest.mark.rule("GOV-5")
def test_while_the_server_is_down_a_letter_waits_and_goes_when_it_is_back(
    posting: House, mail: MailServer, clock: FixedClock
) -> None:
    letter = a_letter(posting)
    mail.stop()

    for tries, pause in ((1, 5), (2, 10), (3, 20)):
        assert post_goes(posting) == Run(1, 0, 1)
        kept = the_letter(posting, letter)
        assert (kept.tries, kept.problem, kept.held_until) == (tries, "not_reached", None)
        assert kept.due_at == clock.now() + timedelta(seconds=pause)
        assert post_goes(posting) == Run()
        clock.move(timedelta(seconds=pause))
    assert len(logged(posting, "notice.failed")) == 1

    mail.start()
    assert post_goes(posting) == Run(1, 1, 0)
    assert len(mail.arrived) == 1
    assert the_letter(posting, letter).problem is None


@pytest.mark.rule("GOV-5")
def test_one_letter_finds_out_that_the_server_is_down_and_the_others_are_spared(
    posting: House, mail: MailServer
) -> None:
    for _ in range(3):
        a_letter(posting)
    mail.stop()

    assert post_goes(posting) == Run(1, 0, 1)
    assert sorted(row.tries for row in every(posting, Notice)) == [0, 0, 1]


@pytest.mark.rule("GOV-5")
@pytest.mark.parametrize(
    ("answer", "problem"),
    [("550 No such mailbox", "address_refused"), ("451 Try again later", "asked_to_wait")],
)
def test_an_address_that_is_refused_keeps_nobody_else_waiting(
    sqlite_posting: House, mail: MailServer, answer: str, problem: str
) -> None:
    refused = a_letter(sqlite_posting, "gone@kent.example.org")
    a_letter(sqlite_posting)
    mail.refuses_address = lambda address: answer if address.startswith("gone@") else None

    assert post_goes(sqlite_posting) == Run(2, 1, 1)

    assert [came.to for came in mail.arrived] == [["wren@kent.example.org"]]
    assert the_letter(sqlite_posting, refused).problem == problem
    assert the_letter(sqlite_posting, refused).words is not None


@pytest.mark.rule("GOV-5")
@pytest.mark.parametrize(
    ("answer", "problem"), [("554 Looks like spam", "refused"), ("452 Disk full", "asked_to_wait")]
)
def test_a_message_that_is_refused_is_tried_again(
    sqlite_posting: House, mail: MailServer, clock: FixedClock, answer: str, problem: str
) -> None:
    letter = a_letter(sqlite_posting)
    mail.answer = lambda _message: answer
    assert post_goes(sqlite_posting) == Run(1, 0, 1)
    assert the_letter(sqlite_posting, letter).problem == problem

    mail.answer = lambda _message: None
    clock.move(timedelta(seconds=5))
    assert post_goes(sqlite_posting) == Run(1, 1, 0)


@pytest.mark.rule("GOV-5", "AUD-1")
def test_the_log_is_told_of_each_kind_of_failure_once_in_a_row(
    sqlite_posting: House, mail: MailServer, clock: FixedClock
) -> None:
    a_letter(sqlite_posting)
    for answer in ("554 no", "554 no", "452 full", "554 no"):
        mail.answer = lambda _message, answer=answer: answer  # type: ignore[misc]
        post_goes(sqlite_posting)
        clock.move(timedelta(hours=1))

    told = [entry.detail for entry in logged(sqlite_posting, "notice.failed")]
    assert ["refused" in told[0], "asked_to_wait" in told[1], "refused" in told[2]] == [True, True, True]
    assert len(told) == 3


@pytest.mark.rule("GOV-5")
def test_a_server_that_says_nothing_is_not_waited_for_for_ever(sqlite_posting: House) -> None:
    letter = a_letter(sqlite_posting)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        way = Smtp.of(f"smtp://127.0.0.1:{silent.getsockname()[1]}", "hub@marac.example")
        sqlite_posting.fixtures[Post] = Post(replace(way, connect_seconds=0.3))
        assert post_goes(sqlite_posting) == Run(1, 0, 1)

    assert the_letter(sqlite_posting, letter).problem == "no_answer"


@pytest.mark.rule("GOV-5")
def test_a_server_that_hangs_in_the_middle_is_not_waited_for_for_ever(sqlite_posting: House, mail: MailServer) -> None:
    letter = a_letter(sqlite_posting)
    mail.slow_seconds = 3
    way = sqlite_posting.the(Post).way
    assert isinstance(way, Smtp)
    sqlite_posting.fixtures[Post] = Post(replace(way, answer_seconds=0.3))

    assert post_goes(sqlite_posting) == Run(1, 0, 1)
    assert the_letter(sqlite_posting, letter).problem == "no_answer"


@pytest.mark.rule("GOV-5")
def test_no_transaction_is_open_while_the_server_is_spoken_to(posting: House, mail: MailServer) -> None:
    """Somebody else can write all the while: SQLite has one place for that."""
    a_letter(posting)
    mail.slow_seconds = 1
    with ThreadPoolExecutor(1) as sending:
        run = sending.submit(post_goes, posting)
        assert mail.spoken_to.wait(60)
        a_letter(posting, "meanwhile@kent.example.org")
        assert not run.done()
        assert run.result().done == 2


@pytest.mark.rule("GOV-5")
def test_of_two_schedulers_at_once_each_letter_is_sent_by_one(
    settings: Settings, furnish: Furnish, mail: MailServer
) -> None:
    houses = [furnish(settings), furnish(settings), furnish(settings)]
    wanted = {str(number): a_letter(houses[0], f"{number}@kent.example.org") for number in range(24)}
    together = threading.Barrier(len(houses))

    def run(house: House) -> Run:
        together.wait()
        return post_goes(house)

    with ThreadPoolExecutor(len(houses)) as schedulers:
        runs = list(schedulers.map(run, houses))

    assert sum(run.done for run in runs) == len(wanted)
    assert sorted(came.id for came in mail.arrived) == sorted(f"<{id_}@marac.example>" for id_ in wanted.values())
    assert len(logged(houses[0], "notice.sent")) == len(wanted)


@pytest.mark.rule("GOV-5")
def test_of_eight_who_claim_at_once_each_has_another_letter(settings: Settings, furnish: Furnish) -> None:
    house = furnish(settings)
    for _ in range(3):
        a_letter(house)
    together = threading.Barrier(8)

    def take(_: int) -> object:
        together.wait()
        claimed = claim(house)
        return claimed.id if claimed else None

    with ThreadPoolExecutor(8) as schedulers:
        taken = [id_ for id_ in schedulers.map(take, range(8)) if id_ is not None]
    while (later := claim(house)) is not None:
        taken.append(later.id)

    assert len(taken) == len(set(taken)) == 3


@pytest.mark.rule("GOV-5")
def test_who_dies_with_a_letter_in_hand_leaves_it_to_the_next_when_the_lease_ends(
    posting: House, mail: MailServer, clock: FixedClock
) -> None:
    letter = a_letter(posting)
    assert claim(posting) is not None

    clock.move(LEASE - timedelta(microseconds=1))
    assert post_goes(posting) == Run()
    clock.move(timedelta(microseconds=1))
    assert post_goes(posting) == Run(1, 1, 0)

    assert [came.id for came in mail.arrived] == [f"<{letter}@marac.example>"]


@pytest.mark.rule("GOV-5")
def test_a_lease_made_by_a_clock_that_was_wrong_holds_nothing_up(
    sqlite_posting: House, mail: MailServer, clock: FixedClock
) -> None:
    a_letter(sqlite_posting)
    clock.move(timedelta(hours=3))
    assert claim(sqlite_posting) is not None
    clock.move(timedelta(hours=-3))

    assert post_goes(sqlite_posting) == Run(1, 1, 0)
    assert len(mail.arrived) == 1


@pytest.mark.rule("GOV-5")
def test_who_looked_at_the_clock_and_then_waited_takes_no_letter_that_was_claimed_meanwhile(
    posting: House, clock: FixedClock
) -> None:
    a_letter(posting)
    clock.move(timedelta(seconds=5))
    assert claim(posting) is not None
    clock.move(timedelta(seconds=-5))

    assert claim(posting) is None


@pytest.mark.rule("GOV-5")
def test_a_letter_that_would_only_mislead_is_not_sent_and_the_log_says_so(
    posting: House, mail: MailServer, clock: FixedClock
) -> None:
    letter = a_letter(posting, useless_at=clock.now() + timedelta(minutes=10))
    mail.stop()
    post_goes(posting)
    mail.start()
    clock.move(timedelta(minutes=10))

    assert post_goes(posting) == Run(1, 1, 0)

    kept = the_letter(posting, letter)
    assert (kept.dropped_at, kept.words, kept.sent_at) == (clock.now(), None, None)
    assert mail.arrived == []
    assert [entry.outcome for entry in logged(posting, "notice.dropped")] == ["failed"]


@pytest.mark.rule("GOV-5")
def test_without_any_mail_letters_wait_and_none_is_tried(
    sqlite_house: House, sqlite_settings: Settings, furnish: Furnish, mail: MailServer, clock: FixedClock
) -> None:
    letter = a_letter(sqlite_house)
    code = a_letter(sqlite_house, useless_at=clock.now() + timedelta(minutes=10))
    clock.move(timedelta(minutes=20))

    assert post_goes(sqlite_house) == Run(1, 1, 0)
    assert the_letter(sqlite_house, letter).tries == 0
    assert the_letter(sqlite_house, code).dropped_at is not None

    assert post_goes(furnish(sqlite_settings)) == Run(1, 1, 0)
    assert len(mail.arrived) == 1


@pytest.mark.rule("GOV-5")
def test_being_told_to_stop_interrupts_and_gives_the_letter_back(sqlite_posting: House, mail: MailServer) -> None:
    letter = a_letter(sqlite_posting)
    mail.slow_seconds = 120
    stopping = Stopping()
    with ThreadPoolExecutor(1) as scheduler:
        run = scheduler.submit(send_due, sqlite_posting, stopping, 500)
        assert mail.spoken_to.wait(60)
        stopping.tell()
        assert run.result(timeout=60) == Run()

    kept = the_letter(sqlite_posting, letter)
    assert (kept.held_until, kept.tries, kept.problem) == (None, 0, None)
    assert send_due(sqlite_posting, stopping, 500) == Run()


@pytest.mark.rule("GOV-5")
def test_a_port_where_nobody_listens_is_a_failure_like_any_other(sqlite_settings: Settings, furnish: Furnish) -> None:
    house = furnish(sqlite_settings, smtp_url=f"smtp://127.0.0.1:{a_free_port()}")
    letter = a_letter(house)

    assert post_goes(house) == Run(1, 0, 1)
    assert the_letter(house, letter).problem == "not_reached"
