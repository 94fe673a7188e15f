"""Leaving: the withdrawal, and the duties that stay (OP 11.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.identity import use_cases as identity
from compliance.identity.queries import require_fresh
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from policies.access import require
from policies.permissions import Permission
from signatories import queries, rules, uploads
from signatories.errors import AlreadyAcknowledged, NothingToWithdraw
from signatories.events import DutiesAcknowledged, OrganisationWithdrew
from signatories.models import Instrument, Organisation, Signature, Withdrawal

ENDED_BY = "withdrawn"


def withdraw(
    ctx: Context,
    organisation_id: UUID,
    *,
    instruments: Iterable[str],
    letter_name: str,
    letter: bytes,
    letter_on: date,
    reasons: str,
    acknowledged_by: str | None = None,
) -> Withdrawal:
    """Record an organisation's withdrawal, in effect with this transaction (SIG-6, OP 11.1).

    Its signatures of the instruments named end, every session of its people ends, and the rooms above act on
    `OrganisationWithdrew` before it commits: every licence ends, and they write on the row how many people were
    removed and how many licences ended. The row states the duties that stay; `acknowledged_by` is who
    acknowledged them for the organisation, if anybody has yet (SIG-7). Nothing of it is ever deleted (SIG-8).
    """
    organisation = queries.organisation(ctx, organisation_id, lock=True)
    require(ctx, Permission.WITHDRAWAL_RECORD, organisation=organisation_id)
    require_fresh(ctx)

    named = _instruments(ctx, instruments)
    if not rules.believable(letter_on, london_date(ctx.now())):
        raise Invalid.at("/letter_on", "Enter the date of the letter: not in the future, nor before 2003.")
    signatures = _live_signatures(ctx, organisation, named)
    if {signature.instrument_id for signature in signatures} != {instrument.id for instrument in named}:
        raise NothingToWithdraw()
    rationale = text.prose(reasons, pointer="/reasons")
    acknowledger = text.line(acknowledged_by, pointer="/acknowledged_by") if acknowledged_by is not None else None
    upload = uploads.receive(ctx, file_name=letter_name, content=letter, pointer="/letter")

    withdrawal = Withdrawal(
        id=ctx.new_id(),
        organisation_id=organisation_id,
        instruments=" ".join(instrument.code for instrument in named),
        letter_id=upload.id,
        letter_on=letter_on,
        reasons=rationale,
        effective_at=ctx.now(),
        recorded_by=ctx.actor.id,
        recorded_at=ctx.now(),
        carried_out_at=ctx.now(),
        people_removed=0,
        licences_ended=0,
        duties_acknowledged_by=acknowledger,
        duties_acknowledged_at=ctx.now() if acknowledger else None,
    )
    ctx.session.add(withdrawal)
    for signature in signatures:
        signature.ended_at = ctx.now()
        signature.end_reason = ENDED_BY
    ctx.session.flush()

    record(
        ctx,
        OrganisationWithdrew(
            subject=withdrawal.id,
            organisation=organisation_id,
            instruments=tuple(instrument.code for instrument in named),
            signatures=tuple(signature.id for signature in signatures),
            letter=upload.sha256,
            duties_acknowledged=acknowledger is not None,
        ),
    )
    identity.end_sessions(ctx, organisation_id=organisation_id, reason=ENDED_BY)
    return withdrawal


def acknowledge_duties(ctx: Context, withdrawal_id: UUID, *, by: str) -> Withdrawal:
    """Record who acknowledged, for an organisation that has left, the duties that stay with it (SIG-7)."""
    withdrawal = queries.withdrawal(ctx, withdrawal_id, lock=True)
    require(ctx, Permission.WITHDRAWAL_RECORD, organisation=withdrawal.organisation_id)

    if withdrawal.duties_acknowledged_by is not None:
        raise AlreadyAcknowledged()

    withdrawal.duties_acknowledged_by = text.line(by, pointer="/by")
    withdrawal.duties_acknowledged_at = ctx.now()

    record(ctx, DutiesAcknowledged(subject=withdrawal.id, organisation=withdrawal.organisation_id))
    return withdrawal


def _instruments(ctx: Context, codes: Iterable[str]) -> list[Instrument]:
    wanted = set(codes)
    found = list(ctx.session.scalars(select(Instrument).where(Instrument.code.in_(wanted)).order_by(Instrument.code)))
    if not wanted or len(found) != len(wanted):
        raise Invalid.at(
            "/instruments", "Choose what the organisation withdraws from, among the instruments there are."
        )
    return found


def _live_signatures(ctx: Context, organisation: Organisation, instruments: list[Instrument]) -> list[Signature]:
    found = (
        select(Signature)
        .where(
            Signature.organisation_id == organisation.id,
            Signature.instrument_id.in_([instrument.id for instrument in instruments]),
            Signature.ended_at.is_(None),
        )
        .order_by(Signature.signed_at, Signature.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(ctx.session.scalars(found))
