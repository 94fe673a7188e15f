"""Going through the log for what rules ask about: read beside the work of others, a stretch at a time (AUD-6).

Nothing is locked while a stretch is read and thought about, so that no decision waits for it. What comes of it is
written by `use_cases.look_on`, which does nothing where somebody else was there first.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from audit.models import HEAD, AuditEntry, LogHead
from compliance.accesses.reporting.models import ReportedAccess
from compliance.decisions.events import DecisionAnswered, DecisionsAnswered
from compliance.kernel.context import Context
from policies.need_to_know import NeedToKnowRule
from policies.values import Policy

from .models import FlaggedUpTo, NotedRefusal
from .rules import Seen, look_of, occasion

MOST_ENTRIES = 500
"""Entries of the log in one stretch: few enough that writing what comes of it keeps no decision waiting."""

MOST_BEFORE = 50_000
"""Things done before a stretch that are looked back at for it."""

OPENS = ("view", "download", "export")
"""What counts as opening a case."""

BREAK_GLASS = "DEC-5"

_DONE = "done"
_PERMIT = "permit"


@dataclass(frozen=True)
class Stretch:
    """The entries from `first` up to, and without, `end`: what rules see in them, and what those people did before.

    `begins_at` is the instant of its first entry that decides something: None where none does.
    """

    first: int
    end: int
    seen: tuple[Seen, ...] = ()
    before: Mapping[UUID, tuple[Seen, ...]] | None = None
    begins_at: datetime | None = None

    @property
    def refusals(self) -> list[Seen]:
        """Refusals by decisions of ours: the case system's own are kept with what it reported."""
        return [seen for seen in self.seen if seen.refused and seen.decided]

    def around(self, seen: Seen) -> tuple[Seen, ...]:
        """What the same person did before this, in the order of the log."""
        earlier = (self.before or {}).get(seen.person_id, ())
        return (*earlier, *(each for each in self._by_person[seen.person_id] if each.number < seen.number))

    @cached_property
    def _by_person(self) -> Mapping[UUID, list[Seen]]:
        found: dict[UUID, list[Seen]] = defaultdict(list)
        for seen in self.seen:
            found[seen.person_id].append(seen)
        return found


@dataclass(frozen=True)
class Question:
    """That a rule asks about something that was seen, and about all that is `found` to belong to it."""

    rule: NeedToKnowRule
    seen: Seen
    found: tuple[Seen, ...]


def in_use(ctx: Context) -> list[NeedToKnowRule]:
    """The rules that raise flags, in the order of the policy."""
    return [rule for rule in ctx.the(Policy).need_to_know.values() if rule.in_use]


def next_stretch(ctx: Context, most: int = MOST_ENTRIES) -> Stretch | None:
    """The next entries that no rule has looked at; None where all have been."""
    first = ctx.session.scalar(select(FlaggedUpTo.number).where(FlaggedUpTo.id == 1)) or 0
    size = ctx.session.scalar(select(LogHead.size).where(LogHead.id == HEAD)) or 0
    end = min(first + most, size)
    if end <= first:
        return None
    decided, begins_at = _decided(ctx, first, end)
    reported = list(_reported(ctx, ReportedAccess.number >= first, ReportedAccess.number < end))
    seen = tuple(sorted((*decided, *reported), key=lambda each: (each.number, str(each.person_id))))
    return Stretch(first, end, seen, _before(ctx, first, seen), begins_at)


def questions(ctx: Context, stretch: Stretch) -> list[Question]:
    """What in a stretch is worth a question, were nothing of it asked and answered already: in the log's order."""
    rules = in_use(ctx)
    sights = ((rule, seen) for seen in stretch.seen for rule in rules if look_of(rule).sees(seen))
    asked = (
        Question(rule, seen, occasion(rule, seen, stretch.around(seen) if rule.window_minutes else ()))
        for rule, seen in sights
    )
    return [question for question in asked if question.found]


def longest_window(rules: Collection[NeedToKnowRule]) -> timedelta:
    """How far back any of these rules looks."""
    return timedelta(minutes=max((rule.window_minutes for rule in rules), default=0))


