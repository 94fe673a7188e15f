"""How each organisation takes its part, as a file that leaves the service (GOV-2)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.governance.figures.model import Unit, said
from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment
from policies.values import Policy

from .queries import Standings


def of_standings(ctx: Context, rows: Sequence[Standings]) -> Table:
    """One line for each organisation: each rate with what it is counted from, and what the hub owes."""
    measures = ctx.the(Policy).measures
    columns = [
        "Organisation",
        *(name for each in measures.values() for name in (each.name, "Done", "Of", "Standing")),
        "Licences waited for",
        "Since",
        "Licences there was no seat for",
        "Open escalations",
    ]
    lines = []
    for row in rows:
        line = [row.name]
        for code in measures:
            rate = row.rates[code]
            line += [
                said(rate.counted.share, Unit.SHARE), str(rate.counted.part), str(rate.counted.whole), rate.standing,
            ]  # fmt: skip
        line += [
            str(row.owed.waiting),
            moment(row.owed.since),
            str(row.owed.without),
            ", ".join(each.about for each in row.escalations),
        ]
        lines.append(line)
    months = ctx.the(Policy).accountability.months_counted
    title = f"Accountability over the last {months} complete months"
    address = f"{ctx.house.settings.base_url}/accountability"
    return Table(title, "accountability", ctx.now(), columns, lines, address, sheet="Accountability")
