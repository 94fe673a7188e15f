"""Recording a complaint about data, acknowledging it, working on it, answering it (COM-9, DPA 2018 section 164A)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from audit.record import record
from compliance.identity.queries import require_fresh
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from compliance.kernel.numbering import next_number
from compliance.kernel.reminding import to_remind
from compliance.kernel.secrets import KeyRing
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as register

from . import letters, queries, rules
from .events import (
    DataComplaintAcknowledged,
    DataComplaintAnswered,
    DataComplaintNoted,
    DataComplaintRecorded,
    DataComplaintReminded,
    DataComplaintViewed,
)
from .models import DataProtectionComplaint, DataProtectionProgress
from .rules import Channel, Outcome, Progress, Status, Step, after

E = TypeVar("E", bound=StrEnum)

_WHO_MOST = 500


@dataclass(frozen=True)
class Came:
    """What somebody complained about: how and when it came, who they are and how to reach them, and what they say.

    `organisation_id` is whom it is about, None where that is the hub itself or nobody in particular.
    """

    channel: Channel | str
    received_on: date | None
    who: str
    words: str
    organisation_id: UUID | None = None


def record_complaint(ctx: Context, came: Came) -> DataProtectionComplaint:
    """Put a complaint into its register: from the day it came, thirty days run in which it is acknowledged.

    Raises BeyondCalendar where the last of them is further ahead than bank holidays are known, and Invalid at
    `/channel`, `/received_on`, `/who`, `/words` and `/organisation_id`.
    """
    require(ctx, Permission.DATA_COMPLAINT_HANDLE)
    policy, today = ctx.the(Policy), london_date(ctx.now())
    channel = _one_of(Channel, came.channel, "/channel", "Choose how it came.")
    received_on = _day(came.received_on, "/received_on", until=today)
    who = text.prose(came.who, pointer="/who", limit=_WHO_MOST)
    words = text.prose(came.words, pointer="/words", limit=policy.complaints.words_most)
    if came.organisation_id is not None:
        _known(ctx, came.organisation_id)
    last = rules.acknowledge_by(received_on, policy.complaints.acknowledge_days, policy.calendar)

    ring, new_id = ctx.the(KeyRing), ctx.new_id()
    complaint = DataProtectionComplaint(
        id=new_id,
        year=today.year,
        number=next_number(ctx, DataProtectionComplaint.number, DataProtectionComplaint.year, today.year),
        status=Status.RECEIVED.value,
        channel=channel.value,
        organisation_id=came.organisation_id,
        received_on=received_on,
        acknowledge_by=last,
        who=ring.seal(who.encode(), place=f"data_protection_complaints.who:{new_id}"),
        words=ring.seal(words.encode(), place=f"data_protection_complaints.words:{new_id}"),
        recorded_by=ctx.actor.id,
        recorded_at=ctx.now(),
    )
    ctx.session.add(complaint)
    ctx.session.flush()

    record(ctx, DataComplaintRecorded(subject=complaint.id, year=complaint.year, number=complaint.number))
    return complaint


def view(ctx: Context, complaint_id: UUID) -> queries.Whole:
    """Show one complaint with what was written about it, and keep that it was shown."""
    whole = queries.whole(ctx, queries.visible(ctx, complaint_id))
    record(ctx, DataComplaintViewed(subject=whole.complaint.id))
    return whole


def acknowledge(ctx: Context, complaint_id: UUID, *, on: date | None) -> DataProtectionComplaint:
    """Say on which day whoever complained was told that it came.

    Raises AlreadyAcknowledged, AlreadyAnswered, and Invalid at `/acknowledged_on`.
    """
    complaint = queries.visible(ctx, complaint_id, lock=True)
    require(ctx, Permission.DATA_COMPLAINT_HANDLE)
    status = after(Status(complaint.status), Step.ACKNOWLEDGE)
    day = _day(on, "/acknowledged_on", since=complaint.received_on, until=london_date(ctx.now()))

    complaint.status = status.value
    complaint.acknowledged_by, complaint.acknowledged_on = ctx.actor.id, day

    late = rules.was_late(complaint.acknowledge_by, day)
    record(ctx, DataComplaintAcknowledged(subject=complaint.id, late=late))
    return complaint


def note(ctx: Context, complaint_id: UUID, *, kind: Progress | str, words: str) -> DataProtectionProgress:
    """Record an enquiry, or that the person was told how it stands; raises AlreadyAnswered, Invalid at `/kind`, `/words`."""
    complaint = queries.visible(ctx, complaint_id, lock=True)
    require(ctx, Permission.DATA_COMPLAINT_HANDLE)
    after(Status(complaint.status), Step.NOTE)
    done = _one_of(Progress, kind, "/kind", "Choose what was done.")
    said = text.prose(words, pointer="/words", limit=ctx.the(Policy).complaints.words_most)

    new_id = ctx.new_id()
    row = DataProtectionProgress(
        id=new_id,
        complaint_id=complaint.id,
        kind=done.value,
        words=ctx.the(KeyRing).seal(said.encode(), place=f"data_protection_progress.words:{new_id}"),
        done_by=ctx.actor.id,
        done_at=ctx.now(),
    )
    ctx.session.add(row)

    record(ctx, DataComplaintNoted(subject=complaint.id, kind=done.value, progress=row.id))
    return row


def answer(
    ctx: Context, complaint_id: UUID, *, on: date | None, outcome: Outcome | str, words: str
) -> DataProtectionComplaint:
    """Say what a complaint came to, and on which day whoever complained was told: its record closes with it.

    It takes a fresh code. Raises NotAcknowledged, AlreadyAnswered, and Invalid at `/answered_on`, `/outcome` and
    `/words`.
    """
    complaint = queries.visible(ctx, complaint_id, lock=True)
    require(ctx, Permission.DATA_COMPLAINT_HANDLE)
    require_fresh(ctx)
    status = after(Status(complaint.status), Step.ANSWER)
    since = complaint.acknowledged_on or complaint.received_on
    day = _day(on, "/answered_on", since=since, until=london_date(ctx.now()))
    came_to = _one_of(Outcome, outcome, "/outcome", "Choose what it came to.")
    said = text.prose(words, pointer="/words", limit=ctx.the(Policy).complaints.words_most)

    complaint.status, complaint.outcome = status.value, came_to.value
    complaint.answered_by, complaint.answered_on = ctx.actor.id, day
    place = f"data_protection_complaints.answer:{complaint.id}"
    complaint.answer = ctx.the(KeyRing).seal(said.encode(), place=place)

    record(ctx, DataComplaintAnswered(subject=complaint.id))
    return complaint


def remind(ctx: Context, complaint_id: UUID) -> DataProtectionComplaint | None:
    """Remind of one that nobody has acknowledged: before its last day, on it, and after it, once each; else None."""
    complaint = queries.held(ctx, complaint_id)
    today = london_date(ctx.now())
    if complaint.status != Status.RECEIVED.value:
        return None
    soon = complaint.acknowledge_by - timedelta(days=ctx.the(Policy).complaints.acknowledge_warn_days)
    time = to_remind(today, complaint.acknowledge_by, soon, complaint.reminded_on)
    if time is None:
        return None

    complaint.reminded_on = today

    record(ctx, DataComplaintReminded(subject=complaint.id, letters=letters.due(ctx, complaint, time)))
    return complaint


def _known(ctx: Context, organisation_id: UUID) -> None:
    if organisation_id not in {each for each, _ in register.names(ctx)}:
        raise Invalid.at("/organisation_id", "Choose an organisation of the register.")


def _day(given: date | None, pointer: str, *, since: date | None = None, until: date) -> date:
    if given is None:
        raise Invalid.at(pointer, "Enter the day.")
    if given > until:
        raise Invalid.at(pointer, "Enter a day that has come: today or earlier.")
    if since is not None and given < since:
        raise Invalid.at(pointer, "Enter a day that is not before the step before it.")
    return given


def _one_of(kind: type[E], given: str, pointer: str, words: str) -> E:
    try:
        return kind(given)
    except ValueError:
        raise Invalid.at(pointer, words) from None