def _decided(ctx: Context, first: int, end: int) -> tuple[list[Seen], datetime | None]:
    """What decisions say in these entries: who was refused everything, and who was let in by break-glass."""
    entry = AuditEntry
    one = and_(
        entry.event == DecisionAnswered.name,
        entry.subject_id.is_not(None),
        or_(entry.outcome != _PERMIT, entry.rules.contains(BREAK_GLASS)),
    )
    many = and_(
        entry.event == DecisionsAnswered.name, or_(entry.outcome != _PERMIT, entry.detail.contains(BREAK_GLASS))
    )
    rows = ctx.session.execute(
        select(
            entry.number, entry.at, entry.event, entry.outcome, entry.subject_id, entry.organisation, entry.reference,
            entry.rules, entry.detail,
        )
        .where(entry.number >= first, entry.number < end, or_(one, many))
        .order_by(entry.number)
        .execution_options(yield_per=200)
    )  # fmt: skip
    found: list[Seen] = []
    begins_at: datetime | None = None
    for row in rows:
        at = datetime.fromisoformat(row.at)
        begins_at = begins_at or at
        found += _of_one(row, at) if row.event == DecisionAnswered.name else _of_many(row, at)
    return found, begins_at


def _of_one(row: Any, at: datetime) -> Iterator[Seen]:
    organisation = UUID(row.organisation) if row.organisation else None
    who = UUID(row.subject_id)
    if row.outcome != _PERMIT:
        yield Seen(row.number, at, who, organisation, refused=True, decided=True)
    elif BREAK_GLASS in (row.rules or "").split():
        yield Seen(row.number, at, who, organisation, row.reference, break_glass=True)


def _of_many(row: Any, at: datetime) -> Iterator[Seen]:
    """A batch is one page that somebody opened: it refused them where it permitted them nothing."""
    permitted: dict[str, bool] = {}
    opened: dict[tuple[str, str], None] = {}
    for item in json.loads(row.detail).get("items", ()):
        who, reference, permit, rules = item[0], item[1], bool(item[-2]), item[-1]
        if who is None:
            continue
        permitted[who] = permitted.get(who, False) or permit
        if permit and BREAK_GLASS in (rules or "").split():
            opened[who, reference] = None
    for who, anything in permitted.items():
        if not anything:
            yield Seen(row.number, at, UUID(who), refused=True, decided=True)
    for who, reference in opened:
        yield Seen(row.number, at, UUID(who), reference=reference[:255], break_glass=True)


def _reported(ctx: Context, *where: Any) -> Iterator[Seen]:
    """What the case system reported that a rule may see."""
    wanted = (
        select(ReportedAccess)
        .where(*where, or_(ReportedAccess.kind.in_(OPENS), ReportedAccess.outcome != _DONE))
        .order_by(ReportedAccess.number.desc())
        .limit(MOST_BEFORE)
    )
    for row in ctx.session.scalars(wanted):
        done = row.outcome == _DONE
        yield Seen(
            row.number, row.happened_at, row.person_id, row.organisation_id, row.reference,
            opened=done, refused=not done, involved=row.involved, out_of_hours=row.out_of_hours,
        )  # fmt: skip


def _before(ctx: Context, first: int, seen: Sequence[Seen]) -> dict[UUID, tuple[Seen, ...]]:
    """What the people of a stretch did before it, as far as a rule that counts looks back."""
    rules = [rule for rule in in_use(ctx) if rule.window_minutes]
    counted = [each for each in seen if any(look_of(rule).sees(each) for rule in rules)]
    if not counted:
        return {}
    span = longest_window(rules)
    people = {each.person_id for each in counted}
    since, until = min(each.at for each in counted) - span, max(each.at for each in counted) + span
    found: dict[UUID, list[Seen]] = defaultdict(list)
    reported = _reported(
        ctx, ReportedAccess.person_id.in_(people), ReportedAccess.number < first, ReportedAccess.happened_at > since,
        ReportedAccess.happened_at < until,
    )  # fmt: skip
    for each in reported:
        found[each.person_id].append(each)
    noted = (
        select(NotedRefusal)
        .where(NotedRefusal.person_id.in_(people), NotedRefusal.at > since, NotedRefusal.number < first)
        .order_by(NotedRefusal.number.desc())
        .limit(MOST_BEFORE)
    )
    for row in ctx.session.scalars(noted):
        found[row.person_id].append(
            Seen(row.number, row.at, row.person_id, row.organisation_id, refused=True, decided=True)
        )
    return {who: tuple(sorted(theirs, key=lambda each: each.number)) for who, theirs in found.items()}
