"""The path of a breach: raised with its partner, answered, escalated, resolved, closed (BRE-2, OP 10.2).

`seen` is where the breach stood when whoever takes a step looked at it: what was decided upon one state is not done to
another, which the same step may follow from. Where it is given and not so any more, every step raises MovedOn.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from audit.record import record
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from compliance.kernel.reminding import to_remind, working_days_before
from compliance.kernel.secrets import KeyRing
from policies.access import require
from policies.values import Policy
from signatories.models import Organisation

from . import letters, queries, reporting, rules, suspending
from .errors import LicencesStillRest, MovedOn
from .events import (
    IncidentAnswered,
    IncidentClosed,
    IncidentEscalated,
    IncidentRaised,
    IncidentReminded,
    IncidentResolved,
    IncidentStepped,
)
from .models import Incident, IncidentStep
from .reporting import Report as Report
from .reporting import report as report
from .rules import ENDED, ENDS, Status, Step

_SAYS: dict[Step, type[IncidentStepped]] = {
    Step.RAISE: IncidentRaised,
    Step.ANSWER: IncidentAnswered,
    Step.ESCALATE_TO_MANAGER: IncidentEscalated,
    Step.ESCALATE_TO_STEERING: IncidentEscalated,
    Step.RESOLVE: IncidentResolved,
    Step.CLOSE: IncidentClosed,
}


def raise_with(
    ctx: Context, incident_id: UUID, *, organisation_id: UUID | None = None, words: str, seen: str | None = None
) -> Incident:
    """Raise a breach with the partner that it is about, naming it where the report did not (OP 10.2).

    Raises NoSuchStep, and Invalid at `/organisation` and `/words`.
    """
    return _take(ctx, incident_id, Step.RAISE, words, seen=seen, organisation_id=organisation_id)


def answer(ctx: Context, incident_id: UUID, *, words: str, seen: str | None = None) -> Incident:
    """Say, for the partner that it is about, what was found and done; the hub looks at it next. Raises NoSuchStep."""
    return _take(ctx, incident_id, Step.ANSWER, words, seen=seen)


def escalate(ctx: Context, incident_id: UUID, *, to: Step, words: str, seen: str | None = None) -> Incident:
    """Take a breach to the MARAC manager, or from there to the steering group: one up, never past either.

    Raises NoSuchStep, also where somebody else has just taken it there.
    """
    if to not in (Step.ESCALATE_TO_MANAGER, Step.ESCALATE_TO_STEERING):
        raise Invalid.at("/step", "Choose to whom it goes.")
    return _take(ctx, incident_id, to, words, seen=seen)


def resolve(ctx: Context, incident_id: UUID, *, words: str, lift: bool = False, seen: str | None = None) -> Incident:
    """Say that a breach is resolved, and how; with `lift`, licences that rest because of it can be used again (BRE-4).

    Raises NoSuchStep, LicencesStillRest, NotTheirMatter (ROL-3).
    """
    return _take(ctx, incident_id, Step.RESOLVE, words, seen=seen, lift=lift)


def close(ctx: Context, incident_id: UUID, *, words: str, lift: bool = False, seen: str | None = None) -> Incident:
    """Close a breach for the steering group, and say what came of it; otherwise as `resolve`."""
    return _take(ctx, incident_id, Step.CLOSE, words, seen=seen, lift=lift)


def remind(ctx: Context, incident_id: UUID) -> Incident | None:
    """Remind those whose move it is once before it is due, on the day, and when it is over; None where it is not the time."""
    incident = queries.held(ctx, incident_id)
    policy, today = ctx.the(Policy), london_date(ctx.now())
    if Status(incident.status) in ENDED or incident.due_on is None:
        return None
    soon_from = policy.breaches.reminder_working_days
    time = to_remind(
        today, incident.due_on, working_days_before(incident.due_on, soon_from, policy.calendar), incident.reminded_on
    )
    if time is None:
        return None

    incident.reminded_on = today

    told = letters.due(ctx, incident, time)
    record(
        ctx,
        IncidentReminded(
            subject=incident.id, organisation=incident.organisation_id, reference=incident.reference, letters=told
        ),
    )
    return incident


def _take(
    ctx: Context,
    incident_id: UUID,
    step: Step,
    words: str,
    *,
    seen: str | None,
    organisation_id: UUID | None = None,
    lift: bool = False,
) -> Incident:
    """One step of the path: looked up, permitted, taken, told."""
    incident = queries.readable(ctx, incident_id, lock=True)
    was = Status(incident.status)
    require(ctx, rules.taken_with(was, step), organisation=incident.organisation_id)
    if seen is not None and seen != was.value:
        raise MovedOn()
    policy, day = ctx.the(Policy), london_date(ctx.now())
    said = text.prose(words, pointer="/words", limit=policy.breaches.words_most)
    suspending.check_not_own(ctx, incident)
    if step is Step.RAISE:
        _name_partner(ctx, incident, organisation_id)
    if step in ENDS and not lift and suspending.resting(ctx, incident):
        raise LicencesStillRest()

    incident.status = rules.after(was, step).value
    incident.due_on = rules.due_on(Status(incident.status), day, policy.breaches, policy.calendar)
    incident.reminded_on = None
    if step in ENDS:
        incident.ended_at = ctx.now()
        incident.outcome = ctx.the(KeyRing).seal(said.encode(), place=f"incidents.outcome:{incident.id}")
    numbers = select(func.max(IncidentStep.number)).where(IncidentStep.incident_id == incident.id)
    row = reporting.add_step(ctx, incident, (ctx.session.scalar(numbers) or 0) + 1, step, said)

    record(
        ctx,
        _SAYS[step](
            subject=incident.id, organisation=incident.organisation_id, reference=incident.reference,
            status=incident.status, step=row.id, due_on=incident.due_on,
        ),
    )  # fmt: skip
    if step in ENDS:
        suspending.lift_all(ctx, incident)
        letters.ended(ctx, incident)
    else:
        letters.waits(ctx, incident)
    return incident


def _name_partner(ctx: Context, incident: Incident, organisation_id: UUID | None) -> None:
    """Say which partner it is about; raises Invalid at `/organisation` where nobody has."""
    if organisation_id is not None and organisation_id != incident.organisation_id:
        if ctx.session.get(Organisation, organisation_id) is None:
            raise Invalid.at("/organisation", "Choose an organisation from the register.")
        incident.organisation_id = organisation_id
    if incident.organisation_id is None:
        raise Invalid.at("/organisation", "Choose the organisation with which it is raised.")
