"""Who reads the log, why, and how far they see: asked before anything of it is shown (AUD-1, ROL-4, DEC-6)."""

from __future__ import annotations

from audit.reading import Reader
from compliance.decisions.exceptions.queries import kept_from, unseen
from compliance.kernel.context import Context
from policies.access import reach
from policies.permissions import Permission
from policies.values import Policy

from . import rules
from .errors import PurposeNeeded


def reader(
    ctx: Context,
    permission: Permission = Permission.AUDIT_READ,
    *,
    purpose: str | None = None,
    matter: str | None = None,
) -> Reader:
    """The acting person as a reader of the log: of all of it, or of their own organisations' entries.

    A purpose given with the request stands before the one said in the sign-in; a person with neither is refused.
    Raises Forbidden, PurposeNeeded, MatterUnclear.
    """
    organisations = reach(ctx, permission)
    said, its_matter = (purpose, rules.matter(matter)) if purpose else (ctx.origin.reads_for, ctx.origin.matter)
    known = ctx.the(Policy).reading_purposes
    if ctx.actor.kind == "person" and said not in known:
        raise PurposeNeeded.at("/purpose", f"Say why you read the log: {', '.join(known)}.")
    own = None if organisations is None else tuple(sorted(map(str, organisations)))
    hidden = unseen(ctx)
    return Reader(said, its_matter, own, kept_from(ctx), hidden)
