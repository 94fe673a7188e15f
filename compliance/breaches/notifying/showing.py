"""One personal-data breach with all that was written about it: the record of Article 33(5), opened for whoever may read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compliance.identity.queries import names_of
from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing
from policies.values import Policy

from . import queries, saying
from .models import BreachAssessment, NotificationStage
from .queries import Listed
from .saying import Said


@dataclass(frozen=True)
class Opened:
    """An assessment with its words, and the kinds of data by their names."""

    row: BreachAssessment
    categories: tuple[str, ...]
    facts: str
    effects: str
    remedy: str


@dataclass(frozen=True)
class Stage:
    """One thing that the regulator was told, with its words."""

    row: NotificationStage
    words: str


@dataclass(frozen=True)
class Whole:
    """A breach, its assessments with the newest first, what was told in stages, and what was said of each decision."""

    listed: Listed
    assessments: Sequence[Opened]
    stages: Sequence[Stage]
    decisions: Sequence[Said]
    people: Sequence[Said]
    partners: Sequence[Said]
    late_reason: str
    names: Mapping[str, str]
    read_at: datetime
    hours: int

    @property
    def newest(self) -> Opened | None:
        return self.assessments[0] if self.assessments else None

    @property
    def number(self) -> int:
        """The number of the newest assessment; 0 for none."""
        return self.newest.row.number if self.newest else 0


def whole(ctx: Context, listed: Listed) -> Whole:
    """The breach with everything, opened."""
    breach = listed.breach
    rows, stages = queries.assessments(ctx, breach), queries.stages(ctx, breach)
    said = {column: saying.everything(ctx, breach, column) for column in saying.COLUMNS}
    by = {row.assessed_by for row in rows} | {row.told_by for row in stages}
    by |= {each.by for held in said.values() for each in held} | {breach.decided_by or ""}
    return Whole(
        listed,
        [opened(ctx, row) for row in rows],
        [Stage(row, _open(ctx, row, "words")) for row in stages],
        said["decision_words"],
        said["people_words"],
        said["partners_words"],
        _open(ctx, breach, "late_reason"),
        names_of(ctx, by),
        ctx.now(),
        ctx.the(Policy).breaches.notify_hours,
    )


def opened(ctx: Context, row: BreachAssessment) -> Opened:
    """An assessment with its words. A kind of data that the policy knows no more is called by its code."""
    known = ctx.the(Policy).data_categories
    categories = tuple(known[code].name if code in known else code for code in row.categories.split())
    return Opened(row, categories, *(_open(ctx, row, name) for name in ("facts", "effects", "remedy")))


def late_reason(ctx: Context, listed: Listed) -> str:
    """Why the regulator was told late; nothing where it was not."""
    return _open(ctx, listed.breach, "late_reason")


def _open(ctx: Context, row: Any, column: str) -> str:
    sealed: bytes | None = getattr(row, column)
    if sealed is None:
        return ""
    return ctx.the(KeyRing).open(sealed, place=f"{row.__tablename__}.{column}:{row.id}").decode()
