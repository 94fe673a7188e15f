"""What each rule has raised and what became of it, month by month: by the rate of false flags rules are tuned (AUD-6).

Only what the asker may know of is counted, so that nobody learns from a figure what no list would show them (DEC-6).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, case, func, select

from compliance.kernel.clock import start_of
from compliance.kernel.context import Context
from compliance.licences.capacity.figures import Month, months
from policies.need_to_know import CONCERN, NeedToKnowRule
from policies.values import Policy

from .models import AccessFlag
from .queries import theirs
from .rules import Status, false_rate

MONTHS = 12


@dataclass(frozen=True)
class Tally:
    """So many flags: explained, found to be a breach, and not decided yet."""

    explained: int = 0
    breach: int = 0
    open: int = 0

    @property
    def raised(self) -> int:
        return self.explained + self.breach + self.open

    @property
    def false_rate(self) -> int | None:
        return false_rate(self.explained, self.breach)

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.explained + other.explained, self.breach + other.breach, self.open + other.open)


@dataclass(frozen=True)
class Tuned:
    """One rule: its terms, None where people raise it or the policy knows it no more, and its flags month by month."""

    code: str
    rule: NeedToKnowRule | None
    by_month: tuple[Tally, ...] = field(default=())

    @property
    def whole(self) -> Tally:
        return sum(self.by_month, Tally())


def tuned(ctx: Context) -> tuple[list[Month], list[Tuned]]:
    """Every rule of the policy, concerns, and what was raised by a rule that is gone, over the last twelve months."""
    span = months(ctx.now(), MONTHS)
    columns = [func.count(case((_within(span, place), 1))) for place in range(len(span))]
    rows = ctx.session.execute(
        select(AccessFlag.rule, AccessFlag.status, *columns)
        .where(theirs(ctx), AccessFlag.raised_at >= start_of(span[0].first))
        .group_by(AccessFlag.rule, AccessFlag.status)
        .order_by(AccessFlag.rule)
    ).all()
    known = ctx.the(Policy).need_to_know
    codes = dict.fromkeys([*known, CONCERN, *(row[0] for row in rows)])
    counted = {(rule, status): numbers for rule, status, *numbers in rows}

    def numbers(code: str, status: Status) -> list[int]:
        return counted.get((code, status.value), [0] * len(span))

    def breaches(code: str) -> list[int]:
        return [sum(pair) for pair in zip(numbers(code, Status.BREACH), numbers(code, Status.RAISED), strict=True)]

    return span, [
        Tuned(code, known.get(code), tuple(Tally(*each) for each in zip(
            numbers(code, Status.EXPLAINED), breaches(code), numbers(code, Status.OPEN), strict=True
        )))
        for code in codes
    ]  # fmt: skip


def together(tallies: list[Tuned]) -> tuple[Tally, ...]:
    """The months of all of these rules, added up."""
    return tuple(sum(of_month, Tally()) for of_month in zip(*(each.by_month for each in tallies), strict=True))


def _within(span: list[Month], place: int) -> ColumnElement[bool]:
    begins = AccessFlag.raised_at >= start_of(span[place].first)
    if place + 1 == len(span):
        return begins
    return and_(begins, AccessFlag.raised_at < start_of(span[place + 1].first))
