"""Sharing a seat by page: the list, the week, the rows that are typed, and what is said before anything ends (LIC-6)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.context import House
from compliance.licences import use_cases
from compliance.licences.models import Licence
from compliance.licences.rotas.models import Rota
from compliance.licences.rules import Status
from tests.builders.identity import every
from tests.builders.licences import a_licence, acting, again, an_organisation, hub, seats
from tests.builders.rotas import MONDAY, SATURDAY, SUNDAY, a_rota, a_rota_of, a_turn, sharing, standing
from tests.web.conftest import Comes, Visitor

pytestmark = pytest.mark.rule("LIC-6")

ROTAS = "/licences/rotas"
DAYS = [(SATURDAY, 0, 1440), (SUNDAY, 0, 1440)]


def row(number: int, weekday: int, begins: str, ends: str, licence: Licence) -> dict[str, str]:
    """One row as it is typed."""
    typed = {"weekday": str(weekday), "begins": begins, "ends": ends, "licence_id": str(licence.id)}
    return {f"{member}_{number}": value for member, value in typed.items()}


def empty(count: int) -> dict[str, str]:
    """The rows that nobody filled in, as a browser sends them."""
    return {f"{member}_{n}": "" for n in range(count) for member in ("weekday", "begins", "ends", "licence_id")}


def trained_and_vetted(house: House, person_id: UUID) -> None:
    """This person brings what a licence asks of them."""
    with acting(house, hub("hub_coordinator")) as ctx:
        for module in ("case-system", "elearning"):
            use_cases.record_training(ctx, person_id, module=module, done_on=date(2026, 1, 5))
        use_cases.record_vetting(ctx, person_id, level="NPPV 2", holds_until=date(2028, 1, 31))


@pytest.fixture
def delegate(sqlite_app: Flask, comes: Comes) -> tuple[Visitor, list[Licence]]:
    """The delegate of an organisation with one seat, whose second colleague has asked for a licence."""
    house = house_of(sqlite_app)
    organisation, licences = sharing(house, "alex", "bo")
    return comes("delegate", organisation_id=organisation), licences


def test_a_delegate_shares_a_seat_and_sees_who_has_it_and_who_is_next(delegate: tuple[Visitor, list[Licence]]) -> None:
    visitor, (alex, bo) = delegate

    sent = visitor.send(
        f"{ROTAS}/new",
        {"name": "Duty desk"}
        | empty(4)
        | row(0, SATURDAY, "9am", "17:30", alex)
        | row(2, SUNDAY, "midnight", "midday", bo),
    )

    assert sent.status_code == 303
    shown = visitor.get(sent.location).text
    assert "has the seat until 21 November 2026 at 5:30pm" in shown
    assert "is next, from 22 November 2026 at 12:00am" in shown
    assert "waits for the hub’s approval, which takes no further seat" in shown
    listed = visitor.get(ROTAS).text
    assert "Duty desk" in listed
    assert "until 21 November 2026 at 5:30pm" in listed


@pytest.mark.parametrize(
    ("number", "typed", "says"),
    [
        (1, {"begins_1": "half nine"}, "Enter when it begins, such as 9am, 17:30 or midnight."),
        (1, {"ends_1": "9am"}, "A turn lasts a while: enter an end after its beginning."),
        (1, {"ends_1": "8am"}, "Enter an end after the beginning."),
        (1, {"weekday_1": ""}, "Choose the day."),
        (3, {"weekday_1": "5", "begins_1": "4pm", "ends_1": "6pm"}, "This turn overlaps another on Saturday, 9am to 5pm."),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_row_and_what_was_typed_is_kept(
    delegate: tuple[Visitor, list[Licence]], number: int, typed: dict[str, str], says: str
) -> None:
    visitor, (alex, bo) = delegate
    rows = empty(4) | row(0, SATURDAY, "9am", "5pm", alex) | row(1, SUNDAY, "9am", "5pm", bo) | typed

    answer = visitor.send(f"{ROTAS}/new", {"name": "Duty desk"} | rows)

    assert answer.status_code == 422
    assert says in answer.text
    field = next(iter(typed))
    assert f'id="{field}-error"' in answer.text or 'id="begins_1-error"' in answer.text
    assert f'value="{typed.get("begins_1", "9am")}"' in answer.text
    assert every(visitor.house, Rota) == []


def test_more_rows_come_without_javascript_and_keep_what_was_typed(delegate: tuple[Visitor, list[Licence]]) -> None:
    visitor, (alex, _) = delegate

    answer = visitor.send(f"{ROTAS}/new", empty(4) | row(0, MONDAY, "8:15", "11.45am", alex) | {"more": "yes"})

    assert answer.status_code == 200
    assert 'name="begins_7"' in answer.text
    assert 'name="begins_8"' not in answer.text
    assert 'value="8:15"' in answer.text
    assert "There is a problem" not in answer.text


def test_a_rota_with_nobody_in_it_is_refused(delegate: tuple[Visitor, list[Licence]]) -> None:
    visitor, _ = delegate

    answer = visitor.send(f"{ROTAS}/new", {"name": "Duty desk"} | empty(4))

    assert answer.status_code == 422
    assert "Enter at least one turn" in answer.text


@pytest.fixture
def shared(sqlite_app: Flask, comes: Comes) -> tuple[Visitor, Rota, list[Licence]]:
    """The hub's supervisor, and a rota of two on a Saturday and a Sunday."""
    rota, licences = a_rota_of(house_of(sqlite_app), "alex", "bo", turns=DAYS)
    return comes("hub_supervisor"), rota, licences


