"""Telling managers that a disclosure waits for them, and who asked what became of it (GOV-5)."""

from __future__ import annotations

from compliance.decisions.exceptions.queries import kept
from compliance.identity.models import Person
from compliance.identity.those_with import hub_wide
from compliance.identity.use_cases.letters import tell
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context
from policies.permissions import Permission

from .models import Disclosure
from .queries import called


def waits(ctx: Context, disclosure: Disclosure) -> None:
    """Those who may authorise it are told: nobody who is kept from the case, and never who asked."""
    never = kept(ctx, disclosure.reference) | {disclosure.asked_by}
    for person in hub_wide(ctx, Permission.DISCLOSURE_AUTHORISE):
        if person.id not in never:
            _to(ctx, disclosure, "disclosure_waits", person)


def answered(ctx: Context, disclosure: Disclosure) -> None:
    """Whoever asked learns that there is an answer."""
    person = ctx.session.get(Person, disclosure.asked_by)
    if person is not None and person.closed_at is None:
        _to(ctx, disclosure, "disclosure_answered", person)


def _to(ctx: Context, disclosure: Disclosure, kind: str, person: Person) -> None:
    tell(
        ctx, person, kind, once=f"{kind}:{disclosure.id}:{disclosure.status}:{person.id}", called=called(disclosure),
        page=f"{ctx.house.settings.base_url}/sharing/disclosures/{disclosure.id}", due=said_day(disclosure.answer_by),
    )  # fmt: skip
