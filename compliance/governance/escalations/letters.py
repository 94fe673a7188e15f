"""Telling an organisation what a group waits for, and the groups that they were answered, or were not (GOV-2, GOV-5).

A letter leaves the service: what is asked, and why, stands here and not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from compliance.identity import those_with
from compliance.identity.models import Person
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context
from compliance.kernel.reminding import Time
from compliance.licences.quarterly.queries import escalation_contacts
from compliance.notices.writing import write
from policies.permissions import Permission
from signatories import queries as register

from .models import Escalation, EscalationAsk
from .rules import called

KINDS = {
    Time.BEFORE: "escalation_due",
    Time.ON: "escalation_due_today",
    Time.OVER: "escalation_overdue",
}
"""Which letter reminds an organisation of its answer when."""


def asked(ctx: Context, it: Escalation, ask: EscalationAsk) -> int:
    """The organisation learns that a group asks something of it; how many letters."""
    return _tell(ctx, "escalation_asked", it, ask, _theirs(ctx, it))


def reminded(ctx: Context, it: Escalation, ask: EscalationAsk, time: Time) -> int:
    """The organisation is reminded; once the day is over the groups learn as well that it did not answer."""
    letters = _tell(ctx, KINDS[time], it, ask, _theirs(ctx, it))
    if time is Time.OVER:
        letters += _tell(ctx, "escalation_unanswered", it, ask, _groups(ctx))
    return letters


def answered(ctx: Context, it: Escalation, ask: EscalationAsk) -> int:
    """Those who can end or raise it learn that there is an answer."""
    return _tell(ctx, "escalation_answered", it, ask, _groups(ctx))


def ended(ctx: Context, it: Escalation, ask: EscalationAsk) -> int:
    """The organisation learns that it is over."""
    return _tell(ctx, "escalation_ended", it, ask, _theirs(ctx, it))


@dataclass(frozen=True)
class Told:
    """Whom a letter goes to: an account or a contact, by its id; `person_id` is None for a contact, who may have no account."""

    id: UUID
    person_id: UUID | None
    email: str
    name: str


def _theirs(ctx: Context, it: Escalation) -> list[Told]:
    """Who answers for the organisation here, and whom it named to be told, account or none (LIC-10)."""
    people = _people(those_with.of_organisation(ctx, it.organisation_id, Permission.ESCALATION_ANSWER))
    known = {each.email for each in people}
    named = escalation_contacts(ctx, it.organisation_id)
    return people + [Told(each.id, None, each.email, each.name) for each in named if each.email not in known]


def _groups(ctx: Context) -> list[Told]:
    return _people(those_with.hub_wide(ctx, Permission.ESCALATION_RAISE))


def _people(people: Sequence[Person]) -> list[Told]:
    return [Told(each.id, each.id, each.email, each.full_name) for each in people]


def _tell(ctx: Context, kind: str, it: Escalation, ask: EscalationAsk, whom: list[Told]) -> int:
    organisation = register.organisation(ctx, it.organisation_id).name
    letters = [
        write(
            ctx,
            kind,
            to=each.email,
            person_id=each.person_id,
            once=f"{kind}:{ask.id}:{each.id}",
            name=each.name,
            organisation=organisation,
            number=called(it.year, it.number),
            group=f"{ask.level} group",
            last=said_day(ask.answer_by),
            page=f"{ctx.house.settings.base_url}/escalations/{it.id}",
        )
        for each in whom
    ]
    return sum(letter is not None for letter in letters)
