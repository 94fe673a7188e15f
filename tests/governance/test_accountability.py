"""How organisations take their part, who may know it, and what the calendar puts before the groups (GOV-2)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from compliance.governance.accountability import jobs, queries, use_cases
from compliance.governance.accountability.queries import Which
from compliance.governance.accountability.rules import Counted, Standing
from compliance.governance.escalations.models import Escalation, EscalationAsk
from compliance.governance.figures.chapters.accountability import chapter
from compliance.governance.figures.model import Span
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.kernel.errors import Forbidden, NotFound
from compliance.kernel.jobs import run_now
from compliance.kernel.secrets import KeyRing
from compliance.licences import use_cases as licensing
from compliance.licences.models import Licence, SeatContract
from compliance.licences.rules import EndReason, Kind, RefusedFor
from compliance.licences.waiting.use_cases import offer_free_seats
from policies.values import Policy
from tests.builders import licences
from tests.builders.escalations import an_escalation, ended
from tests.builders.facts import LAST_THREE, absent, told
from tests.builders.identity import Acting, an_employer, every, someone
from tests.builders.use import move_to
from tests.builders.waiting import offers, waits
from tests.support.together import together

QUARTER = Span(date(2026, 7, 1), date(2026, 10, 1), "July to September 2026")
[JOB] = jobs.JOBS


def standings(house: House, who: Acting | None = None, **asked: Any) -> dict[str, queries.Standings]:
    with house.reading(*(who or someone(house, "steering_member"))) as ctx:
        return {each.name: each for each in queries.standings(ctx, **asked)}


def run(house: House) -> list[Escalation]:
    """The calendar's day: everything that is open about anybody afterwards."""
    done = run_now(house, JOB)
    assert done.failed == 0
    return [each for each in every(house, Escalation) if each.ended_at is None]


def grounds(house: House, it: Escalation) -> str:
    return house.the(KeyRing).open(it.grounds, place=f"escalations.grounds:{it.id}").decode()


def asked_for(house: House, organisation: UUID, days_ago: int) -> Licence:
    """A licence was asked for so long ago, and nobody answered."""
    licences.a_person(house, organisation, "sam@swale.gov.uk")
    request = licences.a_request(house, organisation, "sam@swale.gov.uk")
    at = house.clock.now() - timedelta(days=days_ago)
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        store.execute(update(Licence).where(Licence.id == request.id).values(requested_at=at))
    return request


@pytest.mark.rule("GOV-2")
def test_rates_are_counted_over_the_last_months_that_are_over_and_what_nobody_told_is_not_known(house: House) -> None:
    refuge, silent = an_employer(house, "Harbour Refuge"), an_employer(house, "Silent Housing")
    for month in LAST_THREE:
        told(house, refuge, month, {"meetings_attended": 3, "meetings_missed": 1, "actions_set": 9, "actions_done": 4,
                                    "actions_overdue": 1, "research_due": 10, "research_sent": 8})  # fmt: skip
    told(house, refuge, date(2026, 11, 1), {"meetings_missed": 40})
    told(house, refuge, date(2026, 7, 1), {"meetings_missed": 40})

    found = standings(house)

    rates = found["Harbour Refuge"].rates
    assert {code: (rate.counted, rate.standing) for code, rate in rates.items()} == {
        "attendance": (Counted(9, 12), Standing.BELOW),
        "actions": (Counted(12, 15), Standing.WELL),
        "research": (Counted(24, 30), Standing.WELL),
    }, "actions that are neither done nor past their day say nothing yet"
    assert {rate.standing for rate in found["Silent Housing"].rates.values()} == {Standing.UNKNOWN}
    assert found["Silent Housing"].rates["research"].counted.share is None
    assert set(standings(house, which=Which.UNKNOWN)) >= {"Silent Housing"}
    assert set(standings(house, which=Which.BELOW)) == {"Harbour Refuge"}
    assert silent


@pytest.mark.rule("GOV-2")
def test_an_organisation_that_joined_within_the_months_is_counted_from_its_first(house: House) -> None:
    refuge = an_employer(house)
    told(house, refuge, LAST_THREE[-1], {"meetings_attended": 9, "meetings_missed": 1})

    rate = standings(house)["Harbour Refuge"].rates["attendance"]

    assert (rate.counted, rate.standing, rate.failing) == (Counted(9, 10), Standing.WELL, ())


@pytest.mark.rule("GOV-2", "ROL-4")
def test_a_partner_reads_its_own_and_no_others(house: House) -> None:
    refuge, other = an_employer(house, "Harbour Refuge"), an_employer(house, "Ferry Lane Housing")
    absent(house, other)
    contact = someone(house, "escalation_contact", organisation_id=refuge)

    assert set(standings(house, contact)) == {"Harbour Refuge"}
    with house.reading(*contact) as ctx:
        assert queries.whole(ctx, refuge).standings.name == "Harbour Refuge"
        with pytest.raises(NotFound):
            queries.whole(ctx, other)
    with house.reading(*someone(house, "authorised_signatory", organisation_id=refuge)) as ctx:
        with pytest.raises(Forbidden):
            queries.standings(ctx)
        with pytest.raises(Forbidden):
            queries.whole(ctx, refuge)


