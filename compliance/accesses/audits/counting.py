"""Counting a quarter: what everybody did, from what was reported and from the log, in one pass for all organisations.

The log is read a stretch of numbers at a time and streamed, so a statement is short however long the log is. What is
held meanwhile is, for each person, their numbers and the references of the cases they opened. Nothing is locked: the
log only grows, and what is added while it is counted lies behind the end.

`rules.Figures` says what each number counts. An answer or a sign-in counts for the organisation that its entry names,
which is the one the person worked for then; an answer in a batch, whose items name no organisation, for the one whose
licence the person held at that instant, else the one they work for when it is counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, String, and_, cast, or_, select

from audit.models import HEAD, AuditEntry, LogHead, Moment
from audit.queries import number_before
from compliance.accesses.reporting.models import ReportedAccess
from compliance.decisions.events import DecisionAnswered, DecisionsAnswered
from compliance.identity.events import SignedIn
from compliance.identity.models import Person
from compliance.kernel.calendar import Quarter
from compliance.kernel.clock import end_of, start_of
from compliance.kernel.context import Context
from compliance.kernel.ids import parse_id
from compliance.licences.models import Licence
from policies.values import Policy

from .rules import Figures, working_hours

STRETCH = 50_000
"""Entries that one statement looks at."""

_AT_ONCE = 200
"""Entries held at once: one may be a batch of a thousand items."""

_OPENS = ("view", "download", "export", "disclosure")
_BREAK_GLASS = "DEC-5"
_REFERENCE = 255

_Item = tuple[str | None, str, str, str, Any, Any, Any, Any, bool, str | None]
"""A question of a batch and its answer, as the desk writes them: person, resource, action, type, area, owner, closed,
purpose, permitted, rules."""


class _Batch(msgspec.Struct):
    items: list[_Item]


_batch = msgspec.json.Decoder(_Batch)


@dataclass
class Tally:
    """One person's numbers while they are counted; the sets hold references of cases."""

    numbers: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    opened: set[str] = field(default_factory=set)
    opened_out_of_hours: set[str] = field(default_factory=set)
    by_break_glass: set[str] = field(default_factory=set)

    def figures(self) -> Figures:
        numbers = dict(self.numbers)
        out = numbers.pop("case_sign_ins_out_of_hours", 0) + len(self.opened_out_of_hours)
        return Figures(**numbers, cases_opened=len(self.opened), out_of_hours=out, break_glass=len(self.by_break_glass))


Tallies = dict[tuple[str | None, str], Tally]
"""By organisation and person, both as the log writes them: a million of them are looked up, and few of them differ."""


@dataclass(frozen=True)
class Counted:
    """A quarter as it was counted: for each organisation its people, those with a licence among them even for nothing.

    It is of the entries from `first_number` up to and without `end_number`. `placeless` is how many people did
    something and work for no organisation: they are in no audit.
    """

    quarter: Quarter
    first_number: int
    end_number: int
    people: Mapping[UUID, Mapping[UUID, Figures]]
    placeless: int


def count(ctx: Context, quarter: Quarter) -> Counted:
    """What everybody did in a quarter, for each organisation that had a licence in it or whose people did anything."""
    first, end = number_before(ctx, start_of(quarter.first_day)), _size(ctx)
    places = _Places(ctx, quarter)
    tallies: Tallies = defaultdict(Tally)
    asked = _Asked(ctx, quarter)
    for start in range(first, end, STRETCH):
        stretch = (start, min(start + STRETCH, end))
        _add_reported(tallies, ctx, and_(_reported_in(quarter), *_within(ReportedAccess.number, stretch)))
        asked.add(tallies, ctx, stretch, places)

    people: dict[UUID, dict[UUID, Figures]] = defaultdict(dict)
    placeless = set()
    for (of, who), tally in tallies.items():
        organisation, person = parse_id(of or ""), parse_id(who)
        if organisation is None:
            placeless.add(who)
        elif person is not None:
            people[organisation][person] = tally.figures()
    for organisation, person in places.licensed:
        people[organisation].setdefault(person, Figures())
    found = {one: theirs for one, theirs in people.items() if one in places.organisations or _accessed(theirs)}
    return Counted(quarter, first, end, found, len(placeless))


def late(ctx: Context, quarter: Quarter, organisation_id: UUID, end_number: int) -> dict[UUID, Figures]:
    """What happened in the quarter and was reported only after it was counted, by person."""
    tallies: Tallies = defaultdict(Tally)
    theirs = and_(
        ReportedAccess.organisation_id == organisation_id, _reported_in(quarter), ReportedAccess.number >= end_number
    )
    _add_reported(tallies, ctx, theirs)
    return {UUID(person): tally.figures() for (_, person), tally in tallies.items()}


def _accessed(people: Mapping[UUID, Figures]) -> bool:
    """Whether anybody did more than sign in here, which people of organisations without a licence do too."""
    return any(sum(figures) > figures.sign_ins for figures in people.values())


def _size(ctx: Context) -> int:
    return int(ctx.session.execute(select(LogHead.size).where(LogHead.id == HEAD)).scalar_one())


