"""What the case system counts of each organisation, area and month, so that rates can be told (GOV-2).

`docs/facts.md` says what is counted, how a count is corrected, and what to do where something is refused.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint
from pydantic import Field

from compliance.governance.facts import use_cases
from compliance.governance.facts.rules import Told
from compliance.kernel.context import Context

from .access import scoped
from .idempotency import once
from .reading import Body, Code, Reference, parse
from .replies import Reply, changed

facts = Blueprint("facts", __name__, url_prefix="/api/v1/facts")

LARGEST = 2**31 - 1


class Fact(Body):
    """`period` is a month such as 2026-11; `reference` a case's where each case is told by itself."""

    organisation_id: UUID
    area: Code
    period: Code
    counter: Code
    count: Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
    reference: Reference | None = None


class Facts(Body):
    facts: tuple[Fact, ...]


@facts.post("")
@scoped("facts:write")
def report_facts() -> Reply:
    """Report counts: all of them are taken or nothing, and one told again replaces what stood."""
    told = [
        Told(each.organisation_id, each.area, each.period, each.counter, each.count, each.reference or "")
        for each in parse(Facts).facts
    ]

    def act(ctx: Context) -> Any:
        done = use_cases.report(ctx, told)
        said = {"new": done.new, "corrected": done.corrected, "same": done.same}
        return lambda: changed(ctx, said, 201 if done.new else 200)

    return once(act)
