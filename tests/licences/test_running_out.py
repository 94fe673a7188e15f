"""Holder and delegate are told before vetting, training, or a by-invite licence runs out: of each once on each day."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from compliance.kernel.clock import FixedClock, end_of, start_of
from compliance.kernel.context import House
from compliance.kernel.jobs import Run, run_now
from compliance.licences import use_cases
from compliance.licences.jobs import JOBS
from compliance.licences.models import Licence
from compliance.licences.rules import EndReason, Kind
from compliance.notices.models import Notice
from tests.builders.identity import a_person as somebody
from tests.builders.identity import every, letters, logged
from tests.builders.licences import a_licence, acting, an_organisation, hub, seats

WARN = next(job for job in JOBS if job.name == "warn-of-what-runs-out")
VETTED_UNTIL = date(2028, 1, 31)
DAY = timedelta(days=1)


@pytest.fixture
def swale(sqlite_house: House) -> UUID:
    seats(sqlite_house)
    return an_organisation(sqlite_house, review_in_days=2000)


def told(house: House) -> list[tuple[str, int]]:
    """Every letter of these kinds: what it is, and its days; in the order written."""
    rows = [row for row in every(house, Notice) if row.kind in ("runs_out", "licence_ends")]
    return [(row.kind, int((row.once or "").split(":")[3])) for row in sorted(rows, key=lambda row: row.written_at)]


def goes_to(clock: FixedClock, day: date) -> None:
    clock.move(start_of(day) - clock.now())


@pytest.mark.rule("LIC-13")
def test_of_vetting_holder_and_delegate_are_told_once_on_each_day(
    sqlite_house: House, swale: UUID, clock: FixedClock
) -> None:
    licence = a_licence(sqlite_house, swale)
    delegate = somebody(sqlite_house, "delegate", organisation_id=swale)
    expected: list[tuple[str, int]] = []

    for left in (29, 28, 27, 14, 13, 7, 2, 1, 0):
        goes_to(clock, VETTED_UNTIL - left * DAY)
        expected += [("runs_out", left)] * 3 if left in (28, 14, 7, 1) else []
        for _ in range(2):
            run_now(sqlite_house, WARN)
        assert told(sqlite_house) == expected, left

    to_holder, to_delegate = (
        letters(sqlite_house, licence.person_id, "runs_out"),
        letters(sqlite_house, delegate, "runs_out"),
    )
    assert (len(to_holder), len(to_delegate)) == (4, 4)
    assert to_delegate[0]["subject"] == "The vetting of Alex Made-Up will run out on 31 January 2028"
    assert f"/licences/{licence.id}" in to_holder[0]["body"]
    assert len(logged(sqlite_house, "licence.holder_warned")) == 4


@pytest.mark.rule("LIC-13")
def test_what_is_renewed_is_spoken_of_no_more_and_has_days_of_its_own(
    sqlite_house: House, swale: UUID, clock: FixedClock
) -> None:
    licence = a_licence(sqlite_house, swale)
    goes_to(clock, VETTED_UNTIL - 10 * DAY)
    assert run_now(sqlite_house, WARN) == Run(1, 1, 0)
    with acting(sqlite_house, hub("hub_coordinator")) as ctx:
        use_cases.record_vetting(ctx, licence.person_id, level="NPPV 2", holds_until=date(2029, 1, 31))
    with acting(sqlite_house, hub("hub_coordinator")) as ctx:
        use_cases.record_training(
            ctx, licence.person_id, module="elearning", done_on=date(2028, 1, 1), valid_until=date(2028, 1, 28)
        )

    assert run_now(sqlite_house, WARN) == Run(1, 1, 0)
    [_, letter] = letters(sqlite_house, licence.person_id, "runs_out")
    assert letter["subject"] == "Access to the MARAC eLearning of Alex Made-Up will run out on 28 January 2028"
    goes_to(clock, date(2029, 1, 30))
    assert run_now(sqlite_house, WARN) == Run(1, 1, 0)
    assert told(sqlite_house)[-1] == ("runs_out", 1)


@pytest.mark.rule("LIC-7", "LIC-13")
def test_of_a_by_invite_licence_the_last_day_is_told_and_of_one_that_has_ended_nothing(
    sqlite_house: House, swale: UUID, clock: FixedClock
) -> None:
    licence = a_licence(sqlite_house, swale, kind=Kind.BY_INVITE, ends_on=date(2026, 12, 5))
    other = a_licence(sqlite_house, swale, "bo@swale.gov.uk", kind=Kind.BY_INVITE, ends_on=date(2026, 12, 5))
    with acting(sqlite_house) as ctx:
        use_cases.deactivate(ctx, other.id, reason=EndReason.LEAVER)

    assert run_now(sqlite_house, WARN) == Run(1, 1, 0)

    [letter] = letters(sqlite_house, licence.person_id, "licence_ends")
    assert letter["subject"] == "The licence of Alex Made-Up will end on 5 December 2026"
    assert letters(sqlite_house, other.person_id) == []
    assert {row.useless_at for row in every(sqlite_house, Notice)} == {end_of(date(2026, 12, 5))}
    clock.move(end_of(date(2026, 12, 5)) - clock.now())
    assert run_now(sqlite_house, WARN) == Run(0, 0, 0)
    assert len(every(sqlite_house, Licence)) == 2