@pytest.mark.rule("GOV-2")
def test_what_was_counted_under_the_name_that_an_area_had_is_the_areas_still(house: House) -> None:
    refuge = an_employer(house)
    absent(house, refuge, area="mid-kent")
    absent(house, refuge, area="old-swale")
    policy = house.the(Policy)
    policy.area_now["old-swale"] = "mid-kent"
    try:
        with house.reading(*someone(house, "steering_member")) as ctx:
            whole = queries.whole(ctx, refuge)
        narrowed = standings(house, area="mid-kent")["Harbour Refuge"].rates["attendance"]
    finally:
        del policy.area_now["old-swale"]

    assert whole.by_area == {"mid-kent": {"attendance": Counted(6, 24)}}
    assert narrowed.counted == Counted(6, 24)


@pytest.mark.rule("GOV-2")
def test_persistent_failure_goes_before_the_steering_group_once_with_the_months_that_show_it(
    house: House, clock: FixedClock
) -> None:
    refuge = an_employer(house)
    absent(house, refuge)
    assert len(standings(house)["Harbour Refuge"].rates["attendance"].failing) == 3

    [it] = run(house)

    assert (it.organisation_id, it.about, it.level, it.opened_by) == (
        refuge, "attendance", "steering", JOB.name,
    )  # fmt: skip
    assert "August 2026: 1 of 4, 25.0%" in grounds(house, it)
    [ask] = every(house, EscalationAsk)
    assert ask.answer_by == date(2026, 12, 4), "ten working days from Saturday 21 November"
    assert [each.id for each in run(house)] == [it.id], "one is open about it"

    ended(house, it)
    assert run(house) == [], "those months were before the group"
    move_to(clock, "2027-01-02T09:00")
    absent(house, refuge, date(2026, 11, 1), date(2026, 12, 1))
    assert run(house) == [], "only one month that is over follows the one in which it ended"
    move_to(clock, "2027-03-02T09:00")
    absent(house, refuge, date(2027, 1, 1), date(2027, 2, 1))
    assert [each.about for each in run(house)] == ["attendance"]


@pytest.mark.rule("GOV-2", "LIC-11")
def test_nobody_goes_before_the_groups_while_the_hub_owes_them_a_licence(house: House) -> None:
    swale = licences.an_organisation(house)
    absent(house, swale)
    request = asked_for(house, swale, days_ago=15)

    assert run(house) == []
    [found] = [each for each in standings(house, which=Which.PERSISTENT).values() if each.id == swale]
    assert (found.owed.waiting, found.owed.overdue) == (1, 1), "it is shown beside the rate"

    with licences.acting(house) as ctx:
        licensing.refuse(ctx, request.id, reason="They left.")
    assert [each.organisation_id for each in run(house)] == [swale]


@pytest.mark.rule("GOV-2", "LIC-11")
def test_a_licence_asked_for_lately_is_no_debt_and_one_on_the_waiting_list_is(house: House) -> None:
    swale = licences.an_organisation(house)
    licences.seats(house, standing=0)
    waits(house, swale, "kim@swale.gov.uk")

    [owed] = [each.owed for each in standings(house).values() if each.id == swale]
    assert (owed.waiting, owed.overdue) == (1, 0)
    house.clock.move(timedelta(days=15))  # type: ignore[attr-defined]
    [owed] = [each.owed for each in standings(house).values() if each.id == swale]
    assert (owed.waiting, owed.overdue) == (1, 1)


def owed_to(house: House, organisation: UUID) -> queries.Owed:
    [found] = [each.owed for each in standings(house).values() if each.id == organisation]
    return found


@pytest.mark.rule("GOV-2", "LIC-11")
def test_what_was_refused_for_want_of_a_seat_is_owed_for_the_counted_months_and_for_no_other_reason(
    house: House, clock: FixedClock
) -> None:
    swale = licences.an_organisation(house)
    absent(house, swale)
    for number, why in enumerate(RefusedFor):
        email = f"p{number}@swale.gov.uk"
        licences.a_person(house, swale, email)
        request = licences.a_request(house, swale, email)
        with licences.acting(house) as ctx:
            licensing.refuse(ctx, request.id, reason="So it is.", refused_for=why)

    assert (owed_to(house, swale).waiting, owed_to(house, swale).without) == (0, 1)
    assert run(house) == [], "the month that is not over counts too: a wait that ends in a refusal is no less owed"
    with house.reading(*someone(house, "steering_member")) as ctx:
        [row] = chapter(ctx, Span(date(2026, 10, 1), date(2027, 1, 1), "Now")).grids[0].rows
        [before] = chapter(ctx, QUARTER).grids[0].rows
    assert (row[-2:], before[-2:]) == (["0", "1"], ["0", "0"]), "the pack counts it in its own span"

    move_to(clock, "2027-02-28T09:00")
    assert owed_to(house, swale).without == 1, "November is one of the three complete months still"
    move_to(clock, "2027-03-01T09:00")
    assert owed_to(house, swale).without == 0


