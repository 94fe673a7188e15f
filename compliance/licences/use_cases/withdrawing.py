"""Seeing who would lose what before an organisation withdraws, and confirming just that (SIG-6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from audit.record import record
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from compliance.licences.leaving import Losses, losses
from policies.access import require
from policies.permissions import Permission
from signatories import queries as register
from signatories import use_cases as signatories
from signatories.models import Organisation, Withdrawal
from signatories.withdrawals.errors import ChangedSince
from signatories.withdrawals.events import WithdrawalPreviewed


def preview_withdrawal(
    ctx: Context, organisation_id: UUID, *, instruments: Iterable[str], effective_at: datetime | None = None
) -> Losses:
    """Show whoever may withdraw this organisation who would lose what; nothing happens but that this is recorded."""
    require(ctx, Permission.WITHDRAWAL_RECORD, organisation=organisation_id)
    if ctx.session.get(Organisation, organisation_id) is None:
        raise NotFound()

    found = losses(ctx, organisation_id, instruments=instruments, effective_at=effective_at)

    record(ctx, WithdrawalPreviewed(subject=organisation_id, organisation=organisation_id, rows=len(found.people)))
    return found


def confirm_withdrawal(
    ctx: Context,
    organisation_id: UUID,
    *,
    shown: str | None,
    instruments: Iterable[str],
    letter_name: str,
    letter: bytes,
    letter_on: date,
    reasons: str,
    acknowledged_by: str | None = None,
    effective_at: datetime | None = None,
) -> Withdrawal:
    """Withdraw the organisation, if what would end is what was shown; `shown` is the fingerprint of that.

    Raises ChangedSince where it is not, and as `signatories.use_cases.withdraw` does. None asks for no comparison.
    """
    register.organisation(ctx, organisation_id, lock=True)
    require(ctx, Permission.WITHDRAWAL_RECORD, organisation=organisation_id)
    named = tuple(instruments)

    if shown is not None:
        now = losses(ctx, organisation_id, instruments=named, effective_at=effective_at)
        if now.digest != shown:
            raise ChangedSince()

    return signatories.withdraw(
        ctx, organisation_id, instruments=named, letter_name=letter_name, letter=letter, letter_on=letter_on,
        reasons=reasons, acknowledged_by=acknowledged_by, effective_at=effective_at,
    )  # fmt: skip
