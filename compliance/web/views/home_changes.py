"""What is wrong with how changes of rights are sent, on the first page (DEC-4)."""

from __future__ import annotations

from flask import url_for

from compliance.changes.webhooks import queries
from compliance.kernel.context import Context
from compliance.web.access import could
from compliance.web.words import moment, not_taken
from policies.permissions import Permission

from .home_licences import Waiting


def waiting(ctx: Context) -> list[Waiting]:
    """Addresses that take nothing: what stands behind them may show what its people may not see any more."""
    if not could(Permission.WEBHOOK_SEND):
        return []
    found = queries.failing(ctx)
    if not found:
        return []
    title = "webhook takes no changes" if len(found) == 1 else "webhooks take no changes"
    first = found[0]
    says = f"{first.name}, since {moment(first.since)}: {not_taken(first.problem).lower()}." if first.since else ""
    where = url_for("webhooks.webhooks", state="failing")
    return [Waiting(len(found), title, says, where, "See what is wrong", urgent=True)]
