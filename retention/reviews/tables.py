"""The queue of reviews as a file that leaves the service (RET-3): no answers, no reasons, no date that tells a birth."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, day, moment

from .queries import Listed

_HEADS = (
    "Review", "Record", "Kind of record", "Groups", "Organisation", "Review made because", "Fell due", "Decide by",
    "Reviewer", "State", "Decision", "Decided", "Next review",
)  # fmt: skip


def of_reviews(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """One line for each review."""
    lines = [
        (
            str(row.review.id),
            row.record.reference,
            row.record.kind,
            row.record.groups,
            row.organisation or "",
            row.review.trigger or row.review.kind,
            row.review.due_on.isoformat(),
            row.review.finish_by.isoformat(),
            row.reviewer or "",
            row.review.status,
            row.review.decision or "",
            moment(row.review.decided_at),
            day(row.review.next_review_on),
        )
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/retention/reviews"
    return Table("Reviews of records", "record-reviews", ctx.now(), _HEADS, lines, address, most, "Reviews")
