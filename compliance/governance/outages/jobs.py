"""A pack each day, and at once when the passphrase was turned; sealed with nothing locked (GOV-3)."""

from __future__ import annotations

from datetime import timedelta

import structlog

from compliance.kernel.context import House, worker
from compliance.kernel.jobs import Errand, Run, Stopping, Work
from retention.own.jobs import job_of

from . import disposing, packing, queries
from .archive import BrokenPack
from .sealing import DoesNotOpen

log = structlog.get_logger("compliance.jobs")

_NAME = "make-outage-pack"


def _make(house: House, stopping: Stopping) -> Run:
    """Make today's pack where there is none yet, or none under the passphrase that stands."""
    with house.reading(worker(_NAME)) as ctx:
        if stopping.told or not queries.packs_due(ctx):
            return Run(0, 0, 0)
        prepared = packing.prepare(ctx)
    try:
        packed = packing.seal(house, prepared)
    except (packing.NotKept, DoesNotOpen, BrokenPack) as problem:
        log.error("outage pack not made", problem=str(problem))
        return Run(1, 0, 1)
    with house.work(worker(_NAME)) as ctx:
        packing.register(ctx, packed)
    for words in packed.problems:
        log.error("outage pack not kept everywhere", problem=words)
    return Run(1, 1, 0)


JOBS: tuple[Work, ...] = (
    Errand(_NAME, timedelta(hours=1), _make, limit=1),
    job_of(disposing.KINDS),
)
