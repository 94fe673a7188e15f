"""Requests for help as a file that leaves the service, without what was said (GOV-6)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment

from .queries import Listed
from .rules import called

_COLUMNS = (
    "Request", "Organisation", "About", "Verified by", "State", "Whose matter", "Asked", "Answer by", "Passed on", "Ended",
)  # fmt: skip


def of_requests(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """One line for each request: no name and no words of whoever asked."""
    lines = [
        (
            called(row.request.year, row.request.number),
            row.organisation or "",
            row.request.about,
            row.request.verified_by,
            row.request.status,
            row.request.matter or "",
            moment(row.request.asked_at),
            row.request.answer_by.isoformat(),
            moment(row.request.passed_at),
            moment(row.request.ended_at),
        )
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/help"
    return Table("Requests for help", "help-requests", ctx.now(), _COLUMNS, lines, address, most, "Requests")
