"""The question *what if these seats were freed?*, asked of the hub as it stands, and its answer in words (LIC-11)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import contains_eager, lazyload

from compliance.identity.models import Person
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.licences import eligibility, seats, steps
from compliance.licences.models import LastUse, Licence, LicenceArea, SeatContract
from compliance.licences.quarterly.models import UseExemption
from compliance.licences.rules import HOLDS_A_SEAT, Checklist, Kind, Status
from compliance.licences.waiting import steps as waiting
from policies.access import may, require
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from .figures import days_since, idle_before
from .queries import SINCE, days_asked
from .rules import Held, Passed, Plan, Source, Spared, Terms, Way, Wish, plan


@dataclass(frozen=True)
class Question:
    """What is asked: seats of which kind, idle for how many days, of whom, and whether rotas may be made.

    `area`, `organisation_id` and `only` narrow whose seats are looked at; who is served first is never narrowed.
    """

    kind: Kind = Kind.STANDING
    days: int | None = None
    area: str | None = None
    organisation_id: UUID | None = None
    rotas: bool = False
    only: Collection[UUID] | None = None


@dataclass(frozen=True)
class Named:
    """A licence as it may be shown: its holder's name only to those who may read licences."""

    licence_id: UUID
    organisation_id: UUID
    organisation: str
    person: str | None

    def __str__(self) -> str:
        return f"{self.person} of {self.organisation}" if self.person else f"somebody of {self.organisation}"


@dataclass(frozen=True)
class Said:
    """One line of the answer: who, at which place in line, waiting since when; whose seats; why, and by which rule."""

    who: Named
    place: int
    since: datetime
    way: Way | None
    whose: tuple[Named, ...]
    says: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """Who could be served, who is passed over and why, and how many idle licences were left alone for which reason."""

    at: datetime
    question: Question
    terms: Terms
    free: int
    in_line: int
    lines: tuple[Said, ...]
    passed: tuple[Said, ...]
    spared: tuple[tuple[Spared, int], ...]

    @property
    def count(self) -> Counter[Way]:
        """How many could be served by each way."""
        return Counter(line.way for line in self.lines if line.way)


def what_if(ctx: Context, question: Question) -> Answer:
    """Who could be served today if the seats asked about were freed; nothing is changed.

    Raises Forbidden, and Invalid at `/days`.
    """
    require(ctx, Permission.CAPACITY_READ)
    values = ctx.the(Policy).capacity
    terms = Terms(
        days_asked(ctx, question.days), values.light_days, values.young_days, values.rota_people, question.rotas
    )
    names: dict[UUID, Named] = {}

    wishes, since, free = _wishes(ctx, question.kind, names)
    held = _held(ctx, question, terms, names) if wishes else []
    made = plan(held, wishes, {question.kind: free}, terms, only=question.only)

    places = {wish.licence_id: place for place, wish in enumerate(wishes, 1)}
    idle = Counter(why for each, why in made.spared if each.idle_days >= terms.idle_days)
    told = _Telling(names, places, since, terms)
    return Answer(
        ctx.now(), question, terms, free, len(wishes), tuple(told.lines(made)), tuple(told.passed(made)),
        tuple((why, idle[why]) for why in Spared if idle[why]),
    )  # fmt: skip


class _Telling:
    """Puts a plan into words."""

    def __init__(
        self, names: dict[UUID, Named], places: dict[UUID, int], since: dict[UUID, datetime], terms: Terms
    ) -> None:
        self._names = names
        self._places = places
        self._since = since
        self._terms = terms

    def lines(self, made: Plan) -> Iterable[Said]:
        """Those who could be served."""
        for line in made.lines:
            source = line.source
            yield self._said(line.wish, source.way, source, *self._why(source))

    def passed(self, made: Plan) -> Iterable[Said]:
        """Those who could not."""
        for wish, why in made.passed:
            if why is Passed.MISSING:
                says = (
                    f"Passed over, and keeps the place in line, because something is missing: {' '.join(wish.missing)}"
                )
                yield self._said(wish, None, None, says, ("LIC-1", "LIC-5"))
            elif why is Passed.OFFERED:
                yield self._said(wish, None, None, "A seat is offered already.", ("LIC-5",))
            else:
                yield self._said(wish, None, None, "No seat is left for this place in line.", ("LIC-5",))

    def _why(self, source: Source) -> tuple[str, tuple[str, ...]]:
        if source.way is Way.FREE:
            return "A seat is free: it can be approved.", ("LIC-5",)
        if source.way is Way.END:
            [held] = source.licences
            unused = "has not begun, and its seat has been kept" if held.status == Status.APPROVED else "was not used"
            says = f"The licence of {self._names[held.licence_id]} {unused} for {_days(held.idle_days)}."
            return f"{says} Its seat could be passed on in one step.", ("LIC-8", "LIC-9")
        people = _listed([self._names[each.licence_id].person or "somebody" for each in source.licences])
        unused = _listed([str(each.idle_days) for each in source.licences])
        organisation = self._names[source.licences[0].licence_id].organisation
        says = f"{people} of {organisation} use theirs lightly: not for {unused} days."
        return f"{says} By rota they could share one seat, and {_seats(source.frees)} would be free.", ("LIC-6",)

    def _said(self, wish: Wish, way: Way | None, source: Source | None, says: str, rules: tuple[str, ...]) -> Said:
        whose = tuple(self._names[each.licence_id] for each in source.licences) if source else ()
        one = wish.licence_id
        return Said(self._names[one], self._places[one], self._since[one], way, whose, says, rules)


