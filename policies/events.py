"""What happens at the doors themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class AccessRefused(Event):
    """Somebody asked for what no role of theirs permits; `door` is the name of the route they tried."""

    name: ClassVar[str] = "access.refused"
    subject_kind: ClassVar[str | None] = "door"

    door: str
