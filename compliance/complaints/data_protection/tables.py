"""The register of complaints about data as a file that leaves the service: without who complained, and what they wrote (COM-9)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, day

from .queries import Listed
from .rules import called, was_late

_COLUMNS = (
    "Complaint", "Received", "How it came", "About", "Acknowledge by", "Acknowledged", "Late", "State", "Answered",
    "Outcome",
)  # fmt: skip


def of_complaints(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """One line for each complaint."""
    lines = [
        (
            called(row.complaint.year, row.complaint.number),
            row.complaint.received_on.isoformat(),
            row.complaint.channel,
            row.organisation or "",
            row.complaint.acknowledge_by.isoformat(),
            day(row.complaint.acknowledged_on),
            "yes" if was_late(row.complaint.acknowledge_by, row.complaint.acknowledged_on) else "",
            row.standing.value,
            day(row.complaint.answered_on),
            row.complaint.outcome or "",
        )
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/data-complaints"
    return Table("Complaints about data", "data-complaints", ctx.now(), _COLUMNS, lines, address, most, "Complaints")
