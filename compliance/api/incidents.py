"""What the case system raises: so far a concern about access (AUD-7); breaches have no door of their own yet (BRE-1).

Each kind has a body of its own and a use case that takes it: another kind is another line of `TAKEN`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from compliance.accesses.flags import use_cases
from compliance.accesses.flags.models import AccessFlag
from compliance.accesses.flags.use_cases import Concern
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid

from .access import scoped, signed_in
from .idempotency import once
from .reading import Body, Code, Line, Prose, Reference, parse
from .replies import Reply, present

incidents = Blueprint("incidents", __name__, url_prefix="/api/v1/incidents")


class Incident(Body):
    """`person` is our id or a registered e-mail address; one that we do not know is taken down and not looked for."""

    kind: Code
    words: Prose
    person: Line | None = None
    reference: Reference | None = None
    when: Line | None = None


def _concern(ctx: Context, body: Incident) -> AccessFlag:
    return use_cases.report_concern(ctx, Concern(body.words, body.person, body.reference, body.when))


TAKEN: dict[str, Callable[[Context, Incident], AccessFlag]] = {"access_concern": _concern}
"""The kinds of incident that are taken here, and what takes each."""


@incidents.post("")
@signed_in
@scoped("incidents:write")
def report_incident() -> Reply:
    """Report a concern about access: it becomes a flag with a named reviewer. Nothing of what was said comes back."""
    body = parse(Incident)
    take = TAKEN.get(body.kind)
    if take is None:
        raise Invalid.at("/kind", f"Only these are taken here so far: {', '.join(TAKEN)}.")

    def act(ctx: Context) -> Any:
        made = take(ctx, body)
        said = {"id": made.id, "kind": body.kind, "state": made.status, "due_on": made.due_on}
        return lambda: present(said, 201)

    return once(act)
