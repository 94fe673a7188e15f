"""Licences as they are read: never beyond the asker's reach, in a stated order, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload

from compliance.identity import queries as identity
from compliance.identity.models import Person
from compliance.kernel.context import Context
from compliance.kernel.counting import counts
from compliance.kernel.errors import NotFound
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from policies.access import reach, require
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from . import eligibility
from .capacity.figures import IDLE_STATES
from .models import CaseInvitation, ClosedCase, LastUse, Licence, LicenceArea, SeatContract
from .rotas.turns import OWN_TURNS, in_turn, usable
from .rules import ENDED, HOLDS_A_SEAT, Checklist, Kind, Status
from .waiting.models import SeatOffer

MOST = 500
"""Rows of a page at the most."""

SORTS = Sorts(
    Licence.id,
    {
        "person": By(func.lower(Person.full_name)),
        "organisation": By(func.lower(Organisation.name)),
        "state": By(Licence.status),
        "asked": By(Licence.requested_at, datetime),
        "used": By(LastUse.used_at, datetime, nullable=True),
    },
    usual="-asked",
)
"""How licences can be sorted; those never used come before the one whose use is longest ago."""


@dataclass(frozen=True)
class Waiting:
    """How many licences wait in a state, and since when the first of them does; None where none does."""

    number: int
    since: datetime | None


@dataclass(frozen=True)
class Seats:
    """The seats of one kind: how many the contract allows, in use, kept for somebody, offered, and free (LIC-5).

    A rota is one seat, in use while one of those who share it is active (LIC-6).
    """

    kind: Kind
    seats: int
    active: int
    kept: int
    offered: int
    free: int


def visible(ctx: Context, licence_id: UUID, *, lock: bool = True) -> Licence:
    """The licence, held for change unless `lock` is off; NotFound where the asker may not know of it (ROL-4)."""
    within = reach(ctx, Permission.LICENCE_READ)

    licence = ctx.session.scalars(_locked(_one(licence_id), lock)).unique().one_or_none()
    if licence is None or (within is not None and licence.organisation_id not in within):
        raise NotFound()
    return licence


def checklist_of(ctx: Context, licence: Licence) -> Checklist | None:
    """LIC-1 for a licence that the asker was shown, as its state has it: None once it has ended or was refused."""
    if licence.status in ENDED:
        return None
    answer = eligibility.still_holds if licence.status in HOLDS_A_SEAT else eligibility.checklist
    return answer(ctx, licence.person, licence.organisation_id)


def found(ctx: Context, licence_id: UUID) -> Licence:
    """The licence, held for change, for a step that follows from another and asks no permission of its own."""
    return ctx.session.scalars(_locked(_one(licence_id), True)).one()


def licences(
    ctx: Context,
    *,
    status: Status | None = None,
    kind: Kind | None = None,
    organisation_id: UUID | None = None,
    person_id: UUID | None = None,
    area: str | None = None,
    search: str | None = None,
    idle_before: datetime | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Licence]:
    """Licences the asker may know of, the newest request first; `search` looks in name, address and organisation.

    `idle_before` leaves the seats that stand idle: nobody has used them since then (LIC-11).

    Raises Invalid at `/limit`, at `/sort`, and at `/after` for a cursor that is not of this sort.
    """
    check_limit(limit, MOST)
    within = _within(ctx, organisation_id)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)

    asked: list[ColumnElement[bool]] = []
    if within is not None:
        asked.append(Licence.organisation_id.in_(within))
    wanted: tuple[tuple[InstrumentedAttribute[object], object], ...] = (
        (Licence.status, status), (Licence.kind, kind),
        (Licence.organisation_id, organisation_id), (Licence.person_id, person_id),
    )  # fmt: skip
    asked.extend(column == value for column, value in wanted if value is not None)
    if area is not None:
        asked.append(Licence.areas.any(LicenceArea.area.in_(ctx.the(Policy).area_codes(area))))
    if idle_before is not None:
        asked.extend(_idle(idle_before))
    if search and search.strip():
        looked_in = (Person.full_name, Person.email, Organisation.name)
        asked.append(or_(*(column.icontains(search.strip(), autoescape=True) for column in looked_in)))

    found = (
        select(Licence)
        .join(Licence.person)
        .join(Licence.organisation)
        .options(contains_eager(Licence.person), contains_eager(Licence.organisation), *_WHOLE)
        .where(*asked)
    )
    if sort.removeprefix("-") == "used":
        found = found.outerjoin(LastUse, LastUse.licence_id == Licence.id)
    return SORTS.page(ctx.session, found, sort=sort, after=place, limit=limit)


def waiting(ctx: Context, *statuses: Status, organisation_id: UUID | None = None) -> dict[Status, Waiting]:
    """How many licences the asker may know of wait in each of these states, without reading them."""
    within = _within(ctx, organisation_id)
    counted = select(Licence.status, func.count(), func.min(Licence.requested_at)).where(Licence.status.in_(statuses))
    if within is not None:
        counted = counted.where(Licence.organisation_id.in_(within))
    if organisation_id is not None:
        counted = counted.where(Licence.organisation_id == organisation_id)
    found = {
        status: Waiting(number, since)
        for status, number, since in ctx.session.execute(counted.group_by(Licence.status))
    }
    return {status: found.get(status, Waiting(0, None)) for status in statuses}


@dataclass(frozen=True)
class Counted:
    """Of the licences the asker may know of: how many are requested, since when the oldest, and how many are active."""

    requested: int
    since: datetime | None
    active: int


def counted(ctx: Context) -> Counted:
    """What the first page says of licences: one statement."""
    return Counted(*counts(ctx, counting))


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """What `counted` counts, as a statement of one row."""
    within, asked = _within(ctx, None), Licence.status == Status.REQUESTED
    wanted = select(
        func.count(case((asked, 1))),
        func.min(case((asked, Licence.requested_at))),
        func.count(case((Licence.status == Status.ACTIVE, 1))),
    ).where(Licence.status.in_((Status.REQUESTED, Status.ACTIVE)))
    return wanted if within is None else wanted.where(Licence.organisation_id.in_(within))


def seats(ctx: Context) -> list[Seats]:
    """Every kind of seat: the contract's number, who is on them, and to how many they are offered (LIC-5)."""
    reach(ctx, Permission.LICENCE_READ)

    alone, active = Licence.rota_id.is_(None), Licence.status == Status.ACTIVE
    used = func.count(case((and_(alone, active), 1))) + func.count(case((active, Licence.rota_id)).distinct())
    held = func.count(case((alone, 1))) + func.count(Licence.rota_id.distinct())
    counted = (
        select(Licence.kind, used.label("used"), held.label("held"))
        .where(Licence.status.in_(HOLDS_A_SEAT))
        .group_by(Licence.kind)
        .subquery()
    )
    open_offers = select(func.count()).where(SeatOffer.kind == SeatContract.kind, SeatOffer.settled_at.is_(None))
    contracts = {
        kind: (allowed, offered, in_use or 0, taken or 0)
        for kind, allowed, offered, in_use, taken in ctx.session.execute(
            select(
                SeatContract.kind, SeatContract.seats, open_offers.scalar_subquery(), counted.c.used, counted.c.held
            ).outerjoin(counted, counted.c.kind == SeatContract.kind)
        )
    }

    shown = []
    for kind in Kind:
        allowed, offered, in_use, taken = contracts.get(kind, (0, 0, 0, 0))
        shown.append(Seats(kind, allowed, in_use, taken - in_use, offered, max(0, allowed - taken - offered)))
    return shown


