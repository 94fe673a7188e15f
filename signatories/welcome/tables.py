"""Who was given a welcome pack, as a file that leaves the service (GOV-7)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment
from policies.values import Policy

from .queries import Welcomed


def of_welcomed(ctx: Context, rows: Sequence[Welcomed]) -> Table:
    """One line for each organisation: since when it is there, when it was given a pack and said so, of what, and what it lacks."""
    items = ctx.the(Policy).welcome

    def named(codes: Sequence[str]) -> str:
        return "; ".join(items[code].name if code in items else code for code in codes)

    lines = [
        (
            row.name,
            moment(row.joined_at),
            str(row.given_on or ""),
            moment(row.received_at),
            named(row.items),
            named(row.lacks),
        )
        for row in rows
    ]
    columns = ("Organisation", "Registered", "Pack given", "Received", "What was in it", "What it lacks")
    address = f"{ctx.house.settings.base_url}/welcome"
    return Table("Welcome packs", "welcome-packs", ctx.now(), columns, lines, address, sheet="Welcome packs")
