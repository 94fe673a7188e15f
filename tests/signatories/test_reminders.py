"""Organisations are told in time what they sign and review: each thing once, and of several missed the nearest."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from compliance.kernel.clock import FixedClock, end_of, start_of
from compliance.kernel.context import House
from compliance.kernel.jobs import Run, Stopping, run_due, run_now
from compliance.licences.jobs import JOBS as LICENCE_JOBS
from compliance.licences.models import Licence
from compliance.notices.models import Notice
from signatories import use_cases
from signatories.jobs import JOBS
from signatories.reminding.rules import nearest
from tests.builders import licences
from tests.builders.identity import a_person, every, letters, logged, someone
from tests.builders.signatories import (
    a_signatory,
    a_signer,
    a_version,
    an_organisation,
    opens_and_signs,
    signs,
    state_of,
    the_instruments,
    withdraws,
)

SIGN, POLICIES, *_ = JOBS
KEEP = next(job for job in LICENCE_JOBS if job.name == "keep-eligibility-live")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
RESIGN_BY = date(2027, 3, 28)
"""The last Sunday in March: clocks change in its first hours."""


def told(house: House, *kinds: str) -> list[tuple[str, int]]:
    """Every letter of these kinds and its days, in the order written."""
    rows = sorted((row for row in every(house, Notice) if row.kind in kinds), key=lambda row: (row.written_at, row.id))
    return [(row.kind, int((row.once or "").split(":")[3])) for row in rows]


def goes_to(clock: FixedClock, instant: datetime) -> None:
    clock.move(instant - clock.now())


def names_contact(house: House, organisation_id: UUID, kind: str, email: str = "head@swale-council.example") -> None:
    with house.work(*someone(house, "hub_coordinator")) as ctx:
        use_cases.name_key_contact(ctx, organisation_id, kind=kind, name="Ash Ford", email=email)


def a_policy(house: House, organisation_id: UUID, next_review_on: date, kind: str = "safeguarding") -> UUID:
    with house.work(*someone(house, "hub_coordinator")) as ctx:
        return use_cases.record_policy_document(
            ctx, organisation_id, kind=kind, title="Our policy", owner="Head", dated_on=date(2026, 1, 5),
            next_review_on=next_review_on,
        ).id  # fmt: skip


@pytest.fixture
def swale(sqlite_house: House) -> UUID:
    """A signatory of both instruments, whose signatory has an account and whose escalation contact has none."""
    the_instruments(sqlite_house)
    organisation_id = a_signatory(sqlite_house)
    names_contact(sqlite_house, organisation_id, "escalation")
    return organisation_id


@pytest.mark.rule("SIG-4", "SIG-11")
def test_of_several_reminders_the_nearest_that_is_true_is_the_one() -> None:
    said = {left: nearest(left, (28, 14, 7, 1, 0)) for left in (29, 28, 15, 14, 8, 7, 2, 1, 0, -1)}

    assert said == {29: None, 28: 28, 15: 28, 14: 14, 8: 14, 7: 7, 2: 7, 1: 1, 0: 0, -1: None}
    assert nearest(3, ()) is None


@pytest.mark.rule("SIG-4")
@pytest.mark.parametrize("resign_by", [RESIGN_BY, date(2027, 10, 31), date(2028, 2, 29)])
def test_each_reminder_is_written_once_on_its_day_in_london_however_often_the_job_looks(
    sqlite_house: House, swale: UUID, clock: FixedClock, resign_by: date
) -> None:
    a_version(sqlite_house, "op", "2", effective_on=date(2026, 12, 1), resign_by=resign_by)
    expected: list[tuple[str, int]] = []

    for left in (30, 29, 28, 27, 15, 14, 13, 8, 7, 2, 1, 0):
        day = resign_by - left * DAY
        expected += [("sign_again", left)] * 2 if left in (28, 14, 7, 1, 0) else []
        for instant in (start_of(day), start_of(day) + MINUTE, end_of(day) - MINUTE):
            goes_to(clock, instant)
            run_now(sqlite_house, SIGN)
            assert told(sqlite_house, "sign_again") == expected, f"{left} days before, at {instant}"
    reminded = logged(sqlite_house, "organisation.reminded")
    assert len(reminded) == 5
    assert {entry.actor_id for entry in reminded} == {SIGN.name}


@pytest.mark.rule("SIG-4")
@pytest.mark.parametrize(("left", "reminder"), [(20, 28), (13, 14), (3, 7), (0, 0)])
def test_what_fell_due_while_the_service_was_down_is_one_letter_and_the_nearest(
    sqlite_house: House, swale: UUID, clock: FixedClock, left: int, reminder: int
) -> None:
    a_version(sqlite_house, "op", "2", resign_by=RESIGN_BY)
    goes_to(clock, start_of(RESIGN_BY - left * DAY))

    assert run_now(sqlite_house, SIGN) == Run(1, 1, 0)
    assert run_now(sqlite_house, SIGN) == Run(0, 0, 0)

    assert told(sqlite_house, "sign_again") == [("sign_again", reminder)] * 2


@pytest.mark.rule("SIG-4", "GOV-5")
def test_a_reminder_says_what_is_signed_by_when_and_where_and_goes_to_signatories_and_the_escalation_contact(
    sqlite_house: House, clock: FixedClock
) -> None:
    the_instruments(sqlite_house)
    swale = an_organisation(sqlite_house)
    first = a_person(sqlite_house, "authorised_signatory", organisation_id=swale, full_name="Robin Vale")
    second = a_person(sqlite_house, "authorised_signatory", "escalation_contact", organisation_id=swale)
    delegate = a_person(sqlite_house, "delegate", organisation_id=swale)
    names_contact(sqlite_house, swale, "escalation", email=second.email)
    signs(sqlite_house, swale, signer=a_signer(sqlite_house, swale))
    a_version(sqlite_house, "op", "2", resign_by=RESIGN_BY)
    goes_to(clock, start_of(RESIGN_BY - 7 * DAY))

    run_now(sqlite_house, SIGN)

    [letter] = letters(sqlite_house, first, "sign_again")
    assert letter["subject"] == "To be signed by 28 March 2027: The protocol, version 2"
    assert f"{sqlite_house.settings.base_url}/organisations/{swale}" in letter["body"]
    assert len(letters(sqlite_house, second, "sign_again")) == 1, "one address, one letter"
    assert letters(sqlite_house, delegate) == []
    assert {row.useless_at for row in every(sqlite_house, Notice) if row.kind == "sign_again"} == {end_of(RESIGN_BY)}


@pytest.mark.rule("SIG-4", "SIG-5", "SIG-6")
def test_nobody_is_reminded_who_has_signed_has_refused_has_left_or_never_signed(
    sqlite_house: House, swale: UUID, clock: FixedClock
) -> None:
    version = a_version(sqlite_house, "op", "2", resign_by=RESIGN_BY)
    an_organisation(sqlite_house, "dover")
    refuses, leaves = (a_signatory(sqlite_house, code) for code in ("thanet", "ashford"))
    opens_and_signs(sqlite_house, a_signer(sqlite_house, swale), swale, version)
    goes_to(clock, start_of(RESIGN_BY - 7 * DAY))
    withdraws(sqlite_house, leaves)
    with sqlite_house.work(*someone(sqlite_house, "hub_manager")) as ctx:
        third = use_cases.publish_version(
            ctx, instrument="op", label="3", file_name="op.pdf", content=b"%PDF-1.4\nstartxref\n9\n%%EOF\n",
            effective_on=RESIGN_BY - DAY, resign_by=RESIGN_BY + 300 * DAY,
        )  # fmt: skip
    with sqlite_house.work(*someone(sqlite_house, "hub_manager")) as ctx:
        use_cases.refuse_to_sign(ctx, refuses, third.id, reasons="Not yet.")

    assert run_now(sqlite_house, SIGN) == Run(0, 0, 0)


@pytest.mark.rule("SIG-4", "LIC-13")
def test_at_the_end_of_the_day_the_signature_lapses_the_licences_rest_and_one_letter_says_so(
    sqlite_house: House, clock: FixedClock
) -> None:
    licences.seats(sqlite_house)
    swale = licences.an_organisation(sqlite_house, review_in_days=2000)
    licence = licences.a_licence(sqlite_house, swale)
    version = a_version(sqlite_house, "op", "2", resign_by=RESIGN_BY)
    goes_to(clock, end_of(RESIGN_BY) - MINUTE)
    run_now(sqlite_house, SIGN)
    assert state_of(sqlite_house, swale, "op") == "signed"

    clock.move(MINUTE)
    for _ in range(3):
        run_now(sqlite_house, KEEP)
        run_now(sqlite_house, SIGN)
        clock.move(DAY)

    assert state_of(sqlite_house, swale, "op") == "lapsed"
    assert licences.again(sqlite_house, licence.id).suspension == "eligibility"
    assert told(sqlite_house, "signature_lapsed") == [("signature_lapsed", -1)]
    opens_and_signs(sqlite_house, a_signer(sqlite_house, swale), swale, version)
    run_now(sqlite_house, KEEP)
    assert [each.status for each in every(sqlite_house, Licence)] == ["active"]


@pytest.mark.rule("SIG-4")
def test_five_schedulers_at_once_remind_each_organisation_once(house: House, clock: FixedClock) -> None:
    the_instruments(house)
    for code in ("swale", "dover"):
        a_signatory(house, code)
    a_version(house, "op", "2", resign_by=RESIGN_BY)
    goes_to(clock, start_of(RESIGN_BY - 14 * DAY))
    begin = threading.Barrier(5)

    def scheduler(by_the_ledger: bool) -> None:
        begin.wait(timeout=30)
        run_due(house, SIGN, Stopping()) if by_the_ledger else run_now(house, SIGN)

    threads = [threading.Thread(target=scheduler, args=(number % 2 == 0,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert told(house, "sign_again") == [("sign_again", 14)] * 2
    assert len(logged(house, "organisation.reminded")) == 2


@pytest.mark.rule("SIG-11")
def test_of_a_policy_delegates_and_the_escalation_contact_are_told_before_its_review_in_grace_and_after(
    sqlite_house: House, swale: UUID, clock: FixedClock
) -> None:
    delegate = a_person(sqlite_house, "delegate", organisation_id=swale)
    review_on = date(2027, 1, 31)
    a_policy(sqlite_house, swale, review_on)
    grace_ends = review_on + 28 * DAY
    expected: list[tuple[str, int]] = []
    days = {review_on - left * DAY: ("policy_review", left) for left in (28, 14, 7, 1)}
    days |= {grace_ends - left * DAY: ("policy_in_grace", 28 if left == 27 else left) for left in (27, 14, 7, 1)}
    days |= {grace_ends + DAY: ("policy_out_of_date", -1)}

    for day in sorted({*days, *(each + number * DAY for each in days for number in (-1, 1))}):
        expected += [days[day]] * 2 if day in days else []
        for instant in (start_of(day), end_of(day) - MINUTE):
            goes_to(clock, instant)
            run_now(sqlite_house, POLICIES)
        assert told(sqlite_house, "policy_review", "policy_in_grace", "policy_out_of_date") == expected, day
    assert len(expected) == 18

    subjects = [letter["subject"] for letter in letters(sqlite_house, delegate)]
    assert subjects[-1] == "The licences of Swale rest: its safeguarding policy is out of date"


@pytest.mark.rule("SIG-11")
def test_a_policy_that_was_renewed_is_spoken_of_no_more_and_the_new_one_on_its_own_days(
    sqlite_house: House, swale: UUID, clock: FixedClock
) -> None:
    a_policy(sqlite_house, swale, date(2026, 12, 1))
    assert run_now(sqlite_house, POLICIES) == Run(1, 1, 0)
    a_policy(sqlite_house, swale, date(2027, 12, 1))
    clock.move(5 * DAY)
    assert run_now(sqlite_house, POLICIES) == Run(0, 0, 0)

    goes_to(clock, start_of(date(2027, 11, 30)))
    assert run_now(sqlite_house, POLICIES) == Run(1, 1, 0)
    assert [days for _, days in told(sqlite_house, "policy_review")] == [14, 1]


@pytest.mark.rule("SIG-11", "SIG-6")
def test_whoever_has_left_is_told_of_no_policy(sqlite_house: House, swale: UUID) -> None:
    a_policy(sqlite_house, swale, date(2026, 12, 1))
    withdraws(sqlite_house, swale)

    assert run_now(sqlite_house, POLICIES) == Run(0, 0, 0)