def checklist(
    ctx: Context, person_id: UUID, organisation_id: UUID, *, at: datetime | None = None, known: datetime | None = None
) -> Checklist:
    """LIC-1 for a new licence: every item, met or not, with what is missing and who can mend it.

    Of an instant that has passed it is what the registers said of the organisation then, or what was known later.

    An organisation may ask about its own people only: those it employs or has asked a licence for (ROL-4).
    """
    require(ctx, Permission.LICENCE_READ, organisation=organisation_id)
    person = identity.person(ctx, person_id)
    if reach(ctx, Permission.LICENCE_READ) is not None and not _of(ctx, person, organisation_id):
        raise NotFound()
    return eligibility.checklist(ctx, person, organisation_id, at=at, known=known)


def still_holds(ctx: Context, licence_id: UUID, *, at: datetime | None = None) -> Checklist:
    """LIC-1 for a licence that was given: as `checklist`, with the days of grace that items have (LIC-13)."""
    licence = visible(ctx, licence_id, lock=False)
    return eligibility.still_holds(ctx, licence.person, licence.organisation_id, at=at)


def of_person(ctx: Context, person_id: UUID) -> Sequence[Licence]:
    """Every licence this person ever had, for the person themselves and for the doors."""
    # A person has a handful. Asked for the state as well, SQLite may walk through everybody's active ones instead.
    held = select(Licence).where(Licence.person_id == person_id).order_by(Licence.activated_at, Licence.id).limit(MOST)
    return ctx.session.scalars(held.options(*_WHOLE)).unique().all()


