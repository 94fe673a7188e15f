"""Reviews fall due, are asked for, and end in keeping a record, regrouping it or proposing its disposal (RET-3, 4, 5, 7, 11)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, worker
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.jobs import run_now
from retention.errors import Group3TooEarly, KeptLonger
from retention.holds import use_cases as holds
from retention.holds.errors import HeldBack
from retention.reviews import deciding, queries, showing, use_cases
from retention.reviews.errors import InThatGroup, NotAReviewer, RecordMoved, ReviewDecided, ReviewOpen, SpeaksForKeeping
from retention.reviews.jobs import MAKE, REMIND, REVIEWERS
from retention.reviews.models import RetentionReview
from tests.builders import exceptions
from tests.builders.identity import Acting, a_person, at_work, every, letters, logged, someone
from tests.builders.retention import fallen_due, finding, kept, records, reviews

TODAY = date(2026, 11, 21)


@pytest.fixture
def officer(sqlite_house: House) -> Acting:
    return someone(sqlite_house, "ig_officer")


def _decided(house: House, by: Acting, reference: str = "R-1", **found: Any) -> RetentionReview:
    with house.work(*by) as ctx:
        return deciding.decide(ctx, reviews(house)[reference].id, finding(**found))


@pytest.mark.rule("RET-3")
def test_a_review_is_made_once_on_its_day_and_again_for_nothing(house: House, clock: FixedClock) -> None:
    officer = a_person(house, "ig_officer")
    kept(house, "R-1")
    kept(house, "R-2", opened_on=date(2016, 11, 23))
    kept(house, "R-3", group=3, opened_on=TODAY - timedelta(days=3))
    assert [run_now(house, MAKE).done for _ in range(2)] == [1, 0]
    assert set(reviews(house)) == {"R-1"}
    it = reviews(house)["R-1"]
    assert (it.kind, it.due_on, it.finish_by, it.reviewer_id) == (
        "due",
        date(2026, 11, 20),
        date(2026, 12, 18),
        officer.id,
    )

    clock.move(timedelta(days=40))

    assert set(fallen_due(house)) == {"R-1", "R-2"}, "what fell due while nothing ran is made when it runs"
    assert reviews(house)["R-2"].due_on == date(2026, 11, 23)
    assert len(logged(house, "retention_review.fell_due")) == 2


@pytest.mark.rule("RET-4", "RET-3")
def test_retaining_moves_the_records_dates_and_keeps_answers_and_reason_sealed(house: House) -> None:
    by = someone(house, "ig_officer")
    kept(house)
    it = fallen_due(house)["R-1"]

    with house.work(*by) as ctx:
        deciding.decide(ctx, it.id, finding(), revision=records(house)["R-1"].revision)

    record, done = records(house)["R-1"], reviews(house)["R-1"]
    assert (record.last_reviewed_on, record.next_review_on) == (TODAY, date(2036, 11, 21))
    assert (done.status, done.decision, done.next_review_on) == ("decided", "retain", date(2036, 11, 21))
    assert done.reason is not None
    assert b"needed" not in done.reason
    assert b"risk" not in (done.answers or b"")
    [entry] = logged(house, "retention_review.retained")
    assert "needed" not in entry.detail
    with house.reading(*by) as ctx:
        whole = showing.of(ctx, it.id)
    assert (whole.reason, whole.answers["risk"]) == ("It is still needed.", "yes")
    assert fallen_due(house)["R-1"].id == it.id, "nothing is due any more"


@pytest.mark.rule("RET-3", "RET-4")
def test_a_sooner_day_holds_until_the_next_review_and_one_beyond_the_rule_is_refused(
    sqlite_house: House, officer: Acting, clock: FixedClock
) -> None:
    kept(sqlite_house)
    fallen_due(sqlite_house)
    for wrong in (TODAY, date(2036, 11, 22)):
        with pytest.raises(Invalid) as refused:
            _decided(sqlite_house, officer, next_on=wrong)
        assert refused.value.fields[0].pointer == "/next_on"

    _decided(sqlite_house, officer, next_on=date(2026, 12, 1))

    kept(sqlite_house, kind="referral")
    assert records(sqlite_house)["R-1"].next_review_on == date(2026, 12, 1), "a correction does not lose it"
    clock.move(timedelta(days=10))
    assert fallen_due(sqlite_house)["R-1"].due_on == date(2026, 12, 1)
    _decided(sqlite_house, at_work(sqlite_house, a_person(sqlite_house, "ig_officer")))
    assert records(sqlite_house)["R-1"].next_review_on == date(2036, 12, 1)


@pytest.mark.rule("RET-1", "RET-4")
def test_regrouping_takes_the_longer_period(sqlite_house: House, officer: Acting) -> None:
    kept(sqlite_house, group=3, opened_on=date(2021, 11, 20))
    fallen_due(sqlite_house)
    with pytest.raises(InThatGroup):
        _decided(sqlite_house, officer, decision="regroup", group=3)
    for nonsense in (None, 4, 0):
        with pytest.raises(Invalid):
            _decided(sqlite_house, officer, decision="regroup", group=nonsense)

    _decided(sqlite_house, officer, decision="regroup", group=2)

    record = records(sqlite_house)["R-1"]
    assert (record.groups, record.minimum_ends_on) == ("2 3", date(2031, 11, 20))
    [entry] = logged(sqlite_house, "retention_review.regrouped")
    assert json.loads(entry.detail)["groups"] == [2, 3]


@pytest.mark.rule("RET-5", "RET-11")
def test_disposal_is_proposed_only_when_it_may_be(sqlite_house: House, officer: Acting) -> None:
    kept(sqlite_house, "young", group=3, opened_on=date(2021, 11, 20))
    kept(sqlite_house, "unborn", group=1)
    kept(sqlite_house, "over")
    fallen_due(sqlite_house)
    with pytest.raises(Group3TooEarly):
        _decided(sqlite_house, officer, "young", decision="dispose", answer="no")
    with pytest.raises(KeptLonger):
        _decided(sqlite_house, officer, "unborn", decision="dispose", answer="no")
    for answer in ("yes", "unknown"):
        with pytest.raises(SpeaksForKeeping):
            _decided(sqlite_house, officer, "over", decision="dispose", answer=answer)

    _decided(sqlite_house, officer, "over", decision="dispose", answer="no")

    record = records(sqlite_house)["over"]
    assert (record.status, record.next_review_on) == ("kept", date(2036, 11, 21)), "it is only proposed"
    assert len(logged(sqlite_house, "retention_review.disposal_proposed")) == 1


@pytest.mark.rule("RET-5", "RET-6")
def test_disposal_is_not_proposed_under_a_hold(sqlite_house: House, officer: Acting) -> None:
    kept(sqlite_house)
    fallen_due(sqlite_house)
    with sqlite_house.work(*officer) as ctx:
        holds.place(
            ctx, ground="litigation", reach="record", value="R-1", reason="A claim.", review_on=date(2027, 1, 4)
        )

    with pytest.raises(HeldBack):
        _decided(sqlite_house, officer, decision="dispose", answer="no")

    assert reviews(sqlite_house)["R-1"].status == "open"


@pytest.mark.rule("RET-4")
def test_of_two_reviewers_one_is_told_and_facts_that_moved_are_read_again(house: House) -> None:
    first, second = someone(house, "ig_officer"), someone(house, "hub_supervisor")
    kept(house)
    it = fallen_due(house)["R-1"]
    revision = records(house)["R-1"].revision
    kept(house, kind="referral")
    with pytest.raises(RecordMoved), house.work(*first) as ctx:
        deciding.decide(ctx, it.id, finding(), revision=revision)
    _decided(house, first)

    with pytest.raises(ReviewDecided):
        _decided(house, second, decision="dispose", answer="no")

    assert reviews(house)["R-1"].decision == "retain"


@pytest.mark.rule("RET-4")
def test_every_question_is_answered_and_a_reason_given(sqlite_house: House, officer: Acting) -> None:
    kept(sqlite_house)
    it = fallen_due(sqlite_house)["R-1"]
    with pytest.raises(Invalid) as refused, sqlite_house.work(*officer) as ctx:
        deciding.decide(ctx, it.id, deciding.Found({"risk": "perhaps"}, "burn", " "))

    assert {each.pointer for each in refused.value.fields} >= {
        "/answers/risk",
        "/answers/needed",
        "/decision",
        "/reason",
    }
    with pytest.raises(Invalid), sqlite_house.work(*officer) as ctx:
        deciding.decide(ctx, it.id, deciding.Found(finding().answers, "retain", "x" * 1001))


@pytest.mark.rule("RET-7")
@pytest.mark.parametrize(
    ("trigger", "kind"),
    [("new_information", "triggered"), ("regroup", "triggered"), ("subject_request", "exceptional")],
)
def test_a_review_can_be_asked_for_at_any_time_and_once(
    sqlite_house: House, clock: FixedClock, trigger: str, kind: str
) -> None:
    officer = a_person(sqlite_house, "ig_officer")
    kept(sqlite_house, opened_on=date(2026, 1, 2))
    hub = someone(sqlite_house, "hub_coordinator")

    with sqlite_house.work(*hub) as ctx:
        made = use_cases.ask(ctx, "R-1", trigger=trigger)

    assert (made.kind, made.trigger, made.due_on, made.finish_by) == (kind, trigger, TODAY, date(2026, 12, 18))
    [letter] = letters(sqlite_house, officer, "retention_review_waits")
    assert "R-1" not in letter["body"] + letter["subject"]
    with pytest.raises(ReviewOpen), sqlite_house.work(*hub) as ctx:
        use_cases.ask(ctx, "R-1", trigger=trigger)
    _decided(sqlite_house, at_work(sqlite_house, officer))
    with sqlite_house.work(*hub) as ctx:
        use_cases.ask(ctx, "R-1", trigger=trigger)
    clock.move(timedelta(days=365 * 11))
    assert len(fallen_due(sqlite_house)) == 1
    assert len(every(sqlite_house, RetentionReview)) == 2, "the one that is open stands for what falls due meanwhile"


@pytest.mark.rule("RET-7")
def test_what_cannot_be_asked_for_is_refused(sqlite_house: House, officer: Acting) -> None:
    kept(sqlite_house)
    for reference, trigger, pointer in (
        ("R-9", "regroup", "/reference"),
        ("R-1", "boredom", "/trigger"),
        (" ", "regroup", "/reference"),
    ):
        with pytest.raises(Invalid) as refused, sqlite_house.work(*officer) as ctx:
            use_cases.ask(ctx, reference, trigger=trigger)
        assert refused.value.fields[0].pointer == pointer
    with pytest.raises(Forbidden), sqlite_house.work(worker("make-due-reviews")) as ctx:
        use_cases.ask(ctx, "R-1", trigger="regroup")


@pytest.mark.rule("RET-3")
def test_reviewers_are_reminded_before_on_and_after_the_last_day_once_each(
    sqlite_house: House, clock: FixedClock
) -> None:
    officer = a_person(sqlite_house, "ig_officer")
    kept(sqlite_house)
    fallen_due(sqlite_house)
    told = []
    for _ in range(35):
        run_now(sqlite_house, REMIND)
        run_now(sqlite_house, REMIND)
        told.append([each["kind"] for each in letters(sqlite_house, officer) if "review" in each["kind"]])
        clock.move(timedelta(days=1))

    grew = [n for n in range(1, len(told)) if len(told[n]) > len(told[n - 1])]
    assert [str(TODAY + timedelta(days=n)) for n in grew] == ["2026-12-15", "2026-12-18", "2026-12-19"]
    assert sorted(told[-1]) == ["retention_review_due", "retention_review_due_today", "retention_review_overdue"]


@pytest.mark.rule("RET-3")
def test_a_review_is_handed_over_and_one_with_nobody_gets_somebody(sqlite_house: House) -> None:
    kept(sqlite_house)
    assert fallen_due(sqlite_house)["R-1"].reviewer_id is None
    first, second = a_person(sqlite_house, "ig_officer"), a_person(sqlite_house, "hub_supervisor")
    run_now(sqlite_house, REVIEWERS)
    it = reviews(sqlite_house)["R-1"]
    assert it.reviewer_id in (first.id, second.id)
    other = second if it.reviewer_id == first.id else first
    stranger = a_person(sqlite_house, "hub_coordinator")

    for nobody in (stranger.id, it.reviewer_id):
        with pytest.raises(NotAReviewer), sqlite_house.work(*at_work(sqlite_house, first)) as ctx:
            use_cases.hand_over(ctx, it.id, nobody)
    with sqlite_house.work(*at_work(sqlite_house, second)) as ctx:
        use_cases.hand_over(ctx, it.id, other.id)

    assert reviews(sqlite_house)["R-1"].reviewer_id == other.id
    assert run_now(sqlite_house, REVIEWERS).found == 0


@pytest.mark.rule("RET-3")
def test_the_queue_is_narrowed_and_a_review_that_there_is_not_is_not_there(
    sqlite_house: House, officer: Acting
) -> None:
    for number in range(5):
        kept(sqlite_house, f"R-{number}", group=1 + number % 2, opened_on=date(2016, 1, 1) + timedelta(days=number))
    fallen_due(sqlite_house)

    with sqlite_house.reading(*officer) as ctx:
        page = queries.reviews(ctx, limit=2)
        whole = [*page.rows, *queries.reviews(ctx, limit=50, after=page.after).rows]
        assert [row.record.reference for row in whole] == [f"R-{n}" for n in range(5)]
        assert len(queries.reviews(ctx, group=1).rows) == 3
        assert len(queries.reviews(ctx, due_until=date(2026, 1, 2)).rows) == 2
        assert len(queries.reviews(ctx, search="r-4").rows) == 1
        assert queries.reviews(ctx, which=queries.Which.OVERDUE).rows == ()
        assert len(queries.reviews(ctx, reviewer_id=officer.actor.person_id, which=queries.Which.MINE).rows) == 5
        assert queries.counted(ctx).open == 5
        with pytest.raises(NotFound):
            queries.visible(ctx, UUID(int=7))


@pytest.mark.rule("RET-3", "DEC-6")
def test_whoever_is_kept_from_a_case_neither_sees_its_review_nor_is_told_of_it(
    sqlite_house: House, clock: FixedClock
) -> None:
    person, other = a_person(sqlite_house, "ig_officer"), a_person(sqlite_house, "hub_supervisor")
    for number in range(8):
        kept(sqlite_house, f"R-{number}")
    made = fallen_due(sqlite_house)
    name = next(name for name, each in made.items() if each.reviewer_id == person.id)
    exceptions.kept(sqlite_house, person.id, name)
    officer = at_work(sqlite_house, person)

    with sqlite_house.reading(*officer) as ctx:
        assert name not in {row.record.reference for row in queries.reviews(ctx).rows}
        assert queries.counted(ctx).open == 7
    with pytest.raises(NotFound):
        _decided(sqlite_house, officer, name)
    with pytest.raises(Invalid), sqlite_house.work(*officer) as ctx:
        use_cases.ask(ctx, name, trigger="regroup")
    clock.move(timedelta(days=30))
    with sqlite_house.work(worker("remind-of-record-reviews")) as ctx:
        assert use_cases.remind(ctx, made[name].id) is None
    run_now(sqlite_house, REVIEWERS)
    assert reviews(sqlite_house)[name].reviewer_id not in (None, person.id)
    assert other.id in {each.reviewer_id for each in reviews(sqlite_house).values()}
