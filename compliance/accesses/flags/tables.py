"""Flags, reported concerns and the rate of false flags as files that leave the service (AUD-6)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment

from .models import AccessFlag
from .queries import Listed
from .rules import Status
from .tuning import Tuned

_FLAGS = (
    "Flag", "Rule", "State", "Person", "Organisation", "Reference", "Accesses", "Raised", "Reviewer", "Due", "Reviewed", "Reason",
)  # fmt: skip
_CONCERNS = ("Reported", "Reference", "State", "To be looked at by", "Looked at")
_RULES = (
    "Rule", "Means", "Clause", "In use", "As many as there may be", "Within minutes", "Raised", "Explained", "Breach", "Open", "False flags, per cent",
)  # fmt: skip


def of_flags(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """One line for each flag; what people wrote stays in the service."""
    lines = [
        (
            str(row.flag.id),
            row.flag.rule,
            row.flag.status,
            row.person or "",
            row.organisation or "",
            row.flag.reference or "",
            str(row.flag.accesses),
            moment(row.flag.raised_at),
            row.reviewer or "",
            row.flag.due_on.isoformat(),
            moment(row.flag.decided_at),
            row.flag.finding or "",
        )
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/flags"
    return Table("Flags of access", "flags", ctx.now(), _FLAGS, lines, address, most, "Flags")


def of_concerns(ctx: Context, rows: Sequence[AccessFlag], *, most: int | None = None) -> Table:
    """One line for each concern that somebody reported: how it stands, and not what was found."""
    lines = [
        (
            moment(row.raised_at),
            row.reference or "",
            "waits" if row.status == Status.OPEN.value else "looked at",
            row.due_on.isoformat(),
            moment(row.decided_at),
        )
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/concerns"
    return Table("Concerns that you reported", "concerns", ctx.now(), _CONCERNS, lines, address, most, "Concerns")


def of_rules(ctx: Context, rows: Sequence[Tuned]) -> Table:
    """One line for each rule, with its terms and what became of what it raised in the last twelve months."""
    lines = [
        (
            row.code,
            row.rule.means if row.rule else "",
            row.rule.clause if row.rule else "",
            ("yes" if row.rule.in_use else "no") if row.rule else "",
            str(row.rule.most) if row.rule and row.rule.window_minutes else "",
            str(row.rule.window_minutes) if row.rule and row.rule.window_minutes else "",
            str(row.whole.raised),
            str(row.whole.explained),
            str(row.whole.breach),
            str(row.whole.open),
            "" if row.whole.false_rate is None else str(row.whole.false_rate),
        )
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/flags/rules"
    return Table("Rules of need to know", "need-to-know", ctx.now(), _RULES, lines, address, None, "Rules")
