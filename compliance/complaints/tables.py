"""Complaints as files that leave the service, for those who may see them (COM-7)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment
from policies.values import Policy

from .queries import Listed
from .rules import Turn

_COLUMNS = (
    "Complaint", "State", "Stage", "Raised", "Complains", "About", "Theme", "Area", "Reference", "Immediate risk",
    "Due", "Overdue", "Waits for", "Ended",
)  # fmt: skip


def of_complaints(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """One line for each complaint; what people wrote stays in the service."""
    policy = ctx.the(Policy)
    lines = [
        (
            f"{row.complaint.year}-{row.complaint.number}",
            row.complaint.status,
            str(row.complaint.stage),
            moment(row.complaint.raised_at),
            row.complains,
            row.about,
            policy.complaint_themes[row.complaint.theme].name
            if row.complaint.theme in policy.complaint_themes
            else row.complaint.theme,
            policy.area_name(row.complaint.area) if row.complaint.area else "",
            row.complaint.reference or "",
            "yes" if row.complaint.immediate_risk else "no",
            row.due_on.isoformat(),
            "yes" if row.overdue else "no",
            ", ".join(_waits_for(row, turn) for turn in Turn if turn in row.turns),
            moment(row.complaint.ended_at),
        )
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/complaints"
    return Table("Complaints between partners", "complaints", ctx.now(), _COLUMNS, lines, address, most, "Complaints")


def _waits_for(row: Listed, turn: Turn) -> str:
    return {Turn.FROM: row.complains, Turn.ABOUT: row.about, Turn.CHAIR: "the chair"}[turn]
