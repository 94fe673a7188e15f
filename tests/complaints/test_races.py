"""Two who move one complaint at the same instant, three hundred times on each store: never a stage skipped, doubled or lost (COM-2, COM-3)."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import delete, update

from audit.record import record
from compliance.complaints import queries
from compliance.complaints.events import ComplaintEscalated, ComplaintResolved
from compliance.complaints.models import Complaint, ComplaintReport, ComplaintSide, ComplaintStage
from compliance.complaints.reporting import Written
from compliance.complaints.rules import Status, Step, after
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.kernel.errors import Refusal
from tests.builders.complaints import (
    Partners,
    a_complaint,
    again,
    at_stage,
    escalates,
    partners,
    records,
    reports,
    resolves,
    sides,
    stages,
)
from tests.builders.identity import every
from tests.builders.signatories import a_pdf
from tests.support.together import waits

ROUNDS = 300

Act = Callable[[], object]


def at_once(pool: ThreadPoolExecutor, *acts: Act, number: int | None = None) -> list[str]:
    """All begin together: for each *done*, or the name of the refusal it met."""
    start = Barrier(len(acts))

    def run(act: Act, late: float) -> str:
        start.wait(timeout=30)
        time.sleep(late)
        try:
            act()
        except Refusal as refusal:
            return type(refusal).__name__
        return "done"

    return list(pool.map(run, acts, waits(len(acts), number)))


def put_back(it: Partners, complaint: Complaint, stage: int) -> None:
    """The complaint as it was at this stage, past the use cases, as nobody but a test could."""
    with it.house.engine.execution_options(**{WRITES: True}).begin() as store:
        for kind in (ComplaintStage, ComplaintSide, ComplaintReport):
            table = kind.__table__
            store.execute(delete(table).where(table.c.complaint_id == complaint.id, table.c.stage > stage))  # type: ignore[arg-type]
        table = ComplaintStage.__table__
        there = (table.c.complaint_id == complaint.id, table.c.stage == stage)
        store.execute(update(table).where(*there).values(ended_at=None))  # type: ignore[arg-type]
        whole = Complaint.__table__
        back = {"status": "open", "stage": stage, "outcome": None, "ended_by": None, "ended_at": None}
        store.execute(update(whole).where(whole.c.id == complaint.id).values(**back))  # type: ignore[arg-type]


def is_whole(it: Partners, complaint: Complaint) -> None:
    """Each stage up to the one it stands at is there once, with two sides, and all but an open one have ended."""
    now, told = again(it, complaint), stages(it, complaint)
    assert [each.stage for each in told] == list(range(1, now.stage + 1))
    assert len(sides(it, complaint)) == 2 * now.stage
    still = [each.stage for each in told if each.ended_at is None]
    assert still == ([now.stage] if now.status == Status.OPEN.value else [])


@pytest.fixture
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(3)


@pytest.mark.rule("COM-2")
def test_of_two_escalations_at_once_one_is_made(house: House, pool: ThreadPoolExecutor) -> None:
    it = partners(house)
    complaint = a_complaint(it)
    records(it, complaint)
    first = {"ours": 0, "theirs": 0}
    for number in range(ROUNDS):
        told = at_once(
            pool,
            lambda: escalates(it, complaint, stage=1),
            lambda: escalates(it, complaint, stage=1, by=it.theirs),
            number=number,
        )
        assert sorted(told) == ["StageMoved", "done"]
        first["ours" if told[0] == "done" else "theirs"] += 1
        assert again(it, complaint).stage == 2
        is_whole(it, complaint)
        put_back(it, complaint, 1)
    assert min(first.values()) > 0, "a race, not a queue"


@pytest.mark.rule("COM-2", "COM-4")
def test_a_complaint_that_is_escalated_and_resolved_at_once_is_one_of_the_two(
    house: House, pool: ThreadPoolExecutor
) -> None:
    it = partners(house)
    complaint = a_complaint(it)
    records(it, complaint)
    ends = set()
    for number in range(ROUNDS):
        told = at_once(
            pool,
            lambda: escalates(it, complaint, stage=1, by=it.theirs),
            lambda: resolves(it, complaint, stage=1),
            number=number,
        )
        now = again(it, complaint)
        ends.add(tuple(told))
        assert (now.status, now.stage, *told) in {
            ("open", 2, "done", "StageMoved"), ("resolved", 1, "ComplaintEnded", "done"),
        }  # fmt: skip
        is_whole(it, complaint)
        put_back(it, complaint, 1)
    assert len(ends) == 2, "a race, not a queue"


@pytest.mark.rule("COM-3")
def test_stage_three_never_opens_before_its_report_is_there_and_the_report_is_there_once(
    house: House, pool: ThreadPoolExecutor
) -> None:
    it = partners(house)
    complaint = at_stage(it, 2)
    records(it, complaint)
    file = Written(file_name="r.pdf", content=a_pdf())
    opened = {True: 0, False: 0}
    for number in range(ROUNDS):
        one, other, up = at_once(
            pool, lambda: reports(it, complaint, stage=2, written=file),
            lambda: reports(it, complaint, stage=2, by=it.theirs), lambda: escalates(it, complaint, stage=2),
            number=number,
        )  # fmt: skip
        assert sorted((one, other)) in (["ReportSent", "done"], ["StageMoved", "done"])
        assert up in ("done", "ReportMissing")
        assert again(it, complaint).stage == (3 if up == "done" else 2)
        assert [each.stage for each in every(house, ComplaintReport)] == [3]
        is_whole(it, complaint)
        opened[up == "done"] += 1
        put_back(it, complaint, 2)
    assert min(opened.values()) > 0, "a race, not a queue"


@pytest.mark.rule("COM-2")
def test_whoever_decides_by_what_they_saw_before_their_turn_is_caught_by_the_same_look(
    house: House, pool: ThreadPoolExecutor
) -> None:
    """Without the lock both look at stage 1 and both go on: what the races above would show if a use case did so."""
    it = partners(house)
    complaint = a_complaint(it)
    both_looked = Barrier(2)

    def decide(step: Step) -> None:
        with house.reading(*it.ours) as looking:
            seen = queries.visible(looking, complaint.id)
            status, stage = after(Status(seen.status), seen.stage, step)
        both_looked.wait(timeout=30)
        with house.work(*it.ours) as ctx:
            changed = ctx.session.get_one(Complaint, complaint.id)
            changed.status, changed.stage = status.value, stage
            if step is Step.ESCALATE:
                record(ctx, ComplaintEscalated(subject=complaint.id, at_stage=stage, rows=(), both_recorded=True))
            else:
                record(
                    ctx, ComplaintResolved(subject=complaint.id, at_stage=stage, last=complaint.id, both_recorded=True)
                )

    told = at_once(pool, lambda: decide(Step.ESCALATE), lambda: decide(Step.RESOLVE))

    now = again(it, complaint)
    fair = {("open", 2, "done", "StageMoved"), ("resolved", 1, "ComplaintEnded", "done")}
    assert (now.status, now.stage, *told) not in fair
    with pytest.raises(AssertionError):
        is_whole(it, complaint)
