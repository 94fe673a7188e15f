"""The case system, telling what happened in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from audit.models import Moment
from compliance.app import house_of
from compliance.identity.access_tokens import issue
from tests.builders.decisions import CaseSystem, the_case_system

PATH = "/api/v1/access-events"
SCOPE = "access-events:write"


def an_event(number: int = 1, at: datetime | str = "2026-11-21T09:30:00Z", **said: Any) -> dict[str, Any]:
    """A view of case C-1 by Alex of Swale, at half past nine, unless told otherwise; None leaves a member out."""
    event = {
        "id": f"e-{number}",
        "kind": "view",
        "person": "alex@swale.gov.uk",
        "reference": "C-1",
        "at": at if isinstance(at, str) else Moment.write(at),
    } | said
    return {name: value for name, value in event.items() if value is not None}


def the_teller(app: Flask, *scopes: str) -> CaseSystem:
    """A registered client that may report."""
    return the_case_system(app, *(scopes or (SCOPE,)))


def again_as(teller: CaseSystem) -> CaseSystem:
    """The same client with a new token."""
    token, _ = issue(house_of(teller.app), teller.client_id, (SCOPE,))
    return CaseSystem(teller.app, teller.client_id, token)


def tells(teller: CaseSystem, *events: dict[str, Any], key: str | None = None) -> TestResponse:
    """Report these events in one call."""
    headers = {} if key is None else {"Idempotency-Key": key}
    return teller.post(PATH, {"events": list(events)}, **headers)


def receipts(reply: TestResponse) -> list[tuple[str, int, str]]:
    """The receipts in an answer."""
    assert reply.status_code in (200, 201), reply.text
    return [(each["id"], each["entry"], each["hash"]) for each in reply.get_json()["receipts"]]
