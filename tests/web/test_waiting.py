"""The waiting list, its offers, the number of seats and a move, as people meet them on pages (LIC-4, LIC-5)."""

from __future__ import annotations

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.context import House
from compliance.licences.models import Licence
from compliance.licences.rules import Status
from tests.builders.identity import every
from tests.builders.licences import a_licence, a_person, a_request, again, an_organisation, seats
from tests.builders.waiting import ends, listed, offers, waits
from tests.web.conftest import Comes


@pytest.fixture
def house(sqlite_app: Flask) -> House:
    """One standing seat."""
    found = house_of(sqlite_app)
    seats(found, standing=1)
    return found


@pytest.mark.rule("LIC-5")
def test_an_approver_who_finds_no_seat_puts_the_request_on_the_list_which_says_its_order(
    house: House, comes: Comes
) -> None:
    organisation = an_organisation(house)
    a_licence(house, organisation, "holder@swale.gov.uk")
    a_person(house, organisation, "kim@swale.gov.uk")
    request = a_request(house, organisation, "kim@swale.gov.uk")
    manager = comes("hub_manager")

    page = manager.get(f"/licences/{request.id}/approval").text
    assert "Every seat is taken" in page
    assert f"/licences/{request.id}/waiting" in page
    done = manager.send(f"/licences/{request.id}/waiting", {})

    assert done.location == f"/licences/{request.id}"
    assert "number 1 of 1" in manager.get(done.location).text
    shown = manager.get("/licences/waiting?search=kim&kind=standing&area=mid-kent").text
    assert "organisations that hold no seat of this kind come before" in shown
    assert str(request.id) in shown
    assert "number 1 of 1" in manager.get(f"/licences/{request.id}/approval").text
    export = manager.get("/licences/waiting/export.csv?search=kim")
    assert "kim@swale.gov.uk" in export.data.decode("utf-8-sig")
    assert "No request fits" in manager.get("/licences/waiting?search=nobody").text


@pytest.mark.rule("LIC-5", "ROL-4")
@pytest.mark.parametrize(("answer", "outcome"), [("yes", None), ("no", "declined")])
def test_a_delegate_answers_the_offer_on_the_page_of_the_request(
    house: House, comes: Comes, answer: str, outcome: str | None
) -> None:
    organisation = an_organisation(house)
    holder = a_licence(house, organisation, "holder@swale.gov.uk")
    request = waits(house, organisation, "kim@swale.gov.uk")
    delegate = comes("delegate", organisation_id=organisation)
    ends(house, holder)
    page = f"/licences/{request.id}"

    assert "A seat is offered to it until the end of" in delegate.get(page).text
    assert delegate.send(f"{page}/offer", {}).status_code == 422
    assert delegate.send(f"{page}/offer", {"answer": answer}).location == page

    assert offers(house) == {request.id: outcome}
    assert ("A seat is kept for it" in delegate.get(page).text) is (answer == "yes")
    again_answered = delegate.send(f"{page}/offer", {"answer": answer})
    assert again_answered.status_code == 409
    stranger = comes("delegate", organisation_id=an_organisation(house, "dover"))
    assert stranger.get(f"{page}/offer").status_code == 404


@pytest.mark.rule("LIC-5")
def test_the_hub_manager_changes_the_number_of_seats_and_is_told_how_many_are_taken(house: House, comes: Comes) -> None:
    organisation = an_organisation(house)
    a_licence(house, organisation, "holder@swale.gov.uk")
    request = waits(house, organisation, "kim@swale.gov.uk")
    manager = comes("hub_manager")

    for typed, says in (
        ("0", "1 of these seats are in use or offered"),
        ("-1", "Enter the number"),
        ("x", "Enter the"),
    ):
        refused = manager.send("/licences/seats/standing", {"seats": typed})
        assert refused.status_code == 422
        assert says in refused.text
    assert manager.send("/licences/seats/standing", {"seats": "2"}).location == "/licences"

    assert offers(house) == {request.id: None}
    assert "1 offered" in manager.get("/licences").text
    assert manager.get("/licences/seats/other").status_code == 404
    tired = comes("hub_manager", fresh=False)
    assert "Enter a new code" in tired.send("/licences/seats/standing", {"seats": "3"}).text


@pytest.mark.rule("LIC-4")
def test_a_delegate_moves_a_colleague_to_another_role_and_the_seat_goes_with_them(house: House, comes: Comes) -> None:
    organisation = an_organisation(house)
    other = an_organisation(house, "dover")
    holder = a_licence(house, organisation, "holder@swale.gov.uk")
    delegate = comes("delegate", organisation_id=organisation)
    page = f"/licences/{holder.id}/move"

    assert "Move to another role or organisation" in delegate.get(f"/licences/{holder.id}").text
    same = delegate.send(page, {"organisation_id": str(organisation), "areas": ["mid-kent"], "reason": "Same"})
    assert same.status_code == 409
    beyond = delegate.send(page, {"organisation_id": str(other), "areas": ["mid-kent"], "reason": "Away"})
    assert beyond.status_code == 404
    done = delegate.send(page, {"organisation_id": str(organisation), "areas": ["medway"], "reason": "New team"})

    new = next(row for row in every(house, Licence) if row.replaces_id == holder.id)
    assert done.location == f"/licences/{new.id}"
    assert again(house, holder.id).status == Status.DEACTIVATED
    assert offers(house) == {new.id: None}
    assert listed(house) == [(None, new.id)]
