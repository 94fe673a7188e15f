"""When something runs out, in words that page, report and letter share (LIC-11)."""

from __future__ import annotations

from datetime import date

from .rules import Reach, RunsOut

NAMES = {
    "organisations": "Organisations",
    "people": "People",
    "licences": "Licences held",
    "decisions": "Decisions",
    "cases": "Cases with access",
    "requests": "Licences asked for",
    "audits": "Access audits opened",
    "reviews": "Record reviews opened",
}
"""What each count is called."""


def said(found: RunsOut, what: str) -> str:
    """What can be said of when `what`, such as *seats*, runs out at this growth."""
    if found.reach is Reach.UNKNOWN:
        return f"Not known: too few months were counted to say when {what} run out."
    if found.reach is Reach.OVER:
        return f"All {what} are taken."
    if found.reach is Reach.NEVER:
        return f"At this growth {what} do not run out in the years that can be looked at."
    likely = f"At this growth {what} run out in {_month(found.month)}"
    first, last = _month(found.earliest), _month(found.latest)
    if first and first != _month(found.month):
        likely += f", at the earliest in {first}"
    return f"{likely}{f', at the latest in {last}' if last and last != _month(found.month) else ''}."


def _month(day: date | None) -> str:
    return f"{day:%B %Y}" if day is not None else ""
