"""Reviews under five schedulers that are killed, and under two reviewers: each made once, each decided once (RET-3, RET-4).

Seen to fail: without the second look at what is open, the store refuses what is made twice and the runs say failed;
without the lock of the record and the look at the review's state, a review is decided twice.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from compliance.app import furnished, house_of
from compliance.kernel.clock import FixedClock, london_date
from compliance.kernel.context import Context, House, Origin, worker
from compliance.kernel.jobs import Stopping, run_due
from compliance.kernel.settings import Settings
from retention.reviews import deciding, use_cases
from retention.reviews.jobs import MAKE
from retention.reviews.models import RetentionReview
from tests.builders.identity import Acting, every, logged, someone
from tests.builders.retention import fallen_due, finding, kept, records, reviews
from tests.support.together import together

SCHEDULERS, DAYS, A_DAY = 5, 60, 3
DOWN = range(20, 24)
"""Days on which none ran."""


def scheduler(settings: Settings, at: datetime, dies_at: int | None) -> None:
    """One scheduler at this instant; killed as by the machine, in the midst of its so manyeth review."""
    house, seen = house_of(furnished(settings, FixedClock(at))), [0]

    def act(ctx: Context, record_id: UUID) -> None:
        MAKE.act(ctx, record_id)
        ctx.session.flush()
        if seen[0] == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        seen[0] += 1

    run_due(house, replace(MAKE, act=act), Stopping())
    house.engine.dispose()


@pytest.mark.rule("RET-3")
def test_five_schedulers_over_sixty_days_with_kills_make_each_review_once(
    settings: Settings, clock: FixedClock
) -> None:
    house = house_of(furnished(settings, clock))
    someone(house, "ig_officer")
    first, chance = date(2016, 11, 22), random.Random(7)
    for day in range(DAYS):
        for number in range(A_DAY):
            kept(house, f"R-{day}-{number}", opened_on=first + timedelta(days=day))
    house.engine.dispose()
    fork, killed = multiprocessing.get_context("fork"), 0
    begins = datetime(2026, 11, 22, 9, tzinfo=UTC)
    for day in [each for each in range(DAYS) if each not in DOWN]:
        for hour in range(2):
            at = begins + timedelta(days=day, hours=hour)
            dies = [chance.choice((None, 0, 1)) if hour == 0 else None for _ in range(SCHEDULERS)]
            running = [fork.Process(target=scheduler, args=(settings, at, each)) for each in dies]
            for process in running:
                process.start()
            for process in running:
                process.join(timeout=60)
            killed += sum(process.exitcode == -signal.SIGKILL for process in running)
            assert {process.exitcode for process in running} <= {0, -signal.SIGKILL}

    made, by_id = every(house, RetentionReview), {each.id: each for each in records(house).values()}
    assert killed > 10, "the kills were"
    assert len(made) == len({each.record_id for each in made}) == DAYS * A_DAY
    assert len(logged(house, "retention_review.fell_due")) == DAYS * A_DAY
    for each in made:
        assert each.due_on == by_id[each.record_id].next_review_on
        late = (london_date(each.opened_at) - each.due_on).days
        assert late == 0 or (begins.date() + timedelta(days=DOWN.stop)) == london_date(each.opened_at)
    house.engine.dispose()


def _pair(house: House) -> list[str]:
    """Two reviewers who decide one review at the same instant, otherwise each."""
    officer, supervisor = someone(house, "ig_officer"), someone(house, "hub_supervisor")
    it = reviews(house)["R-1"].id
    return together(
        house,
        [
            (officer, lambda ctx: deciding.decide(ctx, it, finding())),
            (supervisor, lambda ctx: deciding.decide(ctx, it, finding("dispose", answer="no"))),
        ],
    )


@pytest.mark.rule("RET-4")
def test_of_two_who_decide_one_review_at_once_one_is_told(house: House, clock: FixedClock) -> None:
    kept(house)
    for _ in range(15):
        fallen_due(house)
        assert sorted(_pair(house)) == ["ReviewDecided", "done"]
        clock.move(timedelta(days=366 * 10))
    ends = [name for name in ("retained", "disposal_proposed") for _ in logged(house, f"retention_review.{name}")]
    assert len(ends) == len(every(house, RetentionReview)) == 15


@pytest.mark.rule("RET-3")
def test_schedulers_that_make_the_same_review_at_once_make_one(house: House) -> None:
    someone(house, "ig_officer")
    for number in range(5):
        kept(house, f"R-{number}")
    due = [each.id for each in records(house).values()]

    for record_id in due:
        job = Acting(worker(MAKE.name), Origin())
        ends = together(house, [(job, lambda ctx, its=record_id: use_cases.make_due(ctx, its)) for _ in range(5)])
        assert ends == ["done"] * 5

    assert len(every(house, RetentionReview)) == len(logged(house, "retention_review.fell_due")) == 5
