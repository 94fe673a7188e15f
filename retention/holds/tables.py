"""The list of holds as a file that leaves the service (RET-6): no reasons."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment

from .queries import Listed

_HEADS = ("Hold", "Ground", "What it names", "Which", "Placed", "Placed by", "Looked at again", "Lifted")


def of_holds(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """One line for each hold."""
    lines = [
        (
            str(row.hold.id),
            row.hold.ground,
            row.hold.reach,
            row.names,
            moment(row.hold.placed_at),
            row.placed_by,
            row.hold.review_on.isoformat(),
            moment(row.hold.lifted_at),
        )
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/retention/holds"
    return Table("Holds", "holds", ctx.now(), _HEADS, lines, address, most, "Holds")
