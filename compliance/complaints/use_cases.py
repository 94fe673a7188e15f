"""Raising a complaint, and what either side decides at a stage of it (COM-1 to COM-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from audit.record import record
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from compliance.kernel.numbering import next_number
from compliance.kernel.secrets import KeyRing
from compliance.kernel.turns import KEEPING, in_turn
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as register

from . import letters, queries, rules, speakers
from .errors import (
    AboutItself,
    NothingRecorded,
    NotTheirsToResolve,
    ReportMissing,
    TakenUpAlready,
)
from .events import (
    ComplaintDiscussionRecorded,
    ComplaintEscalated,
    ComplaintRaised,
    ComplaintReopened,
    ComplaintResolved,
    ComplaintSideNamed,
)
from .models import Complaint, ComplaintDiscussion, ComplaintSide, ComplaintStage
from .rules import FIRST, LAST, WITH_REPORT, Speaker, Status, Step


@dataclass(frozen=True)
class Matter:
    """What a complaint is about: a theme, in somebody's words, at which area MARAC and in which case, if any."""

    theme: str
    words: str
    immediate_risk: bool = False
    area: str | None = None
    reference: str | None = None


def raise_complaint(
    ctx: Context, from_id: UUID, about_id: UUID, matter: Matter, *, ours: Speaker, theirs: Speaker
) -> Complaint:
    """One organisation complains about another: stage 1 opens between their team managers (COM-1, OP 9.2).

    Raises AboutItself, SamePersonOnBothSides, NotTheirAddress, BeyondCalendar, and Invalid at the member that is wrong.
    """
    require(ctx, Permission.COMPLAINT_RAISE, organisation=from_id)
    return _begin(ctx, from_id, about_id, matter, ours, theirs, follows=None)


def take_up_again(
    ctx: Context,
    complaint_id: UUID,
    *,
    words: str,
    immediate_risk: bool,
    ours: Speaker,
    theirs: Speaker,
    on_behalf: UUID | None = None,
) -> Complaint:
    """Take a complaint that was resolved up again, once: a new one, linked to it, by either organisation (COM-4).

    Raises StillOpen, ChairsWordIsFinal, TakenUpAlready, and what raising one raises.
    """
    old = queries.visible(ctx, complaint_id, lock=True)
    side = queries.acting_for(ctx, old, on_behalf)
    rules.can_be_taken_up_again(Status(old.status))
    if queries.taken_up_by(ctx, old) is not None:
        raise TakenUpAlready()
    matter = Matter(old.theme, words, immediate_risk, old.area, old.reference)
    return _begin(ctx, side, queries.other(old, side), matter, ours, theirs, follows=old.id)


def name_side(ctx: Context, complaint_id: UUID, speaker: Speaker, *, on_behalf: UUID | None = None) -> Complaint:
    """Name somebody else to speak for one's own organisation at the stage that is open (COM-2)."""
    complaint = queries.visible(ctx, complaint_id, lock=True)
    organisation_id = queries.acting_for(ctx, complaint, on_behalf)
    rules.still_open(Status(complaint.status))
    sides = queries.sides_of(ctx, complaint)
    mine, other = sides[organisation_id], sides[queries.other(complaint, organisation_id)]
    named = speakers.named(ctx, organisation_id, speaker)
    rules.two_people(named, queries.speaker_of(other))

    mine.name, mine.post, mine.email, mine.person_id = named.name, named.post, named.email, named.person_id
    mine.named_by, mine.named_at = ctx.actor.id, ctx.now()

    record(ctx, ComplaintSideNamed(subject=complaint.id, at_stage=complaint.stage, side=mine.id))
    letters.named(ctx, complaint, mine, queries.stage_of(ctx, complaint))
    return complaint


