"""Complaints about how data is used: thirty days to say that they came, and then an answer (COM-9)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest

from compliance.complaints.data_protection import jobs, queries, rules, use_cases
from compliance.complaints.data_protection.errors import AlreadyAcknowledged, AlreadyAnswered, NotAcknowledged
from compliance.complaints.data_protection.models import DataProtectionComplaint, DataProtectionProgress
from compliance.complaints.data_protection.queries import Which
from compliance.complaints.data_protection.rules import NEXT, REFUSED, Standing, Status, Step
from compliance.identity.errors import FreshCodeNeeded
from compliance.kernel.calendar import BeyondCalendar
from compliance.kernel.clock import FixedClock, london_date
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.jobs import run_now
from compliance.kernel.settings import REPOSITORY
from policies.values import Policy
from tests.builders.data_complaints import a_data_complaint, acknowledged
from tests.builders.identity import a_person, an_employer, every, letters, logged, someone
from tests.support.together import together

POLICY = Policy.load(REPOSITORY / "policies")

BANK_HOLIDAYS = frozenset(
    date.fromisoformat(day)
    for day in [
        "2024-01-01",
        "2024-03-29",
        "2024-04-01",
        "2024-05-06",
        "2024-05-27",
        "2024-08-26",
        "2024-12-25",
        "2024-12-26",
        "2025-01-01",
        "2025-04-18",
        "2025-04-21",
        "2025-05-05",
        "2025-05-26",
        "2025-08-25",
        "2025-12-25",
        "2025-12-26",
        "2026-01-01",
        "2026-04-03",
        "2026-04-06",
        "2026-05-04",
        "2026-05-25",
        "2026-08-31",
        "2026-12-25",
        "2026-12-28",
        "2027-01-01",
        "2027-03-26",
        "2027-03-29",
        "2027-05-03",
        "2027-05-31",
        "2027-08-30",
        "2027-12-27",
        "2027-12-28",
        "2028-01-03",
        "2028-04-14",
        "2028-04-17",
        "2028-05-01",
        "2028-05-29",
        "2028-08-28",
        "2028-12-25",
        "2028-12-26",
        "2029-01-01",
        "2029-03-30",
        "2029-04-02",
        "2029-05-07",
        "2029-05-28",
        "2029-08-27",
        "2029-12-25",
        "2029-12-26",
    ]
)
"""England's, written out from gov.uk and for the years it does not list yet from the Act's own Schedule."""


def by_hand(received_on: date) -> date:
    """The last day, a day counted at a time, and no calendar of ours asked."""
    day = received_on
    for _ in range(30):
        day += timedelta(days=1)
    while day.strftime("%a") in ("Sat", "Sun") or day in BANK_HOLIDAYS:
        day += timedelta(days=1)
    return day


@pytest.mark.rule("COM-9")
def test_the_last_day_agrees_with_a_count_by_hand_for_every_day_from_2024_to_2030() -> None:
    day, told, refused = date(2024, 1, 1), 0, 0
    while day <= date(2030, 12, 31):
        if day + timedelta(days=30) > POLICY.calendar.known_until:
            with pytest.raises(BeyondCalendar):
                rules.acknowledge_by(day, 30, POLICY.calendar)
            refused += 1
        elif by_hand(day) <= POLICY.calendar.known_until:
            assert rules.acknowledge_by(day, 30, POLICY.calendar) == by_hand(day), day
            told += 1
        day += timedelta(days=1)

    assert (told, refused) == (2162, 395), "every day was looked at, and those beyond the calendar refused"


@pytest.mark.rule("COM-9")
@pytest.mark.parametrize(("received", "last"), [
    ("2026-06-19", "2026-07-20"),
    ("2026-11-23", "2026-12-23"),
    ("2026-11-25", "2026-12-29"),
    ("2026-02-04", "2026-03-06"),
    ("2028-01-31", "2028-03-01"),
])  # fmt: skip
def test_thirty_days_are_counted_from_the_day_after_and_run_on_from_a_day_that_is_no_working_day(
    received: str, last: str
) -> None:
    assert rules.acknowledge_by(date.fromisoformat(received), 30, POLICY.calendar) == date.fromisoformat(last)


@pytest.mark.rule("COM-9")
@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_every_step_from_every_status_is_taken_or_refused_by_name(status: Status, step: Step) -> None:
    possible = {
        "received": {"acknowledge": "acknowledged", "note": "received"},
        "acknowledged": {"note": "acknowledged", "answer": "answered"},
        "answered": {},
    }
    follows = possible[status].get(step)
    if follows is not None:
        assert rules.after(status, step) == follows
        assert (status, step) not in REFUSED
        return
    with pytest.raises(REFUSED[status, step]) as refused:
        rules.after(status, step)
    assert refused.value.rule == "COM-9"
    assert (status, step) not in NEXT


@pytest.mark.rule("COM-9")
def test_it_is_overdue_when_its_last_day_is_over_and_not_before() -> None:
    last = date(2026, 12, 21)
    stands = [rules.standing(Status.RECEIVED, last, last + timedelta(days=days)) for days in (-1, 0, 1)]

    assert stands == [Standing.TO_ACKNOWLEDGE, Standing.TO_ACKNOWLEDGE, Standing.OVERDUE]
    assert rules.standing(Status.ACKNOWLEDGED, last, date(2027, 6, 1)) is Standing.ACKNOWLEDGED
    assert [rules.was_late(last, day) for day in (None, last, date(2026, 12, 22))] == [False, False, True]


@pytest.mark.rule("COM-9")
def test_the_whole_of_one_from_its_coming_to_its_answer(house: House, clock: FixedClock) -> None:
    officer = someone(house, "ig_officer")
    refuge = an_employer(house)
    it = a_data_complaint(house, officer, received_on=date(2026, 11, 20), organisation_id=refuge)
    assert (it.number, it.status, it.acknowledge_by) == (1, "received", date(2026, 12, 21))
    assert b"letter 12" not in it.who + it.words

    def answers() -> None:
        with house.work(*officer) as ctx:
            use_cases.answer(ctx, it.id, on=london_date(ctx.now()), outcome="partly_upheld", words="They were told.")

    with pytest.raises(NotAcknowledged):
        answers()
    clock.move(timedelta(days=40))
    acknowledged(house, it)
    with pytest.raises(AlreadyAcknowledged):
        acknowledged(house, it)
    with house.work(*officer) as ctx:
        use_cases.note(ctx, it.id, kind="told", words="We still ask the partner.")
    officer = someone(house, "ig_officer")
    answers()
    for late in (answers, lambda: acknowledged(house, it)):
        with pytest.raises(AlreadyAnswered):
            late()
    with pytest.raises(AlreadyAnswered), house.work(*officer) as ctx:
        use_cases.note(ctx, it.id, kind="told", words="And more.")

    with house.work(*officer) as ctx:
        whole = use_cases.view(ctx, it.id)
    assert (whole.who, whole.answer) == ("The writer of our letter 12.", "They were told.")
    assert [each.words for each in whole.progress] == ["We still ask the partner."]
    assert (whole.complaint.outcome, whole.standing) == ("partly_upheld", Standing.ANSWERED)
    assert logged(house, "data_complaint.acknowledged")[0].detail == '{"late":true}'
    every_word = "".join(f"{e.detail}{e.organisation}" for n in ("recorded", "noted", "answered") for e in logged(house, f"data_complaint.{n}"))  # fmt: skip
    assert not any(told in every_word for told in ("letter", "partner", str(refuge), "They were"))


@pytest.mark.rule("COM-9")
def test_what_cannot_be_is_refused_where_it_stands(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    today = london_date(clock.now())
    for pointer, said in {
        "/received_on": {"received_on": today + timedelta(days=1)},
        "/channel": {"channel": "pigeon"},
        "/who": {"who": "A \x07 name"},
        "/words": {"words": "x" * 2001},
        "/organisation_id": {"organisation_id": someone(house).actor.person_id},
    }.items():
        with pytest.raises(Invalid) as refused:
            a_data_complaint(house, **said)
        assert refused.value.fields[0].pointer == pointer
    with pytest.raises(Invalid):
        a_data_complaint(house, received_on=None)
    assert every(house, DataProtectionComplaint) == []

    it = a_data_complaint(house, received_on=today - timedelta(days=3))
    for day in (today + timedelta(days=1), today - timedelta(days=4)):
        with pytest.raises(Invalid) as refused:
            acknowledged(house, it, on=day)
        assert refused.value.fields[0].pointer == "/acknowledged_on"
    acknowledged(house, it, on=today - timedelta(days=1))
    officer = someone(house, "ig_officer")
    for said, pointer in (
        ({"on": today - timedelta(days=2)}, "/answered_on"), ({"outcome": "moon"}, "/outcome"), ({"words": " "}, "/words"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused, house.work(*officer) as ctx:
            use_cases.answer(ctx, it.id, **({"on": today, "outcome": "upheld", "words": "They were right."} | said))
        assert refused.value.fields[0].pointer == pointer
    with pytest.raises(FreshCodeNeeded), house.work(*someone(house, "ig_officer", fresh=False)) as ctx:
        use_cases.answer(ctx, it.id, on=today, outcome="upheld", words="They were right.")
    with pytest.raises(Invalid) as refused, house.work(*officer) as ctx:
        use_cases.note(ctx, it.id, kind="moon", words="x")
    assert refused.value.fields[0].pointer == "/kind"


@pytest.mark.rule("COM-9")
def test_a_last_day_beyond_the_calendar_is_refused_and_nothing_is_kept(sqlite_house: House, clock: FixedClock) -> None:
    clock.move(timedelta(days=1200))

    with pytest.raises(BeyondCalendar):
        a_data_complaint(sqlite_house, received_on=date(2029, 12, 10))
    assert every(sqlite_house, DataProtectionComplaint) == []


@pytest.mark.rule("COM-9")
def test_the_hub_and_the_officer_are_reminded_before_on_and_after_the_last_day_once_each(
    sqlite_house: House, clock: FixedClock
) -> None:
    house = sqlite_house
    told = [a_person(house, "ig_officer"), a_person(house, "hub_coordinator")]
    outside = a_person(house, "steering_member")
    by = someone(house, "hub_manager")
    it, done = a_data_complaint(house, by), a_data_complaint(house, by)
    acknowledged(house, done, by)
    assert it.acknowledge_by == date(2026, 12, 21)

    seen = {}
    for _ in range(40):
        clock.move(timedelta(days=1))
        run_now(house, jobs.REMIND)
        run_now(house, jobs.REMIND)
        seen[london_date(clock.now())] = [[each["kind"].removeprefix("data_complaint_") for each in letters(house, who)] for who in told]  # fmt: skip

    assert seen[date(2026, 12, 13)] == [[], []]
    assert seen[date(2026, 12, 14)] == seen[date(2026, 12, 20)] == [["due"]] * 2
    assert seen[date(2026, 12, 21)] == [["due", "due_today"]] * 2
    assert seen[date(2026, 12, 22)] == seen[date(2026, 12, 31)] == [["due", "due_today", "overdue"]] * 2
    assert letters(house, outside) == []
    assert not any("letter 12" in each["body"] for who in told for each in letters(house, who))
    assert run_now(house, jobs.REMIND).found == 0


@pytest.mark.rule("COM-9")
def test_nobody_but_the_hub_and_information_governance_knows_of_it(sqlite_house: House) -> None:
    house = sqlite_house
    it = a_data_complaint(house)
    for role in ("delegate", "escalation_contact", "authorised_signatory", "steering_member", "executive_chair"):
        stranger = someone(house, role)
        for act in (
            lambda ctx: use_cases.view(ctx, it.id),
            lambda ctx: queries.complaints(ctx),
            lambda ctx: queries.counted(ctx),
            lambda ctx: use_cases.acknowledge(ctx, it.id, on=it.received_on),
            lambda ctx: use_cases.note(ctx, it.id, kind="told", words="x"),
            lambda ctx: use_cases.remind(ctx, it.id),
        ):
            with pytest.raises(Forbidden), house.work(*stranger) as ctx:
                act(ctx)
        with pytest.raises(Forbidden):
            a_data_complaint(house, stranger)
    with pytest.raises(NotFound), house.work(*someone(house, "ig_officer")) as ctx:
        use_cases.view(ctx, ctx.new_id())


@pytest.mark.rule("COM-9")
def test_the_register_shows_what_waits_first(house: House, clock: FixedClock) -> None:
    officer = someone(house, "ig_officer")
    today = london_date(clock.now())
    old = a_data_complaint(house, officer, received_on=today - timedelta(days=60))
    a_data_complaint(house, officer)
    with house.reading(*officer) as ctx:
        rows = queries.complaints(ctx).rows
        late = queries.complaints(ctx, which=Which.LATE).rows
        assert queries.counted(ctx) == queries.Counted(2, 1, 0)
    assert [row.complaint.number for row in rows] == [1, 2]
    assert [row.complaint.id for row in late] == [old.id]


@pytest.mark.rule("COM-9")
def test_of_several_who_act_at_once_each_step_is_taken_once_and_no_number_given_twice(house: House) -> None:
    officers = [someone(house, "ig_officer") for _ in range(3)]
    it = a_data_complaint(house, officers[0])

    ends = together(
        house, [(who, lambda ctx: use_cases.acknowledge(ctx, it.id, on=it.received_on)) for who in officers]
    )
    came = use_cases.Came("letter", it.received_on, "The writer.", "They were not told.")
    made = together(house, [(who, lambda ctx: use_cases.record_complaint(ctx, came)) for who in officers])

    assert sorted(ends) == ["AlreadyAcknowledged", "AlreadyAcknowledged", "done"]
    assert len(logged(house, "data_complaint.acknowledged")) == 1
    assert made == ["done"] * 3
    assert sorted(each.number for each in every(house, DataProtectionComplaint)) == [1, 2, 3, 4]
    assert every(house, DataProtectionProgress) == []
