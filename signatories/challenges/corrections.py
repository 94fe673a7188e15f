"""Putting an entry right: a new one takes its place, or none does. What was written stays as it was written (SIG-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import inspect, select

from audit.record import record
from compliance.kernel import text
from compliance.kernel.clock import end_of, london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from signatories import evidence, rules
from signatories.lines import standing_withdrawals
from signatories.models import Instrument, InstrumentVersion, Signature, SigningRefusal, Upload, Withdrawal
from signatories.rules import Method

from .entries import Row
from .errors import BringsBack, NoSuchRemedy
from .events import EntryStruckOut, SignatureCorrected, WithdrawalCorrected
from .rules import Entry, crosses

R = TypeVar("R", Signature, SigningRefusal, Withdrawal)

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What the entry should have said; what stays empty was right. Each kind of entry has its own."""

    name: str | None = None
    role: str | None = None
    signed_on: date | None = None
    letter_on: date | None = None
    letter_reasons: str | None = None

    @property
    def of_a_signature(self) -> bool:
        return any(each is not None for each in (self.name, self.role, self.signed_on))

    @property
    def of_a_withdrawal(self) -> bool:
        return any(each is not None for each in (self.letter_on, self.letter_reasons))


def correct(ctx: Context, row: Row, correction: Correction) -> UUID:
    """Put an entry in the place of this one, saying what this one should have said; the id of the new one."""
    if isinstance(row, Signature):
        return _signature(ctx, row, correction).id
    if isinstance(row, Withdrawal):
        return _withdrawal(ctx, row, correction).id
    raise NoSuchRemedy()


def strike_out(ctx: Context, row: Row, kind: Entry) -> None:
    """Believe this entry no more: it should never have been made.

    The refusals that a signature had ended are open again with it: nobody is let in by a mistake put right (SIG-5).
    """
    row.superseded_at = ctx.now()
    ctx.session.flush()
    reopened = _refused_still(ctx, row) if isinstance(row, Signature) else []

    record(
        ctx,
        EntryStruckOut(
            subject=row.id,
            organisation=row.organisation_id,
            kind=kind.value,
            refusals=tuple(one.id for pair in reopened for one in pair),
        ),
    )


def _signature(ctx: Context, row: Signature, correction: Correction) -> Signature:
    if not correction.of_a_signature or correction.of_a_withdrawal:
        raise Invalid.at("/name", "Say what it should have been: the name, the role or the day it was signed.")
    said: dict[str, Any] = {}
    if correction.name is not None:
        said["signed_name"] = text.line(correction.name, pointer="/name")
    if correction.role is not None:
        said["signed_role"] = text.line(correction.role, pointer="/role")
    if correction.signed_on is not None and correction.signed_on != london_date(row.signed_at):
        said["signed_at"] = min(ctx.now(), end_of(_day(ctx, row, correction.signed_on)) - _MOMENT)
    if all(getattr(row, name) == value for name, value in said.items()):
        raise Invalid.at("/name", "The entry says that already. Say what it should have been, or strike it out.")

    new = _in_its_place(ctx, row, said | {"recorded_at": ctx.now()})

    version = ctx.session.get_one(InstrumentVersion, new.version_id)
    instrument = ctx.session.get_one(Instrument, new.instrument_id)
    scan = ctx.session.get_one(Upload, new.scan_id).sha256 if new.scan_id else None
    record(
        ctx,
        SignatureCorrected(
            subject=new.id,
            organisation=new.organisation_id,
            corrects=row.id,
            instrument=instrument.code,
            version=version.id,
            method=new.method,
            document=new.document_sha256,
            evidence=evidence.seal(new, scan=scan),
        ),
    )
    return new


def _withdrawal(ctx: Context, row: Withdrawal, correction: Correction) -> Withdrawal:
    if not correction.of_a_withdrawal or correction.of_a_signature:
        raise Invalid.at("/letter_on", "Say what it should have been: the date of the letter, or its reasons.")
    said: dict[str, Any] = {}
    if correction.letter_on is not None:
        if not rules.believable(correction.letter_on, london_date(ctx.now())):
            raise Invalid.at("/letter_on", "Enter the date of the letter: not in the future, nor before 2003.")
        said["letter_on"] = correction.letter_on
    if correction.letter_reasons is not None:
        said["reasons"] = text.prose(correction.letter_reasons, pointer="/letter_reasons")
    if all(getattr(row, name) == value for name, value in said.items()):
        raise Invalid.at("/letter_on", "The entry says that already. Say what it should have been.")

    new = _in_its_place(ctx, row, said | {"recorded_at": ctx.now()})

    record(ctx, WithdrawalCorrected(subject=new.id, organisation=new.organisation_id, corrects=row.id))
    return new


def _day(ctx: Context, row: Signature, signed_on: date) -> date:
    """The day as it may stand on a paper; raises Invalid at `/signed_on`, and BringsBack across a withdrawal."""
    if row.method != Method.PAPER:
        raise Invalid.at("/signed_on", "It was signed in this service, which knows when. Strike it out if it is wrong.")
    if not rules.believable(signed_on, london_date(ctx.now())):
        raise Invalid.at("/signed_on", "Enter the day on which it was signed: not in the future, nor before 2003.")
    code = ctx.session.scalar(select(Instrument.code).where(Instrument.id == row.instrument_id)) or ""
    left = ctx.session.execute(
        select(Withdrawal.instruments, Withdrawal.effective_at).where(
            Withdrawal.organisation_id == row.organisation_id, *standing_withdrawals(None)
        )
    )
    withdrew_on = [london_date(one.effective_at) for one in left if code in one.instruments.split()]
    if crosses(london_date(row.signed_at), signed_on, withdrew_on):
        raise BringsBack()
    return signed_on


def _refused_still(ctx: Context, row: Signature) -> list[tuple[SigningRefusal, SigningRefusal]]:
    """The refusals that this signature had answered, each with the one that is open in its place."""
    first = row
    while first.corrects_id is not None:
        first = ctx.session.get_one(Signature, first.corrects_id)
    answered = select(SigningRefusal).where(
        SigningRefusal.organisation_id == row.organisation_id,
        SigningRefusal.instrument_id == row.instrument_id,
        SigningRefusal.ended_at == first.recorded_at,
        SigningRefusal.superseded_at.is_(None),
    )
    found = ctx.session.scalars(answered.order_by(SigningRefusal.refused_at, SigningRefusal.id).with_for_update()).all()
    return [(old, _in_its_place(ctx, old, {"refused_at": ctx.now(), "ended_at": None})) for old in found]


def _in_its_place(ctx: Context, row: R, said: dict[str, Any]) -> R:
    """A new entry that says what this one did, but for what is `said`; this one is believed no more."""
    kept = {each.key: getattr(row, each.key) for each in inspect(type(row)).column_attrs}
    for own in ("id", "revision", "superseded_at", "corrects_id"):
        kept.pop(own)
    row.superseded_at = ctx.now()
    # Only one live entry may stand for a version: the old one gives way before the new one comes.
    ctx.session.flush()
    new = type(row)(id=ctx.new_id(), corrects_id=row.id, **(kept | said))
    ctx.session.add(new)
    ctx.session.flush()
    return new
