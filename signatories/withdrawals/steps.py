"""What follows from a withdrawal at its instant: by rule and not by leave, whoever notices first that it has come (SIG-6)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select

from audit.record import record
from compliance.identity import use_cases as identity
from compliance.identity.rules import End
from compliance.kernel.context import Context
from policies.values import Policy
from signatories.events import OrganisationWithdrew
from signatories.lines import standing_withdrawals
from signatories.models import Instrument, Signature, Upload, Withdrawal

from . import letters


def live_signatures(
    ctx: Context, organisation_id: UUID, codes: Collection[str], *, made_before: datetime | None = None
) -> list[Signature]:
    """The organisation's signatures of these instruments that nobody has ended, held for change."""
    found = (
        select(Signature)
        .join(Instrument, Instrument.id == Signature.instrument_id)
        .where(
            Signature.organisation_id == organisation_id,
            Instrument.code.in_(codes),
            Signature.ended_at.is_(None),
            Signature.superseded_at.is_(None),
            *([Signature.signed_at < made_before] if made_before else []),
        )
        .order_by(Signature.signed_at, Signature.id)
        .with_for_update(of=Signature)
        .execution_options(populate_existing=True)
    )
    return list(ctx.session.scalars(found))


def due(at: datetime) -> list[ColumnElement[bool]]:
    """The withdrawals whose instant has come, and of which nothing was carried out yet."""
    return [*standing_withdrawals(None), Withdrawal.carried_out_at.is_(None), Withdrawal.effective_at <= at]


def settle(ctx: Context, organisation_id: UUID) -> None:
    """Carry out what is due for an organisation that the caller holds, before it does anything else (SIG-9).

    An organisation that comes back before the scheduler has noticed that it left must not find its old licences.
    """
    overdue = select(Withdrawal).where(Withdrawal.organisation_id == organisation_id, *due(ctx.now()))
    found = ctx.session.scalars(overdue.order_by(Withdrawal.effective_at, Withdrawal.id).with_for_update()).all()
    for withdrawal in found:
        take_effect(ctx, withdrawal)


def take_effect(ctx: Context, withdrawal: Withdrawal) -> None:
    """End what this withdrawal ends; the rooms above end the rest on `OrganisationWithdrew`, in the same transaction.

    What was signed, opened or given after its instant belongs to an organisation that has come back, and stays.
    """
    organisation_id, left_at = withdrawal.organisation_id, withdrawal.effective_at
    since_then = left_at if left_at < ctx.now() else None
    signatures = live_signatures(ctx, organisation_id, withdrawal.instruments.split(), made_before=since_then)
    for signature in signatures:
        signature.ended_at = left_at
        signature.end_reason = End.WITHDRAWN.value
    withdrawal.carried_out_at = ctx.now()
    ctx.session.flush()

    kept = ctx.the(Policy).signatories.roles_kept
    identity.end_roles_at(ctx, organisation_id, but=kept, given_before=since_then)
    record(
        ctx,
        OrganisationWithdrew(
            subject=withdrawal.id,
            organisation=organisation_id,
            instruments=tuple(withdrawal.instruments.split()),
            signatures=tuple(signature.id for signature in signatures),
            letter=ctx.session.get_one(Upload, withdrawal.letter_id).sha256,
            duties_acknowledged=withdrawal.duties_acknowledged_by is not None,
        ),
    )
    # After the licences, which the rooms above have just held: whoever enrols holds theirs and then their sign-in.
    identity.end_sessions(ctx, organisation_id=organisation_id, reason=End.WITHDRAWN, opened_before=since_then)
    letters.tell_that_it_left(ctx, withdrawal)
