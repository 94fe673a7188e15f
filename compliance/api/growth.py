"""How the hub grows, and when seats and the co-ordinators' hours run out (LIC-11)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record
from compliance.governance.growth import queries
from compliance.governance.growth.rules import RunsOut, What
from compliance.kernel.context import work
from policies.permissions import Permission

from .access import guarded
from .replies import Reply, present

growth = Blueprint("growth", __name__, url_prefix="/api/v1/growth")


@growth.get("")
@guarded(Permission.GROWTH_READ)
def read_growth() -> Reply:
    """What was counted of each month that is over, and where it leads; null where nobody counted.

    `minutes` is how long the co-ordinators' work took, by the policy's minutes for each thing.
    """
    with work() as ctx:
        found = queries.growth(ctx)
        record(ctx, ListViewed(what="growth", rows=len(found.months)))
    months = [
        {"month": f"{month:%Y-%m}", "minutes": found.minutes[place]}
        | {what.value: found.counts[what][place] for what in What}
        for place, month in enumerate(found.months)
    ]
    return present({"months": months, "seats": _runs_out(found.seats), "minutes": _runs_out(found.hours)})


def _runs_out(found: RunsOut) -> dict[str, Any]:
    return {
        "reach": found.reach,
        "all": found.all,
        "left": found.left,
        "month": f"{found.month:%Y-%m}" if found.month else None,
        "earliest": f"{found.earliest:%Y-%m}" if found.earliest else None,
        "latest": f"{found.latest:%Y-%m}" if found.latest else None,
    }
