"""Decisions about sharing as a file that leaves the service: each with its basis, and without its reason (SHA-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment
from policies.values import Policy

from .queries import Listed, called

_COLUMNS = (
    "Decision",
    "Reference",
    "Shared",
    "Lawful basis",
    "Clause",
    "Organisation",
    "With",
    "Decided",
    "Decided by",
)


def of_decisions(ctx: Context, rows: Sequence[Listed], names: Mapping[str, str], *, most: int | None = None) -> Table:
    """One line for each decision; `names` are those of the people who decided, by id."""
    bases = ctx.the(Policy).lawful_bases
    lines = [
        (
            called(row.decision),
            row.decision.reference,
            "yes" if row.decision.decision == "share" else "no",
            bases[row.decision.basis].name if row.decision.basis in bases else row.decision.basis,
            bases[row.decision.basis].clause if row.decision.basis in bases else "",
            row.organisation or "MARAC Hub Team",
            row.shared_with or "",
            moment(row.decision.decided_at),
            names.get(str(row.decision.decided_by), ""),
        )
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/sharing"
    return Table("Decisions about sharing", "sharing", ctx.now(), _COLUMNS, lines, address, most, "Decisions")
