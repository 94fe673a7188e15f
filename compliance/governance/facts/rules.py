"""Which facts can be: of which month, how high, and what cannot be more than what; pure (GOV-2)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from policies.sharing_groups import FactCounter

_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Told:
    """One fact as the case system tells it: `period` is a month such as 2026-11, `reference` a case's or empty for all."""

    organisation_id: UUID
    area: str
    period: str
    counter: str
    count: int
    reference: str = ""


@dataclass(frozen=True)
class Terms:
    """What holds for facts told on the London date `today`."""

    today: date
    months_back: int
    count_most: int
    areas: Collection[str]
    counters: Mapping[str, FactCounter]


Group = tuple[UUID, str, date, str]
"""Whose counters belong together: organisation, area, month and reference."""


def month_of(period: str) -> date | None:
    """The first day of a month written as 2026-11; None for anything else."""
    found = _MONTH.fullmatch(period)
    if found is None or not 1 <= int(found[2]) <= _DECEMBER or not int(found[1]):
        return None
    return date(int(found[1]), int(found[2]), 1)


def problems(told: Told, terms: Terms) -> Iterator[tuple[str, str]]:
    """What is wrong with one fact by itself: the member that is, and words for whoever sent it."""
    if told.area not in terms.areas:
        yield "area", f"Use one of these: {', '.join(terms.areas)}."
    if told.counter not in terms.counters:
        yield "counter", f"Use one of these: {', '.join(terms.counters)}."
    if told.count < 0:
        yield "count", "A count is 0 or more."
    elif told.count > terms.count_most:
        yield "count", f"A count is {terms.count_most} at the most."
    month = month_of(told.period)
    if month is None:
        yield "period", "Use a month such as 2026-11."
        return
    back = (terms.today.year - month.year) * 12 + terms.today.month - month.month
    if back < 0:
        yield "period", "This month is still to come."
    elif back > terms.months_back:
        yield "period", f"This is more than {terms.months_back} months ago. Tell the MARAC Hub Team."


def twice(facts: Collection[Told]) -> Iterator[int]:
    """The places of those that say something of what an earlier one said something of."""
    seen = set()
    for place, told in enumerate(facts):
        key = (told.organisation_id, told.area, told.period, told.counter, told.reference)
        if key in seen:
            yield place
        seen.add(key)


def too_many(counts: Mapping[str, int], counters: Mapping[str, FactCounter]) -> Iterator[tuple[str, str]]:
    """Which counters of a group are together more than what they are part of: each with the name of that."""
    for whole in sorted({counter.part_of for counter in counters.values() if counter.part_of}):
        parts = [code for code, counter in counters.items() if counter.part_of == whole]
        if sum(counts.get(code, 0) for code in parts) > counts.get(whole, 0):
            yield from ((code, whole) for code in parts if counts.get(code))
