"""From when a register knows of things: what it knows nothing of is not known, and is not nought (GOV-1, GOV-4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import func, select

from audit.queries import FIRST_AT
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


def begun(ctx: Context, registers: Sequence[Register]) -> list[date]:
    """The first London date that each knows of: of its first row or, where that is sooner, of the log; today where it has none.

    One question to the store, however many registers are asked about.
    """
    firsts = [select(func.min(each)) for register in registers for each in register.days]
    log, *found = ctx.session.execute(select(*(each.scalar_subquery() for each in (FIRST_AT, *firsts)))).one()
    rows, today = iter(found), london_date(ctx.now())
    return [
        min([today, *days_of([*islice(rows, len(each.days)), *([log] if each.from_the_first else [])])])
        for each in registers
    ]


def days_of(found: Iterable[date | datetime | str | None]) -> Iterator[date]:
    """London dates of what the store answered with; an entry of the log says its instant in words."""
    for each in found:
        instant = datetime.fromisoformat(each) if isinstance(each, str) else each
        if instant is not None:
            yield london_date(instant) if isinstance(instant, datetime) else instant


def _disposed_of(ctx: Context, span: Span, register: Register) -> bool:
    """Whether some of what a register knew of a span may be gone by now."""
    if not register.rule:
        return False
    policy = ctx.the(Policy)
    return span.since < london_date(ctx.now() - policy.own_records[register.rule].lasts(policy))


def told(ctx: Context, span: Span, chapter: Chapter, *registers: Register) -> Chapter:
    """The chapter as far as its registers know of the span: what one knows nothing of is said to be not known.

    One knows nothing of a span that was all over before it began, nor of one of which something is disposed of by now.
    """
    beginnings = zip(registers, begun(ctx, registers), strict=True)
    silent = [each for each, first in beginnings if span.until <= first or _disposed_of(ctx, span, each)]
    unknown = {code for each in silent for code in each.figures}
    empty = {code for each in silent for code in each.grids}
    return replace(
        chapter,
        figures=[replace(each, value=None, says="") if each.code in unknown else each for each in chapter.figures],
        grids=[
            replace(each, rows=(), nothing=f"{NOT_KNOWN}.") if each.code in empty else each for each in chapter.grids
        ],
    )
