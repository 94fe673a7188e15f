"""Signatures made on paper, which the hub records with their scan."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from compliance.kernel import text
from compliance.kernel.clock import end_of, london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from policies.access import require
from policies.permissions import Permission
from signatories import queries, rules, steps, uploads
from signatories.errors import ReturnNeedsAnother
from signatories.models import Signature, Withdrawal
from signatories.rules import Method

_MOMENT = timedelta(microseconds=1)


def record_paper_signature(
    ctx: Context,
    organisation_id: UUID,
    version_id: UUID,
    *,
    name: str,
    role: str,
    signed_on: date,
    scan_name: str,
    scan: bytes,
) -> Signature:
    """Record what an organisation signed on paper, with its scan (SIG-2).

    It counts from the end of the day it bears. After a withdrawal it must bear a later day (SIG-9), and whoever
    recorded the withdrawal does not also record the return: that takes two (ROL-3).
    """
    organisation = queries.organisation(ctx, organisation_id, lock=True)
    version = queries.version(ctx, version_id)
    require(ctx, Permission.SIGNATURE_RECORD_PAPER, organisation=organisation_id)

    if not rules.believable(signed_on, london_date(ctx.now())):
        raise Invalid.at("/signed_on", "Enter the day on which it was signed: not in the future, nor before 2003.")
    withdrawal = steps.check_signable(ctx, organisation, version)
    if withdrawal is not None:
        _check_return(ctx, withdrawal, signed_on)
    upload = uploads.receive(ctx, file_name=scan_name, content=scan, pointer="/scan")

    signature = Signature(
        id=ctx.new_id(),
        organisation_id=organisation_id,
        instrument_id=version.instrument_id,
        version_id=version.id,
        signed_name=text.line(name, pointer="/name"),
        signed_role=text.line(role, pointer="/role"),
        method=Method.PAPER.value,
        signed_at=min(ctx.now(), end_of(signed_on) - _MOMENT),
        session_id=ctx.origin.session_id,
        address=ctx.origin.address,
        document_sha256=version.sha256,
        scan_id=upload.id,
        recorded_at=ctx.now(),
    )
    return steps.put_down(ctx, organisation, version, signature, scan=upload.sha256)


def _check_return(ctx: Context, withdrawal: Withdrawal, signed_on: date) -> None:
    if withdrawal.recorded_by == ctx.actor.id:
        raise ReturnNeedsAnother()
    if signed_on <= london_date(withdrawal.effective_at):
        raise Invalid.at("/signed_on", "The organisation withdrew after this was signed. It has to sign again, later.")
