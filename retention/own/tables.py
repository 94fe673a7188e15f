"""The schedule of our own records as a file that leaves the service (RET-9)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment

from .showing import COUNTED, Shown

_HEADS = (
    "Kind", "Kept", "Confirmed by the officer", "Clause", "Tables", "Due now", "Last run", "Found", "Done", "Failed",
)  # fmt: skip


def of_schedule(ctx: Context, rows: Sequence[Shown]) -> Table:
    """One line for each rule."""
    lines = [
        (
            row.rule.name,
            row.kept,
            "yes" if row.rule.confirmed else "to be confirmed",
            row.rule.clause,
            " ".join(row.tables),
            (f"more than {COUNTED}" if row.more else str(row.due)) if row.lasts is not None else "",
            moment(row.ran.started_at) if row.ran else "",
            *([str(row.ran.found), str(row.ran.done), str(row.ran.failed)] if row.ran else ["", "", ""]),
        )
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/retention/own-records"
    return Table("Our own records", "own-records", ctx.now(), _HEADS, lines, address, None, "Our own records")
