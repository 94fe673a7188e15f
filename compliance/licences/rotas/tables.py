"""The rotas as a table for files: one row for each person in each (LIC-6)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment

from .queries import Standing
from .rules import said

COLUMNS = (
    "Rota",
    "Organisation",
    "Kind",
    "Person",
    "E-mail",
    "State",
    "Turns",
    "Has the seat now",
    "Until",
    "Next from",
)


def of_rotas(ctx: Context, standings: Sequence[Standing]) -> Table:
    """Each person's part as text; turns with nobody in them have a row of their own."""
    rows = []
    for each in standings:
        head = (each.rota.name, each.organisation, str(each.rota.kind))
        until, next_from = moment(each.until), moment(each.next_from)
        for member in each.members:
            person, has = member.licence.person, member.has_seat
            following = each.next is not None and each.next.licence.id == member.licence.id
            rows.append(
                (
                    *head, person.full_name, person.email, str(member.licence.status), said(member.turns),
                    "yes" if has else "no", until if has else "", next_from if following else "",
                )
            )  # fmt: skip
        if each.left_empty:
            rows.append((*head, "Nobody", "", "", said(each.left_empty), "no", "", ""))
    return Table(
        title="Rotas",
        stem="rotas",
        produced_at=ctx.now(),
        columns=COLUMNS,
        rows=rows,
        address=f"{ctx.house.settings.base_url}/licences/rotas",
    )