def _within(number: Any, stretch: tuple[int, int]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return number >= stretch[0], number < stretch[1]


def _reported_in(quarter: Quarter) -> ColumnElement[bool]:
    """What happened within the quarter, whenever it was reported."""
    return and_(
        ReportedAccess.happened_at >= start_of(quarter.first_day), ReportedAccess.happened_at < end_of(quarter.last_day)
    )


def _add_reported(tallies: Tallies, ctx: Context, wanted: ColumnElement[bool]) -> None:
    """Add what the case system reported."""
    it = ReportedAccess
    rows = select(
        cast(it.organisation_id, String), cast(it.person_id, String), it.kind, it.outcome, it.out_of_hours, it.reference
    ).where(wanted)
    for organisation, person, kind, outcome, out, reference in ctx.session.execute(
        rows.execution_options(yield_per=_AT_ONCE)
    ):
        tally = tallies[_written(organisation) if organisation else None, _written(person)]
        if outcome != "done":
            tally.numbers["reported_refusals"] += 1
            continue
        if kind == "sign_in":
            tally.numbers["case_sign_ins"] += 1
            tally.numbers["case_sign_ins_out_of_hours"] += out
        elif kind in ("download", "export"):
            tally.numbers[f"{kind}s"] += 1
        if reference and kind in _OPENS:
            _opened(tally, reference, out)


@lru_cache(maxsize=100_000)
def _written(stored: str) -> str:
    """An identifier as the log writes it, from how either store has it."""
    return str(UUID(stored))


def _opened(tally: Tally, reference: str, out: bool) -> None:
    tally.opened.add(reference)
    if out:
        tally.opened_out_of_hours.add(reference)


class _Asked:
    """What the log has of the quarter: answers to the case system, one at a time and in batches, and sign-ins here."""

    def __init__(self, ctx: Context, quarter: Quarter) -> None:
        policy = ctx.the(Policy)
        values = policy.audit
        self._since = Moment.write(start_of(quarter.first_day))
        self._until = Moment.write(end_of(quarter.last_day))
        self._views = frozenset(
            name for name, action in policy.case_actions.items() if name.endswith(".view") and "case" in action.types
        )
        self._viewed = tuple(f'["{name}","case",' for name in self._views)
        self._hours = working_hours(quarter, values.office_from_hour, values.office_until_hour, policy.calendar)

    def add(self, tallies: Tallies, ctx: Context, stretch: tuple[int, int], places: _Places) -> None:
        """Add the entries of a stretch of the log."""
        for event, at, outcome, organisation, person, reference, rules, detail in ctx.session.execute(
            self._entries(stretch)
        ):
            if event == DecisionsAnswered.name:
                self._add_batch(tallies, at, detail, places)
            elif event == SignedIn.name:
                tallies[organisation, person].numbers["sign_ins"] += 1
            else:
                opens = detail.startswith(self._viewed)
                self._add_answer(tallies[organisation, person], at, outcome == "permit", opens, reference, rules)

    def _add_batch(self, tallies: Tallies, at: str, detail: str, places: _Places) -> None:
        for person, resource, action, kind, _, _, _, _, permitted, rules in _batch.decode(detail).items:
            if person is not None:
                opens = kind == "case" and action in self._views
                tally = tallies[places.of(person, at), person]
                self._add_answer(tally, at, permitted, opens, resource[:_REFERENCE], rules)

    def _add_answer(
        self, tally: Tally, at: str, permitted: bool, opens: bool, reference: str | None, rules: str | None
    ) -> None:
        if not permitted:
            tally.numbers["refusals"] += 1
        elif reference:
            if opens:
                _opened(tally, reference, at[:13] not in self._hours)
            if rules and _BREAK_GLASS in rules.split():
                tally.by_break_glass.add(reference)

    def _entries(self, stretch: tuple[int, int]) -> Select[*tuple[Any, ...]]:
        it = AuditEntry.__table__.c
        # Joined to nothing, the name is no way for an index: a stretch of the log is read in its own order.
        named = it.event.concat("").in_((DecisionAnswered.name, DecisionsAnswered.name, SignedIn.name))
        known = or_(it.subject_id.is_not(None), it.event == DecisionsAnswered.name)
        wanted = select(
            it.event, it.at, it.outcome, it.organisation, it.subject_id, it.reference, it.rules, it.detail
        ).where(*_within(it.number, stretch), named, known, it.at >= self._since, it.at < self._until)
        return wanted.execution_options(yield_per=_AT_ONCE)


class _Places:
    """Whom people worked for: by the licences of the quarter, else as it is now."""

    def __init__(self, ctx: Context, quarter: Quarter) -> None:
        self._held: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        self.licensed: set[tuple[UUID, UUID]] = set()
        for person, organisation, since, until in ctx.session.execute(
            select(Licence.person_id, Licence.organisation_id, Licence.activated_at, Licence.deactivated_at).where(
                in_quarter(quarter)
            )
        ):
            self._held[str(person)].append((_moment(since, " "), _moment(until, "~"), str(organisation)))
            self.licensed.add((organisation, person))
        self.organisations = {organisation for organisation, _ in self.licensed}
        employed = ctx.session.execute(select(Person.id, Person.organisation_id))
        self._employed = {str(person): str(organisation) if organisation else None for person, organisation in employed}

    def of(self, person: str, at: str) -> str | None:
        """The organisation that somebody worked for at an instant of the log, if any."""
        for since, until, organisation in self._held.get(person, ()):
            if since <= at < until:
                return organisation
        return self._employed.get(person)


def in_quarter(quarter: Quarter) -> ColumnElement[bool]:
    """The licences that stood on any instant of the quarter, suspended ones among them."""
    return and_(
        Licence.activated_at < end_of(quarter.last_day),
        or_(Licence.deactivated_at.is_(None), Licence.deactivated_at >= start_of(quarter.first_day)),
    )


def _moment(instant: datetime | None, otherwise: str) -> str:
    return Moment.write(instant) if instant else otherwise
