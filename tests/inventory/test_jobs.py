"""What the scheduler runs is named, bounded, and reaches the scheduler."""

from __future__ import annotations

import importlib
import re
from datetime import timedelta

from compliance.kernel.jobs import Errand, Job
from compliance.scheduler import JOBS
from tests.inventory.source import product

MOST_AT_ONCE = 10_000


def test_every_job_has_a_name_of_its_own_that_says_what_it_does() -> None:
    names = [job.name for job in JOBS]

    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)+", name) and len(name) <= 50 for name in names)


def test_every_job_has_a_limit_and_a_rhythm() -> None:
    for job in JOBS:
        assert 0 < job.limit <= MOST_AT_ONCE, f"{job.name} may act on {job.limit} things in one run"
        assert timedelta(seconds=1) <= job.every <= timedelta(days=1), f"{job.name} runs every {job.every}"


def test_every_job_of_every_room_is_the_schedulers() -> None:
    rooms = [
        module.name for module in product() if module.name.endswith(".jobs") and module.name != "compliance.kernel.jobs"
    ]
    declared = {job for room in rooms for job in importlib.import_module(room).JOBS}

    assert all(isinstance(job, (Job, Errand)) for job in declared)
    assert {job.name for job in declared} == {job.name for job in JOBS}, (
        "add the room's JOBS to compliance/scheduler.py"
    )
