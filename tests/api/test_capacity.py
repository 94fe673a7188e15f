"""Capacity by the API: the same figures on each database, and what would free a seat, with its reasons."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from compliance.kernel.db import WRITES
from compliance.licences.quarterly.models import UseVerdict
from tests.builders.api import Calls, is_problem
from tests.builders.capacity import Hub
from tests.builders.identity import logged
from tests.builders.use import licences_in_use, used

DOOR = "/api/v1/capacity"


@pytest.mark.rule("LIC-11")
def test_seats_use_and_demand_are_counted_alike_on_each_database(calls: Calls) -> None:
    hub = Hub(calls.house, calls.clock)
    _judged(hub, ("used", "unused"))
    coordinator = calls.someone("hub_coordinator")

    said = coordinator.get(DOOR).get_json()

    standing, by_invite = said["kinds"]
    assert {key: standing[key] for key in ("contract", "taken", "active", "idle", "idle_days", "free")} == {
        "contract": 2, "taken": 2, "active": 2, "idle": 1, "idle_days": 103, "free": 0,
    }  # fmt: skip
    assert (standing["waiting"], standing["waiting_longest_days"], standing["waiting_median_days"]) == (2, 3, 3)
    assert (by_invite["contract"], by_invite["taken"], by_invite["waiting_longest_days"]) == (1, 0, None)
    assert [(row["code"], row["taken"], row["waiting"]) for row in said["items"]] == [("swale", 2, 0), ("thanet", 0, 2)]
    months = {each["month"]: (each["held"], each["waiting"]) for each in said["months"]}
    assert len(months) == 12
    assert (months["2026-10"], months["2026-11"], months["2027-03"]) == ((None, None), (2, 0), (2, 2))
    assert said["quarters"] == [{"quarter": "2026-Q4", "verdicts": {"unused": 1, "used": 1}}]
    assert len(logged(calls.house, "list.viewed")) == 1

    areas = coordinator.get(DOOR, by="area", sort="-taken", months=0).get_json()
    assert [(row["code"], row["taken"], row["waiting"]) for row in areas["items"]] == [
        ("mid-kent", 2, 2),
        ("medway", 1, 0),
    ]
    assert areas["months"] == []
    medway = coordinator.get(DOOR, area="medway", kind="standing").get_json()
    assert [(row["code"], row["taken"]) for row in medway["items"]] == [("swale", 1)]
    assert coordinator.get(DOOR, by="sector", days=200).get_json()["items"][0]["idle"] == 0


@pytest.mark.rule("LIC-11", "LIC-5", "LIC-8")
def test_what_if_names_who_could_be_served_from_where_and_why(calls: Calls) -> None:
    hub = Hub(calls.house, calls.clock)
    coordinator = calls.someone("hub_coordinator")

    said = coordinator.get(f"{DOOR}/what-if").get_json()

    [line], [passed] = said["items"], said["passed_over"]
    assert (line["place"], line["way"], line["licence"]["id"]) == (2, "end", str(hub.second.id))
    assert [each["id"] for each in line["from"]] == [str(hub.never.id)]
    assert "was not used for 103 days" in line["says"]
    assert line["rules"] == ["LIC-8", "LIC-9"]
    assert (passed["place"], passed["licence"]["id"], passed["rules"]) == (1, str(hub.first.id), ["LIC-1", "LIC-5"])
    assert (said["in_line"], said["free"], said["left_alone"]) == (2, 0, {})

    named: dict[str, Any] = {"licences": str(hub.lately.id)}
    assert coordinator.get(f"{DOOR}/what-if", **named).get_json()["items"] == []
    assert coordinator.get(f"{DOOR}/what-if", area="medway").get_json()["items"] == []
    assert coordinator.get(f"{DOOR}/what-if", organisation=str(hub.thanet)).get_json()["items"] == []
    hub.exempts(hub.never)
    left = coordinator.get(f"{DOOR}/what-if").get_json()
    assert (left["items"], left["left_alone"]) == ([], {"exempt": 1})


@pytest.mark.rule("LIC-11", "LIC-6")
def test_five_who_use_theirs_lightly_could_serve_three_by_rota(calls: Calls) -> None:
    hub = Hub(calls.house, calls.clock)
    light = licences_in_use(calls.house, hub.swale, 4, since=calls.clock.now() - timedelta(days=200))
    used(calls.house, *light, hub.never.id, at=calls.clock.now() - timedelta(days=10))
    coordinator = calls.someone("hub_coordinator")

    [line] = coordinator.get(f"{DOOR}/what-if", rotas="true").get_json()["items"]

    assert (line["way"], line["rules"], len(line["from"])) == ("share", ["LIC-6"], 2)
    assert coordinator.get(f"{DOOR}/what-if").get_json()["items"] == []


def test_a_question_that_cannot_be_answered_is_refused_where_it_is_wrong(sqlite_calls: Calls) -> None:
    coordinator = sqlite_calls.someone("hub_coordinator")

    for path, asked in (
        (DOOR, {"days": 3}), (DOOR, {"days": 367}), (DOOR, {"sort": "person"}), (DOOR, {"months": 25}),
        (DOOR, {"by": "moon"}), (f"{DOOR}/what-if", {"licences": "1,2"}), (f"{DOOR}/what-if", {"days": 1}),
    ):  # fmt: skip
        problem = is_problem(coordinator.get(path, **asked), 422)
        assert problem["errors"][0]["pointer"] == f"#/{next(iter(asked))}"


def _judged(hub: Hub, verdicts: tuple[str, ...]) -> None:
    """What a quarter's audit would have written."""
    now = hub.house.clock.now()
    rows = [
        {
            "id": licence.id, "revision": 1, "quarter": "2026-Q4", "licence_id": licence.id,
            "organisation_id": hub.swale, "verdict": verdict, "judged_at": now,
        }
        for licence, verdict in zip((hub.lately, hub.never), verdicts, strict=True)
    ]  # fmt: skip
    with hub.house.engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(insert(UseVerdict), rows)
