"""When access audits open, for whom, and who is told of those that wait (AUD-5)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from compliance.accesses.audits import queries, reports, use_cases
from compliance.accesses.audits.jobs import OPEN, TELL
from compliance.accesses.audits.models import AccessAudit, AccessAuditFigure
from compliance.kernel.calendar import BeyondCalendar
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.jobs import Run, run_as_of, run_now
from tests.builders.accesses import audit_of, opened, reported
from tests.builders.identity import Acting, a_person, an_employer, at_work, every, letters, logged
from tests.builders.licences import acting, again, an_organisation, hub
from tests.builders.use import licences_in_use, move_to

NOTHING = Run(0, 0, 0)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIRST_DAY = "2027-01-04T09:00"


@pytest.fixture
def house(sqlite_house: House) -> House:
    return sqlite_house


def signed(house: House, who: Acting, audit: AccessAudit) -> AccessAudit:
    with house.work(*who) as ctx:
        return use_cases.sign_off(ctx, audit.id, conclusion="Nothing stands in the way")


@pytest.mark.rule("AUD-5")
def test_an_audit_opens_on_the_first_working_day_after_the_quarter_and_once(house: House, clock: FixedClock) -> None:
    organisation = an_organisation(house)
    (licence,) = licences_in_use(house, organisation, 1)
    person = again(house, licence).person_id
    reported(house, person, NOON, "download", reference="C-1")
    an_organisation(house, "thanet")

    move_to(clock, "2027-01-03T23:59")
    assert run_now(house, OPEN) == NOTHING
    move_to(clock, "2027-01-04T00:00")
    assert run_now(house, OPEN) == Run(1, 1, 0)
    assert run_now(house, OPEN) == NOTHING

    [audit] = every(house, AccessAudit)
    assert (audit.organisation_id, audit.quarter, audit.status) == (organisation, "2026-Q4", "opened")
    assert audit.due_on == date(2027, 2, 1)
    [figures] = every(house, AccessAuditFigure)
    assert (figures.person_id, figures.cases_opened, figures.downloads) == (person, 1, 1)
    [entry] = logged(house, "access_audit.opened")
    assert (entry.actor_id, entry.organisation, entry.subject_id) == (OPEN.name, str(organisation), str(audit.id))


@pytest.mark.rule("AUD-5")
def test_as_of_an_instant_it_opens_as_it_would_have_then_and_beyond_the_calendar_it_refuses(house: House) -> None:
    licences_in_use(house, an_organisation(house), 1)

    assert run_as_of(house, OPEN, datetime(2026, 12, 30, 9, tzinfo=UTC)) == NOTHING
    assert run_as_of(house, OPEN, datetime(2027, 4, 6, 9, tzinfo=UTC)) == Run(2, 2, 0)
    assert run_as_of(house, OPEN, datetime(2027, 4, 6, 9, tzinfo=UTC)) == NOTHING
    assert sorted(each.quarter for each in every(house, AccessAudit)) == ["2026-Q4", "2027-Q1"]
    with pytest.raises(BeyondCalendar):
        run_as_of(house, OPEN, datetime(2031, 1, 2, 12, tzinfo=UTC))


@pytest.mark.rule("AUD-5")
def test_an_organisation_whose_accesses_are_reported_late_gets_its_audit_then(house: House, clock: FixedClock) -> None:
    opened(house, clock)
    elsewhere = an_employer(house)
    late = a_person(house, organisation_id=elsewhere)
    move_to(clock, "2027-01-12T09:00")
    reported(house, late.id, NOON)

    assert run_now(house, OPEN) == Run(1, 1, 0)

    assert audit_of(house, elsewhere).due_on == date(2027, 2, 9)


@pytest.mark.rule("AUD-5")
def test_the_quarters_before_stand_beside_it(house: House, clock: FixedClock) -> None:
    audit, person = opened(house, clock)
    reported(house, person, datetime(2027, 2, 1, 12, tzinfo=UTC))
    reported(house, person, datetime(2027, 2, 2, 12, tzinfo=UTC), reference="C-2")
    move_to(clock, "2027-04-01T09:00")
    run_now(house, OPEN)
    newer = next(each for each in every(house, AccessAudit) if each.quarter == "2027-Q1")

    with acting(house, hub("ig_officer")) as ctx:
        past = reports.view(ctx, newer.id).past
        of_the_first = reports.view(ctx, audit.id).past
        listed = queries.audits(ctx, progress="overdue").rows

    assert [(str(each.quarter), each.figures.cases_opened) for each in past] == [("2026-Q4", 1), ("2027-Q1", 2)]
    assert [str(each.quarter) for each in of_the_first] == ["2026-Q4"]
    assert [each.audit.id for each in listed] == [audit.id]


@pytest.mark.rule("AUD-5", "GOV-5")
def test_officers_are_told_when_audits_open_are_due_soon_and_overdue_each_once(house: House, clock: FixedClock) -> None:
    officer = a_person(house, "ig_officer")
    manager = a_person(house, "hub_manager")
    audit, _ = opened(house, clock)

    def told(person: UUID) -> list[str]:
        return [letter["subject"] for letter in letters(house, person) if letter["kind"].startswith("access_audits")]

    assert run_now(house, TELL) == Run(1, 1, 0)
    assert run_now(house, TELL) == NOTHING
    move_to(clock, "2027-01-25T00:00")
    assert run_now(house, TELL) == Run(2, 2, 0)
    move_to(clock, "2027-02-01T23:59")
    assert run_now(house, TELL) == NOTHING
    move_to(clock, "2027-02-02T00:00")
    assert run_now(house, TELL) == Run(2, 2, 0)

    assert told(officer.id) == [
        "The access audits of October to December 2026 are open",
        "1 access audit of October to December 2026 must be signed off by 1 February 2027",
        "1 access audit of October to December 2026 should have been signed off by 1 February 2027",
    ]
    assert len(told(manager.id)) == 2
    signed(house, at_work(house, manager), audit)
    move_to(clock, "2027-02-03T00:00")
    assert run_now(house, TELL) == NOTHING
