"""Capacity as a table, for the files that leave the service (LIC-11)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table

from .figures import By, Figures
from .queries import Capacity

COLUMNS = (
    "Sector", "Seats taken", "Active", "Kept until the first sign-in", "Resting", "Seats shared by rota",
    "People who share", "Offered", "Idle seats", "Idle days together", "Longest idle, days", "Waiting",
    "Longest wait, days", "Median wait, days",
)  # fmt: skip


def of_capacity(ctx: Context, found: Capacity, rows: Sequence[Figures], by: By) -> Table:
    """One line for each organisation, sector or area, in the order given."""
    lines = [
        (
            row.name,
            row.sector,
            *(
                str(number) if number is not None else ""
                for number in (
                    row.taken, row.active, row.kept, row.resting, row.rotas, row.sharing, row.offered, row.idle,
                    row.idle_days, row.idle_longest, row.waiting, row.longest, row.median,
                )
            ),
        )
        for row in rows
    ]  # fmt: skip
    title = f"Seats, use and demand by {by}, idle from {found.days} days without use"
    if by is By.AREA:
        title += "; a licence with several areas counts in each"
    address = f"{ctx.house.settings.base_url}/licences/capacity"
    return Table(title, "capacity", found.at, (by.capitalize(), *COLUMNS), lines, address, sheet="Capacity")
