"""Two who do something about one record at the same instant, three hundred times on each store (RET-1, RET-4, RET-8).

Seen to fail: where a review is decided without a look at whether it still is open, and where the case system is told without
a look at what is known of the record by then.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, update

from compliance.kernel.context import House, worker
from compliance.kernel.db import WRITES
from retention import use_cases
from retention.disposals import use_cases as disposals
from retention.disposals.jobs import INSTRUCT
from retention.disposals.models import DisposalItem, DisposalManifest
from retention.models import RetentionEvent, RetentionRecord
from retention.reviews import deciding
from retention.reviews import use_cases as reviews_use
from retention.reviews.models import RetentionReview
from retention.use_cases import Registered
from tests.builders import disposals as going
from tests.builders.identity import every, someone
from tests.builders.retention import KEEPER, fallen_due, finding, kept, records, reviews
from tests.support.together import together

ROUNDS = 300


def put_back(house: House, model: Any, row_id: UUID, **values: object) -> None:
    """A row as it was, past the use cases, as nobody but a test could."""
    table = model.__table__
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        store.execute(update(table).where(table.c.id == row_id).values(**values))


def opened(house: House) -> tuple[UUID, RetentionRecord]:
    """A review that waits, and its record."""
    someone(house, "ig_officer")
    kept(house)
    return fallen_due(house)["R-1"].id, records(house)["R-1"]


UNDECIDED = {"status": "open", "decision": None, "decided_by": None, "decided_at": None, "answers": None,
             "reason": None, "next_review_on": None}  # fmt: skip


def undecide(house: House, review_id: UUID, before: RetentionRecord) -> None:
    put_back(house, RetentionReview, review_id, **UNDECIDED)
    put_back(
        house, RetentionRecord, before.id, next_review_on=before.next_review_on, last_reviewed_on=None,
        groups=before.groups, minimum_ends_on=before.minimum_ends_on,
    )  # fmt: skip


@pytest.mark.rule("RET-4")
def test_of_two_reviewers_of_one_review_one_decides(house: House) -> None:
    it, before = opened(house)
    officer, other = someone(house, "ig_officer"), someone(house, "hub_supervisor")
    first = {"retain": 0, "regroup": 0}
    for number in range(ROUNDS):
        ends = together(
            house,
            [
                (officer, lambda ctx: deciding.decide(ctx, it, finding())),
                (other, lambda ctx: deciding.decide(ctx, it, finding("regroup", group=1))),
            ],
            number,
        )  # fmt: skip
        assert sorted(ends) == ["ReviewDecided", "done"]
        now, record = reviews(house)["R-1"], records(house)["R-1"]
        assert now.decision == ("retain" if ends[0] == "done" else "regroup")
        assert record.groups == ("2" if now.decision == "retain" else "1 2")
        first[now.decision] += 1
        undecide(house, it, before)
    assert min(first.values()) > 0, "a race, not a queue"


@pytest.mark.rule("RET-3", "RET-4")
def test_a_review_that_is_decided_while_it_is_handed_over_is_either(house: House) -> None:
    it, before = opened(house)
    officer, other = someone(house, "ig_officer"), someone(house, "hub_supervisor")
    people = [each.person_id for each in (officer.actor, other.actor)]
    seen = set()
    for number in range(ROUNDS):
        put_back(house, RetentionReview, it, reviewer_id=people[number % 2])
        to = people[(number + 1) % 2]
        assert to is not None
        ends = together(
            house,
            [
                (officer, lambda ctx: deciding.decide(ctx, it, finding())),
                (other, partial(reviews_use.hand_over, review_id=it, reviewer_id=to)),
            ],
            number,
        )  # fmt: skip
        now = reviews(house)["R-1"]
        assert ends[0] == "done"
        assert ends[1] in ("done", "ReviewDecided")
        assert now.status == "decided"
        assert now.reviewer_id == (to if ends[1] == "done" else people[number % 2])
        seen.add(ends[1])
        undecide(house, it, before)
    assert len(seen) == 2, "a race, not a queue"


@pytest.mark.rule("RET-1", "RET-8")
def test_what_is_told_while_it_is_instructed_is_refused_or_stops_it(house: House) -> None:
    """Registered anew, told of and instructed at once: what was told in time leaves the record out; otherwise it is refused."""
    kept(house, group=3, opened_on=date(2019, 1, 10))
    record = records(house)["R-1"]
    going.reviewed(house, record)
    manifest = going.proposed(house, record)
    going.agreed(house, manifest)
    put_back(house, DisposalManifest, manifest.id, instruct_from=date(2026, 11, 21))
    [item] = every(house, DisposalItem)
    seen = set()
    for number in range(ROUNDS):
        said = Registered([3], date(2019, 1, 10), kind=f"kind-{number}")
        ends = together(
            house,
            [
                ((KEEPER,), partial(use_cases.register, reference="R-1", said=said)),
                ((KEEPER,), partial(use_cases.tell, reference="R-1", event_id=f"e-{number}", kind="new_offence", happened_on=date(2025, 6, 1))),
                (going_worker(), lambda ctx: disposals.instruct(ctx, manifest.id)),
            ],
            number,
        )  # fmt: skip
        now, [line] = records(house)["R-1"], every(house, DisposalItem)
        assert ends[2] == "done"
        late = [end for end in ends[:2] if end == "BeingDisposed"]
        if line.status == "instructed":
            assert (now.status, len(late)) == ("instructed", 2)
            assert (now.kind, now.last_relevant_on) == (record.kind, None)
        else:
            assert (line.status, now.status, late) == ("left_out", "kept", [])
        seen.add(line.status)
        _as_before(house, manifest, item, record)
    assert len(seen) == 2, "a race, not a queue"


def going_worker() -> tuple[Any, ...]:
    """Whoever tells the case system."""
    return (worker(INSTRUCT.name),)


def _as_before(house: House, manifest: DisposalManifest, item: DisposalItem, record: RetentionRecord) -> None:
    put_back(house, DisposalManifest, manifest.id, status="approved")
    put_back(house, DisposalItem, item.id, status="frozen", left_out=None, instructed_at=None)
    put_back(
        house, RetentionRecord, record.id, status="kept", kind=record.kind, last_relevant_on=None,
        minimum_ends_on=record.minimum_ends_on, next_review_on=record.next_review_on,
    )  # fmt: skip
    table = RetentionEvent.__table__
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        store.execute(delete(table).where(table.c.record_id == record.id))  # type: ignore[arg-type]
