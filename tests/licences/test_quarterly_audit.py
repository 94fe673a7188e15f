"""The quarterly audit of use: warned first, judged once, ended where nobody used it, and told of (LIC-8)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from compliance.kernel.calendar import BeyondCalendar
from compliance.kernel.clock import FixedClock, end_of
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid
from compliance.kernel.jobs import Run, run_as_of, run_now
from compliance.licences import use_cases as licences
from compliance.licences.errors import OwnLicence
from compliance.licences.quarterly import use_cases
from compliance.licences.quarterly.errors import ExemptAlready, ExemptionOver, NothingToExempt
from compliance.licences.quarterly.models import UseVerdict, UseWarning
from compliance.licences.rules import EndReason, Status, Suspension
from compliance.notices.models import Notice
from tests.builders.identity import every, logged
from tests.builders.licences import a_licence, a_session, acting, again, an_organisation, hub, is_open, partner, seats
from tests.builders.use import AUDIT, WARN, licences_in_use, move_to, posted, used

NOTHING = Run(0, 0, 0)


def verdicts(house: House) -> Counter[str]:
    return Counter(row.verdict for row in every(house, UseVerdict))


@pytest.mark.rule("LIC-8")
def test_an_unused_licence_is_warned_of_and_ends_on_the_first_working_day_after_the_quarter(
    house: House, clock: FixedClock
) -> None:
    seats(house)
    organisation = an_organisation(house)
    unused, busy = licences_in_use(house, organisation, 2, since=datetime(2026, 9, 1, tzinfo=UTC))
    assert run_now(house, AUDIT) == Run(2, 2, 0)  # They were new in the quarter before.
    session = a_session(house, again(house, unused).person_id)
    used(house, busy)

    move_to(clock, "2026-12-17T23:59")
    assert run_now(house, WARN) == NOTHING
    move_to(clock, "2026-12-18T00:00")
    assert run_now(house, WARN) == Run(1, 1, 0)
    assert run_now(house, WARN) == NOTHING
    move_to(clock, "2027-01-03T23:59")
    assert run_now(house, AUDIT) == NOTHING
    assert is_open(house, session)
    move_to(clock, "2027-01-04T00:00")
    assert run_now(house, AUDIT) == Run(2, 2, 0)
    assert run_now(house, AUDIT) == NOTHING

    ended = again(house, unused)
    assert (ended.status, ended.end_reason) == (Status.DEACTIVATED, EndReason.UNUSED)
    assert not is_open(house, session)
    assert again(house, busy).status == Status.ACTIVE
    found = {row.licence_id: row for row in every(house, UseVerdict) if row.quarter == "2026-Q4"}
    assert (found[unused].verdict, found[unused].last_used_at) == ("unused", None)
    assert found[unused].warned_at == datetime(2026, 12, 18, tzinfo=UTC)
    assert (found[busy].verdict, found[busy].warned_at) == ("used", None)
    assert logged(house, "use.judged")[0].actor_id == AUDIT.name


@pytest.mark.rule("LIC-8", "GOV-5")
def test_holder_and_escalation_contact_are_told_before_and_after(sqlite_house: House) -> None:
    house = sqlite_house
    seats(house)
    (unused,) = licences_in_use(house, an_organisation(house), 1, since=datetime(2026, 5, 1, tzinfo=UTC))

    run_as_of(house, AUDIT, datetime(2027, 1, 4, 9, tzinfo=UTC))

    assert [letter["subject"] for letter in posted(house, "h0@swale.gov.uk")] == [
        "Your licence for the case system ends on 4 January 2027 unless you use it",
        "Your licence for the case system has ended",
    ]
    told = posted(house, "sam@example.gov.uk")
    assert [letter["subject"] for letter in told] == [
        "A licence of Swale ends on 4 January 2027 unless it is used",
        "A licence of Swale has ended, because it was not used",
    ]
    assert "Holder 0 Made-Up" in told[0]["body"]
    assert "Hello Sam Made-Up" in told[0]["body"]
    assert "1 October 2026 to 31 December 2026" in told[1]["body"]
    assert str(unused) in told[1]["body"]


@pytest.mark.rule("LIC-8")
def test_as_of_an_instant_the_calendar_is_played_and_again_there_is_nothing_to_do(house: House) -> None:
    seats(house)
    never, once = licences_in_use(house, an_organisation(house), 2)
    used(house, once, at=datetime(2027, 6, 30, 22, 59, 59, 999999, tzinfo=UTC))

    assert run_as_of(house, AUDIT, datetime(2027, 7, 5, 9, tzinfo=UTC)) == Run(2, 2, 0)
    assert run_as_of(house, AUDIT, datetime(2027, 7, 5, 9, tzinfo=UTC)) == NOTHING
    assert run_as_of(house, AUDIT, datetime(2027, 8, 20, 9, tzinfo=UTC)) == NOTHING

    assert [again(house, each).status for each in (never, once)] == [Status.DEACTIVATED, Status.ACTIVE]
    assert [row.warned_at for row in every(house, UseWarning)] == [datetime(2027, 6, 17, 8, tzinfo=UTC)]
    assert verdicts(house) == {"unused": 1, "used": 1}


@pytest.mark.rule("LIC-8")
def test_before_its_day_an_audit_finds_nothing_and_beyond_the_calendar_it_refuses(sqlite_house: House) -> None:
    house = sqlite_house
    seats(house)
    (licence,) = licences_in_use(house, an_organisation(house), 1)

    for instant in ("2027-01-02T12:00+00:00", "1972-07-04T12:00+00:00"):
        assert run_as_of(house, AUDIT, datetime.fromisoformat(instant)) == NOTHING
    for instant in ("2031-01-02T12:00+00:00", "9998-12-31T23:59+00:00", "1971-12-31T23:59+00:00"):
        with pytest.raises(BeyondCalendar):
            run_as_of(house, AUDIT, datetime.fromisoformat(instant))
    assert again(house, licence).status == Status.ACTIVE
    assert every(house, Notice) == []


@pytest.mark.rule("LIC-8")
def test_nobody_loses_a_licence_sooner_than_the_days_after_their_warning(
    sqlite_house: House, clock: FixedClock
) -> None:
    """The scheduler was down when the warnings should have gone out: they go late, and the audit waits for them."""
    house = sqlite_house
    seats(house)
    late, busy = licences_in_use(house, an_organisation(house), 2)
    move_to(clock, "2027-04-05T09:00")
    used(house, busy, at=datetime(2027, 2, 1, tzinfo=UTC))

    assert run_now(house, AUDIT) == Run(1, 1, 0)
    assert run_now(house, WARN) == Run(1, 1, 0)
    assert run_now(house, WARN) == NOTHING
    assert posted(house, "h0@swale.gov.uk")[0]["subject"].endswith("ends on 19 April 2027 unless you use it")
    move_to(clock, "2027-04-18T22:59")
    assert run_now(house, AUDIT) == NOTHING
    move_to(clock, "2027-04-18T23:00")
    assert run_now(house, AUDIT) == Run(1, 1, 0)
    assert again(house, late).end_reason == EndReason.UNUSED
    with acting(house, hub("hub_manager")) as ctx:
        assert use_cases.judge(ctx, busy) is None


@pytest.mark.rule("LIC-8")
def test_a_use_after_the_quarter_saves_a_licence_until_it_is_judged(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    seats(house)
    (licence,) = licences_in_use(house, an_organisation(house), 1)
    move_to(clock, "2027-03-20T09:00")
    assert run_now(house, WARN) == Run(1, 1, 0)
    # Just over: the first instant of 1 April in London.
    used(house, licence, at=end_of(date(2027, 3, 31)))

    move_to(clock, "2027-04-01T06:00")
    assert run_now(house, AUDIT) == Run(1, 1, 0)

    assert again(house, licence).status == Status.ACTIVE
    assert verdicts(house) == {"used_since": 1}


@pytest.mark.rule("LIC-8", "LIC-6")
def test_who_rests_is_left_alone_and_who_rests_for_a_rota_is_not(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    seats(house)
    away, by_turns = licences_in_use(house, an_organisation(house), 2)
    with acting(house, hub()) as ctx:
        licences.suspend(ctx, away, reason=Suspension.LEAVE)
        licences.suspend(ctx, by_turns, reason=Suspension.ROTA)

    assert run_as_of(house, AUDIT, datetime(2027, 4, 1, 9, tzinfo=UTC)) == Run(2, 2, 0)

    assert [again(house, each).status for each in (away, by_turns)] == [Status.SUSPENDED, Status.DEACTIVATED]
    assert verdicts(house) == {"resting": 1, "unused": 1}


@pytest.mark.rule("LIC-8")
def test_a_new_licence_has_a_line_for_its_first_quarter_and_none_for_one_before_it(sqlite_house: House) -> None:
    house = sqlite_house
    seats(house)
    organisation = an_organisation(house)
    licences_in_use(house, organisation, 1, since=datetime(2027, 1, 2, tzinfo=UTC))

    assert run_as_of(house, AUDIT, datetime(2027, 1, 4, 9, tzinfo=UTC)) == NOTHING
    assert run_as_of(house, AUDIT, datetime(2027, 4, 1, 9, tzinfo=UTC)) == Run(1, 1, 0)
    assert verdicts(house) == {"young": 1}


@pytest.mark.rule("LIC-8")
@pytest.mark.parametrize(
    ("ends_on", "verdict"), [(date(2027, 3, 30), "unused"), (date(2027, 3, 31), "exempt"), (date(2027, 6, 1), "exempt")]
)
def test_an_exemption_holds_for_the_quarters_whose_last_day_it_reaches(
    sqlite_house: House, ends_on: date, verdict: str
) -> None:
    house = sqlite_house
    seats(house)
    (licence,) = licences_in_use(house, an_organisation(house), 1)
    with acting(house, hub("hub_supervisor")) as ctx:
        use_cases.exempt(ctx, licence, reason="Away to have a child", ends_on=ends_on)

    run_as_of(house, AUDIT, datetime(2027, 4, 1, 9, tzinfo=UTC))

    assert verdicts(house) == {verdict: 1}
    assert len(every(house, Notice)) == (4 if verdict == "unused" else 0)


@pytest.mark.rule("LIC-8", "ROL-3")
def test_an_exemption_needs_a_supervisor_a_reason_and_an_end(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    seats(house)
    organisation = an_organisation(house)
    licence = licences_in_use(house, organisation, 1)[0]
    asked: dict[str, Any] = {"reason": "Long leave", "ends_on": date(2027, 3, 31)}

    for actor in (hub("hub_coordinator"), hub("ig_officer"), partner(organisation)):
        with pytest.raises(Forbidden), acting(house, actor) as ctx:
            use_cases.exempt(ctx, licence, **asked)
    own = hub("hub_supervisor", person_id=again(house, licence).person_id)
    with pytest.raises(OwnLicence), acting(house, own) as ctx:
        use_cases.exempt(ctx, licence, **asked)
    for wrong in ({"reason": " "}, {"ends_on": date(2026, 11, 20)}, {"ends_on": date(2027, 11, 22)}):
        with pytest.raises(Invalid), acting(house) as ctx:
            use_cases.exempt(ctx, licence, **(asked | wrong))

    with acting(house) as ctx:
        given = use_cases.exempt(ctx, licence, **asked)
    with pytest.raises(ExemptAlready), acting(house) as ctx:
        use_cases.exempt(ctx, licence, **asked)
    with acting(house) as ctx:
        use_cases.end_exemption(ctx, given.id)
    with pytest.raises(ExemptionOver), acting(house) as ctx:
        use_cases.end_exemption(ctx, given.id)
    with acting(house) as ctx:
        use_cases.exempt(ctx, licence, **asked)
    clock.move(timedelta(days=200))
    with acting(house) as ctx:
        use_cases.exempt(ctx, licence, **(asked | {"ends_on": date(2027, 7, 1)}))

    asked_for = a_licence(house, organisation, status=Status.REQUESTED)
    with pytest.raises(NothingToExempt), acting(house) as ctx:
        use_cases.exempt(ctx, asked_for.id, **(asked | {"ends_on": date(2027, 7, 1)}))


@pytest.mark.rule("LIC-8")
def test_what_is_beyond_a_runs_limit_goes_on_in_the_next(sqlite_house: House) -> None:
    house = sqlite_house
    seats(house)
    licences_in_use(house, an_organisation(house), 5)
    short = type(AUDIT)(AUDIT.name, AUDIT.every, AUDIT.due, AUDIT.act, limit=3, first=AUDIT.first)
    day = datetime(2027, 4, 1, 9, tzinfo=UTC)

    assert [run_as_of(house, short, day) for _ in range(3)] == [Run(5, 3, 0), Run(2, 2, 0), NOTHING]
