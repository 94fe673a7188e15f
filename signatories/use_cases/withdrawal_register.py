"""Looking at the withdrawal register and taking it away: each look is recorded (AUD-1, SIG-8)."""

from __future__ import annotations

from typing import TypedDict, Unpack
from uuid import UUID

from sqlalchemy.orm import undefer

from audit.record import record
from compliance.kernel.context import Context
from compliance.kernel.tables import File, Form, form_of, write
from policies.access import require
from policies.permissions import Permission
from signatories import queries, tables
from signatories.events import LetterRead, WithdrawalsExported, WithdrawalsViewed
from signatories.models import Upload
from signatories.queries import WithdrawalRow
from signatories.withdrawals import queries as withdrawals
from signatories.withdrawals.queries import Stands


class WithdrawalFilters(TypedDict, total=False):
    """How the withdrawal register can be asked for; see `withdrawals.queries.register`."""

    search: str | None
    state: Stands | str | None
    sort: str | None


def view_withdrawals(ctx: Context, **filters: Unpack[WithdrawalFilters]) -> list[WithdrawalRow]:
    """Show the withdrawal register (SIG-8), and keep that it was shown."""
    rows = withdrawals.register(ctx, **filters)
    record(ctx, WithdrawalsViewed(rows=len(rows)))
    return rows


def export_withdrawals(ctx: Context, form: Form | str, **filters: Unpack[WithdrawalFilters]) -> File:
    """Hand out the withdrawal register as a file (SIG-8), and keep that it was handed out."""
    kind = form_of(form)
    rows = withdrawals.register(ctx, **filters)
    record(ctx, WithdrawalsExported(form=kind.value, rows=len(rows)))
    return write(tables.of_withdrawals(ctx, rows), kind)


def read_letter(ctx: Context, withdrawal_id: UUID) -> Upload:
    """Hand out the letter by which an organisation withdrew (SIG-6), and keep that it was handed out."""
    withdrawal = queries.withdrawal(ctx, withdrawal_id)
    require(ctx, Permission.WITHDRAWAL_READ, organisation=withdrawal.organisation_id)
    letter = ctx.session.get_one(Upload, withdrawal.letter_id, options=[undefer(Upload.content)])
    record(ctx, LetterRead(subject=withdrawal.id, organisation=withdrawal.organisation_id))
    return letter
