"""Who has learnt what, as a file that leaves the service (GOV-7)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table
from policies.values import Policy

from .queries import Learner
from .rules import State

SAYS = {
    State.MISSING: "Missing",
    State.OVER: "No longer counts",
    State.OLD: "Too old a version",
    State.SOON: "Runs out soon",
    State.NOT_ASKED: "Not done",
    State.IN_DATE: "In date",
}
"""How a module stands, in words."""


def of_learners(ctx: Context, rows: Sequence[Learner], *, most: int | None = None) -> Table:
    """One line for each person and module that they did or are due for."""
    modules = ctx.the(Policy).training
    lines = [
        (
            row.name, row.organisation, modules[each.module].name, SAYS[each.state], each.version or "",
            str(each.done_on or ""), str(each.until or ""),
        )
        for row in rows
        for each in row.modules
        if each.state is not State.NOT_ASKED
    ]  # fmt: skip
    columns = ("Person", "Organisation", "Module", "Standing", "Version", "Done on", "Counts until")
    address = f"{ctx.house.settings.base_url}/training"
    return Table("Training", "training", ctx.now(), columns, lines, address, most, "Training")
