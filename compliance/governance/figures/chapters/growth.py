"""How the hub grows, and when seats and the co-ordinators' hours run out, for those who can give it more (GOV-1, LIC-11)."""

from __future__ import annotations

from compliance.governance.figures import spans
from compliance.governance.figures.model import Chapter, Decision, Figure, Span, Trend, Unit
from compliance.governance.growth import queries
from compliance.governance.growth.rules import Reach, What
from compliance.governance.growth.saying import NAMES, said
from compliance.kernel.context import Context
from policies.values import Policy

STOOD = (What.ORGANISATIONS, What.PEOPLE, What.LICENCES)
"""What is read as it stood at the end of the span; of the others there was so much in it."""


def chapter(ctx: Context, span: Span) -> Chapter:
    """What there was in the months of the span, the year before today as trends, and where that leads."""
    months = spans.months(span)
    known = queries.kept(ctx, months)
    grown = queries.read(ctx)
    values = ctx.the(Policy).growth
    labels = [f"{month:%b} {month:%y}" for month in grown.months]
    return Chapter(
        code="growth",
        heading="Growth",
        says="Each month is counted once it is over. What was not counted is not known. What is to come is a straight line "
        f"through the last {values.months_shown} months, and no promise.",
        figures=[
            *(_figure(what, [known.get((month, what)) for month in months]) for what in What),
            Figure("seats_left", "Seats that nobody has", grown.seats.left, where="/licences/capacity",
                   says=said(grown.seats, "seats")),
            Figure("hours_left", "Co-ordinators’ time that is left in a month", grown.hours.left, Unit.HOURS,
                   where="/growth", says=said(grown.hours, "the co-ordinators’ hours")),
        ],
        trends=[
            Trend("size", "People and licences", "At the end of each month.", labels,
                  [(NAMES[what], grown.counts[what]) for what in (What.PEOPLE, What.LICENCES)]),
            Trend("use", "Decisions", "Answered in each month.", labels, [(NAMES[What.DECISIONS], grown.counts[What.DECISIONS])]),
        ],
        decisions=[
            Decision(f"Say where more {what} come from.", said(found, what), "/growth", "LIC-11")
            for what, found in (("seats", grown.seats), ("co-ordinators’ hours", grown.hours))
            if found.reach in (Reach.OVER, Reach.COMING)
        ],
    )  # fmt: skip


def _figure(what: What, values: list[int | None]) -> Figure:
    value = values[-1] if what in STOOD else None if None in values else sum(each or 0 for each in values)
    return Figure(what.value, NAMES[what], value, where="/growth")
