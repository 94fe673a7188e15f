"""What the first page says of retention: reviews that wait for this person, and holds to be looked at again (RET-3, RET-6)."""

from __future__ import annotations

from flask import url_for

from compliance.kernel.context import Context
from compliance.web.access import could
from policies.permissions import Permission
from retention.holds import queries as holds

from .home_parts import Waiting


def held(ctx: Context) -> list[Waiting]:
    """Holds whose day has come, for whoever may lift them."""
    if not could(Permission.HOLD_LIFT):
        return []
    found = holds.counted(ctx)
    if not found.due:
        return []
    late = f" {found.overdue} {'is' if found.overdue == 1 else 'are'} overdue." if found.overdue else ""
    return [
        Waiting(
            found.due,
            f"{'hold' if found.due == 1 else 'holds'} to look at again",
            f"Records are kept whatever their time. Keep each hold up with a new day, or lift it.{late}",
            url_for("holds.holds", which=holds.Which.DUE.value),
            "See the holds",
            urgent=bool(found.overdue),
            late=found.overdue,
        )
    ]
