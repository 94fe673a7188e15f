"""What a person or the case system raises: a concern about access (AUD-7), and a breach of any kind (BRE-1).

Each has a use case that takes it, and members that are for it alone: what comes with the wrong kind is refused, so that
nobody believes that it was heard.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint
from pydantic import AwareDatetime

from compliance.accesses.flags import use_cases as flags
from compliance.accesses.flags.models import AccessFlag
from compliance.accesses.flags.use_cases import Concern
from compliance.breaches import queries as breaches
from compliance.breaches.models import Incident as Breach
from compliance.breaches.reporting import Report, report
from compliance.breaches.rules import Kind
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid

from .access import scoped, signed_in
from .idempotency import once
from .reading import SAYS, Body, Code, Line, Prose, Reference, parse
from .replies import Reply, changed

incidents = Blueprint("incidents", __name__, url_prefix="/api/v1/incidents")


class Incident(Body):
    """`person` and `when` are for a concern: our id or a registered address of whose access it is, and when as well as known.

    The others beside `kind`, `words` and `reference` are for a breach: the partner that it is about, when it happened,
    when somebody came to know, and the flag whose review found it.
    """

    kind: Code
    words: Prose
    reference: Reference | None = None
    person: Line | None = None
    when: Line | None = None
    organisation_id: UUID | None = None
    happened_at: AwareDatetime | None = None
    aware_at: AwareDatetime | None = None
    flag_id: UUID | None = None


_FOR_CONCERNS = ("person", "when")
_FOR_BREACHES = ("organisation_id", "happened_at", "aware_at", "flag_id")
CONCERN = "access_concern"


def _concern(ctx: Context, body: Incident) -> AccessFlag:
    return flags.report_concern(ctx, Concern(body.words, body.person, body.reference, body.when))


def _breach(ctx: Context, body: Incident) -> Breach:
    said = Report(
        body.kind, body.words, body.organisation_id, body.reference, body.happened_at, body.aware_at, body.flag_id
    )
    return report(ctx, said)


TAKEN: dict[str, Callable[[Context, Incident], AccessFlag | Breach]] = {
    CONCERN: _concern, **dict.fromkeys([kind.value for kind in Kind], _breach),
}  # fmt: skip
"""The kinds of incident that are taken here, and what takes each."""


@incidents.post("")
@signed_in
@scoped("incidents:write")
def report_incident() -> Reply:
    """Report a concern about access, which becomes a flag with a named reviewer; or a breach. Nothing of what was said comes back."""
    body = parse(Incident)
    take = TAKEN.get(body.kind)
    if take is None:
        raise Invalid.at("/kind", f"Only these are taken here: {', '.join(TAKEN)}.")
    for name in _FOR_BREACHES if body.kind == CONCERN else _FOR_CONCERNS:
        if getattr(body, name) is not None:
            raise Invalid.at(f"/{name}", SAYS["extra_forbidden"])

    def act(ctx: Context) -> Any:
        made = take(ctx, body)
        said = {"id": made.id, "kind": body.kind, "state": made.status, "due_on": made.due_on}
        if isinstance(made, Breach):
            said["number"] = breaches.called(made)
        return lambda: changed(ctx, said, 201)

    return once(act)
