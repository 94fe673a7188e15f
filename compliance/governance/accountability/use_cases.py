"""Putting before the steering group what does not mend by itself (GOV-2, OP 8.1)."""

from __future__ import annotations

from uuid import UUID

from compliance.governance.escalations import use_cases as escalations
from compliance.governance.escalations.models import Escalation
from compliance.governance.escalations.use_cases import Ask
from compliance.governance.figures.model import Unit, said
from compliance.kernel.context import Context
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from . import queries
from .queries import Rate, Standings

ASKED = "Say what has kept you from it, what you will change, and by when it will be as expected."
OF_WHOM = "The senior escalation contact"


def open_persistent(ctx: Context, organisation_id: UUID) -> list[Escalation]:
    """Open an escalation about each measure that an organisation persistently fails, with the months that show it.

    None where one is open about it already, where the months were before a group already, or where the hub owes the
    organisation seats, or refused it one lately: that is shown, and is for people to weigh. Raises Forbidden, BeyondCalendar.
    """
    require(ctx, Permission.ESCALATION_OPEN)
    found = next(iter(queries.failing(ctx, {organisation_id})), None)
    return [] if found is None else [_opened(ctx, found, rate) for rate in to_open(found)]


def to_open(found: Standings) -> list[Rate]:
    """The rates of an organisation that are to be put before the steering group now."""
    if found.owed.excuses:
        return []
    known = {each.about for each in found.escalations}
    return [rate for rate in found.rates.values() if rate.failing and rate.measure.about not in known]


def _opened(ctx: Context, found: Standings, rate: Rate) -> Escalation:
    by_month = queries.counted_by_month(ctx, rate.failing, {found.id})[found.id][rate.measure.code]
    shown = "; ".join(
        f"{month:%B %Y}: {by_month[month].part:,} of {by_month[month].whole:,}, "
        f"{said(by_month[month].share, Unit.SHARE)}"
        for month in rate.failing
    )
    months = ctx.the(Policy).accountability.persistent_months
    grounds = (
        f"{rate.measure.name} was below {rate.measure.least}% in {months} months one after the other. {shown}. "
        "As the case system reported it. Opened by the calendar."
    )
    return escalations.open_escalation(
        ctx, found.id, about=rate.measure.about, grounds=grounds, ask=Ask(ASKED, OF_WHOM)
    )
