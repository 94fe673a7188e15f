"""The list of records as a file that leaves the service (RET-1): no name, and no date that tells a birth."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, day

from .queries import Listed

_HEADS = (
    "Record", "Kind", "Groups", "Organisation", "Opened", "Last relevant event", "Last reviewed", "Next review",
    "Minimum period ends", "State", "Held",
)  # fmt: skip


def of_records(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """One line for each record."""
    lines = [
        (
            row.record.reference,
            row.record.kind,
            row.record.groups,
            row.organisation or "",
            row.record.opened_on.isoformat(),
            day(row.record.last_relevant_on),
            day(row.record.last_reviewed_on),
            day(row.record.next_review_on),
            day(row.record.minimum_ends_on),
            row.record.status,
            "yes" if row.held else "no",
        )
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/retention/records"
    return Table("Records", "records", ctx.now(), _HEADS, lines, address, most, "Records")
