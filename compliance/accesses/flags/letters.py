"""Telling a reviewer that a flag waits, is due or overdue, and a reporter that it was looked at (GOV-5).

A letter leaves the service: it names neither a case nor the person a flag is about, nor which rule raised it.
"""

from __future__ import annotations

from compliance.identity.models import Person
from compliance.identity.use_cases.letters import tell
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context
from compliance.kernel.ids import parse_id

from .models import AccessFlag


def waits(ctx: Context, flag: AccessFlag) -> None:
    """Its reviewer learns that a flag waits; of an attempt under a conflict those who set it are told besides (DEC-6)."""
    person = ctx.session.get(Person, flag.reviewer_id) if flag.reviewer_id else None
    if person is not None:
        _tell(ctx, flag, person, "flag_waits")


def given(ctx: Context, flag: AccessFlag) -> None:
    """Its new reviewer learns that a flag waits for them."""
    person = ctx.session.get_one(Person, flag.reviewer_id)
    tell(ctx, person, "flag_waits", page=_page(ctx, flag), due=said_day(flag.due_on))


def due(ctx: Context, flag: AccessFlag, *, over: bool) -> None:
    """Its reviewer is reminded that it is due soon, or that it was due."""
    person = ctx.session.get_one(Person, flag.reviewer_id)
    _tell(ctx, flag, person, "flag_overdue" if over else "flag_due")


def looked_at(ctx: Context, flag: AccessFlag) -> None:
    """Whoever reported a concern learns that somebody has looked at it, and no more (AUD-7)."""
    reporter = parse_id(flag.raised_by)
    person = ctx.session.get(Person, reporter) if reporter and flag.concern is not None else None
    if person is not None and person.closed_at is None:
        address = f"{ctx.house.settings.base_url}/concerns"
        tell(ctx, person, "concern_looked_at", once=f"concern_looked_at:{flag.id}", page=address)


def _tell(ctx: Context, flag: AccessFlag, person: Person, kind: str) -> None:
    once = f"{kind}:{flag.id}:{person.id}"
    tell(ctx, person, kind, once=once, page=_page(ctx, flag), due=said_day(flag.due_on))


def _page(ctx: Context, flag: AccessFlag) -> str:
    return f"{ctx.house.settings.base_url}/flags/{flag.id}"
