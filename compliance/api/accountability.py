"""How each organisation takes its part, counted from the facts that the case system reported (GOV-2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record
from compliance.governance.accountability import queries
from compliance.governance.accountability.queries import Standings, Which
from compliance.governance.accountability.rules import Counted
from compliance.kernel.context import work
from policies.permissions import Permission

from .access import guarded
from .reading import Body, Code, Line, parse_query
from .replies import Reply, present

accountability = Blueprint("accountability", __name__, url_prefix="/api/v1/accountability")


class AccountabilityWanted(Body):
    which: Which = Which.ALL
    area: Code | None = None
    search: Line | None = None


@accountability.get("")
@guarded(Permission.FACTS_READ)
def read_accountability() -> Reply:
    """Each organisation's rates over the last complete months, with what the hub owes it.

    A rate is in tenths of a per cent; null where nothing was reported. `area` counts that area alone.
    """
    wanted = parse_query(AccountabilityWanted)
    with work() as ctx:
        found = queries.standings(ctx, which=wanted.which, area=wanted.area, search=wanted.search)
        record(ctx, ListViewed(what="accountability", rows=len(found)))
    return present({"items": [_standings(each) for each in found]})


@accountability.get("/<uuid:organisation_id>")
@guarded(Permission.FACTS_READ)
def read_organisation(organisation_id: UUID) -> Reply:
    """One organisation's rates, month by month and by area. Months that nobody told of are left out."""
    with work() as ctx:
        found = queries.whole(ctx, organisation_id)
        record(
            ctx, ListViewed(what="accountability-organisation", rows=len(found.months), organisation=organisation_id)
        )
    return present(
        _standings(found.standings)
        | {
            "months": [
                {"month": f"{month:%Y-%m}", "rates": {code: _counted(by[month]) for code, by in found.by_month.items() if month in by}}
                for month in found.months
                if any(month in by for by in found.by_month.values())
            ],
            "areas": [
                {"area": area, "rates": {code: _counted(each) for code, each in by.items()}}
                for area, by in sorted(found.by_area.items())
            ],
        }
    )  # fmt: skip


def _standings(found: Standings) -> dict[str, Any]:
    return {
        "organisation_id": found.id,
        "organisation": found.name,
        "rates": {
            code: _counted(rate.counted)
            | {"least": rate.measure.least, "standing": rate.standing, "persistent": bool(rate.failing)}
            for code, rate in found.rates.items()
        },
        "owed": {
            "waiting": found.owed.waiting,
            "overdue": found.owed.overdue,
            "since": found.owed.since,
            "without": found.owed.without,
        },
        "escalations": [{"id": each.id, "about": each.about, "level": each.level} for each in found.escalations],
    }


def _counted(counted: Counted) -> dict[str, Any]:
    return {"part": counted.part, "whole": counted.whole, "rate": counted.share}
