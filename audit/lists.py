"""That a list was looked at, or left the service as a file: one event for all lists (AUD-1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .events import Event


@dataclass(frozen=True, kw_only=True)
class ListViewed(Event):
    """Somebody looked at a list; `what` is its code, such as `waiting-list`. No `rows` where their number would tell (DEC-6)."""

    name: ClassVar[str] = "list.viewed"
    subject_kind: ClassVar[str | None] = "list"

    what: str
    rows: int | None


@dataclass(frozen=True, kw_only=True)
class ListExported(Event):
    """A list was handed out as a file; `what` is its code, `form` the kind of file."""

    name: ClassVar[str] = "list.exported"
    subject_kind: ClassVar[str | None] = "list"

    what: str
    form: str
    rows: int | None
