"""Counting a quarter: what everybody did, from what was reported and from the log, in one pass for all organisations.

The log is read a stretch of numbers at a time, and each stretch is added up in the store as far as it goes, so a
statement is short however long the log is. What is held meanwhile is, for each person, their numbers and the
references of the cases they opened. Nothing is locked: the log only grows, and the count ends where it began to.

`rules.Figures` says what each number counts. An answer or a sign-in counts for the organisation that its entry names,
which is the one the person worked for then; an answer in a batch, whose items name no organisation, for the one whose
licence the person held at that instant, else the one they work for when it is counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, false, func, literal, null, or_, select

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

_BATCHES = 100
"""Batches held at once: one may have a thousand items."""

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
        return Figures(
            **numbers, cases_opened=len(self.opened), out_of_hours=out, break_glass=len(self.by_break_glass)
        )


Tallies = dict[tuple[UUID | None, UUID], Tally]


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
        asked.add_single(tallies, ctx, stretch)
        asked.add_batches(tallies, ctx, stretch, places)

    people: dict[UUID, dict[UUID, Figures]] = defaultdict(dict)
    placeless = set()
    for (organisation, person), tally in tallies.items():
        if organisation is None:
            placeless.add(person)
        else:
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
    return {person: tally.figures() for (_, person), tally in tallies.items()}


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
    """Add what the case system reported, alike ones together."""
    it = ReportedAccess
    done = it.outcome == "done"
    reference = case((and_(done, it.kind.in_(_OPENS)), it.reference), else_=null())
    alike = (it.organisation_id, it.person_id, it.kind, it.outcome, it.out_of_hours, reference)
    for *who, kind, outcome, out, opened, times in ctx.session.execute(
        select(*alike, func.count()).where(wanted).group_by(*alike)
    ):
        tally = tallies[who[0], who[1]]
        if outcome != "done":
            tally.numbers["reported_refusals"] += times
            continue
        if kind == "sign_in":
            tally.numbers["case_sign_ins"] += times
            tally.numbers["case_sign_ins_out_of_hours"] += times if out else 0
        elif kind in ("download", "export"):
            tally.numbers[f"{kind}s"] += times
        if opened is not None:
            _opened(tally, opened, out)


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
        self._hours = working_hours(quarter, values.office_from_hour, values.office_until_hour, policy.calendar)

    def add_single(self, tallies: Tallies, ctx: Context, stretch: tuple[int, int]) -> None:
        """Add sign-ins, and answers that have an entry of their own."""
        for event, outcome, organisation, subject, reference, opens, out, glass, times in ctx.session.execute(
            self._singles(stretch)
        ):
            person = parse_id(subject)
            if person is None:
                continue
            tally = tallies[parse_id(organisation) if organisation else None, person]
            if event == SignedIn.name:
                tally.numbers["sign_ins"] += times
            elif outcome != "permit":
                tally.numbers["refusals"] += times
            if opens and reference:
                _opened(tally, reference, bool(out))
            if glass and reference:
                tally.by_break_glass.add(reference)

    def add_batches(self, tallies: Tallies, ctx: Context, stretch: tuple[int, int], places: _Places) -> None:
        """Add the answers of batches, item by item."""
        for at, detail in self._batches(ctx, stretch):
            out = at[:13] not in self._hours
            for subject, resource, action, kind, *_, permitted, rules in _batch.decode(detail).items:
                person = parse_id(subject) if subject else None
                if person is None:
                    continue
                tally = tallies[places.of(person, at), person]
                reference = resource[:_REFERENCE]
                if not permitted:
                    tally.numbers["refusals"] += 1
                    continue
                if kind == "case" and action in self._views and reference:
                    _opened(tally, reference, out)
                if rules and _BREAK_GLASS in rules.split() and reference:
                    tally.by_break_glass.add(reference)

    def _singles(self, stretch: tuple[int, int]) -> Select[*tuple[Any, ...]]:
        it = AuditEntry
        permitted = and_(it.event == DecisionAnswered.name, it.outcome == "permit")
        views = (it.detail.startswith(f'["{view}","case",', autoescape=True) for view in sorted(self._views))
        opens = and_(permitted, or_(false(), *views))
        glass = and_(permitted, literal(" ").concat(it.rules).concat(" ").contains(f" {_BREAK_GLASS} "))
        out = and_(opens, func.substr(it.at, 1, 13).not_in(sorted(self._hours)))
        reference = case((or_(opens, glass), it.reference), else_=null())
        flags = (cast(func.coalesce(case((flag, 1), else_=0), 0), Integer) for flag in (opens, out, glass))
        chosen = (it.event, it.outcome, it.organisation, it.subject_id, reference, *flags)
        alike = [column.label(f"alike_{place}") for place, column in enumerate(chosen)]
        # Joined to nothing, the name is no way for an index: a stretch of the log is read in its own order.
        named = it.event.concat("").in_((DecisionAnswered.name, SignedIn.name))
        looked_at = (
            select(*alike)
            .where(*_within(it.number, stretch), named, it.subject_id.is_not(None), *self._in_time())
            .subquery()
        )
        return select(*looked_at.c, func.count()).group_by(*looked_at.c)

    def _batches(self, ctx: Context, stretch: tuple[int, int]) -> Iterator[tuple[str, str]]:
        it = AuditEntry
        wanted = select(it.at, it.detail).where(
            it.event == DecisionsAnswered.name, *_within(it.number, stretch), *self._in_time()
        )
        for row in ctx.session.execute(wanted.execution_options(yield_per=_BATCHES)):
            yield row[0], row[1]

    def _in_time(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return AuditEntry.at >= self._since, AuditEntry.at < self._until


class _Places:
    """Whom people worked for: by the licences of the quarter, else as it is now."""

    def __init__(self, ctx: Context, quarter: Quarter) -> None:
        self._held: dict[UUID, list[tuple[str, str, UUID]]] = defaultdict(list)
        self.licensed: set[tuple[UUID, UUID]] = set()
        for person, organisation, since, until in ctx.session.execute(
            select(Licence.person_id, Licence.organisation_id, Licence.activated_at, Licence.deactivated_at).where(
                in_quarter(quarter)
            )
        ):
            self._held[person].append((Moment.write(since), _moment(until), organisation))
            self.licensed.add((organisation, person))
        self.organisations = {organisation for organisation, _ in self.licensed}
        employed = ctx.session.execute(select(Person.id, Person.organisation_id))
        self._employed: dict[UUID, UUID | None] = {person: organisation for person, organisation in employed}

    def of(self, person: UUID, at: str) -> UUID | None:
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


def _moment(instant: datetime | None) -> str:
    return Moment.write(instant) if instant else "~"
