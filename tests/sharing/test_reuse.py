"""Information is used for something else only with its supplier's permission, or on an overriding reason that is recorded (SHA-2)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, worker
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.sharing.reuse import jobs, queries, rules, use_cases
from compliance.sharing.reuse.errors import AnsweredMeanwhile, NoSuchAnswer, OwnRequest
from compliance.sharing.reuse.models import ReuseRequest
from compliance.sharing.reuse.queries import Which
from compliance.sharing.reuse.rules import NEXT, Status, Step, after
from retention.disposals.obstacles import open_about
from retention.disposals.rules import Obstacle
from tests.builders.exceptions import kept
from tests.builders.identity import every, letters, logged, someone
from tests.builders.sharing import REASON, a_cast, again, answer, asked, me


@pytest.mark.rule("SHA-2")
@pytest.mark.parametrize(("status", "step"), product(Status, Step))
def test_every_step_from_everywhere_is_the_tables_or_refused(status: Status, step: Step) -> None:
    allowed = {
        ("open", "permit"): "permitted", ("open", "refuse"): "refused", ("open", "rely"): "relied_on",
        ("open", "withdraw"): "withdrawn", ("refused", "rely"): "relied_on",
    }  # fmt: skip
    if (status.value, step.value) in allowed:
        assert after(status, step) == allowed[status.value, step.value] == NEXT[status, step]
    else:
        with pytest.raises(NoSuchAnswer):
            after(status, step)


@pytest.mark.rule("SHA-2")
def test_the_supplier_is_asked_and_answers_within_five_working_days(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)

    request = asked(sqlite_house, cast)

    assert (request.status, request.answer_by) == ("open", date(2026, 11, 27)), "asked on a Saturday"
    assert [each["kind"] for each in letters(sqlite_house, me(cast.supplier))] == ["reuse_waits"]
    assert [each["kind"] for each in letters(sqlite_house, me(cast.second))] == ["reuse_waits"]
    assert letters(sqlite_house, me(cast.asker)) == []
    said = str(letters(sqlite_house, me(cast.supplier)))
    assert "C-1" not in said
    assert "Ferry" not in said
    assert REASON not in said


@pytest.mark.rule("SHA-2")
@pytest.mark.parametrize("step", [Step.PERMIT, Step.REFUSE])
def test_the_answer_is_the_suppliers_and_whoever_asked_reads_it(sqlite_house: House, step: Step) -> None:
    cast = a_cast(sqlite_house)
    request = asked(sqlite_house, cast)

    with sqlite_house.work(*cast.supplier) as ctx:
        answer(ctx, request.id, step.value, seen="open")

    whole = again(sqlite_house, cast.asker, request)
    assert (whole.request.status, whole.answer) == (NEXT[Status.OPEN, step], REASON)
    assert whole.request.answered_by == cast.supplier.actor.id
    assert [each["kind"] for each in letters(sqlite_house, me(cast.asker))] == ["reuse_answered"]
    assert len(logged(sqlite_house, f"reuse.{NEXT[Status.OPEN, step].value}")) == 1


@pytest.mark.rule("SHA-2", "ROL-3", "ROL-4")
def test_nobody_else_answers(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)
    request = asked(sqlite_house, cast)
    stranger = someone(sqlite_house, "delegate")

    for who, refusal in (
        (cast.asker, OwnRequest), (cast.manager, Forbidden), (cast.coordinator, Forbidden),
        (cast.officer, Forbidden), (stranger, NotFound),
    ):  # fmt: skip
        with sqlite_house.work(*who) as ctx, pytest.raises(refusal):
            answer(ctx, request.id, "permit")
    for who in (cast.supplier, cast.coordinator, cast.officer):
        with sqlite_house.work(*who) as ctx, pytest.raises(Forbidden):
            answer(ctx, request.id, "rely", reason="child_protection")
    assert every(sqlite_house, ReuseRequest)[0].status == "open"


@pytest.mark.rule("SHA-2", "ROL-3")
def test_an_overriding_reason_is_relied_on_by_the_hub_and_the_supplier_is_told(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)
    request = asked(sqlite_house, cast)

    with sqlite_house.work(*cast.supervisor) as ctx, pytest.raises(Invalid):
        answer(ctx, request.id, "rely", reason="convenience")
    with sqlite_house.work(*cast.supervisor) as ctx:
        answer(ctx, request.id, "rely", reason="child_protection")

    whole = again(sqlite_house, cast.supplier, request)
    assert (whole.request.status, whole.request.override) == ("relied_on", "child_protection")
    assert "reuse_relied_on" in [each["kind"] for each in letters(sqlite_house, me(cast.second))]
    own = asked(sqlite_house, cast, cast.supervisor)
    with sqlite_house.work(*cast.supervisor) as ctx, pytest.raises(OwnRequest):
        answer(ctx, own.id, "rely", reason="child_protection")


@pytest.mark.rule("SHA-2")
def test_a_refusal_stays_to_be_read_when_an_overriding_reason_goes_over_it(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)
    request = asked(sqlite_house, cast)
    with sqlite_house.work(*cast.supplier) as ctx:
        use_cases.refuse(ctx, request.id, words="They would be in danger.")

    with sqlite_house.work(*cast.manager) as ctx:
        answer(ctx, request.id, "rely", reason="statutory_review", seen="refused")

    whole = again(sqlite_house, cast.officer, request)
    assert (whole.refusal, whole.answer) == ("They would be in danger.", REASON)
    assert whole.request.refused_by == cast.supplier.actor.id
    kinds = [each["kind"] for each in letters(sqlite_house, me(cast.asker))]
    assert kinds == ["reuse_answered", "reuse_answered"]


@pytest.mark.rule("SHA-2")
def test_whoever_asked_can_take_it_back_and_nobody_else(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)
    request = asked(sqlite_house, cast)

    with sqlite_house.work(*cast.supplier) as ctx, pytest.raises(Forbidden):
        answer(ctx, request.id, "withdraw")
    with sqlite_house.work(*cast.asker) as ctx:
        answer(ctx, request.id, "withdraw")

    with sqlite_house.work(*cast.supplier) as ctx, pytest.raises(NoSuchAnswer):
        answer(ctx, request.id, "permit")


@pytest.mark.rule("SHA-2")
def test_what_was_decided_upon_one_state_is_not_done_to_another(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)
    request = asked(sqlite_house, cast)
    with sqlite_house.work(*cast.supplier) as ctx:
        answer(ctx, request.id, "refuse")

    with sqlite_house.work(*cast.manager) as ctx, pytest.raises(AnsweredMeanwhile):
        answer(ctx, request.id, "rely", reason="child_protection", seen="open")


BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({"purpose": "curiosity"}, "/purpose"),
    ({"words": ""}, "/words"),
    ({"words": "x" * 1001}, "/words"),
    ({"reference": "\u202eC-1"}, "/reference"),
    ({"person": "x@y.example"}, "/person"),
)


@pytest.mark.rule("SHA-2")
@pytest.mark.parametrize(("said", "pointer"), BAD)
def test_what_is_wrong_with_a_request_is_named(sqlite_house: House, said: dict[str, Any], pointer: str) -> None:
    cast = a_cast(sqlite_house)

    with pytest.raises(Invalid) as refused:
        asked(sqlite_house, cast, **said)

    assert [field.pointer for field in refused.value.fields] == [pointer]


@pytest.mark.rule("SHA-2")
def test_ones_own_organisation_and_one_that_is_not_there_are_asked_nothing(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)

    for supplier in (cast.asker_id, me(cast.asker)):
        with pytest.raises(Invalid) as refused:
            asked(sqlite_house, cast, supplier_id=supplier)
        assert [field.pointer for field in refused.value.fields] == ["/supplier_id"]


@pytest.mark.rule("SHA-2", "DEC-6")
def test_nobody_who_is_kept_from_the_case_is_told_or_answers(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)
    kept(sqlite_house, me(cast.supplier))

    request = asked(sqlite_house, cast)

    assert letters(sqlite_house, me(cast.supplier)) == []
    with sqlite_house.work(*cast.supplier) as ctx:
        assert queries.requests(ctx, which=Which.ALL).rows == ()
        assert queries.counted(ctx).mine == 0
        with pytest.raises(NotFound):
            answer(ctx, request.id, "permit")


@pytest.mark.rule("SHA-2", "RET-5")
def test_an_open_request_is_in_the_way_of_disposal_until_it_ends(sqlite_house: House) -> None:
    cast = a_cast(sqlite_house)
    request = asked(sqlite_house, cast)
    many = [f"C-{number}" for number in range(1200)]

    with sqlite_house.reading(worker("retention")) as ctx:
        assert open_about(ctx, many) == {"C-1": {Obstacle.REUSE_OPEN}}
        assert open_about(ctx, []) == {}
    with sqlite_house.work(*cast.supplier) as ctx:
        answer(ctx, request.id, "refuse")
    with sqlite_house.reading(worker("retention")) as ctx:
        assert open_about(ctx, many) == {}


@pytest.mark.rule("SHA-2")
def test_reminders_go_once_before_on_and_after_the_day_and_end_with_the_answer(
    sqlite_house: House, clock: FixedClock
) -> None:
    cast = a_cast(sqlite_house)
    request = asked(sqlite_house, cast)
    told = []

    for _ in range(12):
        with sqlite_house.work(worker("remind")) as ctx:
            for due in jobs.REMIND.due(ctx):
                jobs.REMIND.act(ctx, due)
        told.append(len([each for each in letters(sqlite_house, me(cast.supplier)) if each["kind"] != "reuse_waits"]))
        clock.move(timedelta(days=1))

    assert told == [0, 0, 0, 0, 0, 1, 2, 3, 3, 3, 3, 3], "Thursday 26, Friday 27, Saturday 28 November"
    assert "reuse_overdue" in [each["kind"] for each in letters(sqlite_house, me(cast.manager))]
    with sqlite_house.work(*cast.supplier) as ctx:
        answer(ctx, request.id, "permit")
    with sqlite_house.work(worker("remind")) as ctx:
        assert use_cases.remind(ctx, request.id) is None


@pytest.mark.rule("SHA-2")
def test_the_list_is_narrowed_to_whose_turn_it_is_and_what_is_overdue(sqlite_house: House, clock: FixedClock) -> None:
    cast = a_cast(sqlite_house)
    request = asked(sqlite_house, cast)

    def found(who: Any, which: Which) -> list[Any]:
        with sqlite_house.work(*who) as ctx:
            return [row.request.id for row in queries.requests(ctx, which=which).rows]

    assert found(cast.supplier, Which.MY_TURN) == [request.id]
    assert found(cast.asker, Which.MY_TURN) == found(cast.manager, Which.MY_TURN) == []
    assert found(cast.manager, Which.OVERDUE) == []
    clock.move(timedelta(days=7))
    assert found(cast.manager, Which.OVERDUE) == [request.id]
    with sqlite_house.work(*cast.supplier) as ctx:
        assert queries.counted(ctx) == queries.Counted(1, 1)
    assert rules.TAKEN_WITH.keys() == set(Step)
