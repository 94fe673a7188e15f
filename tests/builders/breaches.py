"""Breaches brought to where a test wants them, step by step, by those whose steps they are (BRE-2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from compliance.breaches import learning, use_cases
from compliance.breaches.models import Incident, IncidentAction
from compliance.breaches.queries import readable
from compliance.breaches.reporting import Report
from compliance.breaches.rules import Status, Step
from compliance.kernel.context import Context, House
from tests.builders.identity import COMMAND, Acting, an_employer, someone


@dataclass(frozen=True)
class Cast:
    """Who takes part: the partner it is about, those who answer for it, and those of the hub and the steering group."""

    partner_id: UUID
    partner: Acting
    coordinator: Acting
    manager: Acting
    steering: Acting


def a_cast(house: House, partner_id: UUID | None = None) -> Cast:
    """Everybody whom a breach's path takes."""
    place = partner_id or an_employer(house)
    return Cast(
        place, someone(house, "delegate", organisation_id=place), someone(house, "hub_coordinator"),
        someone(house, "hub_manager"), someone(house, "steering_member"),
    )  # fmt: skip


def reported(house: House, cast: Cast, by: Acting | None = None, **said: Any) -> Incident:
    """Somebody reports a breach about the partner, the coordinator unless told otherwise."""
    usual = {"kind": "failure_to_share", "words": "Nothing came.", "organisation_id": cast.partner_id}
    with house.work(*(by or cast.coordinator)) as ctx:
        return use_cases.report(ctx, Report(**(usual | said)))


WAYS: dict[Status, tuple[Step, ...]] = {
    Status.REPORTED: (),
    Status.RAISED: (Step.RAISE,),
    Status.ANSWERED: (Step.RAISE, Step.ANSWER),
    Status.WITH_MANAGER: (Step.RAISE, Step.ANSWER, Step.ESCALATE_TO_MANAGER),
    Status.WITH_STEERING: (Step.RAISE, Step.ESCALATE_TO_MANAGER, Step.ESCALATE_TO_STEERING),
    Status.RESOLVED: (Step.RAISE, Step.ANSWER, Step.RESOLVE),
    Status.CLOSED: (Step.RAISE, Step.ESCALATE_TO_MANAGER, Step.ESCALATE_TO_STEERING, Step.CLOSE),
}
"""How each status is come to."""


def brought_to(house: House, cast: Cast, status: Status, **said: Any) -> Incident:
    """A breach that stands here."""
    incident = reported(house, cast, **said)
    for step in WAYS[status]:
        incident = taken(house, incident, step, whose(cast, Status(incident.status), step))
    return incident


def whose(cast: Cast, status: Status, step: Step) -> Acting:
    """Who takes this step from here."""
    if step is Step.ANSWER:
        return cast.partner
    if step is Step.CLOSE:
        return cast.steering
    return cast.manager if status in (Status.WITH_MANAGER, Status.WITH_STEERING) else cast.coordinator


def taken(house: House, incident: Incident, step: Step, by: Acting, **more: Any) -> Incident:
    """This person takes this step."""
    with house.work(*by) as ctx:
        return take(ctx, incident.id, step, **more)


def take(ctx: Context, incident_id: UUID, step: Step, **more: Any) -> Incident:
    """The use case of a step."""
    if step is Step.RAISE:
        return use_cases.raise_with(ctx, incident_id, words="Tell us why.", **more)
    if step is Step.ANSWER:
        return use_cases.answer(ctx, incident_id, words="It was mislaid.", **more)
    if step is Step.RESOLVE:
        return use_cases.resolve(ctx, incident_id, words="It came.", **more)
    if step is Step.CLOSE:
        return use_cases.close(ctx, incident_id, words="Talked over.", **more)
    return use_cases.escalate(ctx, incident_id, to=step, words="Still nothing.", **more)


def as_it_is(house: House, incident: Incident) -> Incident:
    """The breach as it stands now."""
    with house.reading(COMMAND) as ctx:
        return ctx.session.get_one(Incident, incident.id)


def reads(house: House, who: Acting, incident: Incident) -> Incident:
    """The breach as somebody reads it; raises NotFound."""
    with house.reading(*who) as ctx:
        return readable(ctx, incident.id)


def an_action(house: House, cast: Cast, incident: Incident) -> IncidentAction:
    """Something that the partner's delegate is to do after a breach, by the first of December."""
    owner, day = cast.partner.actor.person_id, date(2026, 12, 1)
    with house.work(*cast.manager) as ctx:
        return learning.add(ctx, incident.id, kind="action", words="Train all.", owner_id=owner, due_on=day)
