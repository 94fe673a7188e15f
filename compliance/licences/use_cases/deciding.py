"""The hub evaluates: approve, refuse, and pass a seat from one licence to another (LIC-1, LIC-5, LIC-9, ROL-3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from audit.record import record
from compliance.identity import queries as identity_queries
from compliance.identity import use_cases as identity
from compliance.kernel import text
from compliance.kernel.context import Context
from compliance.kernel.errors import FieldError
from compliance.licences import eligibility, holding, queries, seats
from compliance.licences.errors import (
    LicenceOver,
    NoSeatToPass,
    NotEligible,
    OrganisationOutside,
    OwnLicence,
    SeatIsShared,
)
from compliance.licences.events import LicenceApproved, LicenceRefused, SeatReallocated
from compliance.licences.models import Licence
from compliance.licences.rotas import following
from compliance.licences.rotas import queries as sharing
from compliance.licences.rules import HOLDS_A_SEAT, EndReason, Kind, RefusedFor, Status, Step, after
from compliance.licences.steps import activate, end, past_its_end, take_seat
from compliance.licences.waiting import steps as waiting
from compliance.licences.waiting.errors import SeatIsFree, WaitsAlready
from compliance.licences.waiting.models import WaitingPlace
from compliance.licences.waiting.rules import Left
from policies.access import require
from policies.permissions import Permission
from signatories import queries as signatories


@dataclass(frozen=True)
class Approved:
    """An approved licence, and where the single-use link went if its holder has no password yet (IDN-8)."""

    licence: Licence
    link_sent_to: str | None


def approve(ctx: Context, licence_id: UUID) -> Approved:
    """Give the licence: its seat is kept from now on, and it is active once its holder can sign in (LIC-3, LIC-5).

    One whose rota holds its one seat already comes into that and takes no other (LIC-6).
    Raises OwnLicence (ROL-3), NotEligible with what is missing at `/checklist/<item>` (LIC-1), NoSeat (LIC-5), and
    whatever keeps a licence of the same person resting (BRE-4).
    """
    licence = queries.visible(ctx, licence_id, lock=False)
    require(ctx, Permission.LICENCE_APPROVE, organisation=licence.organisation_id)
    identity_queries.require_fresh(ctx)
    signatories.organisation(ctx, licence.organisation_id, lock=True)
    licence = _with_its_rota(ctx, licence)

    _check_decidable(ctx, licence, Step.APPROVE)
    _hold_replaced(ctx, licence)
    if sharing.others_hold(ctx, licence):
        waiting.leave(ctx, licence, Left.APPROVED)
        approved = _approve(ctx, licence)
        waiting.freed(ctx, Kind(licence.kind))
        return approved
    return give(ctx, licence)


def give(ctx: Context, licence: Licence) -> Approved:
    """A seat, and the licence on it, for a request that the caller holds and has found decidable (LIC-5).

    This is what several approvers race for: whoever passes `take_seat` holds the contract until they commit.
    """
    take_seat(ctx, Kind(licence.kind), but_for=licence.id)
    # Whoever waits comes before whoever does not: what is free is theirs first, and then it may be free no longer.
    if waiting.freed(ctx, Kind(licence.kind), quietly_for=licence.id):
        take_seat(ctx, Kind(licence.kind), but_for=licence.id)

    waiting.leave(ctx, licence, Left.APPROVED)
    return _approve(ctx, licence)


def wait_for_seat(ctx: Context, licence_id: UUID) -> WaitingPlace:
    """The hub would grant a request and has no seat: put it on the waiting list (LIC-5).

    Only what could be approved now, but for the seat, waits; and who puts it there is not who asked for it (ROL-3).
    Raises as `approve` does, SeatIsFree, and WaitsAlready.
    """
    licence = queries.visible(ctx, licence_id, lock=False)
    require(ctx, Permission.LICENCE_APPROVE, organisation=licence.organisation_id)
    signatories.organisation(ctx, licence.organisation_id, lock=True)
    licence = queries.visible(ctx, licence_id)

    _check_decidable(ctx, licence, Step.APPROVE)
    if sharing.others_hold(ctx, licence):
        raise SeatIsFree()
    kind = Kind(licence.kind)
    waiting.freed(ctx, kind)
    if waiting.place_of(ctx, licence.id) is not None or waiting.offer_of(ctx, licence.id) is not None:
        raise WaitsAlready()
    contract = seats.hold(ctx, [kind]).get(kind)
    if contract is not None and seats.taken(ctx, kind) < contract.seats:
        raise SeatIsFree()

    return waiting.join(ctx, licence)


def refuse(ctx: Context, licence_id: UUID, *, reason: str, refused_for: RefusedFor = RefusedFor.OTHER) -> Licence:
    """Say no to a request, and why: in words, and for want of what. A seat that there was none of is owed (LIC-3, GOV-2)."""
    licence = queries.visible(ctx, licence_id, lock=False)
    require(ctx, Permission.LICENCE_REFUSE, organisation=licence.organisation_id)
    licence = queries.visible(ctx, licence_id)

    _check_not_own(ctx, licence)
    refused = after(licence.status, Step.REFUSE)
    why = text.prose(reason, pointer="/reason")

    # Off the list first: the seat that is offered to it goes to the next in line, once it is refused.
    waiting.leave(ctx, licence, Left.REFUSED)
    licence.status = refused
    licence.refusal = why
    licence.refused_for = refused_for
    licence.decided_by = ctx.actor.id
    licence.decided_at = ctx.now()

    record(
        ctx,
        LicenceRefused(
            subject=licence.id, organisation=licence.organisation_id, person=licence.person_id, reason=refused_for
        ),
    )
    waiting.freed(ctx, Kind(licence.kind))
    return licence


def reallocate(ctx: Context, from_licence_id: UUID, to_licence_id: UUID) -> Approved:
    """End one licence and approve another in one step; the seat passes without ever being free (LIC-9, OP 6.2).

    It passes over the waiting list: the hub may know why this seat is for this person, as where a colleague takes
    over a case load tomorrow. Both licences are named, and the list says what happened. Whoever is taken over has
    lost no place: no seat was free that was theirs. A seat that was offered to the second is offered on.
    Raises NoSeatToPass unless the first holds a seat and the second asks for one of the same kind.
    """
    giving = queries.visible(ctx, from_licence_id, lock=False)
    taking = queries.visible(ctx, to_licence_id, lock=False)
    for licence in (giving, taking):
        require(ctx, Permission.LICENCE_REALLOCATE, organisation=licence.organisation_id)
    identity_queries.require_fresh(ctx)
    # In one order everywhere, so that two people passing seats to and fro wait and do not meet head-on.
    for organisation_id in _in_order({giving.organisation_id, taking.organisation_id}):
        signatories.organisation(ctx, organisation_id, lock=True)
    for licence_id in _in_order({giving.id, taking.id}):
        queries.visible(ctx, licence_id)

    if giving.id == taking.id or giving.kind != taking.kind or giving.status not in HOLDS_A_SEAT:
        raise NoSeatToPass()
    if sharing.others_hold(ctx, giving) and giving.rota_id != taking.rota_id:
        raise SeatIsShared()
    _check_decidable(ctx, taking, Step.APPROVE)

    _hold_replaced(ctx, taking)
    seats.hold(ctx, [Kind(giving.kind)])
    end(ctx, giving, EndReason.REALLOCATED, keeps_seat=True)
    waiting.leave(ctx, taking, Left.APPROVED)
    approved = _approve(ctx, taking)

    record(
        ctx,
        SeatReallocated(
            subject=giving.id, organisation=giving.organisation_id,
            to_licence=taking.id, to_organisation=taking.organisation_id,
        ),
    )  # fmt: skip
    waiting.freed(ctx, Kind(giving.kind))
    return approved


def _with_its_rota(ctx: Context, licence: Licence) -> Licence:
    """The licence held for change, after the rota that it is in and everybody there, in the order of every step."""
    if licence.rota_id is None:
        return queries.visible(ctx, licence.id)
    following.hold(ctx, licence.rota_id)
    following.members(ctx, licence.rota_id)
    return queries.visible(ctx, licence.id)


def _approve(ctx: Context, licence: Licence) -> Approved:
    licence.status = after(licence.status, Step.APPROVE)
    licence.decided_by = ctx.actor.id
    licence.decided_at = ctx.now()
    record(ctx, LicenceApproved(subject=licence.id, organisation=licence.organisation_id, person=licence.person_id))

    if identity_queries.is_ready(ctx, licence.person_id):
        activate(ctx, licence)
        return Approved(licence, None)
    if identity_queries.live_password(ctx, licence.person_id) is not None:
        return Approved(licence, None)
    identity.make_invitation(ctx, licence.person, "first")
    return Approved(licence, licence.person.email)


def _check_decidable(ctx: Context, licence: Licence, step: Step) -> None:
    """Everything about the licence itself that stands in the way of giving it; the seat is another matter."""
    _check_not_own(ctx, licence)
    after(Status(licence.status), step)
    holding.check_person(ctx, licence.person_id)
    if past_its_end(ctx, licence.ends_on):
        raise LicenceOver()
    answers = eligibility.checklist(ctx, licence.person, licence.organisation_id)
    if any(item.rule == OrganisationOutside.rule for item in answers.missing):
        raise OrganisationOutside()
    if not answers.complete:
        raise NotEligible(fields=tuple(FieldError(f"/checklist/{item.code}", item.says) for item in answers.missing))


def _hold_replaced(ctx: Context, licence: Licence) -> None:
    """Whatever ends when this one becomes active is held before the contract, as every step holds them (LIC-4)."""
    if licence.replaces_id is not None:
        queries.found(ctx, licence.replaces_id)


def _check_not_own(ctx: Context, licence: Licence) -> None:
    """Nobody decides for themselves, nor on what they asked for (ROL-3)."""
    if ctx.actor.person_id == licence.person_id or ctx.actor.id == licence.requested_by:
        raise OwnLicence()


def _in_order(ids: Iterable[UUID]) -> list[UUID]:
    return sorted(ids, key=str)
