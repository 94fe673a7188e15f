"""Who has acknowledged the confidentiality statement in force, as a file that leaves the service (SHA-4)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment

from .queries import Listed, newest

_COLUMNS = ("Person", "E-mail address", "Organisation", "Version in force", "Acknowledged")


def of_holders(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """One line for each licence holder."""
    version = newest(ctx)
    number = str(version.number) if version else ""
    lines = [
        (row.person.full_name, row.person.email, row.organisation or "", number, moment(row.acknowledged_at))
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/confidentiality/acknowledgements"
    return Table("Confidentiality statement", "confidentiality", ctx.now(), _COLUMNS, lines, address, most, "Holders")
