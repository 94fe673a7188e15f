"""The entries of the register that can be challenged: found, and asked who put them there."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from sqlalchemy import select

from audit.models import AuditEntry
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from signatories.events import InstrumentSigned, IsaChecked, OrganisationWithdrew, SigningRefused
from signatories.models import IsaCheck, Signature, SigningRefusal, Withdrawal
from signatories.withdrawals.events import WithdrawalAnnounced

from .events import SignatureCorrected, WithdrawalCorrected
from .rules import Entry

Row = Signature | SigningRefusal | Withdrawal | IsaCheck

_KEPT: dict[Entry, type[Row]] = {
    Entry.SIGNATURE: Signature,
    Entry.REFUSAL: SigningRefusal,
    Entry.WITHDRAWAL: Withdrawal,
    Entry.ISA_CHECK: IsaCheck,
}

_MADE = [
    each.name
    for each in (
        InstrumentSigned, SignatureCorrected, SigningRefused, WithdrawalAnnounced, OrganisationWithdrew,
        WithdrawalCorrected, IsaChecked,
    )
]  # fmt: skip
"""The events by which entries come into the register."""


def entry(ctx: Context, kind: Entry, entry_id: UUID, *, lock: bool = False) -> Row:
    """One entry, whether or not it is still believed; raises NotFound."""
    model = _KEPT[kind]
    wanted = select(model).where(model.id == entry_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = ctx.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound()
    return cast(Row, found)


def recorder(ctx: Context, row: Row) -> str | None:
    """Who put the entry into the register: whoever acted when the log told of its making, or as the entry itself says."""
    told = select(AuditEntry.actor_id).where(AuditEntry.subject_id == str(row.id), AuditEntry.event.in_(_MADE))
    first = ctx.session.scalar(told.order_by(AuditEntry.number).limit(1))
    if first is not None:
        return str(first)
    if isinstance(row, Signature):
        return str(row.person_id) if row.person_id else None
    return row.checked_by if isinstance(row, IsaCheck) else row.recorded_by
