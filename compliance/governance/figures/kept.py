"""From when a register knows of things: what it knows nothing of is not known, and is not nought (GOV-1, GOV-4)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from audit.models import AuditEntry
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from policies.values import Policy

from .model import NOT_KNOWN, Chapter, Span


@dataclass(frozen=True)
class Register:
    """What a chapter counts of one register in a span: the codes of those figures, and of the grids beside them.

    `days` are the columns that say when things happened. `from_the_first` is False for what this service did not keep from its
    own beginning: that begins with its first row. `rule` is the rule of own_records.toml by which its rows go (RET-9).
    """

    figures: Collection[str]
    days: Sequence[Any]
    grids: Collection[str] = ()
    rule: str = ""
    from_the_first: bool = field(default=True, kw_only=True)


def log_begun(ctx: Context) -> date | None:
    """The London date of the first entry of the log, from which on this service saw what happened; None for an empty log."""
    first = ctx.session.scalar(select(AuditEntry.at).order_by(AuditEntry.number).limit(1))
    return london_date(datetime.fromisoformat(first)) if first is not None else None


def begun(ctx: Context, register: Register) -> date:
    """The first London date that it knows of: of its first row or, where that is sooner, of the log; today where it has none."""
    found: list[date | datetime | None] = [ctx.session.scalar(select(func.min(each))) for each in register.days]
    if register.from_the_first:
        found.append(log_begun(ctx))
    known = [london_date(each) if isinstance(each, datetime) else each for each in found if each is not None]
    return min([*known, london_date(ctx.now())])


def knows_of(ctx: Context, span: Span, register: Register) -> bool:
    """Whether anything is known of a span: it is not all before the register began, and none of it is disposed of by now."""
    if span.until <= begun(ctx, register):
        return False
    if not register.rule:
        return True
    policy = ctx.the(Policy)
    return span.since >= london_date(ctx.now() - policy.own_records[register.rule].lasts(policy))


def told(ctx: Context, span: Span, chapter: Chapter, *registers: Register) -> Chapter:
    """The chapter as far as its registers know of the span: what one knows nothing of is said to be not known."""
    silent = [each for each in registers if not knows_of(ctx, span, each)]
    unknown = {code for each in silent for code in each.figures}
    empty = {code for each in silent for code in each.grids}
    return replace(
        chapter,
        figures=[replace(each, value=None, says="") if each.code in unknown else each for each in chapter.figures],
        grids=[
            replace(each, rows=(), nothing=f"{NOT_KNOWN}.") if each.code in empty else each for each in chapter.grids
        ],
    )