def record_discussion(
    ctx: Context, complaint_id: UUID, *, stage: int, held_on: date, words: str, on_behalf: UUID | None = None
) -> ComplaintDiscussion:
    """Record what one's own organisation has of the talks at a stage; records are only added (COM-2, OP 9.2).

    Raises ComplaintEnded, StageMoved, and Invalid at `/held_on` and `/words`.
    """
    complaint = queries.visible(ctx, complaint_id, lock=True)
    organisation_id = queries.acting_for(ctx, complaint, on_behalf)
    rules.still_open(Status(complaint.status))
    rules.still_at(complaint.stage, stage)
    if held_on > london_date(ctx.now()):
        raise Invalid.at("/held_on", "Enter a day that is not in the future.")
    if held_on < london_date(queries.stage_of(ctx, complaint).opened_at) and stage > FIRST:
        raise Invalid.at("/held_on", "Enter a day on which this stage was open.")

    said = ComplaintDiscussion(
        id=ctx.new_id(), complaint_id=complaint.id, stage=stage, organisation_id=organisation_id, held_on=held_on,
        recorded_by=ctx.actor.id, recorded_at=ctx.now(),
    )  # fmt: skip
    said.words = _sealed(ctx, words, "/words", f"complaint_discussions.words:{said.id}")
    ctx.session.add(said)

    record(ctx, ComplaintDiscussionRecorded(subject=complaint.id, at_stage=stage, discussion=said.id))
    return said


def escalate(
    ctx: Context,
    complaint_id: UUID,
    *,
    stage: int,
    ours: Speaker,
    theirs: Speaker,
    on_behalf: UUID | None = None,
) -> Complaint:
    """Take a complaint up by one stage, from the one that whoever decides has seen; never by more (COM-2).

    Raises ComplaintEnded, StageMoved, NoFurtherStage, NothingRecorded, ReportMissing, BeyondCalendar, and what
    naming the two sides raises.
    """
    complaint = queries.visible(ctx, complaint_id, lock=True)
    organisation_id = queries.acting_for(ctx, complaint, on_behalf)
    rules.still_open(Status(complaint.status))
    rules.still_at(complaint.stage, stage)
    status, opens = rules.after(Status(complaint.status), complaint.stage, Step.ESCALATE)
    has = _recorded(ctx, complaint, organisation_id)
    if opens in WITH_REPORT and queries.report(ctx, complaint, opens) is None:
        raise ReportMissing()
    other = queries.other(complaint, organisation_id)
    pair = {
        organisation_id: speakers.named(ctx, organisation_id, ours),
        other: speakers.named(ctx, other, theirs, field="their"),
    }
    rules.two_people(*pair.values())
    due_on = queries.due_on(ctx, opens, complaint.immediate_risk)

    left = queries.stage_of(ctx, complaint)
    if other not in has:
        letters.not_recorded(ctx, complaint, queries.sides_of(ctx, complaint)[other])
    left.ended_at = ctx.now()
    complaint.status, complaint.stage = status.value, opens
    opened, rows = _open(ctx, complaint, pair, due_on)
    ctx.session.flush()

    record(
        ctx,
        ComplaintEscalated(subject=complaint.id, at_stage=opens, rows=(left.id, *rows), both_recorded=other in has),
    )
    letters.stage_opened(ctx, complaint, opened)
    if opens == LAST:
        letters.for_the_chair(ctx, complaint, opened)
    return complaint


def resolve(ctx: Context, complaint_id: UUID, *, stage: int, outcome: str, on_behalf: UUID | None = None) -> Complaint:
    """Say that a complaint is resolved and what was agreed: its own organisation says so, at any stage (COM-4).

    Raises ComplaintEnded, StageMoved, NotTheirsToResolve, NothingRecorded, and Invalid at `/outcome`.
    """
    complaint = queries.visible(ctx, complaint_id, lock=True)
    organisation_id = queries.acting_for(ctx, complaint, on_behalf)
    rules.still_open(Status(complaint.status))
    rules.still_at(complaint.stage, stage)
    status, _ = rules.after(Status(complaint.status), complaint.stage, Step.RESOLVE)
    if organisation_id != complaint.from_organisation_id:
        raise NotTheirsToResolve()
    has = _recorded(ctx, complaint, organisation_id)
    agreed = _sealed(ctx, outcome, "/outcome", f"complaints.outcome:{complaint.id}")

    last = end(ctx, complaint, status, agreed)

    other = complaint.about_organisation_id
    record(
        ctx, ComplaintResolved(subject=complaint.id, at_stage=complaint.stage, last=last.id, both_recorded=other in has)
    )
    if other not in has:
        letters.not_recorded(ctx, complaint, queries.other_side(ctx, complaint, organisation_id))
    letters.ended(ctx, complaint)
    return complaint


