"""What follows when a seat comes free or a request no longer waits: no permission is asked here (LIC-5).

Places and offers change only while the contract of their kind is held (`seats.hold`), always as the last lock:
after the organisation, and after the licence. So two seats that come free at once go to two people, in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, func, select, union_all
from sqlalchemy.orm import aliased, lazyload

from audit.record import record
from compliance.kernel.calendar import BeyondCalendar, add_working_days
from compliance.kernel.clock import end_of, london_date
from compliance.kernel.context import Context
from compliance.licences import eligibility, seats
from compliance.licences.models import Licence
from compliance.licences.rules import HOLDS_A_SEAT, Kind, Status
from policies.values import Policy

from . import letters
from .events import SeatOfferAccepted, SeatOffered, SeatOfferEnded, WaitingListJoined, WaitingListLeft
from .models import SeatOffer, WaitingPlace
from .rules import Left, Outcome, Waits, in_order

_BATCH = 50

_OUTCOMES = {Left.APPROVED: Outcome.TAKEN, Left.DECLINED: Outcome.DECLINED, Left.LAPSED: Outcome.LAPSED}


def join(ctx: Context, licence: Licence) -> WaitingPlace:
    """Put a request on the list."""
    place = WaitingPlace(
        id=ctx.new_id(), licence_id=licence.id, organisation_id=licence.organisation_id, kind=licence.kind,
        joined_at=ctx.now(), put_by=ctx.actor.id,
    )  # fmt: skip
    ctx.session.add(place)
    record(
        ctx,
        WaitingListJoined(
            subject=place.id, organisation=place.organisation_id, licence=licence.id, kind=Kind(licence.kind)
        ),
    )
    return place


def leave(ctx: Context, licence: Licence, why: Left) -> None:
    """Take a request off the list, and end the offer that it has; without either, nothing happens.

    Whoever calls this holds the licence, so that nobody puts it on the list meanwhile.
    """
    if place_of(ctx, licence.id) is None and offer_of(ctx, licence.id) is None:
        return
    seats.hold(ctx, [Kind(licence.kind)])
    offer, place = offer_of(ctx, licence.id), place_of(ctx, licence.id)
    if offer is not None:
        _settle(ctx, offer, _OUTCOMES.get(why, Outcome.GONE))
    if place is not None:
        place.left_at = ctx.now()
        place.left_for = why
        record(
            ctx,
            WaitingListLeft(subject=place.id, organisation=place.organisation_id, licence=licence.id, reason=why),
        )


def freed(ctx: Context, kind: Kind, *, quietly_for: UUID | None = None) -> int:
    """Offer every free seat of this kind to whoever is first in line, in this transaction; how many were offered.

    Whoever cannot be given a licence as things stand keeps their place and is passed over: a seat that nobody may
    have is of use to nobody. Where working days are not known far enough ahead, nothing is offered (DEC-3), and
    whatever freed the seat happens all the same. `quietly_for` is the request about to be approved: no letters.
    """
    contract = seats.hold(ctx, [kind]).get(kind)
    free = contract.seats - seats.taken(ctx, kind) if contract is not None else 0
    offered = 0
    while offered < free and (first := next(_who_can_be_given(ctx, kind), None)) is not None:
        ends_at = _end_of_offer(ctx)
        if ends_at is None:
            break
        offer(ctx, first, ends_at, tell=first.id != quietly_for)
        ctx.session.flush()
        offered += 1
    return offered


def offer(ctx: Context, licence: Licence, ends_at: datetime, *, tell: bool = True) -> SeatOffer:
    """Keep a seat for this request until `ends_at`."""
    made = SeatOffer(
        id=ctx.new_id(), licence_id=licence.id, organisation_id=licence.organisation_id, kind=licence.kind,
        made_at=ctx.now(), ends_at=ends_at,
    )  # fmt: skip
    ctx.session.add(made)
    record(
        ctx,
        SeatOffered(subject=made.id, organisation=made.organisation_id, licence=licence.id, kind=Kind(licence.kind)),
    )
    if tell:
        letters.seat_offered(ctx, made)
    return made


def keep_for_mover(ctx: Context, licence: Licence) -> None:
    """Somebody moves within their organisation: the seat that they had is kept for their new licence (LIC-4).

    They asked for it by moving, so the offer is accepted, and stands until the hub has decided.
    """
    seats.hold(ctx, [Kind(licence.kind)])
    accept(ctx, offer(ctx, licence, _end_of_offer(ctx) or ctx.now(), tell=False))


def accept(ctx: Context, found: SeatOffer) -> None:
    """From now on the offer does not lapse."""
    found.accepted_at = ctx.now()
    found.accepted_by = ctx.actor.id
    record(ctx, SeatOfferAccepted(subject=found.id, organisation=found.organisation_id, licence=found.licence_id))


def place_of(ctx: Context, licence_id: UUID) -> WaitingPlace | None:
    """The place on the list that this request has now, read afresh."""
    living = select(WaitingPlace).where(WaitingPlace.licence_id == licence_id, WaitingPlace.left_at.is_(None))
    return ctx.session.scalars(living.execution_options(populate_existing=True)).one_or_none()


def offer_of(ctx: Context, licence_id: UUID) -> SeatOffer | None:
    """The open offer that this request has now, read afresh."""
    living = select(SeatOffer).where(SeatOffer.licence_id == licence_id, SeatOffer.settled_at.is_(None))
    return ctx.session.scalars(living.execution_options(populate_existing=True)).one_or_none()


def line(ctx: Context, kind: Kind) -> list[Waits]:
    """Everybody who waits for a seat of this kind and is offered none, in order (LIC-5)."""
    return lines(ctx, [kind])[kind]


def lines(ctx: Context, kinds: Sequence[Kind]) -> dict[Kind, list[Waits]]:
    """`line` for several kinds, in two statements.

    What counts is when the organisation asked, however long the hub took. Whoever had an offer and comes back to
    the list counts from then.
    """
    earlier = aliased(WaitingPlace)
    before = select(earlier.id).where(earlier.licence_id == WaitingPlace.licence_id, earlier.left_at.is_not(None))
    offered = select(SeatOffer.id).where(SeatOffer.licence_id == Licence.id, SeatOffer.settled_at.is_(None))
    asked_at = case((before.exists(), WaitingPlace.joined_at), else_=Licence.requested_at)
    waiting: dict[Kind, list[Waits]] = {kind: [] for kind in kinds}
    rows = ctx.session.execute(
        select(Licence.kind, Licence.id, Licence.organisation_id, asked_at)
        .join(WaitingPlace, and_(WaitingPlace.licence_id == Licence.id, WaitingPlace.left_at.is_(None)))
        .where(Licence.kind.in_(kinds), Licence.status == Status.REQUESTED, ~offered.exists())
    )
    for kind, *waits in rows:
        waiting[Kind(kind)].append(Waits(*waits))
    if not any(waiting.values()):
        return waiting
    held = _seats_by_organisation(ctx, kinds)
    order = ctx.the(Policy).licences.waiting_order
    return {kind: list(in_order(found, held[kind], order)) for kind, found in waiting.items()}


def _who_can_be_given(ctx: Context, kind: Kind) -> Iterator[Licence]:
    """Those in line whose checklist is complete and whose last day has not passed, in order."""
    waiting = [each.licence_id for each in line(ctx, kind)]
    for start in range(0, len(waiting), _BATCH):
        batch = waiting[start : start + _BATCH]
        found: Sequence[Licence] = ctx.session.scalars(
            select(Licence).where(Licence.id.in_(batch)).options(lazyload(Licence.areas), lazyload(Licence.cases))
        ).all()
        answers = eligibility.still_hold(ctx, found, given=False)
        today = london_date(ctx.now())
        for licence in sorted(found, key=lambda each: batch.index(each.id)):
            if answers[licence.id].complete and (licence.ends_on is None or licence.ends_on >= today):
                yield licence


def _seats_by_organisation(ctx: Context, kinds: Sequence[Kind]) -> dict[Kind, dict[UUID, int]]:
    """How many seats of these kinds each organisation holds or is offered; a rota is one (LIC-6)."""
    holds = (
        select(
            Licence.kind,
            Licence.organisation_id,
            func.count(case((Licence.rota_id.is_(None), 1))) + func.count(Licence.rota_id.distinct()),
        )
        .where(Licence.kind.in_(kinds), Licence.status.in_(HOLDS_A_SEAT))
        .group_by(Licence.kind, Licence.organisation_id)
    )
    offered = (
        select(SeatOffer.kind, SeatOffer.organisation_id, func.count())
        .where(SeatOffer.kind.in_(kinds), SeatOffer.settled_at.is_(None))
        .group_by(SeatOffer.kind, SeatOffer.organisation_id)
    )
    counted: dict[Kind, dict[UUID, int]] = {kind: {} for kind in kinds}
    for kind, organisation_id, number in ctx.session.execute(union_all(holds, offered)):
        of_kind = counted[Kind(kind)]
        of_kind[organisation_id] = of_kind.get(organisation_id, 0) + number
    return counted


def _settle(ctx: Context, found: SeatOffer, outcome: Outcome) -> None:
    found.settled_at = ctx.now()
    found.outcome = outcome
    record(
        ctx,
        SeatOfferEnded(subject=found.id, organisation=found.organisation_id, licence=found.licence_id, reason=outcome),
    )


def _end_of_offer(ctx: Context) -> datetime | None:
    """The first instant after the last working day of an offer made now; None where that day is not known."""
    policy = ctx.the(Policy)
    try:
        return end_of(add_working_days(london_date(ctx.now()), policy.licences.offer_working_days, policy.calendar))
    except BeyondCalendar:
        return None
