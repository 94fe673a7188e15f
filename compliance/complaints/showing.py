"""One complaint with its whole story, as both sides read it: who spoke, what was recorded, sent and decided, in order (COM-2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.identity.queries import names_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound, Refusal
from compliance.kernel.secrets import KeyRing
from policies.access import may
from policies.permissions import Permission
from signatories.models import Organisation

from . import queries, ruling
from .events import ComplaintReportRead, ComplaintViewed
from .models import Complaint, ComplaintDiscussion, ComplaintReport, ComplaintSide, ComplaintStage
from .rules import WITH_REPORT, Status, Turn, turns


@dataclass(frozen=True)
class Told:
    """One thing in the story of a complaint: `what` is its code, `of` the organisation whose it is."""

    at: datetime
    what: str
    stage: int
    by: str
    of: UUID | None = None
    words: str | None = None
    on: date | None = None
    report: ComplaintReport | None = None
    sides: Sequence[ComplaintSide] = ()


@dataclass(frozen=True)
class Whole:
    """A complaint with all that is shown of it. `acts_for` are the organisations for which the actor may take part."""

    complaint: Complaint
    stage: ComplaintStage
    organisations: Mapping[UUID, str]
    sides: Mapping[UUID, ComplaintSide]
    story: list[Told]
    names: Mapping[str, str]
    words: str
    outcome: str | None
    recorded: frozenset[UUID]
    missing: list[tuple[int, UUID]]
    turns: frozenset[Turn]
    acts_for: list[UUID]
    overdue: bool
    next_report: ComplaintReport | None
    taken_up_by: UUID | None
    follows: Complaint | None
    rules_it: bool
    why_not: Refusal | None
    mine: bool = field(default=False)

    @property
    def number(self) -> str:
        return f"{self.complaint.year}-{self.complaint.number}"

    @property
    def is_open(self) -> bool:
        return self.complaint.status == Status.OPEN.value

    @property
    def needs_report(self) -> bool:
        """Whether the next stage waits for a report that nobody has sent."""
        return self.complaint.stage + 1 in WITH_REPORT and self.next_report is None


def view(ctx: Context, complaint_id: UUID) -> Whole:
    """Show one complaint, and keep that it was shown (AUD-1)."""
    found = whole(ctx, queries.visible(ctx, complaint_id))
    record(ctx, ComplaintViewed(subject=found.complaint.id, at_stage=found.complaint.stage))
    return found


def whole(ctx: Context, it: Complaint) -> Whole:
    """A complaint with its story."""
    ring, session = ctx.the(KeyRing), ctx.session
    stages = list(session.scalars(select(ComplaintStage).where(ComplaintStage.complaint_id == it.id)))
    spoke = session.execute(
        select(ComplaintSide, Organisation.name)
        .join(Organisation, Organisation.id == ComplaintSide.organisation_id)
        .where(ComplaintSide.complaint_id == it.id)
    ).all()
    sides = [side for side, _ in spoke]
    talks = list(session.scalars(select(ComplaintDiscussion).where(ComplaintDiscussion.complaint_id == it.id)))
    reports = list(session.scalars(select(ComplaintReport).where(ComplaintReport.complaint_id == it.id)))
    ids = (it.from_organisation_id, it.about_organisation_id)
    linked = session.scalars(
        select(Complaint).where((Complaint.follows_id == it.id) | (Complaint.id == it.follows_id))
    ).all()

    words = ring.open(it.words, place=f"complaints.words:{it.id}").decode()
    outcome = ring.open(it.outcome, place=f"complaints.outcome:{it.id}").decode() if it.outcome else None
    story = [Told(it.raised_at, "raised", 1, it.raised_by, it.from_organisation_id, words)]
    for each in stages:
        at_it = [side for side in sides if side.stage == each.stage]
        story.append(Told(each.opened_at, "opened", each.stage, each.opened_by, on=each.due_on, sides=at_it))
    for talk in talks:
        said = ring.open(talk.words, place=f"complaint_discussions.words:{talk.id}").decode()
        by = (talk.recorded_by, talk.organisation_id)
        story.append(Told(talk.recorded_at, "recorded", talk.stage, *by, words=said, on=talk.held_on))
    for sent in reports:
        wrote = ring.open(sent.words, place=f"complaint_reports.words:{sent.id}").decode() if sent.words else None
        story.append(
            Told(sent.sent_at, "report", sent.stage, sent.sent_by, words=wrote, on=sent.answer_by, report=sent)
        )
    if it.ended_at is not None:
        story.append(Told(it.ended_at, it.status, it.stage, it.ended_by or "", words=outcome))
    story.sort(key=_in_order)

    recorded = frozenset(talk.organisation_id for talk in talks if talk.stage == it.stage)
    has = {(talk.stage, talk.organisation_id) for talk in talks}
    gone = [each.stage for each in stages if each.ended_at is not None]
    is_open = it.status == Status.OPEN.value
    waits = turns(it.stage, from_recorded=ids[0] in recorded, about_recorded=ids[1] in recorded)
    now_stage = next(each for each in stages if each.stage == it.stage)
    rules_it = may(ctx, Permission.COMPLAINT_RULE)
    acts_for = queries.acts_for(ctx, it)
    own = {Turn.FROM: ids[0], Turn.ABOUT: ids[1]}
    return Whole(
        complaint=it,
        stage=now_stage,
        organisations={side.organisation_id: name for side, name in spoke},
        sides={side.organisation_id: side for side in sides if side.stage == it.stage},
        story=story,
        names=names_of(ctx, {told.by for told in story}),
        words=words,
        outcome=outcome,
        recorded=recorded,
        missing=[(stage, who) for stage in sorted(gone) for who in ids if (stage, who) not in has],
        turns=waits if is_open else frozenset(),
        acts_for=acts_for,
        overdue=is_open and now_stage.due_on < london_date(ctx.now()),
        next_report=next((sent for sent in reports if sent.stage == it.stage + 1), None),
        taken_up_by=next((each.id for each in linked if each.follows_id == it.id), None),
        follows=next((each for each in linked if each.id == it.follows_id), None),
        rules_it=rules_it,
        why_not=ruling.why_not(ctx, it, [each for each in sides if each.stage == it.stage]) if rules_it else None,
        mine=is_open
        and (
            (len(acts_for) == 1 and any(own.get(turn) in acts_for for turn in waits))
            or (rules_it and Turn.CHAIR in waits)
        ),
    )


def read_report(ctx: Context, complaint_id: UUID, report_id: UUID) -> tuple[ComplaintReport, bytes]:
    """The file of a report, and keep that it was taken (AUD-1); raises NotFound where it was written here."""
    complaint = queries.visible(ctx, complaint_id)
    report = ctx.session.get(ComplaintReport, report_id)
    if report is None or report.complaint_id != complaint.id or report.file is None:
        raise NotFound()
    record(ctx, ComplaintReportRead(subject=complaint.id, at_stage=complaint.stage, report=report.id))
    return report, ctx.the(KeyRing).open(report.file, place=f"complaint_reports.file:{report.id}")


def _in_order(told: Told) -> tuple[datetime, int, int]:
    """By time, and of what happened at one instant by its stage: a report belongs to the stage that it was sent at."""
    return told.at, told.stage - (told.what == "report"), _ORDER.index(told.what)


_ORDER = ("raised", "opened", "recorded", "report", "resolved", "final")
