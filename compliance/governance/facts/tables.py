"""What the case system counted, as a file that leaves the service (GOV-2)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment
from policies.values import Policy

from .queries import Listed

_COLUMNS = ("Organisation", "Area", "Month", "Counter", "Count", "Reference", "Told")


def of_facts(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """One line for each fact as it stands."""
    policy = ctx.the(Policy)
    lines = [
        (
            row.organisation,
            policy.area_name(row.fact.area),
            f"{row.fact.month:%Y-%m}",
            policy.fact_counters[row.fact.counter].name
            if row.fact.counter in policy.fact_counters
            else row.fact.counter,
            str(row.fact.count),
            row.fact.reference,
            moment(row.fact.told_at),
        )
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/facts"
    return Table("Facts from the case system", "facts", ctx.now(), _COLUMNS, lines, address, most, "Facts")
