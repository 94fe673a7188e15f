"""What was issued, as a file that leaves the service: which report, of when, by whom and with which hash (GOV-1)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment

from .queries import Listed

_COLUMNS = ("Report", "Period", "Edition", "Issued", "By", "SHA-256")


def of_reports(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """One line for each issue."""
    lines = [
        (row.title, row.span.name, str(row.edition), moment(row.issued_at), row.issued_by, row.sha256) for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/reports"
    return Table("Reports", "reports", ctx.now(), _COLUMNS, lines, address, most, "Reports")
