"""What happens to a request for re-use: ids, codes and dates, and none of the words (SHA-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ReuseEvent(Event):
    """Something about one request; `subject` is its id, `organisation` the supplier."""

    subject_kind: ClassVar[str | None] = "reuse_request"

    rules: tuple[str, ...] = ("SHA-2",)


@dataclass(frozen=True, kw_only=True)
class ReuseAsked(ReuseEvent):
    """Somebody asked a supplier whether what it gave may be used for something else; `kind` is the purpose."""

    name: ClassVar[str] = "reuse.asked"

    kind: str
    person: UUID
    asking: UUID | None
    answer_by: date


@dataclass(frozen=True, kw_only=True)
class ReusePermitted(ReuseEvent):
    """The supplier permitted it."""

    name: ClassVar[str] = "reuse.permitted"


@dataclass(frozen=True, kw_only=True)
class ReuseRefused(ReuseEvent):
    """The supplier refused it."""

    name: ClassVar[str] = "reuse.refused"


@dataclass(frozen=True, kw_only=True)
class ReuseReliedOn(ReuseEvent):
    """An overriding reason was relied on, and the supplier is told; `ground` is which, `was` where the request stood."""

    name: ClassVar[str] = "reuse.relied_on"

    ground: str
    was: str


@dataclass(frozen=True, kw_only=True)
class ReuseWithdrawn(ReuseEvent):
    """Whoever asked does not need it any more."""

    name: ClassVar[str] = "reuse.withdrawn"


@dataclass(frozen=True, kw_only=True)
class ReuseViewed(ReuseEvent):
    """A request was read with what was asked and answered (AUD-1)."""

    name: ClassVar[str] = "reuse.viewed"


@dataclass(frozen=True, kw_only=True)
class ReuseReminded(ReuseEvent):
    """Those whose answer it is were reminded: so many letters."""

    name: ClassVar[str] = "reuse.reminded"

    letters: int
