"""What happens to decisions about sharing: ids and codes, and none of the words (SHA-1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class SharingDecided(Event):
    """Somebody's decision to share, or not to, was recorded; `person` is who decided, `ground` the lawful basis (OP 1.6)."""

    name: ClassVar[str] = "sharing.decided"
    subject_kind: ClassVar[str | None] = "sharing_decision"

    rules: tuple[str, ...] = ("SHA-1",)
    action: str
    ground: str
    person: UUID


@dataclass(frozen=True, kw_only=True)
class SharingViewed(Event):
    """A decision about sharing was read with its reason (AUD-1)."""

    name: ClassVar[str] = "sharing.viewed"
    subject_kind: ClassVar[str | None] = "sharing_decision"

    rules: tuple[str, ...] = ("SHA-1",)
