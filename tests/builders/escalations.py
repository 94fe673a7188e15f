"""Organisations held to account before the steering group, as it would be done (GOV-2)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from compliance.governance.escalations import use_cases
from compliance.governance.escalations.models import Escalation
from compliance.governance.escalations.use_cases import Ask
from compliance.kernel.context import House
from tests.builders.identity import COMMAND, Acting, an_employer, someone

ASKED = Ask("Name who comes from now on.", "The head of service")


def an_escalation(
    house: House, organisation_id: UUID | None = None, by: Acting | None = None, **said: Any
) -> Escalation:
    """An organisation does not come to the meetings, and the steering group asks why, unless told otherwise."""
    told: dict[str, Any] = {"about": "attendance", "grounds": "Not at six meetings.", "ask": ASKED} | said
    with house.work(*(by or someone(house, "steering_member"))) as ctx:
        return use_cases.open_escalation(ctx, organisation_id or an_employer(house), **told)


def answered(house: House, it: Escalation, by: Acting | None = None) -> Escalation:
    """The organisation answers the group that it stands before."""
    who = by or someone(house, "escalation_contact", organisation_id=it.organisation_id)
    with house.work(*who) as ctx:
        return use_cases.answer(ctx, it.id, level=again(house, it).level, words="We had nobody to send.")


def raised(house: House, it: Escalation, by: Acting | None = None, answer_by: date | None = None) -> Escalation:
    """It goes to the group above."""
    with house.work(*(by or someone(house, "steering_member"))) as ctx:
        ask = Ask("Say what you will do.", "The director", answer_by)
        return use_cases.raise_higher(ctx, it.id, level=again(house, it).level, ask=ask)


def ended(house: House, it: Escalation, by: Acting | None = None) -> Escalation:
    """It is over."""
    with house.work(*(by or someone(house, "hub_manager"))) as ctx:
        return use_cases.end(ctx, it.id, level=again(house, it).level, outcome="Two people come from now on.")


def again(house: House, it: Escalation) -> Escalation:
    """The escalation as it is now."""
    with house.reading(COMMAND) as ctx:
        return ctx.session.get_one(Escalation, it.id)
