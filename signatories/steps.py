"""What every way of answering for a version has in common, online or on paper."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import undefer

from audit.record import record
from compliance.kernel.context import Context

from . import evidence, queries, rules
from .errors import AlreadySigned, DocumentAltered, NotInForce, ReturnsByVersionInForce
from .events import InstrumentSigned
from .facts import version_facts
from .lines import standing_withdrawals
from .models import InstrumentVersion, Organisation, Signature, SigningRefusal, Upload, Withdrawal
from .withdrawals import steps as withdrawals


def document(ctx: Context, version: InstrumentVersion) -> Upload:
    """The version's file; raises DocumentAltered if it is no longer the one that was published (SIG-2)."""
    upload = ctx.session.get_one(Upload, version.upload_id, options=[undefer(Upload.content)])
    if sha256(upload.content).hexdigest() != version.sha256:
        raise DocumentAltered()
    return upload


def check_current(ctx: Context, version: InstrumentVersion) -> int:
    """Refuse a version that a newer one has replaced (SIG-4); the answer is how far it is ahead of the one in force."""
    known = version_facts(ctx.session)[version.instrument.code]
    place = next(place for place, fact in enumerate(known) if fact.id == version.id)
    ahead = place - rules.in_force(known, ctx.now())
    if ahead < 0:
        raise NotInForce()
    return ahead


def check_signable(ctx: Context, organisation: Organisation, version: InstrumentVersion) -> Withdrawal | None:
    """Refuse what cannot be signed now; the answer is the withdrawal that a signature would undo, if any (SIG-9)."""
    withdrawals.settle(ctx, organisation.id)
    ahead = check_current(ctx, version)
    if is_signed(ctx, organisation, version):
        raise AlreadySigned()
    withdrawal = _withdrawal_in_effect(ctx, organisation, version)
    if withdrawal is not None and ahead > 0:
        raise ReturnsByVersionInForce()
    return withdrawal


def is_signed(ctx: Context, organisation: Organisation, version: InstrumentVersion) -> bool:
    """Whether nobody has ended the organisation's signature of this very version."""
    found = select(Signature.id).where(
        Signature.organisation_id == organisation.id,
        Signature.version_id == version.id,
        Signature.ended_at.is_(None),
    )
    return ctx.session.scalars(found).first() is not None


def open_refusals(ctx: Context, organisation: Organisation, version: InstrumentVersion) -> list[SigningRefusal]:
    """The organisation's refusals of the version's instrument that nothing has ended."""
    found = (
        select(SigningRefusal)
        .where(
            SigningRefusal.organisation_id == organisation.id,
            SigningRefusal.instrument_id == version.instrument_id,
            SigningRefusal.ended_at.is_(None),
        )
        .order_by(SigningRefusal.refused_at)
        .with_for_update()
    )
    return list(ctx.session.scalars(found))


def put_down(
    ctx: Context,
    organisation: Organisation,
    version: InstrumentVersion,
    signature: Signature,
    *,
    scan: str | None = None,
) -> Signature:
    """Keep a signature, end the refusals it answers (SIG-5), and seal its evidence in the log."""
    refusals = open_refusals(ctx, organisation, version)
    for refusal in refusals:
        refusal.ended_at = ctx.now()
    ctx.session.add(signature)
    ctx.session.flush()

    record(
        ctx,
        InstrumentSigned(
            subject=signature.id,
            organisation=organisation.id,
            instrument=version.instrument.code,
            version=version.id,
            method=signature.method,
            document=signature.document_sha256,
            evidence=evidence.seal(signature, scan=scan),
            refusals_ended=tuple(refusal.id for refusal in refusals),
        ),
    )
    return signature


def _withdrawal_in_effect(ctx: Context, organisation: Organisation, version: InstrumentVersion) -> Withdrawal | None:
    code = version.instrument.code
    if queries.facts(ctx, [organisation.id])[organisation.id].instruments[code].withdrawn_at is None:
        return None
    made = ctx.session.scalars(
        select(Withdrawal)
        .where(
            Withdrawal.organisation_id == organisation.id,
            Withdrawal.effective_at <= ctx.now(),
            *standing_withdrawals(None),
        )
        .order_by(Withdrawal.effective_at.desc(), Withdrawal.id)
    )
    return next(withdrawal for withdrawal in made if code in withdrawal.instruments.split())