@pytest.mark.rule("GOV-2", "LIC-11")
def test_who_waited_too_long_for_a_seat_and_took_the_request_back_was_not_given_one(house: House) -> None:
    swale = licences.an_organisation(house)
    absent(house, swale)
    licences.seats(house, standing=0)
    long, leaver, short = (waits(house, swale, f"{name}@swale.gov.uk") for name in ("kim", "lee", "mo"))
    with licences.acting(house) as ctx:
        licensing.deactivate(ctx, short.id, reason=EndReason.AT_REQUEST)
    assert owed_to(house, swale).without == 0, "a short wait is nobody's debt"

    house.clock.move(timedelta(days=15))  # type: ignore[attr-defined]
    for request, why in ((long, EndReason.AT_REQUEST), (leaver, EndReason.LEAVER)):
        with licences.acting(house) as ctx:
            licensing.deactivate(ctx, request.id, reason=why)

    assert (owed_to(house, swale).waiting, owed_to(house, swale).without) == (0, 1)
    assert run(house) == []


@pytest.mark.rule("GOV-2", "LIC-11")
def test_who_was_offered_a_seat_and_took_the_request_back_went_without_by_choice(house: House) -> None:
    swale = licences.an_organisation(house)
    licences.seats(house, standing=0)
    request = waits(house, swale, "kim@swale.gov.uk")
    house.clock.move(timedelta(days=15))  # type: ignore[attr-defined]
    licences.seats(house, standing=1)

    with licences.acting(house) as ctx:
        offer_free_seats(ctx, next(each.id for each in every(house, SeatContract) if each.kind == Kind.STANDING))
    assert offers(house) == {request.id: None}
    assert (owed_to(house, swale).waiting, owed_to(house, swale).overdue) == (0, 0), "the seat is theirs to take"
    with licences.acting(house) as ctx:
        licensing.deactivate(ctx, request.id, reason=EndReason.AT_REQUEST)

    assert owed_to(house, swale).without == 0


@pytest.mark.rule("GOV-2")
def test_two_schedulers_open_it_once_whichever_is_first(house: House) -> None:
    refuge = an_employer(house)
    absent(house, refuge)
    members = [someone(house, "steering_member") for _ in range(2)]

    ends = together(house, [(member, lambda ctx: use_cases.open_persistent(ctx, refuge)) for member in members], 0)

    assert "done" in ends
    assert set(ends) <= {"done", "AlreadyEscalated"}
    assert len(every(house, Escalation)) == 1


@pytest.mark.rule("GOV-2")
def test_who_may_not_escalate_opens_nothing(house: House) -> None:
    refuge = an_employer(house)
    absent(house, refuge)

    with house.work(*someone(house, "ig_officer")) as ctx, pytest.raises(Forbidden):
        use_cases.open_persistent(ctx, refuge)

    assert every(house, Escalation) == []


@pytest.mark.rule("GOV-1", "GOV-2")
def test_the_chapter_sums_all_partners_and_shows_no_count_that_could_point_to_a_case(house: House) -> None:
    places = [an_employer(house, name) for name in ("Amber", "Birch", "Cedar")]
    for place, (due, sent) in zip(places, ((40, 30), (20, 19), (3, 1)), strict=True):
        told(house, place, date(2026, 9, 1), {"research_due": due, "research_sent": sent})
    absent(house, places[2], date(2026, 9, 1))
    an_escalation(house, places[0])

    with house.reading(*someone(house, "steering_member")) as ctx:
        found = chapter(ctx, QUARTER)

    figures = {figure.code: figure for figure in found.figures}
    assert figures["research"].said == "79.4%", "50 of 63"
    assert figures["actions"].said == "Not known"
    assert figures["below_research"].value == 1
    assert figures["escalations_open"].value == 1
    by_organisation = {row[0]: list(row[1:]) for row in found.grids[0].rows}
    assert by_organisation["Amber"][2] == "75.0% (30 of 40)"
    assert by_organisation["Birch"][2] == "Not shown", "shown, it would tell of Cedar's: the total less the others"
    assert by_organisation["Cedar"][2] == "Fewer than 5"
    assert by_organisation["Cedar"][0] == "25.0% (1 of 4)", "a meeting is no case"
    assert [len(values) for _, values in found.trends[0].series] == [3, 3, 3]


@pytest.mark.rule("GOV-1", "GOV-2")
def test_one_case_that_was_late_is_not_to_be_found_behind_a_rate_nor_behind_that_of_a_hub_with_one_partner(
    house: House,
) -> None:
    place = an_employer(house, "Amber")
    told(house, place, date(2026, 8, 1), {"research_due": 2, "research_sent": 1})
    told(house, place, date(2026, 9, 1), {"research_due": 38, "research_sent": 38, "actions_done": 1})

    with house.reading(*someone(house, "steering_member")) as ctx:
        found = chapter(ctx, QUARTER)

    [row] = found.grids[0].rows
    assert row[1:4] == ["Not known", "Fewer than 5", "About 100%"]
    assert {figure.code: figure.said for figure in found.figures}["actions"] == "Fewer than 5"
    assert list(dict(found.trends[0].series)["Research sent in time"]) == [None, None, 1000]
