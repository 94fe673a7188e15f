"""The steps of a licence's life that follow from another: no permission is asked here, and none is skipped.

Use cases ask first and then come here; so do withdrawal, enrolment and the jobs, which act by rule and not by
leave. Every step looks its status up in `rules.NEXT` (LIC-3), and every step that ends or rests a right lets
go of what hung on it: sessions (IDN-6) and invitations to cases (LIC-7).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, select

from audit.record import record
from compliance.identity import use_cases as identity
from compliance.identity.models import RoleHeld
from compliance.identity.queries import still_held
from compliance.identity.rules import End
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context

from . import eligibility, queries, seats
from .errors import NoSeat
from .events import (
    CaseInvitationEnded,
    LicenceActivated,
    LicenceDeactivated,
    LicenceResumed,
    LicenceSuspended,
)
from .models import CaseInvitation, Licence
from .rules import ENDED, HOLDS_A_SEAT, EndReason, Kind, Status, Step, Suspension, after
from .waiting import steps as waiting
from .waiting.rules import Left

_LEFT = {
    EndReason.WITHDRAWN: Left.WITHDRAWN,
    EndReason.AT_REQUEST: Left.TAKEN_BACK,
    EndReason.LEAVER: Left.TAKEN_BACK,
}
"""Why a request that ends leaves the waiting list."""


def past_its_end(ctx: Context, ends_on: date | None) -> bool:
    """Whether the last day has passed, in London (LIC-7)."""
    return ends_on is not None and ends_on < london_date(ctx.now())


def take_seat(ctx: Context, kind: Kind, *, but_for: UUID | None = None) -> None:
    """Make sure a seat of this kind is free, and hold the contract until the end of the transaction (LIC-5).

    Whoever takes a seat passes here one after another, so that the count is still true when it commits. A seat
    that an offer keeps is not free, except for the licence it is kept for: `but_for`.
    """
    contract = seats.hold(ctx, [kind]).get(kind)
    if contract is None or seats.taken(ctx, kind, but_for=but_for) >= contract.seats:
        raise NoSeat()


def activate(ctx: Context, licence: Licence) -> None:
    """The holder has a password and a second factor: the licence begins, and the one it replaces ends (LIC-3, LIC-4).

    Where an item of the checklist lapsed since the approval, it begins at rest (LIC-13), as does one in a rota,
    which the rota wakes by turn (LIC-6); the sign-in in which its holder has just enrolled goes on, for there is
    nothing yet that it could have been used for.
    """
    licence.status = after(licence.status, Step.ACTIVATE)
    licence.activated_at = ctx.now()
    by_turns = licence.rota_id is not None
    if by_turns:
        # At rest from the first, before the store sees it: one at a time is active in a rota.
        licence.status = after(licence.status, Step.SUSPEND)
        licence.suspended_at = ctx.now()
        licence.suspension = Suspension.ROTA
    record(ctx, LicenceActivated(subject=licence.id, organisation=licence.organisation_id, person=licence.person_id))
    if by_turns:
        _told_to_rest(ctx, licence, Suspension.ROTA)

    if licence.replaces_id is not None:
        replaced = queries.found(ctx, licence.replaces_id)
        if replaced.status not in ENDED:
            end(ctx, replaced, EndReason.MOVER)
    if by_turns:
        return
    lapsed = lapses(ctx, (licence,))[licence.id]
    if lapsed:
        _rest(ctx, licence, Suspension.ELIGIBILITY, lapsed)


def rest(ctx: Context, licence: Licence, reason: Suspension, *, missing: tuple[str, ...] = ()) -> None:
    """Pause it, and end what its holder has open; the seat stays theirs (LIC-3, LIC-5, IDN-6)."""
    _rest(ctx, licence, reason, missing)
    _end_sessions(ctx, licence.person_id)


def rest_on(ctx: Context, licence: Licence, reason: Suspension, *, missing: tuple[str, ...] = ()) -> None:
    """It rests already, and from now on for this reason; what its holder may have opened in their turn ends (IDN-6)."""
    licence.suspension = Suspension(reason)
    _told_to_rest(ctx, licence, Suspension(reason), missing)
    _end_sessions(ctx, licence.person_id)


def wake(ctx: Context, licence: Licence) -> None:
    """Let it be used again; one in a rota that rested for another reason goes back to its turns (LIC-3, LIC-6)."""
    if licence.rota_id is not None and licence.suspension != Suspension.ROTA:
        rest_on(ctx, licence, Suspension.ROTA)
        return
    rested_for = licence.suspension or ""
    licence.status = after(licence.status, Step.RESUME)
    licence.suspended_at = None
    licence.suspension = None
    record(
        ctx,
        LicenceResumed(
            subject=licence.id, organisation=licence.organisation_id, person=licence.person_id, rested_for=rested_for
        ),
    )


def let_go(ctx: Context, licence: Licence) -> None:
    """An investigation is over: it is used again, or rests on for what its checklist lacks or its last day (BRE-4, LIC-13)."""
    if licence.status != Status.SUSPENDED or licence.suspension != Suspension.INVESTIGATION:
        return
    lapsed = lapses(ctx, (licence,))[licence.id]
    if lapsed or past_its_end(ctx, licence.ends_on):
        rest_on(ctx, licence, Suspension.ELIGIBILITY, missing=lapsed)
    else:
        wake(ctx, licence)


def end(ctx: Context, licence: Licence, reason: EndReason, *, keeps_seat: bool = False) -> None:
    """End it for good, and let go of what hung on it (LIC-3, LIC-7, IDN-6).

    Its seat is offered to whoever is first in line (LIC-5), unless the caller has somebody for it: `keeps_seat`.
    """
    was = Status(licence.status)
    licence.status = after(was, Step.DEACTIVATE)
    licence.deactivated_at = ctx.now()
    licence.end_reason = reason
    licence.suspension = None
    record(
        ctx,
        LicenceDeactivated(
            subject=licence.id, organisation=licence.organisation_id, person=licence.person_id, reason=reason, was=was
        ),
    )

    _end_sessions(ctx, licence.person_id)
    if not _holds(ctx, licence.person_id, HOLDS_A_SEAT):
        end_invitations(ctx, licence.person_id, "licence-ended")
    if was == Status.REQUESTED:
        waiting.leave(ctx, licence, _LEFT.get(reason, Left.ENDED))
    if not keeps_seat:
        waiting.freed(ctx, Kind(licence.kind))


def keep(ctx: Context, licences: Sequence[Licence]) -> None:
    """Rest each active licence whose checklist no longer holds, and wake what rested for that alone (LIC-13)."""
    answers = lapses(ctx, licences)
    for licence in licences:
        lapsed = answers[licence.id]
        if licence.status == Status.ACTIVE and lapsed:
            rest(ctx, licence, Suspension.ELIGIBILITY, missing=lapsed)
        elif licence.suspension == Suspension.ELIGIBILITY and not lapsed and not past_its_end(ctx, licence.ends_on):
            wake(ctx, licence)


def keep_all(ctx: Context, whose: ColumnElement[bool]) -> None:
    """`keep` each of these licences, on a deed that may have changed what they stand on.

    An approved one is held too: should it become active at this moment, it waits, and begins at rest.
    """
    living = ctx.session.scalars(
        select(Licence)
        .where(whose, Licence.status.in_(HOLDS_A_SEAT))
        .order_by(Licence.id)
        .with_for_update(of=Licence, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    keep(ctx, living)


def end_invitations(ctx: Context, person_id: UUID, reason: str) -> None:
    """Take back every case this person is invited to."""
    live = ctx.session.scalars(
        select(CaseInvitation)
        .where(CaseInvitation.person_id == person_id, CaseInvitation.ended_at.is_(None))
        .order_by(CaseInvitation.id)
        .with_for_update()
    ).all()
    for invitation in live:
        end_invitation(ctx, invitation, reason)


def end_invitation(ctx: Context, invitation: CaseInvitation, reason: str) -> None:
    """Take one invitation back."""
    invitation.ended_at = ctx.now()
    record(
        ctx,
        CaseInvitationEnded(
            subject=invitation.id, reference=invitation.reference, person=invitation.person_id, reason=reason
        ),
    )


def _rest(ctx: Context, licence: Licence, reason: Suspension, missing: tuple[str, ...]) -> None:
    licence.status = after(licence.status, Step.SUSPEND)
    licence.suspended_at = ctx.now()
    licence.suspension = reason
    _told_to_rest(ctx, licence, reason, missing)


def _told_to_rest(ctx: Context, licence: Licence, reason: Suspension, missing: tuple[str, ...] = ()) -> None:
    record(
        ctx,
        LicenceSuspended(
            subject=licence.id,
            organisation=licence.organisation_id,
            person=licence.person_id,
            reason=reason,
            missing=missing,
            rules=("LIC-13",) if missing else (),
        ),
    )


def lapses(ctx: Context, licences: Sequence[Licence]) -> dict[UUID, tuple[str, ...]]:
    """The items of the checklist that each of these licences lacks by now (LIC-13)."""
    answers = eligibility.still_hold(ctx, licences)
    return {one: tuple(item.code for item in found.missing) for one, found in answers.items()}


def _end_sessions(ctx: Context, person_id: UUID) -> None:
    """End the person's sessions, unless another active licence or a role still has work for them (IDN-6)."""
    role = select(RoleHeld.id).where(RoleHeld.person_id == person_id, still_held(ctx.now()))
    if ctx.session.scalar(select(role.exists())) or _holds(ctx, person_id, frozenset({Status.ACTIVE})):
        return
    identity.end_sessions(ctx, person_id=person_id, reason=End.LICENCE_ENDED)


def _holds(ctx: Context, person_id: UUID, statuses: frozenset[Status]) -> bool:
    """Whether the person has a licence in one of these states, what this transaction changed included."""
    held = select(Licence.id).where(Licence.person_id == person_id, Licence.status.in_(statuses))
    return ctx.session.scalar(select(held.exists())) is True
