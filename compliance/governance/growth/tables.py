"""The months as a file that leaves the service (LIC-11)."""

from __future__ import annotations

from compliance.kernel.context import Context
from compliance.kernel.tables import Table

from .queries import Growth
from .rules import What
from .saying import NAMES


def of_growth(ctx: Context, found: Growth) -> Table:
    """One line for each month, the oldest first; what was not counted is left empty."""
    lines = []
    for place, month in enumerate(found.months):
        counts = (found.counts[what][place] for what in What)
        lines.append((f"{month:%Y-%m}", *("" if count is None else str(count) for count in counts)))
    address = f"{ctx.house.settings.base_url}/growth"
    return Table(
        "Growth", "growth", ctx.now(), ("Month", *(NAMES[what] for what in What)), lines, address, sheet="Growth"
    )
