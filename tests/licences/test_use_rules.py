"""What the audit of use finds of a licence, and its days: every case, at the edges of quarters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import select

from compliance.kernel.calendar import BeyondCalendar, Calendar, Quarter
from compliance.kernel.clock import end_of, start_of
from compliance.kernel.context import House, operator
from compliance.licences.models import LastUse, Licence
from compliance.licences.quarterly import queries, rules
from compliance.licences.quarterly.models import UseExemption
from compliance.licences.quarterly.rules import Standing, Verdict
from compliance.licences.rules import Status, Suspension
from tests.builders.licences import a_licence, an_organisation, hub, rows_made, seats

KNOWN = Calendar(date(2029, 12, 31))
TICK = timedelta(microseconds=1)
Q2 = Quarter(2027, 2)
BEGAN, OVER = start_of(date(2027, 4, 1)), start_of(date(2027, 7, 1))
LONG_AGO = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.mark.rule("LIC-8")
@pytest.mark.parametrize(
    ("used_at", "verdict"),
    [
        (None, Verdict.UNUSED),
        (BEGAN - TICK, Verdict.UNUSED),
        (BEGAN, Verdict.USED),
        (OVER - TICK, Verdict.USED),
        (OVER, Verdict.USED_SINCE),
    ],
)
def test_a_use_counts_from_the_first_instant_of_the_quarter_to_its_last(
    used_at: datetime | None, verdict: Verdict
) -> None:
    assert rules.verdict(Q2, Standing(LONG_AGO, used_at)) is verdict


@pytest.mark.rule("LIC-8")
def test_the_quarters_edges_are_londons_also_where_the_clocks_have_changed() -> None:
    # 1 April and 1 October 2027 begin an hour before they do in UTC, 1 January does not.
    assert rules.began(Q2) == datetime(2027, 3, 31, 23, 0, tzinfo=UTC)
    assert rules.over(Quarter(2027, 3)) == datetime(2027, 9, 30, 23, 0, tzinfo=UTC)
    assert rules.over(Quarter(2027, 4)) == datetime(2028, 1, 1, tzinfo=UTC)
    # A quarter that ends on the very day on which the clocks change: 31 March 2024.
    spring = Quarter(2024, 1)
    assert rules.verdict(spring, Standing(datetime(2023, 5, 1, tzinfo=UTC), end_of(date(2024, 3, 31)) - TICK)) == "used"
    assert rules.over(spring) - rules.began(spring) == timedelta(days=91, hours=-1)


@pytest.mark.rule("LIC-8")
def test_a_licence_that_began_within_the_quarter_is_left_alone() -> None:
    assert rules.verdict(Q2, Standing(BEGAN)) is Verdict.UNUSED
    assert rules.verdict(Q2, Standing(BEGAN + TICK)) is Verdict.YOUNG


@pytest.mark.rule("LIC-8")
@pytest.mark.parametrize(
    ("suspension", "verdict"),
    [
        (Suspension.ROTA, Verdict.UNUSED),
        (Suspension.LEAVE, Verdict.RESTING),
        (Suspension.INVESTIGATION, Verdict.RESTING),
        (Suspension.ELIGIBILITY, Verdict.RESTING),
    ],
)
def test_whoever_could_not_use_it_is_left_alone_and_a_rota_is_use(suspension: Suspension, verdict: Verdict) -> None:
    assert rules.verdict(Q2, Standing(LONG_AGO, suspension=suspension)) is verdict


@pytest.mark.rule("LIC-8")
@pytest.mark.parametrize(
    ("today", "quarter"),
    [
        (date(2026, 12, 31), "2026-Q3"),
        (date(2027, 1, 1), "2026-Q3"),
        (date(2027, 1, 3), "2026-Q3"),
        (date(2027, 1, 4), "2026-Q4"),
        (date(2029, 4, 2), "2028-Q4"),  # Easter Monday
        (date(2029, 4, 3), "2029-Q1"),
        (date(2028, 2, 29), "2027-Q4"),
        (date(2028, 7, 2), "2028-Q1"),  # a Sunday
        (date(2028, 7, 3), "2028-Q2"),
    ],
)
def test_the_audit_is_due_from_the_first_working_day_after_the_quarter(today: date, quarter: str) -> None:
    assert str(rules.audited(today, KNOWN)) == quarter


@pytest.mark.rule("LIC-8")
def test_beyond_the_calendar_no_audit_is_due() -> None:
    with pytest.raises(BeyondCalendar):
        rules.audited(date(2030, 1, 2), KNOWN)


@pytest.mark.rule("LIC-8")
def test_warnings_go_out_before_the_quarter_is_over_and_no_licence_ends_sooner_after_one() -> None:
    assert rules.warned_from(Q2, 14) == date(2027, 6, 17)
    assert rules.warned_for(date(2027, 6, 16), 14, KNOWN) == Quarter(2027, 1)
    assert rules.warned_for(date(2027, 6, 17), 14, KNOWN) == Q2
    assert rules.warned_for(date(2027, 7, 2), 14, KNOWN) == Q2

    assert rules.ends_on(Q2, date(2027, 6, 17), 14, KNOWN) == date(2027, 7, 1)
    assert rules.ends_on(Q2, date(2027, 6, 25), 14, KNOWN) == date(2027, 7, 9)
    assert rules.warned_before(date(2027, 7, 9), 14) == end_of(date(2027, 6, 25))


@pytest.mark.rule("LIC-8")
def test_lists_find_of_every_licence_what_the_rule_says(sqlite_house: House) -> None:
    """The verdict as a column, beside the verdict as a rule: over every kind of licence there can be."""
    seats(sqlite_house, standing=200)
    organisation = an_organisation(sqlite_house)
    first = a_licence(sqlite_house, organisation)
    uses = (None, BEGAN - TICK, BEGAN, OVER - TICK, OVER)
    cases = list(
        product(
            uses, (None, *Suspension), (LONG_AGO, BEGAN, BEGAN + TICK), (None, Q2.last_day - timedelta(1), Q2.last_day)
        )
    )
    expected: dict[UUID, Verdict] = {}
    with sqlite_house.work(operator("test")) as ctx:
        licences, beside = [], []
        for used_at, suspension, activated_at, exempt_until in cases:
            licence = Licence(
                id=ctx.new_id(), person_id=first.person_id, organisation_id=organisation, kind=first.kind,
                # Ended, so that one person can have so many; the column does not ask.
                status=Status.DEACTIVATED, reason="-", requested_by="-", requested_at=LONG_AGO,
                activated_at=activated_at, suspension=suspension,
            )  # fmt: skip
            licences.append(licence)
            if exempt_until:
                beside.append(
                    UseExemption(
                        id=ctx.new_id(), licence_id=licence.id, reason="-", ends_on=exempt_until,
                        granted_by=hub().id, granted_at=LONG_AGO,
                    )
                )  # fmt: skip
            standing = Standing(activated_at, used_at, suspension, exempt_until == Q2.last_day)
            expected[licence.id] = rules.verdict(Q2, standing)
        rows_made(ctx, *licences)
        ctx.session.flush()
        rows_made(ctx, *beside)
        for licence, (used_at, *_) in zip(licences, cases, strict=True):
            if used_at:
                ctx.session.add(LastUse(licence_id=licence.id, used_at=used_at))

    with sqlite_house.reading(operator("test")) as ctx:
        rows = ctx.session.execute(
            select(Licence.id, queries.finding(Q2))
            .outerjoin(LastUse, LastUse.licence_id == Licence.id)
            .where(Licence.id.in_(expected))
        ).all()
    found = {row[0]: row[1] for row in rows}
    assert len(found) == 5 * 5 * 3 * 3
    assert found == expected