def test_the_timetable_is_shown_as_it_is_and_changed(shared: tuple[Visitor, Rota, list[Licence]]) -> None:
    visitor, rota, (alex, bo) = shared
    address = f"{ROTAS}/{rota.id}/turns"
    assert visitor.get(address).text.count('value="midnight"') == 4

    sent = visitor.send(
        address, {"name": "Nights"} | empty(6) | row(0, SATURDAY, "0:00", "24:00", bo) | row(1, SUNDAY, "9", "10", alex)
    )

    assert sent.status_code == 303
    found = standing(visitor.house, rota.id)
    assert found.rota.name == "Nights"
    assert found.now is not None
    assert found.now.licence.id == bo.id
    left_out = visitor.send(address, {"name": "Nights"} | empty(6) | row(0, SATURDAY, "0:00", "24:00", bo))
    assert "has no turn. Give them one, or let them go from the rota first." in left_out.text


def test_what_ends_is_said_before_a_rota_ends(shared: tuple[Visitor, Rota, list[Licence]]) -> None:
    visitor, rota, (alex, bo) = shared
    address = f"{ROTAS}/{rota.id}/end"

    page = visitor.get(address).text
    assert "1 other licence ends for good" in page
    assert f'value="{alex.id}" checked' in page

    assert visitor.send(address, {"keeps": str(bo.id)}).status_code == 303
    assert again(visitor.house, alex.id).status == Status.DEACTIVATED
    assert again(visitor.house, bo.id).status == Status.ACTIVE
    assert visitor.get(address).status_code == 404


def test_letting_somebody_go_ends_their_licence(shared: tuple[Visitor, Rota, list[Licence]]) -> None:
    visitor, rota, (_, bo) = shared
    address = f"{ROTAS}/{rota.id}/members/{bo.id}/end"

    assert "A licence that ends cannot be brought back" in visitor.get(address).text
    assert visitor.send(address, {"then": "end"}).status_code == 303

    assert again(visitor.house, bo.id).status == Status.DEACTIVATED


@pytest.mark.rule("ROL-4")
def test_a_delegate_of_another_organisation_finds_no_such_rota(
    shared: tuple[Visitor, Rota, list[Licence]], comes: Comes
) -> None:
    _, rota, (alex, bo) = shared
    other = an_organisation(shared[0].house, "thanet")
    stranger = comes("delegate", organisation_id=other)

    for path in ("", "/turns", "/end", f"/members/{bo.id}/end"):
        assert stranger.get(f"{ROTAS}/{rota.id}{path}").status_code == 404
    assert stranger.get(f"{ROTAS}/new?organisation={alex.organisation_id}").status_code == 404
    assert "Duty desk" not in stranger.get(ROTAS).text


def test_the_turns_of_a_licence_stand_on_its_page(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    rota, (alex, bo) = a_rota_of(house, "alex", "bo", turns=DAYS)
    hub = comes("hub_supervisor")

    page = hub.get(f"/licences/{bo.id}").text
    assert "Sunday all day" in page
    assert f"{ROTAS}/{rota.id}" in page
    assert "begins Sunday at midnight" in page
    waits = comes("delegate", organisation_id=alex.organisation_id)
    assert "Your turn" not in waits.get("/").text


def test_whoever_shares_a_seat_reads_at_home_when_it_is_their_turn(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    seats(house)
    organisation = an_organisation(house)
    cy = comes("delegate", organisation_id=organisation, email="cy@swale.gov.uk", full_name="Cy Made-Up")
    assert cy.account is not None
    trained_and_vetted(house, cy.account.person.id)
    bo = a_licence(house, organisation, "bo@swale.gov.uk")
    theirs = a_licence(house, organisation, "cy@swale.gov.uk")
    a_rota(house, organisation, [a_turn(bo, SATURDAY, 0, 1440), a_turn(theirs, SUNDAY, 540, 1020)])

    page = cy.get("/").text

    assert "Your turn: Sunday 9am to 5pm" in page
    assert "Your next turn begins Sunday at 9am." in page
