"""Leaving at a time: announced, called off, carried out once and whole, and coming back from it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from compliance.identity import queries as identity
from compliance.identity.models import RoleHeld, SignIn
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Invalid, NotFound
from compliance.kernel.jobs import Run, run_now
from compliance.kernel.secrets import KeyRing
from compliance.licences.models import Licence
from compliance.licences.rules import Status
from compliance.notices.models import Notice
from signatories import use_cases
from signatories.models import Signature, Withdrawal
from signatories.withdrawals.errors import AlreadyAnnounced, CalledOff, InEffect
from signatories.withdrawals.jobs import JOBS
from signatories.withdrawals.queries import Stands, register
from tests.builders.identity import Acting, an_account, every, logged, signed_in, someone
from tests.builders.licences import a_licence, a_request, again, an_organisation, seats
from tests.builders.signatories import (
    COMMAND,
    a_signatory,
    a_signer,
    a_version,
    opens_and_signs,
    signs,
    state_of,
    the_instruments,
    withdraws,
)

SHORTLY = timedelta(minutes=2)
CARRIER = JOBS[0]


@pytest.fixture
def swale(house: House) -> UUID:
    """A partner with an active licence and a request."""
    the_instruments(house)
    seats(house)
    organisation = an_organisation(house)
    a_licence(house, organisation)
    a_request(house, organisation, "asks@swale.gov.uk")
    return organisation


def announces(house: House, organisation_id: UUID, by: Acting | None = None) -> Withdrawal:
    """The organisation is to leave shortly."""
    return withdraws(house, organisation_id, by=by, effective_at=house.clock.now() + SHORTLY)


def calls_off(house: House, withdrawal_id: UUID, by: Acting | None = None) -> Withdrawal:
    with house.work(*(by or someone(house, "hub_manager"))) as ctx:
        return use_cases.call_off(ctx, withdrawal_id)


def letters(house: House, *kinds: str) -> int:
    """How many letters of these kinds still wait to be sent."""
    return sum(each.kind in kinds and each.useless_at is None for each in every(house, Notice))


@pytest.mark.rule("SIG-6", "SIG-7", "SIG-8")
def test_nothing_ends_before_its_instant_and_all_of_it_in_one_transaction_after_it(
    house: House, clock: FixedClock, swale: UUID
) -> None:
    someone(house, "hub_coordinator")
    for role in ("delegate", "authorised_signatory"):
        someone(house, role, organisation_id=swale)
    made = announces(house, swale)
    assert run_now(house, CARRIER) == Run(0, 0, 0)
    assert {each.status for each in every(house, Licence)} == {Status.ACTIVE, Status.REQUESTED}
    assert letters(house, "withdrawal_announced", "partner_leaves") >= 2

    clock.move(SHORTLY + timedelta(seconds=1))
    assert run_now(house, CARRIER) == Run(1, 1, 0)
    assert run_now(house, CARRIER) == Run(0, 0, 0)

    (row,) = every(house, Withdrawal)
    assert (row.effective_at, row.carried_out_at) == (made.effective_at, clock.now())
    assert (row.people_removed, row.licences_ended) == (1, 1)
    assert {each.ended_at for each in every(house, Signature)} == {made.effective_at}
    assert {(each.status, each.end_reason) for each in every(house, Licence)} == {(Status.DEACTIVATED, "withdrawn")}
    roles = {each.role: each.ended_at for each in every(house, RoleHeld) if each.organisation_id == swale}
    assert roles["delegate"] == clock.now()
    assert roles["authorised_signatory"] is None
    assert letters(house, "withdrawal_announced", "partner_leaves") == 0
    assert letters(house, "withdrawal_in_effect") == 1
    assert letters(house, "partner_left") >= 1
    assert letters(house, "licence_withdrawn") == 1
    (entry,) = logged(house, "organisation.withdrew")
    assert (entry.actor_id, entry.subject_id) == ("carry-out-withdrawals", str(made.id))


@pytest.mark.rule("SIG-6", "IDN-6")
def test_its_peoples_sessions_open_nothing_from_the_very_microsecond_though_nobody_has_acted(
    house: House, clock: FixedClock, swale: UUID
) -> None:
    dover = an_organisation(house, "dover")
    accounts = [an_account(house, "delegate", organisation_id=each) for each in (swale, dover)]
    clock.move(timedelta(minutes=1))
    theirs, others = (signed_in(house, account) for account in accounts)
    announces(house, swale)

    def opens(token: str) -> bool:
        with house.reading(COMMAND) as ctx:
            return identity.session(ctx, token) is not None

    clock.move(SHORTLY - timedelta(microseconds=1))
    assert (opens(theirs.token), opens(others.token)) == (True, True)
    clock.move(timedelta(microseconds=1))
    assert (opens(theirs.token), opens(others.token)) == (False, True)
    with house.reading(COMMAND) as ctx:
        assert ctx.session.get_one(SignIn, theirs.session_id).ended_at is None


@pytest.mark.rule("SIG-6")
def test_however_many_schedulers_run_it_is_carried_out_once(house: House, clock: FixedClock, swale: UUID) -> None:
    announces(house, swale)
    clock.move(SHORTLY)
    together = threading.Barrier(5)
    failed = []

    def schedules() -> None:
        together.wait()
        failed.append(run_now(house, CARRIER).failed)

    schedulers = [threading.Thread(target=schedules) for _ in range(5)]
    for each in schedulers:
        each.start()
    for each in schedulers:
        each.join()

    assert failed == [0] * 5
    assert len(logged(house, "organisation.withdrew")) == 1
    assert len(logged(house, "licence.deactivated")) == 2
    assert letters(house, "licence_withdrawn") == 1


@pytest.mark.rule("SIG-6", "AUD-2")
def test_carried_out_half_way_it_is_not_carried_out_at_all_and_the_next_run_does_it(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    seats(house)
    swale = an_organisation(house)
    licence = a_licence(house, swale)
    announces(house, swale)
    clock.move(SHORTLY)
    with house.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE audit_entries RENAME TO elsewhere")
    assert run_now(house, CARRIER) == Run(1, 0, 1)
    with house.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO audit_entries")
    assert again(house, licence.id).status == Status.ACTIVE
    assert {each.ended_at for each in every(house, Signature)} == {None}

    assert run_now(house, CARRIER) == Run(1, 1, 0)

    assert again(house, licence.id).status == Status.DEACTIVATED


@pytest.mark.rule("SIG-6", "ROL-4")
def test_it_is_called_off_before_its_instant_by_whoever_may_withdraw_and_never_after(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    the_instruments(house)
    swale = a_signatory(house)
    first = announces(house, swale, by=a_signer(house, swale))
    with pytest.raises(AlreadyAnnounced):
        withdraws(house, swale)
    with pytest.raises(NotFound):
        calls_off(house, first.id, by=a_signer(house, an_organisation(house, "dover")))

    called_off = calls_off(house, first.id, by=a_signer(house, swale))
    assert called_off.called_off_at == clock.now()
    with pytest.raises(CalledOff):
        calls_off(house, first.id)
    clock.move(SHORTLY)
    assert run_now(house, CARRIER) == Run(0, 0, 0)
    assert state_of(house, swale, "op") == "signed"
    assert letters(house, "withdrawal_called_off") >= 1
    assert len(logged(house, "withdrawal.called_off")) == 1

    second = announces(house, swale)
    clock.move(SHORTLY)
    with pytest.raises(InEffect):
        calls_off(house, second.id)
    run_now(house, CARRIER)
    with pytest.raises(InEffect):
        calls_off(house, second.id)
    with house.reading(*someone(house, "ig_officer")) as ctx:
        assert [row.withdrawal.id for row in register(ctx, state=Stands.CALLED_OFF)] == [first.id]
        assert [row.withdrawal.id for row in register(ctx, state="in_effect", search="SWALE")] == [second.id]
        assert register(ctx, state=Stands.ANNOUNCED) == []


@pytest.mark.rule("SIG-6")
def test_a_letter_or_a_time_before_the_signature_and_a_time_out_of_reach_are_refused_with_words(
    sqlite_house: House, clock: FixedClock
) -> None:
    the_instruments(sqlite_house)
    swale = a_signatory(sqlite_house)
    now = clock.now()
    wrong = {
        now - timedelta(days=1): "It cannot have left before that",
        now + timedelta(days=366): "within the next 365 days",
        datetime(2027, 1, 1): "time zone",
    }
    for effective_at, words in wrong.items():
        with pytest.raises(Invalid, match=words) as refused:
            withdraws(sqlite_house, swale, effective_at=effective_at)
        assert refused.value.fields[0].pointer == "/effective_at"
    with pytest.raises(Invalid, match="signed on 21 November 2026, after this letter") as refused:
        withdraws(sqlite_house, swale, letter_on=(now - timedelta(days=1)).date())
    assert refused.value.fields[0].pointer == "/letter_on"
    clock.move(timedelta(hours=1))
    with pytest.raises(Invalid, match="still to come"):
        withdraws(sqlite_house, swale, effective_at=now + timedelta(minutes=1))
    assert not every(sqlite_house, Withdrawal)


@pytest.mark.rule("SIG-9")
def test_what_is_signed_between_announcement_and_effect_ends_too_and_what_is_signed_after_it_stays(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    the_instruments(house)
    swale = a_signatory(house)
    announces(house, swale)
    version = a_version(house, "op", "2", resign_by=(clock.now() + timedelta(days=90)).date())
    opens_and_signs(house, a_signer(house, swale), swale, version)
    clock.move(SHORTLY)
    assert state_of(house, swale, "op") == "withdrawn"
    run_now(house, CARRIER)
    assert state_of(house, swale, "op") == "withdrawn"

    clock.move(timedelta(minutes=1))
    signs(house, swale)

    assert (state_of(house, swale, "op"), state_of(house, swale, "isa")) == ("signed", "signed")


@pytest.mark.rule("SIG-9", "SIG-6")
def test_coming_back_before_anybody_noticed_that_it_left_brings_no_old_licence_back(
    house: House, clock: FixedClock, swale: UUID
) -> None:
    announces(house, swale)
    clock.move(SHORTLY + timedelta(hours=1))
    signer = someone(house, "authorised_signatory", organisation_id=swale)

    signs(house, swale, signer=signer)

    assert state_of(house, swale, "op") == "signed"
    assert {(each.status, each.end_reason) for each in every(house, Licence)} == {(Status.DEACTIVATED, "withdrawn")}
    assert every(house, Withdrawal)[0].carried_out_at == clock.now()
    assert run_now(house, CARRIER) == Run(0, 0, 0)


@pytest.mark.rule("SIG-6")
def test_letters_tell_when_it_leaves_and_what_stays(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    the_instruments(house)
    swale = a_signatory(house)
    withdraws(house, swale, effective_at=datetime(2026, 12, 3, 9, tzinfo=UTC))
    ring = house.the(KeyRing)

    (letter,) = [each for each in every(house, Notice) if each.kind == "withdrawal_announced"]
    words = ring.open(letter.words or b"", place=f"notices.words:{letter.id}").decode()

    assert "Swale is to leave the MARAC" in words
    assert "3 December 2026 at 9:00am" in words
    assert "Data already obtained" in words
