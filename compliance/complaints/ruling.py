"""The chair's final resolution, and reminding whoever a stage waits for (COM-1, COM-5)."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from audit.record import record
from compliance.identity.queries import require_fresh
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Refusal
from compliance.kernel.secrets import KeyRing
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from . import letters, queries, rules
from .errors import ChairIsInIt
from .events import ComplaintReminded, ComplaintRuled
from .models import Complaint, ComplaintSide, ComplaintStage
from .rules import Status, Step
from .use_cases import end


def give_final_resolution(ctx: Context, complaint_id: UUID, *, resolution: str) -> Complaint:
    """The chair resolves a complaint at the last stage, and that is final (COM-1, OP 9.2).

    Raises ComplaintEnded, NotYetTheChairs, ChairIsInIt, FreshCodeNeeded, and Invalid at `/resolution`.
    """
    complaint = queries.visible(ctx, complaint_id, lock=True)
    require(ctx, Permission.COMPLAINT_RULE)
    status, _ = rules.after(Status(complaint.status), complaint.stage, Step.RULE)
    refusal = why_not(ctx, complaint, queries.sides_of(ctx, complaint).values())
    if refusal is not None:
        raise refusal
    require_fresh(ctx)
    said = text.prose(resolution, pointer="/resolution", limit=ctx.the(Policy).complaints.words_most)

    sealed = ctx.the(KeyRing).seal(said.encode(), place=f"complaints.outcome:{complaint.id}")
    last = end(ctx, complaint, status, sealed)

    record(ctx, ComplaintRuled(subject=complaint.id, at_stage=complaint.stage, last=last.id))
    letters.ended(ctx, complaint)
    return complaint


def why_not(ctx: Context, complaint: Complaint, sides: Iterable[ComplaintSide]) -> Refusal | None:
    """Why the actor, a chair, cannot resolve this one: they belong to a side, speak for one, or raised it (ROL-3)."""
    organisations = {complaint.from_organisation_id, complaint.about_organisation_id}
    speaks = {side.person_id for side in sides if side.person_id is not None}
    actor = ctx.actor
    if actor.organisation_id in organisations or actor.person_id in speaks or complaint.raised_by == actor.id:
        return ChairIsInIt()
    return None


def remind(ctx: Context, stage_id: UUID) -> ComplaintStage | None:
    """Remind both sides before, on and after the last day of a stage, once each; None where it is not the time (COM-5)."""
    complaint, stage = queries.held(ctx, stage_id)
    if complaint.status != Status.OPEN.value or complaint.stage != stage.stage:
        return None
    policy, today = ctx.the(Policy), london_date(ctx.now())
    days = policy.complaints.reminder_working_days
    found = rules.reminder(today, stage.due_on, stage.reminded_on, days, policy.calendar)
    if found is None:
        return None

    stage.reminded_on = today

    record(ctx, ComplaintReminded(subject=complaint.id, at_stage=stage.stage, row=stage.id, kind=found.value))
    letters.due(ctx, complaint, stage, found)
    return stage
