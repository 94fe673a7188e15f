"""The reviews of the instruments in the demo: those so far were held, and the agreement's last one waits (SIG-10)."""

from __future__ import annotations

from signatories.reviews import queries, use_cases
from signatories.reviews.rules import Decision, Progress

from .demo_stage import Somebody, Stage

LEFT_OVER = "isa"


def hold(stage: Stage, manager: Somebody) -> None:
    """Record every review whose day has come, but for the last of the agreement."""
    with stage.as_(manager) as ctx:
        late = [row for row in queries.waiting(ctx) if row.progress is Progress.OVERDUE]
        last = max((row.due_on for row in late), default=None)
        for row in late:
            if (row.instrument, row.due_on) != (LEFT_OVER, last):
                use_cases.record_review(
                    ctx, row.instrument, row.due_on, held_on=row.due_on, useful=True, fit_for_purpose=True,
                    issues="Partners ask for more licences than the contract has.", decision=Decision.EXTEND,
                    reasons="Partners find what they need in it, and nothing in it stands in their way.",
                )  # fmt: skip
