"""Escalations as a file that leaves the service: which group asked whom by when, without what was written (GOV-2)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment

from .queries import Listed
from .rules import called

_COLUMNS = (
    "Escalation", "Organisation", "About", "Group", "State", "Opened", "Asked", "Of whom", "Answer by", "Answered",
    "Ended",
)  # fmt: skip


def of_escalations(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """One line for each escalation, with what its present or last group asked."""
    lines = [
        (
            called(row.escalation.year, row.escalation.number),
            row.organisation,
            row.escalation.about,
            row.escalation.level,
            row.standing.value,
            moment(row.escalation.opened_at),
            moment(row.ask.asked_at),
            row.ask.of_whom,
            row.ask.answer_by.isoformat(),
            moment(row.ask.answered_at),
            moment(row.escalation.ended_at),
        )
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/escalations"
    return Table("Escalations", "escalations", ctx.now(), _COLUMNS, lines, address, most, "Escalations")