def _seats_of(kind: Kind) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The contract's seats of a kind, and those that nobody else can have."""
    allowed = select(SeatContract.seats).where(SeatContract.kind == kind).scalar_subquery()
    return allowed, seats.held(kind) + seats.offered(kind)


def _wishes(ctx: Context, kind: Kind, names: dict[UUID, Named]) -> tuple[list[Wish], dict[UUID, datetime], int]:
    """Those in line, in its order, each with what is missing; since when they wait; and how many seats are free."""
    line = list(waiting.line(ctx, kind))
    if not line:
        allowed, taken = ctx.session.execute(select(*_seats_of(kind))).one()
        return [], {}, max(0, int(allowed or 0) - int(taken))
    rows = ctx.session.execute(
        select(Licence, *_seats_of(kind))
        .join(Licence.person)
        .join(Licence.organisation)
        .options(contains_eager(Licence.person), contains_eager(Licence.organisation))
        .options(lazyload(Licence.areas), lazyload(Licence.cases))
        .where(Licence.id.in_([each.licence_id for each in line]))
    ).all()
    _, allowed, taken = rows[0]
    found = {licence.id: licence for licence, _, _ in rows}
    answers = eligibility.still_hold(ctx, list(found.values()), given=False)
    shown = may(ctx, Permission.LICENCE_READ)
    for licence in found.values():
        person = licence.person.full_name if shown else None
        names[licence.id] = Named(licence.id, licence.organisation_id, licence.organisation.name, person)
    wishes = [
        Wish(one.licence_id, one.organisation_id, kind, _missing(ctx, found[one.licence_id], answers[one.licence_id]))
        for one in line
    ]
    return wishes, {one.licence_id: one.asked_at for one in line}, max(0, int(allowed or 0) - int(taken))


def _missing(ctx: Context, licence: Licence, answers: Checklist) -> tuple[str, ...]:
    """What stands in the way of giving this licence today, in words."""
    over = ("Its last day has passed.",) if steps.past_its_end(ctx, licence.ends_on) else ()
    return over + tuple(item.says for item in answers.missing)


def _held(ctx: Context, question: Question, terms: Terms, names: dict[UUID, Named]) -> Sequence[Held]:
    """The licences of this kind that were not used lately; of those used since, none is ever touched."""
    before = idle_before(ctx.now(), min(terms.light_days, terms.idle_days) if terms.rotas else terms.idle_days)
    exempt = exists().where(
        UseExemption.licence_id == Licence.id,
        UseExemption.ended_at.is_(None),
        UseExemption.ends_on >= london_date(ctx.now()),
    )
    wanted: list[ColumnElement[bool]] = [
        Licence.kind == question.kind, Licence.status.in_(HOLDS_A_SEAT), before > SINCE,
    ]  # fmt: skip
    if question.organisation_id is not None:
        wanted.append(Licence.organisation_id == question.organisation_id)
    if question.area is not None:
        wanted.append(
            exists().where(
                LicenceArea.licence_id == Licence.id, LicenceArea.area.in_(ctx.the(Policy).area_codes(question.area))
            )
        )
    rows: Any = ctx.session.execute(
        select(
            Licence.id, Licence.organisation_id, Licence.status, Licence.rota_id, Licence.activated_at,
            Licence.decided_at, SINCE, exempt, Person.full_name, Organisation.name,
        )
        .join(Person, Person.id == Licence.person_id)
        .join(Organisation, Organisation.id == Licence.organisation_id)
        .outerjoin(LastUse, LastUse.licence_id == Licence.id)
        .where(*wanted)
    )  # fmt: skip
    shown, now = may(ctx, Permission.LICENCE_READ), ctx.now()
    held = []
    for one, organisation_id, status, rota_id, activated_at, decided_at, since, is_exempt, person, organisation in rows:
        names[one] = Named(one, organisation_id, organisation, person if shown else None)
        idle, age = days_since(since, now), days_since(activated_at or decided_at or since, now)
        held.append(
            Held(one, organisation_id, question.kind, Status(status), idle, age, bool(is_exempt), rota_id is not None)
        )
    return held


def _days(number: int) -> str:
    return f"{number:,} {'day' if number == 1 else 'days'}"


def _seats(number: int) -> str:
    return "one seat" if number == 1 else f"{number} seats"


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
