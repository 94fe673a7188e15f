"""What happened in the case system, as it reports it: durable when answered, with a receipt each (AUD-1, DPA 2018 s.62).

`docs/access-events.md` says how to report, and what to do where something is refused.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from flask import Blueprint
from pydantic import AfterValidator, BeforeValidator, Field

from audit.guard import PolicyVersion
from compliance.accesses.reporting import use_cases
from compliance.accesses.reporting.errors import ClientEnded, ToldMeanwhile
from compliance.accesses.reporting.rules import Kind, Outcome, Told
from compliance.accesses.reporting.use_cases import Report
from compliance.identity.whence import address_of
from compliance.kernel.context import Context

from .access import scoped
from .errors import Challenge
from .idempotency import once
from .reading import SAYS, Body, Code, Line, Reference, parse
from .replies import Reply, present

access_events = Blueprint("access_events", __name__, url_prefix="/api/v1/access-events")

LOOKS = 3
"""How often a batch is tried whose events somebody else reports at the same moment."""

MOST_RECORDS = 2**31 - 1
_LONGEST_PERSON = 254
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)
_PLAIN = re.compile(r"[!-~]{1,64}")


def _instant(given: object) -> object:
    """An instant as RFC 3339 has it, in UTC, and nothing that is only like one."""
    try:
        if isinstance(given, str) and _INSTANT.fullmatch(given):
            return datetime.fromisoformat(given.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(SAYS["datetime_type"]) from None
    raise ValueError(SAYS["datetime_type"])


def _id(given: str) -> str:
    if not _PLAIN.fullmatch(given):
        raise ValueError("Use 1 to 64 letters, digits and signs of ASCII, without spaces.")
    return given


def _address(given: str) -> str:
    address = address_of(given)
    if address is None:
        raise ValueError("Use an address of IPv4 or IPv6.")
    return str(address)


class Event(Body):
    id: Annotated[str, AfterValidator(_id)]
    kind: Kind
    person: Annotated[Line, Field(max_length=_LONGEST_PERSON)]
    at: Annotated[datetime, BeforeValidator(_instant)]
    outcome: Outcome = Outcome.DONE
    action: Code | None = None
    reference: Reference | None = None
    purpose: Code | None = None
    recipient: Line | None = None
    address: Annotated[str, AfterValidator(_address)] | None = None
    involved: bool | None = None
    records: Annotated[int, Field(ge=0, le=MOST_RECORDS)] | None = None


class Batch(Body):
    events: tuple[Event, ...]


@access_events.post("")
@scoped("access-events:write")
def report_access_events() -> Reply:
    """Report what people did in the case system: all of it is taken or nothing, and an event told again only once."""
    events = [Told(**dict(event)) for event in parse(Batch).events]

    def act(ctx: Context) -> Any:
        taken = use_cases.report(ctx, events)
        return lambda: _answer(ctx, events, taken)

    for more in reversed(range(LOOKS)):
        try:
            return once(act)
        except ToldMeanwhile:
            if not more:
                raise
        except ClientEnded as ended:
            raise Challenge(error="invalid_token", detail=ended.words) from ended
    raise AssertionError


def _answer(ctx: Context, events: list[Told], taken: Report) -> Reply:
    """A receipt for each event in the order they came, and, where some were new, what their entries stood on (DEC-7)."""
    listed = [(told.id, taken.receipt(told.id)) for told in events]
    body: dict[str, Any] = {
        "receipts": [{"id": event_id, "entry": receipt.entry, "hash": receipt.hash} for event_id, receipt in listed]
    }
    if taken.new:
        body["policy_version"] = str(ctx.the(PolicyVersion))
        body["state_version"] = ctx.session.info["state_version"]
    return present(body, 201 if taken.new else 200)
