"""The waiting list as it is read: in its order, within the asker's reach (LIC-5, ROL-4)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, desc, func, or_, select
from sqlalchemy.orm import lazyload

from audit.models import AuditEntry
from compliance.identity.models import Person
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from compliance.licences import seats
from compliance.licences.events import SeatReallocated
from compliance.licences.models import Licence, LicenceArea, SeatContract
from compliance.licences.rules import Kind, Status
from policies.access import reach
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from . import steps
from .models import SeatOffer, WaitingPlace
from .rules import SAYS, By

MOST = 2000
"""Lines of the list at the most: far beyond any contract's."""


@dataclass(frozen=True)
class Standing:
    """Where one request stands: its place in line, or the offer that it has; since when it is on the list."""

    place: int | None
    of: int
    waiting_since: datetime | None
    offer: SeatOffer | None

    @property
    def open_offer(self) -> bool:
        """Whether an offer waits for an answer."""
        return self.offer is not None and self.offer.accepted_at is None


@dataclass(frozen=True)
class Line:
    """One line of the list. `place` is None for one to whom a seat is offered."""

    licence: Licence
    areas: tuple[str, ...]
    place: int | None
    waiting_since: datetime
    offer: SeatOffer | None


@dataclass(frozen=True)
class Passed:
    """A seat that the hub passed on in one step, over the list: whose it was and whose it became (LIC-9)."""

    at: str
    was: Licence
    became: Licence


def waiting(
    ctx: Context,
    *,
    kind: Kind | None = None,
    organisation_id: UUID | None = None,
    area: str | None = None,
    search: str | None = None,
) -> list[Line]:
    """The list: first those to whom a seat is offered, then those in line. A place is the place among all (LIC-5)."""
    within = reach(ctx, Permission.LICENCE_READ)
    if organisation_id is not None and within is not None and organisation_id not in within:
        raise NotFound()
    kinds = [kind] if kind is not None else list(Kind)
    policy = ctx.the(Policy)
    places = {each.licence_id: place for line in steps.lines(ctx, kinds).values() for place, each in enumerate(line, 1)}

    asked: list[ColumnElement[bool]] = [Licence.kind.in_(kinds), Licence.status == Status.REQUESTED]
    if within is not None:
        asked.append(Licence.organisation_id.in_(within))
    if organisation_id is not None:
        asked.append(Licence.organisation_id == organisation_id)
    if area is not None:
        asked.append(Licence.areas.any(LicenceArea.area.in_(policy.area_codes(area))))
    if search and search.strip():
        looked_in = (Person.full_name, Person.email, Organisation.name)
        asked.append(or_(*(column.icontains(search.strip(), autoescape=True) for column in looked_in)))
    rows = ctx.session.execute(
        select(Licence, func.coalesce(WaitingPlace.joined_at, SeatOffer.made_at), SeatOffer)
        .join(Person, Person.id == Licence.person_id)
        .join(Organisation, Organisation.id == Licence.organisation_id)
        .outerjoin(WaitingPlace, and_(WaitingPlace.licence_id == Licence.id, WaitingPlace.left_at.is_(None)))
        .outerjoin(SeatOffer, and_(SeatOffer.licence_id == Licence.id, SeatOffer.settled_at.is_(None)))
        .where(or_(WaitingPlace.id.is_not(None), SeatOffer.id.is_not(None)), *asked)
        .limit(MOST)
    )
    found = [
        Line(
            licence,
            policy.areas_now(each.area for each in licence.areas),
            places.get(licence.id),
            since,
            offer,
        )
        for licence, since, offer in rows
    ]
    found.sort(key=lambda line: (line.place or 0, line.licence.kind != Kind.STANDING, line.waiting_since))
    return found


def standing(ctx: Context, licence: Licence) -> Standing | None:
    """Where a request that the asker was shown stands on the list; None where it is not on it."""
    if licence.status != Status.REQUESTED:
        return None
    place, offer = _place_and_offer(ctx, licence.id)
    if place is None and offer is None:
        return None
    line = [] if offer is not None else [each.licence_id for each in steps.line(ctx, Kind(licence.kind))]
    in_line = line.index(licence.id) + 1 if licence.id in line else None
    return Standing(in_line, len(line), place.joined_at if place is not None else None, offer)


def _place_and_offer(ctx: Context, licence_id: UUID) -> tuple[WaitingPlace | None, SeatOffer | None]:
    row = ctx.session.execute(
        select(WaitingPlace, SeatOffer)
        .select_from(Licence)
        .outerjoin(WaitingPlace, and_(WaitingPlace.licence_id == Licence.id, WaitingPlace.left_at.is_(None)))
        .outerjoin(SeatOffer, and_(SeatOffer.licence_id == Licence.id, SeatOffer.settled_at.is_(None)))
        .where(Licence.id == licence_id)
    ).one()
    return row[0], row[1]


def order(ctx: Context) -> list[str]:
    """In which order a seat comes to those who wait, in words, as the policy has it."""
    return [SAYS[By(each)] for each in ctx.the(Policy).licences.waiting_order]


def passed_over(ctx: Context, *, limit: int = 5) -> list[Passed]:
    """The last seats that the hub passed on over the list, the newest first, for whoever may know of all (LIC-9)."""
    if reach(ctx, Permission.LICENCE_READ) is not None:
        return []
    rows = ctx.session.execute(
        select(AuditEntry.at, AuditEntry.subject_id, AuditEntry.detail)
        .where(AuditEntry.event == SeatReallocated.name)
        .order_by(desc(AuditEntry.number))
        .limit(limit)
    ).all()
    steps_taken = [(at, UUID(was), UUID(json.loads(detail)["to_licence"])) for at, was, detail in rows if was]
    if not steps_taken:
        return []
    named = {one for _, was, became in steps_taken for one in (was, became)}
    bare = (lazyload(Licence.areas), lazyload(Licence.cases))
    found = {each.id: each for each in ctx.session.scalars(select(Licence).where(Licence.id.in_(named)).options(*bare))}
    return [Passed(at, found[was], found[became]) for at, was, became in steps_taken]


def lapsing(ctx: Context) -> list[UUID]:
    """Offers that nobody answered in time, the longest past first."""
    over = and_(SeatOffer.settled_at.is_(None), SeatOffer.accepted_at.is_(None), SeatOffer.ends_at <= ctx.now())
    return list(
        ctx.session.scalars(select(SeatOffer.id).where(over).order_by(SeatOffer.ends_at, SeatOffer.id).limit(MOST))
    )


def free_while_some_wait(ctx: Context) -> list[UUID]:
    """The contracts with a free seat and somebody in line for it."""
    offered = select(SeatOffer.id).where(
        SeatOffer.licence_id == WaitingPlace.licence_id, SeatOffer.settled_at.is_(None)
    )
    in_line = select(WaitingPlace.id).where(
        WaitingPlace.kind == SeatContract.kind, WaitingPlace.left_at.is_(None), ~offered.exists()
    )
    waited_for = ctx.session.execute(
        select(SeatContract.id, SeatContract.kind, SeatContract.seats).where(in_line.exists())
    ).all()
    return [one for one, kind, allowed in waited_for if seats.taken(ctx, Kind(kind)) < allowed]
