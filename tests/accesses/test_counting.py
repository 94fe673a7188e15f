"""What the figures of an access audit count, and what they leave out (AUD-5)."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import update

from compliance.accesses.audits import counting
from compliance.accesses.audits.counting import Counted
from compliance.accesses.audits.rules import Figures
from compliance.identity.models import Person
from compliance.kernel.calendar import Quarter
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, worker
from compliance.licences.models import Licence
from tests.builders.accesses import (
    an_item,
    answered,
    answered_together,
    reported,
    signed_in_here,
)
from tests.builders.identity import a_person, an_employer
from tests.builders.licences import again, an_organisation
from tests.builders.use import licences_in_use, move_to

Q4 = Quarter(2026, 4)
MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MONDAY_NIGHT = datetime(2026, 11, 23, 2, tzinfo=UTC)
SUNDAY_NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEGAN = datetime(2026, 9, 30, 23, tzinfo=UTC)
OVER = datetime(2027, 1, 1, tzinfo=UTC)


def counted(house: House, quarter: Quarter = Q4) -> Counted:
    with house.reading(worker("test")) as ctx:
        return counting.count(ctx, quarter)


def figures_of(house: House, person: UUID, organisation: UUID) -> Figures:
    return counted(house).people[organisation][person]


@pytest.fixture
def holder(house: House) -> tuple[UUID, UUID]:
    return a_holder(house)


def a_holder(house: House) -> tuple[UUID, UUID]:
    organisation = an_organisation(house)
    (licence,) = licences_in_use(house, organisation, 1, since=datetime(2026, 10, 1, 9, tzinfo=UTC))
    return again(house, licence).person_id, organisation


@pytest.mark.rule("AUD-5")
def test_each_figure_counts_what_it_says(house: House, clock: FixedClock, holder: tuple[UUID, UUID]) -> None:
    person, organisation = holder
    move_to(clock, "2026-12-31T12:00")
    signed_in_here(house, person, MONDAY_NOON)
    for kind in ("sign_in", "sign_in", "view", "download", "download", "export"):
        reported(house, person, MONDAY_NOON, kind, reference="C-1")
    reported(house, person, MONDAY_NIGHT, "sign_in", out_of_hours=True)
    reported(house, person, MONDAY_NIGHT, "disclosure", reference="C-2", out_of_hours=True)
    reported(house, person, MONDAY_NOON, "view", reference="C-9", refused=True)
    answered(house, person, MONDAY_NOON, reference="C-1")
    answered(house, person, MONDAY_NOON, reference="C-3", asked=("case.update", "case"))
    answered(house, person, MONDAY_NOON, reference="D-1", asked=("document.view", "document"))
    answered(house, person, MONDAY_NOON, reference="C-4", rules="DEC-5")
    answered(house, person, SUNDAY_NOON, reference="C-5")
    answered(house, person, MONDAY_NOON, reference="C-6", permit=False, rules="LIC-3")
    answered_together(
        house,
        MONDAY_NIGHT,
        [
            an_item(person, reference="C-1"),
            an_item(person, reference="C-7"),
            an_item(person, reference="C-4", rules="DEC-5"),
            an_item(person, reference="C-8", permit=False, rules="DEC-1 LIC-3"),
            an_item(person, reference="C-10", asked=("case.list", "case")),
            an_item(None, permit=False),
        ],
    )

    assert figures_of(house, person, organisation) == Figures(
        sign_ins=1,
        case_sign_ins=3,
        cases_opened=5,  # C-1, C-2, C-4, C-5, C-7
        downloads=2,
        exports=1,
        refusals=2,
        reported_refusals=1,
        out_of_hours=1 + 5,  # one sign-in; C-2 as reported, C-5 on a Sunday, C-1, C-4 and C-7 at night
        break_glass=1,
    )


@pytest.mark.rule("AUD-5")
def test_a_quarter_is_londons_and_goes_by_when_it_happened(
    house: House, clock: FixedClock, holder: tuple[UUID, UUID]
) -> None:
    """The first of October begins at 23:00 UTC; the clock of the report, and of the entry, says nothing."""
    person, organisation = holder
    move_to(clock, "2027-01-04T09:00")
    just = (datetime(2026, 9, 30, 22, 59, 59, tzinfo=UTC), BEGAN, datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), OVER)
    for number, instant in enumerate(just):
        reported(house, person, instant, "view", reference=f"R-{number}")
        answered(house, person, instant, reference=f"A-{number}")
        answered_together(house, instant, [an_item(person, reference=f"B-{number}")])
        signed_in_here(house, person, instant)

    found = figures_of(house, person, organisation)

    assert (found.cases_opened, found.sign_ins) == (6, 2)


@pytest.mark.rule("AUD-5")
def test_whoever_holds_a_licence_is_in_it_even_for_nothing_and_organisations_without_either_are_not(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    person, organisation = a_holder(house)
    idle, elsewhere = an_employer(house), an_employer(house, "Elsewhere")
    only_here = a_person(house, "delegate", organisation_id=idle)
    refused = a_person(house, organisation_id=elsewhere)
    nobodys = a_person(house)
    move_to(clock, "2026-12-01T09:00")
    signed_in_here(house, only_here.id, MONDAY_NOON)
    answered(house, refused.id, MONDAY_NOON, permit=False)
    answered(house, nobodys.id, MONDAY_NOON, permit=False)

    found = counted(house)

    assert found.people == {organisation: {person: Figures()}, elsewhere: {refused.id: Figures(refusals=1)}}
    assert found.placeless == 1
    assert counted(house, Quarter(2026, 3)).people == {}


@pytest.mark.rule("AUD-5")
def test_a_batch_counts_for_whom_its_people_worked_for_at_the_time(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    person, before = a_holder(house)
    after = an_organisation(house, "thanet")
    move_to(clock, "2026-12-01T09:00")
    answered_together(house, MONDAY_NOON, [an_item(person)])
    _move(house, person, before, after)
    answered_together(house, datetime(2026, 12, 7, 12, tzinfo=UTC), [an_item(person, reference="C-2")])

    found = counted(house)

    assert found.people[before][person].cases_opened == 1
    assert found.people[after][person].cases_opened == 1


@pytest.mark.rule("AUD-5")
def test_a_log_longer_than_a_stretch_is_counted_once(
    sqlite_house: House, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = sqlite_house
    person, organisation = a_holder(house)
    move_to(clock, "2026-12-01T09:00")
    for number in range(40):
        answered(house, person, MONDAY_NOON, reference=f"C-{number % 10}")
        reported(house, person, MONDAY_NOON, "download", reference=f"C-{number % 10}")
    monkeypatch.setattr(counting, "STRETCH", 7)

    found = figures_of(house, person, organisation)

    assert (found.cases_opened, found.downloads) == (10, 40)


@pytest.mark.rule("AUD-5")
def test_what_is_reported_after_the_count_is_late_and_not_in_it(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    person, organisation = a_holder(house)
    move_to(clock, "2027-01-04T09:00")
    reported(house, person, MONDAY_NOON)
    then = counted(house)
    reported(house, person, MONDAY_NOON, "download", reference="C-2")
    reported(house, person, OVER, "download", reference="C-3")

    with house.reading(worker("test")) as ctx:
        late = counting.late(ctx, Q4, organisation, then.end_number)

    assert then.people[organisation][person] == Figures(cases_opened=1)
    assert late == {person: Figures(cases_opened=1, downloads=1)}


def _move(house: House, person: UUID, before: UUID, after: UUID) -> None:
    """The licence of the one organisation has ended, and the person works for the other."""
    ended = {"deactivated_at": datetime(2026, 12, 1, tzinfo=UTC)}
    with house.engine.begin() as connection:
        connection.execute(update(Licence).where(Licence.organisation_id == before).values(**ended))
        connection.execute(update(Person).where(Person.id == person).values(organisation_id=after))
