"""Declaring an outage, writing down what is taken by hand, entering it afterwards, and closing (GOV-3, OP App. L)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid, NotFound
from compliance.kernel.numbering import next_number
from compliance.kernel.secrets import KeyRing
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as register

from . import queries, rules
from .errors import NotTranscribed, OutageOpen, TranscribedAlready
from .events import OutageClosed, OutageDeclared, OutageEnded, OutageExpected, OutageViewed, TakenByHand, Transcribed
from .models import Outage, Transcription
from .rules import Kind, Step

_REFERENCE_MOST = 64


@dataclass(frozen=True)
class Taken:
    """Something taken by hand: `reference` is opaque, never a name; `taken_at` is None for now."""

    kind: Kind | str
    reference: str
    organisation_id: UUID
    area: str
    taken_at: datetime | None = None


def declare(
    ctx: Context, *, what: str, began_at: datetime | None = None, expected_until: datetime | None = None
) -> Outage:
    """Say that the case system is down. Raises OutageOpen, and Invalid at `/what`, `/began_at` and `/expected_until`."""
    require(ctx, Permission.OUTAGE_RUN)
    said = text.prose(what, pointer="/what", limit=ctx.the(Policy).outages.words_most)
    began = began_at or ctx.now()
    if began > ctx.now():
        raise Invalid.at("/began_at", "Enter when it began: not a time that is still to come.")
    _later(expected_until, began, "/expected_until")
    year, new_id = london_date(began).year, ctx.new_id()
    number = next_number(ctx, Outage.number, Outage.year, year)
    if ctx.session.scalars(select(Outage.id).where(Outage.ended_at.is_(None)).limit(1)).one_or_none():
        raise OutageOpen()

    it = Outage(
        id=new_id,
        year=year,
        number=number,
        what=ctx.the(KeyRing).seal(said.encode(), place=f"outages.what:{new_id}"),
        began_at=began,
        expected_until=expected_until,
        declared_by=ctx.actor.id,
        declared_at=ctx.now(),
    )
    ctx.session.add(it)
    record(ctx, OutageDeclared(subject=it.id, began_at=began))
    return it


def expect(ctx: Context, outage_id: UUID, until: datetime) -> Outage:
    """Say until when it is expected to be down. Raises BackAlready, OutageOver, and Invalid at `/until`."""
    it = _held(ctx, outage_id, Step.EXPECT)
    _later(until, ctx.now(), "/until")
    it.expected_until = until
    record(ctx, OutageExpected(subject=it.id, until=until))
    return it


def end(ctx: Context, outage_id: UUID, back_at: datetime | None = None) -> Outage:
    """Say that the case system is back. Raises BackAlready, OutageOver, and Invalid at `/back_at`."""
    it = _held(ctx, outage_id, Step.END)
    back = back_at or ctx.now()
    if not it.began_at <= back <= ctx.now():
        raise Invalid.at("/back_at", "Enter a time after it began, and not one that is still to come.")
    it.ended_at, it.ended_by = back, ctx.actor.id
    record(ctx, OutageEnded(subject=it.id, back_at=back))
    return it


def take(ctx: Context, outage_id: UUID, taken: Taken) -> Transcription:
    """Write down what was taken by hand, so that it is entered afterwards.

    Raises OutageOver, and Invalid at `/kind`, `/reference`, `/organisation_id`, `/area` and `/taken_at`.
    """
    it = _held(ctx, outage_id, Step.TAKE)
    try:
        kind = Kind(taken.kind)
    except ValueError:
        raise Invalid.at("/kind", "Choose a referral, research or an action plan.") from None
    reference = text.line(taken.reference, pointer="/reference", limit=_REFERENCE_MOST)
    try:
        register.organisation(ctx, taken.organisation_id)
    except NotFound:
        raise Invalid.at("/organisation_id", "Choose an organisation of the register.") from None
    if taken.area not in ctx.the(Policy).areas:
        raise Invalid.at("/area", "Choose an area.")
    at = taken.taken_at or min(ctx.now(), it.ended_at or ctx.now())
    if not it.began_at <= at <= ctx.now() or (it.ended_at is not None and at > it.ended_at):
        raise Invalid.at("/taken_at", "Enter a time while the case system was down.")

    row = Transcription(
        id=ctx.new_id(),
        outage_id=it.id,
        kind=kind.value,
        reference=reference,
        organisation_id=taken.organisation_id,
        area=taken.area,
        taken_at=at,
        taken_by=ctx.actor.id,
    )
    ctx.session.add(row)
    record(ctx, TakenByHand(subject=row.id, organisation=row.organisation_id, outage=it.id, kind=row.kind))
    return row


def settle(ctx: Context, outage_id: UUID, line_id: UUID, reason: str | None = None) -> Transcription:
    """It is in the case system now; or, with a reason, it is left out. Raises TranscribedAlready, OutageOver, Invalid at `/reason`."""
    require(ctx, Permission.OUTAGE_RUN)
    it = queries.outage(ctx, outage_id, lock=True)
    line = queries.line(ctx, it.id, line_id, lock=True)
    if line.settled_at is not None:
        raise TranscribedAlready()
    if reason is not None:
        said = text.prose(reason, pointer="/reason", limit=ctx.the(Policy).outages.words_most)
        line.reason = ctx.the(KeyRing).seal(said.encode(), place=f"outage_transcriptions.reason:{line.id}")
    line.settled_at, line.settled_by = ctx.now(), ctx.actor.id
    record(
        ctx,
        Transcribed(subject=line.id, organisation=line.organisation_id, outage=it.id, left_out=reason is not None),
    )
    return line


def close(ctx: Context, outage_id: UUID) -> Outage:
    """Close it: everything taken by hand is entered or has a reason. Raises NotTranscribed, StillDown, OutageOver."""
    it = _held(ctx, outage_id, Step.CLOSE)
    found = queries.whole(ctx, it.id).listed
    if found.left:
        raise NotTranscribed()
    it.closed_at, it.closed_by = ctx.now(), ctx.actor.id
    record(ctx, OutageClosed(subject=it.id, settled=found.taken))
    return it


def view(ctx: Context, outage_id: UUID) -> queries.Whole:
    """Show one outage, and keep that it was shown."""
    found = queries.whole(ctx, outage_id)
    record(ctx, OutageViewed(subject=found.listed.outage.id))
    return found


def _held(ctx: Context, outage_id: UUID, step: Step) -> Outage:
    require(ctx, Permission.OUTAGE_RUN)
    it = queries.outage(ctx, outage_id, lock=True)
    rules.after(rules.standing(ended=it.ended_at is not None, closed=it.closed_at is not None), step)
    return it


def _later(given: datetime | None, than: datetime, pointer: str) -> None:
    if given is not None and given <= than:
        raise Invalid.at(pointer, "Enter a time that comes later.")
