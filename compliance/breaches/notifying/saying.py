"""What people said about a decision, one after another in one sealed column: added to, never written over (Article 33(5))."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing

from .models import DataBreach

COLUMNS = ("decision_words", "people_words", "partners_words")


@dataclass(frozen=True)
class Said:
    """What was decided or done, in whose words, when it was written down, and when it happened where that is another time."""

    what: str
    words: str
    by: str
    at: datetime
    happened_at: datetime | None = None


def everything(ctx: Context, breach: DataBreach, column: str) -> list[Said]:
    """All that was said in this column, the oldest first."""
    sealed: bytes | None = getattr(breach, column)
    if sealed is None:
        return []
    held = json.loads(ctx.the(KeyRing).open(sealed, place=_place(breach, column)))
    return [_read(each) for each in held]


def add(
    ctx: Context, breach: DataBreach, column: str, what: str, words: str, happened_at: datetime | None = None
) -> None:
    """Say this on top of what was said before."""
    new = Said(what, words, ctx.actor.id, ctx.now(), happened_at)
    held = [_written(each) for each in (*everything(ctx, breach, column), new)]
    sealed = ctx.the(KeyRing).seal(json.dumps(held, ensure_ascii=False).encode(), place=_place(breach, column))
    setattr(breach, column, sealed)


def _place(breach: DataBreach, column: str) -> str:
    return f"data_breaches.{column}:{breach.id}"


def _written(said: Said) -> dict[str, str | None]:
    happened = said.happened_at.isoformat() if said.happened_at else None
    return asdict(said) | {"at": said.at.isoformat(), "happened_at": happened}


def _read(held: dict[str, str]) -> Said:
    said = Said(held["what"], held["words"], held["by"], datetime.fromisoformat(held["at"]))
    happened = held["happened_at"]
    return replace(said, happened_at=datetime.fromisoformat(happened)) if happened else said
