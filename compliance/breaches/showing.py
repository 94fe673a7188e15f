"""One breach with all that belongs to it: as much as whoever looks may read (BRE-2, BRE-5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.identity.models import Person
from compliance.identity.queries import names_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing
from compliance.licences.models import Licence
from policies.access import may
from policies.permissions import Permission
from signatories.models import Organisation

from . import learning, queries, rules
from .events import IncidentViewed
from .models import Incident, IncidentAction, IncidentStep, IncidentSuspension
from .rules import Lesson, Status, Step

STEPS_SHOWN = 50


@dataclass(frozen=True)
class Taken:
    """One step of the path; `words` are None where they are not for whoever looks."""

    step: IncidentStep
    words: str | None


@dataclass(frozen=True)
class Todo:
    """A lesson, or an action with whose it is; whether whoever looks can say that it is done."""

    action: IncidentAction
    words: str
    mine: bool


@dataclass(frozen=True)
class Rests:
    """A licence that rests, or rested, because of a breach."""

    suspension: IncidentSuspension
    licence: Licence
    person: str


@dataclass(frozen=True)
class Whole:
    """A breach as it is shown. `whole` is off for whoever only reported it: then there is their own report and how it stands.

    `steps` are the newest first. `can` are the steps that whoever looks may take now; `turn` says whether one of them is
    expected of them.
    """

    incident: Incident
    whole: bool
    for_hub: bool
    words: str | None
    organisations: Mapping[UUID, str]
    names: Mapping[str, str]
    steps: list[Taken]
    can: tuple[Step, ...]
    turn: bool
    overdue: bool
    rests: list[Rests]
    todo: list[Todo]
    lessons: list[Todo]
    takes_part: bool

    @property
    def called(self) -> str:
        return queries.called(self.incident)

    @property
    def still_rest(self) -> int:
        """How many licences it keeps resting."""
        return sum(row.suspension.lifted_at is None and row.licence.status == "suspended" for row in self.rests)


def view(ctx: Context, incident_id: UUID) -> Whole:
    """Show one breach, and keep that it was shown (AUD-1)."""
    found = whole(ctx, queries.visible(ctx, incident_id))
    it = found.incident
    record(ctx, IncidentViewed(subject=it.id, organisation=it.organisation_id, reference=it.reference))
    return found


def whole(ctx: Context, incident: Incident) -> Whole:
    """A breach with what belongs to it, as far as whoever looks may read it."""
    reads, for_hub = queries.reads_whole(ctx, incident), queries.reads_for_hub(ctx)
    own = incident.reported_by == ctx.actor.id
    ring, status = ctx.the(KeyRing), Status(incident.status)
    words = ring.open(incident.words, place=f"incidents.words:{incident.id}").decode() if own or for_hub else None
    steps = _steps(ctx, incident, for_hub) if reads else []
    rests = _rests(ctx, incident) if reads else []
    lessons = _lessons(ctx, incident) if reads else []
    can = can_take(ctx, incident) if reads else ()
    turn = status in rules.MOVES and reads and may(ctx, rules.MOVES[status], organisation=incident.organisation_id)
    ids = {taken.step.taken_by for taken in steps if taken.words is not None} | {
        str(each.action.owner_id) for each in lessons
    }
    ids |= {each.action.added_by for each in lessons} | {each.action.done_by or "" for each in lessons}
    if for_hub or own:
        ids.add(incident.reported_by)
    places = {incident.organisation_id, incident.conduct_organisation_id, incident.reporting_organisation_id}
    places |= {each.action.owner_organisation_id for each in lessons}
    known = select(Organisation.id, Organisation.name).where(Organisation.id.in_([each for each in places if each]))
    return Whole(
        incident, reads, for_hub, words, {row.id: row.name for row in ctx.session.execute(known)},
        names_of(ctx, ids), steps, can, turn,
        incident.due_on is not None and incident.due_on < london_date(ctx.now()), rests,
        [each for each in lessons if each.action.kind == Lesson.ACTION],
        [each for each in lessons if each.action.kind == Lesson.LESSON],
        reads and learning.takes_part(ctx, incident),
    )  # fmt: skip


def can_take(ctx: Context, incident: Incident) -> tuple[Step, ...]:
    """The steps that follow from where a breach stands and that the actor may take."""
    status = Status(incident.status)
    following = [step for was, step in rules.NEXT if was is status]
    return tuple(
        step for step in following if may(ctx, rules.taken_with(status, step), organisation=incident.organisation_id)
    )


def _steps(ctx: Context, incident: Incident, for_hub: bool) -> list[Taken]:
    """Its path; of the report itself the partner is told that there was one, and neither by whom nor in which words."""
    ring = ctx.the(KeyRing)
    wanted = select(IncidentStep).where(IncidentStep.incident_id == incident.id).order_by(IncidentStep.number.desc())
    return [
        Taken(
            row,
            ring.open(row.words, place=f"incident_steps.words:{row.id}").decode()
            if for_hub or row.step != Step.REPORT
            else None,
        )
        for row in ctx.session.scalars(wanted.limit(STEPS_SHOWN))
    ]


def _rests(ctx: Context, incident: Incident) -> list[Rests]:
    wanted = (
        select(IncidentSuspension, Licence, Person.full_name)
        .join(Licence, Licence.id == IncidentSuspension.licence_id)
        .join(Person, Person.id == Licence.person_id)
        .where(IncidentSuspension.incident_id == incident.id)
        .order_by(IncidentSuspension.suspended_at, IncidentSuspension.id)
    )
    return [Rests(*row) for row in ctx.session.execute(wanted)]


def _lessons(ctx: Context, incident: Incident) -> list[Todo]:
    ring, me = ctx.the(KeyRing), ctx.actor.person_id
    by_hub = may(ctx, Permission.INCIDENT_HANDLE)
    wanted = select(IncidentAction).where(IncidentAction.incident_id == incident.id)
    return [
        Todo(
            row,
            ring.open(row.words, place=f"incident_actions.words:{row.id}").decode(),
            row.done_at is None and (by_hub or row.owner_id == me),
        )
        for row in ctx.session.scalars(wanted.order_by(IncidentAction.added_at, IncidentAction.id).limit(STEPS_SHOWN))
    ]