def active_for(ctx: Context, person_id: UUID) -> Sequence[Licence]:
    """The licences this person may use now, in turn, for the door that finds out who somebody is (LIC-6)."""
    return in_turn(ctx, of_person(ctx, person_id))


def licensing(ctx: Context, person_id: UUID) -> list[UUID]:
    """The organisations on whose licences this person works now, in turn: all that a door needs to know of them."""
    held = ctx.session.execute(
        select(Licence.organisation_id, Licence.status, Licence.suspension, OWN_TURNS).where(
            Licence.person_id == person_id
        )
    )
    return [one for one, status, rests, turns in held if usable(status, rests, turns, ctx.now())]


def last_uses(ctx: Context, licence_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When each of these licences was last used; those never used are left out (LIC-8)."""
    rows = ctx.session.execute(select(LastUse.licence_id, LastUse.used_at).where(LastUse.licence_id.in_(licence_ids)))
    return {row.licence_id: row.used_at for row in rows}


def case_invitations(ctx: Context, person_id: UUID) -> Sequence[CaseInvitation]:
    """The cases this person is invited to now."""
    require(ctx, Permission.CASE_ACCESS_INVITE)
    return ctx.session.scalars(
        select(CaseInvitation)
        .where(
            CaseInvitation.person_id == person_id,
            CaseInvitation.ended_at.is_(None),
            or_(CaseInvitation.until.is_(None), CaseInvitation.until > ctx.now()),
        )
        .order_by(CaseInvitation.reference)
    ).all()


def closed_case(ctx: Context, reference: str) -> ClosedCase | None:
    """The mark that a case is a closed MARAC, if there is one (OP 5.2)."""
    return ctx.session.scalars(select(ClosedCase).where(ClosedCase.reference == reference)).one_or_none()


_WHOLE = (joinedload(Licence.areas), joinedload(Licence.cases))
"""Areas and cases in the statement of the licence: it has a handful of either."""


def _idle(before: datetime) -> tuple[ColumnElement[bool], ...]:
    """The seats of one person that nobody has used since this instant, as the page of capacity counts them."""
    used = select(LastUse.used_at).where(LastUse.licence_id == Licence.id).correlate(Licence).scalar_subquery()
    since = func.coalesce(used, Licence.activated_at, Licence.decided_at)
    return (Licence.status.in_(IDLE_STATES), Licence.rota_id.is_(None), since < before)


def _within(ctx: Context, organisation_id: UUID | None) -> frozenset[UUID] | None:
    """How far the asker may look; raises NotFound for an organisation beyond (ROL-4)."""
    within = reach(ctx, Permission.LICENCE_READ)
    if organisation_id is not None and within is not None and organisation_id not in within:
        raise NotFound()
    return within


def _of(ctx: Context, person: Person, organisation_id: UUID) -> bool:
    if person.organisation_id == organisation_id:
        return True
    asked = select(Licence.id).where(Licence.person_id == person.id, Licence.organisation_id == organisation_id)
    return ctx.session.scalar(select(asked.exists())) is True


def _one(licence_id: UUID) -> Select[Licence]:
    return select(Licence).where(Licence.id == licence_id)


def _locked(statement: Select[Licence], lock: bool) -> Select[Licence]:
    """Held for change: read afresh once the lock is had, since what was read before may be over."""
    if not lock:
        return statement.options(*_WHOLE)
    # Not the strongest lock: that a licence was used can still be written beside it meanwhile.
    return statement.with_for_update(of=Licence, key_share=True).execution_options(populate_existing=True)
