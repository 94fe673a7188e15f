"""What a withdrawal must be before anybody looks at it or sends it (SIG-6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from compliance.kernel import text
from compliance.kernel.clock import london_date, said_day, said_time
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from policies.values import Policy
from signatories import rules
from signatories.errors import NothingToWithdraw
from signatories.lines import standing_withdrawals
from signatories.models import Instrument, Organisation, Signature, Withdrawal

from . import steps
from .errors import AlreadyAnnounced


@dataclass(frozen=True)
class Fit:
    """A withdrawal that can be: the codes of its instruments, the signatures it ends, and what was written of it."""

    codes: tuple[str, ...]
    signatures: tuple[Signature, ...]
    reasons: str
    acknowledged_by: str | None


def fit(
    ctx: Context,
    organisation: Organisation,
    *,
    instruments: Iterable[str],
    letter_on: date,
    reasons: str,
    acknowledged_by: str | None,
    effective_at: datetime | None,
) -> Fit:
    """Raises Invalid where what is said of it cannot be, NothingToWithdraw, and AlreadyAnnounced."""
    named = _instruments(ctx, instruments)
    if not rules.believable(letter_on, london_date(ctx.now())):
        raise Invalid.at("/letter_on", "Enter the date of the letter: not in the future, nor before 2003.")
    if effective_at is not None and effective_at.tzinfo is None:
        raise Invalid.at("/effective_at", "Give the time together with its time zone.")

    codes = tuple(instrument.code for instrument in named)
    signatures = steps.live_signatures(ctx, organisation.id, codes)
    if {signature.instrument_id for signature in signatures} != {instrument.id for instrument in named}:
        raise NothingToWithdraw()
    _after_the_signatures(signatures, letter_on, effective_at)
    _in_time(ctx, effective_at)
    _not_announced(ctx, organisation, codes)
    said = text.line(acknowledged_by, pointer="/acknowledged_by") if acknowledged_by is not None else None
    return Fit(codes, tuple(signatures), text.prose(reasons, pointer="/reasons"), said)


def _after_the_signatures(signatures: Iterable[Signature], letter_on: date, effective_at: datetime | None) -> None:
    last = max(signature.signed_at for signature in signatures)
    if letter_on < london_date(last):
        raise Invalid.at(
            "/letter_on",
            f"The organisation signed on {said_day(london_date(last))}, after this letter. Ask for a letter that it "
            "wrote since.",
        )
    if effective_at is not None and effective_at < last:
        raise Invalid.at(
            "/effective_at",
            f"The organisation signed on {said_day(london_date(last))} at {said_time(last)}. It cannot have left "
            "before that: choose a later time.",
        )


def _in_time(ctx: Context, effective_at: datetime | None) -> None:
    if effective_at is None:
        return
    if effective_at <= ctx.now():
        raise Invalid.at("/effective_at", "Choose a time that is still to come, or withdraw the organisation now.")
    most = ctx.the(Policy).signatories.withdrawal_most_days
    if effective_at > ctx.now() + timedelta(days=most):
        raise Invalid.at("/effective_at", f"Choose a time within the next {most} days.")


def _not_announced(ctx: Context, organisation: Organisation, codes: Iterable[str]) -> None:
    coming = select(Withdrawal.instruments).where(
        Withdrawal.organisation_id == organisation.id,
        Withdrawal.effective_at > ctx.now(),
        *standing_withdrawals(None),
    )
    announced = {code for instruments in ctx.session.scalars(coming) for code in instruments.split()}
    if announced & set(codes):
        raise AlreadyAnnounced()


def _instruments(ctx: Context, codes: Iterable[str]) -> list[Instrument]:
    wanted = set(codes)
    found = list(ctx.session.scalars(select(Instrument).where(Instrument.code.in_(wanted)).order_by(Instrument.code)))
    if not wanted or len(found) != len(wanted):
        raise Invalid.at(
            "/instruments", "Choose what the organisation withdraws from, among the instruments there are."
        )
    return found
