"""What the first page says of disposals: what the case system was told and has not confirmed in time (RET-8)."""

from __future__ import annotations

from flask import url_for

from compliance.kernel.context import Context
from compliance.web.access import could
from compliance.web.words import count
from policies.permissions import Permission
from retention.disposals import chasing

from .home_parts import Waiting


def waiting(ctx: Context) -> list[Waiting]:
    """Records that nobody can say are gone, for those who propose disposals and agree to them."""
    if not could(Permission.DISPOSAL_PROPOSE):
        return []
    late, told = chasing.unconfirmed(ctx)
    if not late:
        return []
    title = f"{'disposal was' if late == 1 else 'disposals were'} not confirmed in time"
    says = "The case system was told, and asked after it."
    if told:
        says += f" {count(told, 'has', 'have')} waited so long that somebody has to ask whoever runs it."
    where = url_for("disposals.disposals", which="late")
    return [Waiting(late, title, says, where, "See on which manifests", urgent=bool(told), late=late)]
