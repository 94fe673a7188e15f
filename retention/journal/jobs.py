"""The journal is written by itself, seconds after the log (RET-12)."""

from __future__ import annotations

from datetime import timedelta

import structlog

from compliance.kernel.context import House
from compliance.kernel.jobs import Errand, Run, Stopping, Work

from .folder import OutOfReach
from .keeping import keep
from .lines import Broken

log = structlog.get_logger("compliance.journal")

EVERY = timedelta(seconds=2)
MOST = 10_000


def _write(house: House, stopping: Stopping) -> Run:
    try:
        kept = keep(house, stopping=stopping, most=MOST)
    except (Broken, OutOfReach) as problem:
        log.error("the journal is not written: run `compliance doctor`", problem=str(problem))
        return Run(1, 0, 1)
    return Run(kept.added, kept.added)


WRITE = Errand("write-journal", every=EVERY, go=_write, limit=MOST)

JOBS: tuple[Work, ...] = (WRITE,)
