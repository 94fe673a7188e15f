"""That a month was counted, as the log tells it (LIC-11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class MonthCounted(Event):
    """What there was of everything in a month that is over was counted, once."""

    name: ClassVar[str] = "growth.counted"
    subject_kind: ClassVar[str | None] = "month"

    rules: tuple[str, ...] = ("LIC-11",)
    month: date
