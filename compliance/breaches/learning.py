"""What is learned from a breach, what is to be done about it, and who deals with somebody's conduct (BRE-2, BRE-5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.identity.models import Person
from compliance.identity.those_with import hub_wide, of_organisation
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.reminding import to_remind, working_days_before
from compliance.kernel.secrets import KeyRing
from policies.access import may, require
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from . import letters, queries
from .errors import ActionDone
from .events import IncidentActionAdded, IncidentActionDone, IncidentActionReminded, IncidentConductReferred
from .models import Incident, IncidentAction
from .rules import Lesson

_FOR_HUB = (Permission.INCIDENT_HANDLE, Permission.INCIDENT_MANAGE, Permission.INCIDENT_CLOSE)


def takes_part(ctx: Context, incident: Incident) -> bool:
    """Whether the actor has a part in dealing with a breach, and does not only read of it."""
    for_partner = may(ctx, Permission.INCIDENT_ANSWER, organisation=incident.organisation_id)
    return for_partner or any(may(ctx, permission) for permission in _FOR_HUB)


def owners(ctx: Context, incident: Incident) -> Sequence[Person]:
    """Those who can be given an action: the hub's and the steering group's, and those who answer for the partner."""
    found = list(hub_wide(ctx, *_FOR_HUB))
    if incident.organisation_id is not None:
        found += of_organisation(ctx, incident.organisation_id, Permission.INCIDENT_ANSWER)
    return letters.but_for(ctx, incident, list({person.id: person for person in found}.values()))


def add(
    ctx: Context,
    incident_id: UUID,
    *,
    kind: Lesson | str,
    words: str,
    owner_id: UUID | None = None,
    due_on: date | None = None,
) -> IncidentAction:
    """Keep what was learned, or give somebody something to do by a day; after the end as well as before it.

    Raises Invalid at `/kind`, `/words`, `/owner` and `/due_on`.
    """
    incident = queries.readable(ctx, incident_id, lock=True)
    if not takes_part(ctx, incident):
        raise Forbidden()
    if kind not in list(Lesson):
        raise Invalid.at("/kind", "Choose whether it is a lesson or an action.")
    said = text.prose(words, pointer="/words", limit=ctx.the(Policy).breaches.words_most)
    owner = None
    if kind == Lesson.ACTION:
        owner = next((person for person in owners(ctx, incident) if person.id == owner_id), None)
        if owner is None:
            raise Invalid.at("/owner", "Choose whose action it is.")
        if due_on is None or due_on < london_date(ctx.now()):
            raise Invalid.at("/due_on", "Enter the day by which it is done: today or later.")

    new_id = ctx.new_id()
    action = IncidentAction(
        id=new_id, incident_id=incident.id, kind=Lesson(kind).value, owner_id=owner.id if owner else None,
        owner_organisation_id=owner.organisation_id if owner else None, due_on=due_on if owner else None,
        words=ctx.the(KeyRing).seal(said.encode(), place=f"incident_actions.words:{new_id}"),
        added_by=ctx.actor.id, added_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(action)
    ctx.session.flush()

    record(
        ctx,
        IncidentActionAdded(
            subject=incident.id, organisation=incident.organisation_id, reference=incident.reference,
            action=action.id, owner=action.owner_id, due_on=action.due_on,
        ),
    )  # fmt: skip
    if owner is not None and owner.id != ctx.actor.person_id:
        letters.action_given(ctx, incident, action)
    return action


def done(ctx: Context, incident_id: UUID, action_id: UUID) -> IncidentAction:
    """Say that an action is done: whose it is, or the hub. Raises NotFound, Forbidden, ActionDone."""
    incident = queries.readable(ctx, incident_id, lock=True)
    action = _action(ctx, action_id)
    if action is None or action.incident_id != incident.id or action.kind != Lesson.ACTION:
        raise NotFound()
    if action.owner_id != ctx.actor.person_id and not may(ctx, Permission.INCIDENT_HANDLE):
        raise Forbidden()
    if action.done_at is not None:
        raise ActionDone()

    action.done_by, action.done_at = ctx.actor.id, ctx.now()

    record(
        ctx,
        IncidentActionDone(
            subject=incident.id, organisation=incident.organisation_id, reference=incident.reference, action=action.id
        ),
    )
    return action


def refer_conduct(ctx: Context, incident_id: UUID, *, organisation_id: UUID, reference: str) -> Incident:
    """Say under which reference somebody's own organisation deals with their conduct; its file stays there (BRE-5, OP 10.2).

    Raises Invalid at `/organisation` and `/reference`.
    """
    incident = queries.readable(ctx, incident_id, lock=True)
    if not may(ctx, Permission.INCIDENT_HANDLE):
        require(ctx, Permission.INCIDENT_ANSWER, organisation=incident.organisation_id)
        organisation_id = incident.organisation_id or organisation_id
    if ctx.session.get(Organisation, organisation_id) is None:
        raise Invalid.at("/organisation", "Choose the organisation that they work for.")
    said = text.line(reference, pointer="/reference", limit=64)

    incident.conduct_organisation_id, incident.conduct_reference = organisation_id, said

    record(
        ctx,
        IncidentConductReferred(
            subject=incident.id, organisation=incident.organisation_id, reference=incident.reference,
            employer=organisation_id,
        ),
    )  # fmt: skip
    return incident


def remind(ctx: Context, action_id: UUID) -> IncidentAction | None:
    """Remind whose action it is once before it is due, on the day, and when it is over; None where it is not the time."""
    require(ctx, Permission.INCIDENT_CHASE)
    action = _action(ctx, action_id)
    if action is None:
        raise NotFound()
    policy, today = ctx.the(Policy), london_date(ctx.now())
    if action.done_at is not None or action.due_on is None:
        return None
    soon_from = working_days_before(action.due_on, policy.breaches.reminder_working_days, policy.calendar)
    time = to_remind(today, action.due_on, soon_from, action.reminded_on)
    if time is None:
        return None

    action.reminded_on = today

    incident = ctx.session.get_one(Incident, action.incident_id)
    letters.action_due(ctx, incident, action, time)
    record(
        ctx,
        IncidentActionReminded(
            subject=incident.id, organisation=incident.organisation_id, reference=incident.reference, action=action.id
        ),
    )
    return action


def _action(ctx: Context, action_id: UUID) -> IncidentAction | None:
    wanted = select(IncidentAction).where(IncidentAction.id == action_id).with_for_update()
    return ctx.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
