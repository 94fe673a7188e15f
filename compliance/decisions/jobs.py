"""What happens by itself around decisions."""

from __future__ import annotations

from datetime import timedelta

from compliance.kernel.jobs import Errand

from .ending import Endings

LIMIT = 200

_endings = Endings()

JOBS: tuple[Errand, ...] = (
    Errand(
        "tell-programs",
        every=timedelta(seconds=2),
        go=lambda house, stopping: _endings.go(house, stopping, LIMIT),
        limit=LIMIT,
    ),
)
