"""Leaving: the withdrawal, now or at a time; calling it off; and the duties that stay (OP 11.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from audit.record import record
from compliance.identity.queries import require_fresh
from compliance.kernel import text
from compliance.kernel.context import Context
from policies.access import require
from policies.permissions import Permission
from signatories import queries, uploads
from signatories.errors import AlreadyAcknowledged
from signatories.events import DutiesAcknowledged
from signatories.models import Withdrawal
from signatories.withdrawals import letters, steps, terms
from signatories.withdrawals.errors import CalledOff, InEffect
from signatories.withdrawals.events import WithdrawalAnnounced, WithdrawalCalledOff


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
    effective_at: datetime | None = None,
) -> Withdrawal:
    """Record an organisation's withdrawal, in effect with this transaction or announced for an instant (SIG-6, OP 11.1).

    At its instant its signatures of the instruments named end, every session of its people ends, and the rooms
    above act on `OrganisationWithdrew` before it commits: every licence ends, and they write on the row how many
    people were removed and how many licences ended. An announced one counts from its instant by itself; what
    follows from it is carried out moments later. The row states the duties that stay; `acknowledged_by` is who
    acknowledged them for the organisation, if anybody has yet (SIG-7). Nothing of it is ever deleted (SIG-8).
    """
    organisation = queries.organisation(ctx, organisation_id, lock=True)
    require(ctx, Permission.WITHDRAWAL_RECORD, organisation=organisation_id)
    require_fresh(ctx)

    steps.settle(ctx, organisation_id)
    fit = terms.fit(
        ctx, organisation, instruments=instruments, letter_on=letter_on, reasons=reasons,
        acknowledged_by=acknowledged_by, effective_at=effective_at,
    )  # fmt: skip
    upload = uploads.receive(ctx, file_name=letter_name, content=letter, pointer="/letter")

    withdrawal = Withdrawal(
        id=ctx.new_id(),
        organisation_id=organisation_id,
        instruments=" ".join(fit.codes),
        letter_id=upload.id,
        letter_on=letter_on,
        reasons=fit.reasons,
        effective_at=effective_at or ctx.now(),
        recorded_by=ctx.actor.id,
        recorded_at=ctx.now(),
        people_removed=0,
        licences_ended=0,
        duties_acknowledged_by=fit.acknowledged_by,
        duties_acknowledged_at=ctx.now() if fit.acknowledged_by else None,
    )
    ctx.session.add(withdrawal)
    ctx.session.flush()

    if effective_at is None:
        steps.take_effect(ctx, withdrawal)
        return withdrawal
    record(
        ctx,
        WithdrawalAnnounced(
            subject=withdrawal.id,
            organisation=organisation_id,
            instruments=fit.codes,
            letter=upload.sha256,
            effective_at=effective_at,
            duties_acknowledged=fit.acknowledged_by is not None,
        ),
    )
    letters.tell_that_it_leaves(ctx, withdrawal)
    return withdrawal


def call_off(ctx: Context, withdrawal_id: UUID) -> Withdrawal:
    """Call an announced withdrawal off before it takes effect: nothing of it happens, and the record says so.

    Raises InEffect from its very instant on, whether or not anything was carried out, and CalledOff.
    """
    found = queries.withdrawal(ctx, withdrawal_id)
    require(ctx, Permission.WITHDRAWAL_RECORD, organisation=found.organisation_id)
    require_fresh(ctx)
    queries.organisation(ctx, found.organisation_id, lock=True)
    withdrawal = queries.withdrawal(ctx, withdrawal_id, lock=True)

    if withdrawal.called_off_at is not None or withdrawal.superseded_at is not None:
        raise CalledOff()
    # The clock itself, not the instant at which we began to wait for our turn: it may have come meanwhile.
    if withdrawal.carried_out_at is not None or withdrawal.effective_at <= ctx.house.clock.now():
        raise InEffect()

    withdrawal.called_off_at = ctx.now()
    withdrawal.called_off_by = ctx.actor.id

    record(ctx, WithdrawalCalledOff(subject=withdrawal.id, organisation=withdrawal.organisation_id))
    letters.tell_that_it_stays(ctx, withdrawal)
    return withdrawal


def carry_out(ctx: Context, withdrawal_id: UUID) -> Withdrawal:
    """Do what follows from an announced withdrawal whose instant has come; one that was done, or called off, stays.

    Whoever does this holds the organisation's row first, as every other change of its standing does: of any
    number of schedulers one does it, and a signature that follows finds it done (SIG-9).
    """
    found = queries.withdrawal(ctx, withdrawal_id)
    require(ctx, Permission.WITHDRAWAL_RECORD, organisation=found.organisation_id)

    queries.organisation(ctx, found.organisation_id, lock=True)
    steps.settle(ctx, found.organisation_id)
    return found


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