def end(ctx: Context, complaint: Complaint, status: Status, outcome: bytes) -> ComplaintStage:
    """End a complaint with its stage; whoever calls it has decided that it may, and records that it did."""
    last = queries.stage_of(ctx, complaint)
    last.ended_at = ctx.now()
    complaint.status, complaint.outcome = status.value, outcome
    complaint.ended_by, complaint.ended_at = ctx.actor.id, ctx.now()
    return last


def _begin(
    ctx: Context, from_id: UUID, about_id: UUID, matter: Matter, ours: Speaker, theirs: Speaker, follows: UUID | None
) -> Complaint:
    policy = ctx.the(Policy)
    if from_id == about_id:
        raise AboutItself()
    if about_id not in dict(register.names(ctx)):
        raise Invalid.at("/about", "Choose the organisation that it is about.")
    if matter.theme not in policy.complaint_themes:
        raise Invalid.at("/theme", "Choose what it is about.")
    if matter.area and matter.area not in policy.area_now:
        raise Invalid.at("/area", "Choose an area MARAC, or none.")
    reference = text.line(matter.reference, pointer="/reference", limit=255) if (matter.reference or "").strip() else None  # type: ignore[arg-type]  # fmt: skip
    pair = {
        from_id: speakers.named(ctx, from_id, ours),
        about_id: speakers.named(ctx, about_id, theirs, field="their"),
    }
    rules.two_people(*pair.values())
    due_on = queries.due_on(ctx, FIRST, matter.immediate_risk)
    if reference is not None:
        in_turn(ctx, KEEPING)

    complaint = Complaint(
        id=ctx.new_id(), year=london_date(ctx.now()).year, from_organisation_id=from_id,
        about_organisation_id=about_id, raised_by=ctx.actor.id, raised_at=ctx.now(), theme=matter.theme,
        area=matter.area or None, reference=reference, immediate_risk=matter.immediate_risk,
        status=Status.OPEN.value, stage=FIRST, follows_id=follows,
    )  # fmt: skip
    complaint.words = _sealed(ctx, matter.words, "/words", f"complaints.words:{complaint.id}")
    complaint.number = next_number(ctx, Complaint.number, Complaint.year, complaint.year)
    ctx.session.add(complaint)
    ctx.session.flush()
    opened, rows = _open(ctx, complaint, pair, due_on)
    ctx.session.flush()

    said = {"subject": complaint.id, "at_stage": FIRST, "rows": rows, "immediate_risk": matter.immediate_risk}
    record(ctx, ComplaintReopened(**said, follows=follows) if follows else ComplaintRaised(**said))  # type: ignore[arg-type]
    letters.stage_opened(ctx, complaint, opened)
    return complaint


def _open(
    ctx: Context, complaint: Complaint, pair: dict[UUID, Speaker], due_on: date
) -> tuple[ComplaintStage, tuple[UUID, ...]]:
    """The stage that a complaint stands at now, with its two sides; and the ids of all three rows."""
    opened = ComplaintStage(
        id=ctx.new_id(), complaint_id=complaint.id, stage=complaint.stage, opened_by=ctx.actor.id,
        opened_at=ctx.now(), due_on=due_on,
    )  # fmt: skip
    sides = [
        ComplaintSide(
            id=ctx.new_id(), complaint_id=complaint.id, stage=complaint.stage, organisation_id=organisation_id,
            person_id=who.person_id, name=who.name, post=who.post, email=who.email, named_by=ctx.actor.id,
            named_at=ctx.now(),
        )
        for organisation_id, who in pair.items()
    ]  # fmt: skip
    ctx.session.add_all([opened, *sides])
    return opened, (opened.id, *(side.id for side in sides))


def _recorded(ctx: Context, complaint: Complaint, organisation_id: UUID) -> frozenset[UUID]:
    """Who has recorded at this stage; whoever decides has to be among them."""
    has = queries.recorded(ctx, complaint)
    if organisation_id not in has:
        raise NothingRecorded()
    return has


def _sealed(ctx: Context, words: str, pointer: str, place: str) -> bytes:
    said = text.prose(words, pointer=pointer, limit=ctx.the(Policy).complaints.words_most)
    return ctx.the(KeyRing).seal(said.encode(), place=place)
