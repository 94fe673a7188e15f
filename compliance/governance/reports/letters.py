"""Telling those who read reports that there is one; what it says stands here and not in the letter (GOV-1, GOV-5)."""

from __future__ import annotations

from compliance.governance.figures.model import Report
from compliance.identity import those_with
from compliance.kernel.context import Context
from compliance.notices.writing import write
from policies.permissions import Permission

from .models import IssuedReport


def issued(ctx: Context, it: IssuedReport, report: Report) -> int:
    """Write to everybody who may read it; how many letters."""
    decisions = len(report.decisions)
    letters = [
        write(
            ctx,
            "report_issued",
            to=each.email,
            person_id=each.id,
            once=f"report_issued:{it.id}:{each.id}",
            name=each.full_name,
            report=report.title,
            period=report.span.name,
            asks="Nothing in it needs a decision." if not decisions
            else f"{decisions} {'thing' if decisions == 1 else 'things'} in it can only be decided by those who read it.",
            page=f"{ctx.house.settings.base_url}/reports/{it.id}",
        )
        for each in those_with.hub_wide(ctx, Permission.REPORT_READ)
    ]  # fmt: skip
    return sum(letter is not None for letter in letters)
