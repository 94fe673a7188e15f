"""Inviting a named person to a named case: a closed MARAC, or one by-invite case more (LIC-7, OP 5.2, 6.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.identity import queries as identity
from compliance.kernel import text
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import Invalid, NotFound
from compliance.kernel.turns import in_turn
from compliance.licences import queries
from compliance.licences.errors import AlreadyInvited, NoLiveLicence
from compliance.licences.events import CaseClosedToOthers, InvitedToCase
from compliance.licences.models import CaseInvitation, ClosedCase, Licence
from compliance.licences.rotas.turns import IN_USE
from compliance.licences.steps import end_invitation, past_its_end
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

_ONE_LIVE = "uq_case_invitations_reference_person_id_live"


def invite_to_case(
    ctx: Context, *, reference: str, person_id: UUID, closed: bool, until: datetime | None = None
) -> CaseInvitation:
    """Let this person come near this case, until `until`; `closed` marks it a closed MARAC from now on.

    Once a case is closed, whoever was invited to it before it was is invited no longer: a closed MARAC is for
    those invited to it as such (OP 5.2). Raises NoLiveLicence, AlreadyInvited.
    """
    require(ctx, Permission.CASE_ACCESS_INVITE)
    person = identity.person(ctx, person_id)
    licences = _held(ctx, person_id)

    case = text.line(reference, pointer="/reference", limit=255)
    _check_until(ctx, until)
    if person.closed_at is not None or not any(not past_its_end(ctx, licence.ends_on) for licence in licences):
        raise NoLiveLicence()

    # Nobody slips in while somebody else closes the case.
    in_turn(ctx, case)
    is_closed = queries.closed_case(ctx, case) is not None
    if closed and not is_closed:
        _close(ctx, case)
    _make_room(ctx, case, person_id)
    invitation = CaseInvitation(
        id=ctx.new_id(), reference=case, person_id=person_id, closed=closed or is_closed,
        invited_by=ctx.actor.id, invited_at=ctx.now(), until=until,
    )  # fmt: skip
    ctx.session.add(invitation)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, _ONE_LIVE):
            raise AlreadyInvited() from problem
        raise

    record(ctx, InvitedToCase(subject=invitation.id, reference=case, person=person_id, closed=invitation.closed))
    return invitation


def end_case_invitation(ctx: Context, invitation_id: UUID) -> CaseInvitation:
    """Take an invitation back. One that has ended already is left as it is."""
    require(ctx, Permission.CASE_ACCESS_INVITE)
    invitation = ctx.session.scalars(
        select(CaseInvitation).where(CaseInvitation.id == invitation_id).with_for_update()
    ).one_or_none()
    if invitation is None:
        raise NotFound()

    if invitation.ended_at is None:
        end_invitation(ctx, invitation, "taken-back")
    return invitation


def _held(ctx: Context, person_id: UUID) -> Sequence[Licence]:
    """The person's licences in use, held, so that none of them ends while somebody is invited on its strength.

    Whoever uses theirs by turns is invited in or out of turn: an invitation lasts longer than one (LIC-6).
    """
    return ctx.session.scalars(
        select(Licence)
        .where(Licence.person_id == person_id, IN_USE)
        .order_by(Licence.id)
        .with_for_update(of=Licence, key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _close(ctx: Context, reference: str) -> None:
    closed = ClosedCase(id=ctx.new_id(), reference=reference, since=ctx.now())
    ctx.session.add(closed)
    record(ctx, CaseClosedToOthers(subject=closed.id, reference=reference))

    for invitation in _live(ctx, reference):
        if not invitation.closed:
            end_invitation(ctx, invitation, "case-closed")


def _make_room(ctx: Context, reference: str, person_id: UUID) -> None:
    """End the person's invitation if its time is over; raises AlreadyInvited if it is not."""
    for invitation in _live(ctx, reference):
        if invitation.person_id != person_id or invitation.ended_at is not None:
            continue
        if invitation.until is None or invitation.until > ctx.now():
            raise AlreadyInvited()
        end_invitation(ctx, invitation, "over")
    # The new row may only come once the old one has left the index of live invitations.
    ctx.session.flush()


def _live(ctx: Context, reference: str) -> Sequence[CaseInvitation]:
    return ctx.session.scalars(
        select(CaseInvitation)
        .where(CaseInvitation.reference == reference, CaseInvitation.ended_at.is_(None))
        .order_by(CaseInvitation.id)
        .with_for_update()
    ).all()


def _check_until(ctx: Context, until: datetime | None) -> None:
    if until is None:
        return
    longest = ctx.the(Policy).licences.by_invite_longest_days
    if until.tzinfo is None:
        raise Invalid.at("/until", "Give the instant with its time zone.")
    if not ctx.now() < until <= ctx.now() + timedelta(days=longest):
        raise Invalid.at("/until", f"Choose an instant to come, at most {longest} days ahead.")
