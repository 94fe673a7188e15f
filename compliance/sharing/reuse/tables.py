"""Requests for re-use as a file that leaves the service: how each stands, and none of what anybody wrote (SHA-2)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment
from policies.values import Policy

from .queries import Listed, called

_COLUMNS = (
    "Request",
    "Reference",
    "Purpose",
    "Supplied by",
    "Asked by",
    "Asked",
    "Answer by",
    "State",
    "Ended",
    "Overriding reason",
)


def of_requests(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """One line for each request."""
    policy = ctx.the(Policy)
    lines = [
        (
            called(row.request),
            row.request.reference,
            row.request.purpose,
            row.supplier,
            row.asking or "MARAC Hub Team",
            moment(row.request.asked_at),
            row.request.answer_by.isoformat(),
            row.request.status,
            moment(row.request.ended_at),
            policy.reuse_overrides[row.request.override].name if row.request.override in policy.reuse_overrides else "",
        )
        for row in rows
    ]
    address = f"{ctx.house.settings.base_url}/sharing/reuse"
    return Table("Requests for re-use", "reuse-requests", ctx.now(), _COLUMNS, lines, address, most, "Requests")
