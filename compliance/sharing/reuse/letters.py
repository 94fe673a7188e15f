"""Telling those whose answer it is, and those who asked: neither case, nor organisation, nor what is said of it (GOV-5)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.decisions.exceptions.queries import kept
from compliance.identity.models import Person
from compliance.identity.those_with import hub_wide, of_organisation
from compliance.identity.use_cases.letters import tell
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context
from compliance.kernel.reminding import Time
from policies.permissions import Permission

from .models import ReuseRequest
from .queries import called


def answerers(ctx: Context, request: ReuseRequest) -> Sequence[Person]:
    """Those who may answer for the supplier: nobody who is kept from the case, and never who asked."""
    return _but_for(ctx, request, of_organisation(ctx, request.supplier_id, Permission.REUSE_ANSWER))


def waits(ctx: Context, request: ReuseRequest) -> None:
    """The supplier's people learn that an answer is wanted; where there are none, the hub does."""
    people = answerers(ctx, request) or _but_for(ctx, request, hub_wide(ctx, Permission.REUSE_OVERRIDE))
    _to(ctx, request, "reuse_waits", people)


def due(ctx: Context, request: ReuseRequest, time: Time) -> int:
    """The supplier's people are reminded; once it is over, the hub's managers are told besides. How many letters."""
    people = {person.id: person for person in answerers(ctx, request)}
    if time is not Time.OVER:
        return _to(ctx, request, "reuse_due", tuple(people.values()), f":{time.value}")
    people |= {each.id: each for each in _but_for(ctx, request, hub_wide(ctx, Permission.REUSE_OVERRIDE))}
    return _to(ctx, request, "reuse_overdue", tuple(people.values()))


def answered(ctx: Context, request: ReuseRequest) -> None:
    """Whoever asked learns that there is an answer."""
    person = ctx.session.get(Person, request.asked_by)
    if person is not None and person.closed_at is None:
        _to(ctx, request, "reuse_answered", (person,), f":{request.status}")


def relied_on(ctx: Context, request: ReuseRequest) -> None:
    """The supplier learns that an overriding reason was relied on."""
    _to(ctx, request, "reuse_relied_on", answerers(ctx, request))


def _to(ctx: Context, request: ReuseRequest, kind: str, people: Sequence[Person], when: str = "") -> int:
    page = f"{ctx.house.settings.base_url}/sharing/reuse/{request.id}"
    told = 0
    for person in people:
        letter = tell(
            ctx, person, kind, once=f"{kind}:{request.id}{when}:{person.id}", called=called(request), page=page,
            due=said_day(request.answer_by),
        )  # fmt: skip
        told += letter is not None
    return told


def _but_for(ctx: Context, request: ReuseRequest, people: Sequence[Person]) -> Sequence[Person]:
    never = kept(ctx, request.reference) | {request.asked_by}
    return [person for person in people if person.id not in never]
