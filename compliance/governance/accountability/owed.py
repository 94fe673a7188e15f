"""What the hub owes an organisation: licences that were asked for and that nobody has given yet (GOV-2, LIC-11).

Nobody is blamed for research that came late for want of a seat: what is owed stands beside every rate, and keeps an
organisation from being put before the groups by itself.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select, true

from compliance.kernel.context import Context
from compliance.licences.models import Licence
from compliance.licences.rules import Status
from compliance.licences.waiting.models import SeatOffer
from policies.values import Policy


@dataclass(frozen=True)
class Owed:
    """Licences asked for and not answered: how many, since when, and how many of them for longer than they should be."""

    waiting: int = 0
    since: datetime | None = None
    overdue: int = 0


NOTHING = Owed()


def owed(ctx: Context, within: Collection[UUID] | None = None) -> dict[UUID, Owed]:
    """By organisation, what the hub owes it; who is owed nothing is not among them. A seat on offer is theirs to take."""
    long_ago = ctx.now() - timedelta(days=ctx.the(Policy).accountability.owed_days)
    on_offer = select(SeatOffer.id).where(SeatOffer.licence_id == Licence.id, SeatOffer.settled_at.is_(None))
    asked: list[ColumnElement[bool]] = [Licence.status == Status.REQUESTED, ~on_offer.exists()]
    rows = ctx.session.execute(
        select(
            Licence.organisation_id,
            func.count(),
            func.min(Licence.requested_at),
            func.count(case((Licence.requested_at < long_ago, 1))),
        )
        .where(*asked, true() if within is None else Licence.organisation_id.in_(within))
        .group_by(Licence.organisation_id)
    )
    return {one: Owed(waiting, since, overdue) for one, waiting, since, overdue in rows}
