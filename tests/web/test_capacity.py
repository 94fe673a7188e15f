"""The page on which the hub sees where a seat is wasted, who waits for one, and what would free it."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from flask import Flask
from openpyxl import load_workbook

from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from tests.builders.capacity import Hub
from tests.builders.identity import logged
from tests.builders.use import used
from tests.web.conftest import Comes

PAGE = "/licences/capacity"


@pytest.fixture
def hub(sqlite_app: Flask, clock: FixedClock) -> Hub:
    return Hub(house_of(sqlite_app), clock)


@pytest.mark.rule("LIC-11")
def test_one_page_says_where_a_seat_is_idle_and_who_waits_for_how_long(hub: Hub, comes: Comes) -> None:
    manager = comes("hub_manager")

    page = " ".join(manager.get(PAGE).text.split())

    assert "2 seats are taken of 2" in page
    assert "1 seat is idle</strong>, the longest for 103 days" in page
    assert "2 people wait</strong>: the longest for 3 days" in page
    assert '<svg class="hub-chart__picture" role="img"' in page
    assert "The same as a table" in page
    assert " style=" not in page
    assert logged(hub.house, "list.viewed")
    assert "Thanet" not in _table(manager.get(f"{PAGE}?search=swa").text)
    assert "Medway" in _table(manager.get(f"{PAGE}?by=area&area=medway").text)
    assert "Mid-Kent" in _table(manager.get(f"{PAGE}?by=area&sort=-waiting&kind=standing").text)
    assert "Housing" in _table(manager.get(f"{PAGE}?by=sector&days=90&months=24").text)
    assert manager.get(f"{PAGE}?days=-1&by=x&sort=x&kind=x&months=7&page=9").status_code == 200


@pytest.mark.rule("LIC-11")
def test_a_licence_with_two_areas_counts_in_each_and_once_in_the_whole(hub: Hub, comes: Comes) -> None:
    manager = comes("hub_manager")

    areas = {row["Area"]: row for row in manager.get(f"{PAGE}/export.json?by=area").get_json()["rows"]}
    whole = {row["Organisation"]: row for row in manager.get(f"{PAGE}/export.json").get_json()["rows"]}

    assert {name: row["Active"] for name, row in areas.items()} == {"Mid-Kent": "2", "Medway": "1"}
    assert (whole["Swale"]["Active"], whole["Swale"]["Idle seats"], whole["Swale"]["Idle days together"]) == (
        "2", "1", "103",
    )  # fmt: skip
    assert (whole["Thanet"]["Waiting"], whole["Thanet"]["Longest wait, days"]) == ("2", "3")
    assert {"what": "capacity", "form": "json", "rows": 2} in [
        json.loads(each.detail) for each in logged(hub.house, "list.exported")
    ]


@pytest.mark.rule("LIC-11")
def test_the_table_is_taken_away_as_it_was_sorted_with_its_time_and_address(hub: Hub, comes: Comes) -> None:
    manager = comes("hub_manager")

    csv = manager.get(f"{PAGE}/export.csv?sort=-waiting").data.decode("utf-8-sig").splitlines()
    sheet = load_workbook(io.BytesIO(manager.get(f"{PAGE}/export.xlsx").data)).active

    assert "Produced " in csv[0]
    assert csv[0].rstrip('"').endswith("http://127.0.0.1:8000/licences/capacity")
    assert [line.split(",")[0] for line in csv[1:]] == ['"Organisation"', '"Thanet"', '"Swale"']
    assert sheet is not None
    assert [cell.value for cell in sheet["A"]][1:] == ["Organisation", "Swale", "Thanet"]
    assert manager.get(f"{PAGE}/export.exe").status_code == 404
    assert "Enter a new code" in comes("ig_officer", fresh=False).get(f"{PAGE}/export.csv").text


@pytest.mark.rule("LIC-11", "LIC-5")
def test_what_if_passes_over_only_who_is_not_ready_and_leads_to_who_does_it(hub: Hub, comes: Comes) -> None:
    manager = comes("hub_manager")

    answer = " ".join(manager.get(f"{PAGE}/what-if").text.split())

    assert "1 person of the 2 in line could be served" in answer
    assert "was not used for 103 days" in answer
    assert f"/licences/{hub.never.id}/reallocation" in answer
    assert "Passed over, and keeps the place in line" in answer
    assert "The vetting has run out" in answer
    assert "Nothing is done by asking" in answer
    assert not logged(hub.house, "licence.reallocated")

    hub.exempts(hub.never)
    left = " ".join(manager.get(f"{PAGE}/what-if?rotas=yes").text.split())
    assert "None of the 2 in line could be served" in left
    assert "Of the idle ones that are 1 exempt" in left


@pytest.mark.rule("LIC-11", "LIC-6")
def test_what_if_lets_two_who_use_theirs_lightly_share_one_seat(hub: Hub, comes: Comes, clock: FixedClock) -> None:
    used(hub.house, hub.never.id, at=clock.now() - timedelta(days=12))
    manager = comes("hub_manager")

    alone, shared = (" ".join(manager.get(f"{PAGE}/what-if{more}").text.split()) for more in ("", "?rotas=yes"))

    assert "None of the 2 in line" in alone
    assert "use theirs lightly: not for 12 and 8 days" in shared
    assert "one seat would be free" in shared


@pytest.mark.rule("LIC-11", "ROL-4")
def test_the_steering_group_sees_figures_and_no_names_and_partners_neither(hub: Hub, comes: Comes) -> None:
    member = comes("steering_member")

    assert "1 seat is idle" in member.get(PAGE).text
    answer = member.get(f"{PAGE}/what-if").text
    assert "somebody of Swale" in answer
    assert "Made-Up" not in answer.split("<main")[1]
    assert comes("delegate", organisation_id=hub.swale).get(PAGE).status_code == 403


@pytest.mark.rule("LIC-11")
def test_the_managers_first_page_says_what_needs_acting_and_nothing_that_does_not(hub: Hub, comes: Comes) -> None:
    manager = comes("hub_manager")

    home = " ".join(manager.get("/").text.split())
    assert "seat is idle" in home
    assert "people wait for a seat" in home

    used(hub.house, hub.never.id)
    assert "seat is idle" not in manager.get("/").text


def _table(page: str) -> str:
    return page.partition("<tbody")[2].partition("</tbody>")[0]
