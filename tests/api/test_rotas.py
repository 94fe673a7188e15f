"""Rotas by API (LIC-6)."""

from __future__ import annotations

import pytest

from tests.builders.api import Calls
from tests.builders.rotas import SATURDAY, SUNDAY, sharing

pytestmark = pytest.mark.rule("LIC-6")


def test_a_rota_is_made_read_changed_and_ended(sqlite_calls: Calls) -> None:
    organisation, (alex, bo) = sharing(sqlite_calls.house, "alex", "bo")
    delegate = sqlite_calls.someone("delegate", organisation_id=organisation)
    saturday = {"weekday": SATURDAY, "begins": 0, "ends": 1440, "licence_id": str(alex.id)}
    sunday = {"weekday": SUNDAY, "begins": 540, "ends": 1020, "licence_id": str(bo.id)}

    made = delegate.post(
        "/api/v1/rotas", {"organisation_id": str(organisation), "name": "Desk", "turns": [saturday, sunday]}
    )
    assert made.status_code == 201
    path = f"/api/v1/rotas/{made.get_json()['id']}"
    listed = delegate.get("/api/v1/rotas").get_json()["items"]
    assert [(each["name"], each["has_seat"], each["until"]) for each in listed] == [
        ("Desk", str(alex.id), "2026-11-22T00:00:00.000000Z")
    ]
    assert delegate.get(path).get_json()["next_from"] == "2026-11-22T09:00:00.000000Z"

    overlapping = {**saturday, "begins": 600, "licence_id": str(bo.id)}
    refused = delegate.put(f"{path}/turns", {"turns": [saturday, overlapping]})
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.get_json()["errors"]] == ["#/turns/1/begins"]
    stale = delegate.put(f"{path}/turns", {"turns": [saturday, sunday]}, headers={"If-Match": '"99"'})
    assert stale.status_code == 412
    again = delegate.put(f"{path}/turns", {"turns": [saturday, sunday], "name": "Weekend"})
    assert again.get_json()["name"] == "Weekend"

    ended = delegate.delete(path)
    assert ended.status_code == 200
    assert ended.get_json()["ended_at"] is not None
    assert delegate.get("/api/v1/rotas").get_json()["items"] == []
