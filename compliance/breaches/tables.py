"""Breaches as a file that leaves the service: how each stands, and none of what anybody wrote (BRE-2)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, day, moment

from .queries import Listed, called

_COLUMNS = ("Breach", "Kind", "State", "Organisation", "Reference", "Happened", "Known", "Reported", "Due", "Ended")


def of_incidents(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """One line for each breach."""
    lines = [
        (
            called(row.incident),
            row.incident.kind,
            row.incident.status,
            row.organisation or "",
            row.incident.reference or "",
            moment(row.incident.happened_at),
            moment(row.incident.aware_at),
            moment(row.incident.reported_at),
            day(row.incident.due_on),
            moment(row.incident.ended_at),
        )
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/breaches"
    return Table("Breaches", "breaches", ctx.now(), _COLUMNS, lines, address, most, "Breaches")
