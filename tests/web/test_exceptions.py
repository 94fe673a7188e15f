"""Opening a case for an emergency, and keeping somebody from one, by page and by program (DEC-5, DEC-6)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from compliance.app import house_of
from compliance.decisions.exceptions import queries, use_cases
from compliance.decisions.exceptions.models import Conflict, ConflictAttempt
from compliance.identity.models import Person
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.licences.rules import Kind
from compliance.notices.models import Notice
from compliance.notices.queries import KEPT
from signatories.models import Organisation
from tests.builders import exceptions as build
from tests.builders.api import Calls, is_problem
from tests.builders.decisions import the_case_system
from tests.builders.identity import at_work, every, logged, someone
from tests.builders.licences import a_licence, acting, an_organisation, seats
from tests.builders.reading import comes_to_read
from tests.support.browser import NARROW, shuts_nobody_out
from tests.web.conftest import Comes, Seat, Visitor

NEXT_YEAR = date(2027, 1, 31)
ALEX = "alex@swale.gov.uk"
GLASS = {"email": ALEX, "reference": "C-1", "area": "north-kent", "hours": "12", "reason": "Called at night."}
APART = {"email": ALEX, "reference": "C-1", "grounds": "It is their brother's."}


@pytest.fixture
def house(sqlite_app: Flask) -> House:
    house = house_of(sqlite_app)
    seats(house)
    a_licence(house, an_organisation(house))
    return house


@pytest.fixture
def alex(house: House) -> UUID:
    return next(person.id for person in every(house, Person) if person.email == ALEX)


def agree(visitor: Visitor, page: str) -> None:
    done = visitor.send(f"{page}/approval")
    assert done.status_code == 303, done.text


@pytest.mark.rule("DEC-5", "IDN-6")
def test_a_case_is_opened_after_a_fresh_code_and_looked_at_when_it_is_over(comes: Comes, house: House) -> None:
    supervisor, officer = comes("hub_supervisor", fresh=False), comes("ig_officer")
    assert supervisor.send("/break-glass/new", {"email": ALEX}).status_code == 422
    assert "Nobody has an account" in supervisor.send("/break-glass/new", GLASS | {"email": "x@swale.gov.uk"}).text

    asked = supervisor.send("/break-glass/new", GLASS)
    assert "Enter a new code to go on" in asked.text
    done = supervisor.again(asked, "/break-glass/new", GLASS | {"fresh_code": supervisor.code()})
    assert done.status_code == 303, done.text
    page = done.headers["Location"]

    shown = officer.get(page).text
    assert "Called at night." in shown
    assert "waits for an information governance officer" in shown
    assert officer.get(f"{page}/review").status_code == 303
    assert officer.get(f"{page}/end").status_code == 403
    assert supervisor.send(f"{page}/end").status_code == 303
    assert supervisor.get(f"{page}/end").status_code == 303
    assert officer.send(f"{page}/review", {"justified": "yes"}).status_code == 422
    told = officer.send(f"{page}/review", {"justified": "no", "review": "A manager could have been asked."})
    assert told.status_code == 303, told.text
    assert "A manager could have been asked." in supervisor.get(page).text
    listed = officer.get("/break-glass?search=c-1&state=not_justified&sort=person").text
    assert "Not justified" in listed
    assert "Nothing fits" in officer.get("/break-glass?state=open").text
    assert "C-1" in officer.get("/break-glass/export.csv").text
    assert comes("hub_coordinator").get("/break-glass").status_code == 403


@pytest.mark.rule("DEC-6", "ROL-3")
def test_somebody_is_kept_from_a_case_by_two_people_and_let_near_it_by_two(comes: Comes, house: House) -> None:
    other, first, second = comes("ig_officer"), comes("hub_coordinator"), comes("hub_supervisor")
    proposal = first.send("/conflicts/new", APART).headers["Location"]
    assert "It is their brother&#39;s." in second.get(proposal).text
    assert other.get(proposal).status_code == 404
    assert "Somebody else has to decide" in first.get(proposal).text or "You proposed this" in first.get(proposal).text
    agree(second, proposal)

    page = f"/conflicts/{every(house, Conflict)[0].id}"
    assert "It is their brother&#39;s." in other.get(page).text
    assert "Only the two who set it are shown this" in other.get(page).text
    assert "You and the colleague who set this" in first.get(page).text
    assert "C-1" in other.get("/conflicts?search=alex&state=keeps_apart&sort=reference").text
    assert "C-1" in second.get("/conflicts/export.csv").text
    assert "kept from this case already" in first.send("/conflicts/new", APART).text
    desk = the_case_system(first.app)
    desk.asks(ALEX)
    assert "Case: view" in second.get(page).text
    assert "C-1" in second.get("/conflicts?attempted=yes").text
    assert "Nothing fits" in other.get("/conflicts?attempted=yes").text

    again = second.send(f"{page}/lift", {"grounds": "A namesake."}).headers["Location"]
    agree(first, again)
    assert "no longer kept" in other.get(page).text
    assert first.get(f"{page}/lift").status_code == 303
    assert desk.first_failing(ALEX) is None


@pytest.mark.rule("DEC-6")
@pytest.mark.parametrize("role", ["hub_manager", "hub_supervisor", "hub_coordinator", "ig_officer"])
def test_to_the_person_there_is_nothing_of_it_on_any_page(comes: Comes, house: House, role: str) -> None:
    her = comes(role)
    assert her.account is not None
    pages = ["/", "/proposals", "/proposals?kind=conflict.set", "/proposals/export.csv", "/conflicts",
             "/conflicts?state=lifted", "/conflicts/export.csv", "/notices", "/notices/export.csv"]  # fmt: skip

    def seen() -> dict[str, tuple[int, str]]:
        return {page: (her.get(page).status_code, _steady(her.get(page).text)) for page in pages}

    def there(address: str) -> int:
        return her.get(address).status_code

    seen()
    hub = someone(house, "hub_coordinator"), someone(house, "hub_supervisor")
    before = seen()
    proposal = build.proposed(house, her.account.person.id, who=hub[0])
    assert seen() == before
    assert [there(f"/proposals/{proposal.id}{step}") for step in ("", "/approval", "/refusal")] == [404, 404, 404]
    build.agreed(house, proposal, hub[1])
    conflict = every(house, Conflict)[0]
    assert seen() == before
    assert there(f"/conflicts/{conflict.id}") == 404
    assert there(f"/conflicts/{conflict.id}/lift") in (403, 404)
    build.lifted(house, conflict, *hub)
    assert seen() == before


def _steady(html: str) -> str:
    """A page without what changes from one asking to the next."""
    return "\n".join(
        line for line in html.splitlines() if "csrf" not in line and "nonce" not in line and "Produced" not in line
    )


@pytest.mark.rule("DEC-6")
def test_whoever_is_kept_from_a_case_sees_nothing_of_others_exceptions_with_it(
    comes: Comes, house: House, alex: UUID
) -> None:
    her = comes("hub_supervisor")
    assert her.account is not None
    given = build.opened(house, alex, "C-9")
    theirs = build.kept(house, alex, "C-8")
    assert "C-9" in her.get("/break-glass").text
    assert "C-8" in her.get("/conflicts").text

    for reference in ("C-8", "C-9"):
        build.kept(house, her.account.person.id, reference)

    assert "C-9" not in her.get("/break-glass").text
    assert "C-9" not in her.get("/break-glass/export.csv").text
    assert her.get(f"/break-glass/{given.id}").status_code == 404
    assert "C-8" not in her.get("/conflicts").text
    assert her.get(f"/conflicts/{theirs.id}").status_code == 404
    opened = her.send("/break-glass/new", GLASS | {"reference": "C-9", "email": ALEX})
    assert opened.status_code == 409, "it is open to them already"


@pytest.mark.rule("DEC-5", "DEC-6", "ROL-4")
def test_the_same_is_done_and_hidden_by_api(sqlite_app: Flask, clock: FixedClock, house: House, alex: UUID) -> None:
    calls = Calls(sqlite_app, clock)
    officer, coordinator, supervisor = (
        calls.someone(role) for role in ("ig_officer", "hub_coordinator", "hub_supervisor")
    )
    assert supervisor.account is not None
    asked = {"person_id": str(alex), "reference": "C-1", "area": "north-kent", "hours": 2, "reason": "At night."}

    given = supervisor.post("/api/v1/break-glass", asked)
    assert (given.status_code, given.get_json()["state"]) == (201, "open")
    one = f"/api/v1/break-glass/{given.get_json()['id']}"
    is_problem(supervisor.post("/api/v1/break-glass", asked | {"hours": 99}), 422, "invalid")
    is_problem(coordinator.post("/api/v1/break-glass", asked), 403, "forbidden")
    assert supervisor.delete(one).get_json()["state"] == "to_review"
    assert officer.post(f"{one}/review", {"justified": True, "review": "It was."}).get_json()["state"] == "justified"
    assert officer.get(one).get_json()["reason"] == "At night."
    assert [each["person"] for each in officer.get("/api/v1/break-glass", state="justified").get_json()["items"]]

    apart = {"person_id": str(alex), "reference": "C-1", "grounds": "Their brother's."}
    waits = coordinator.post("/api/v1/conflicts", apart)
    assert waits.status_code == 202
    proposal = f"/api/v1/proposals/{waits.get_json()['proposal']}"
    digest = supervisor.get(proposal).get_json()["digest"]
    assert supervisor.post(f"{proposal}/approval", {"digest": digest}).status_code == 200
    (found,) = officer.get("/api/v1/conflicts", lifted="false").get_json()["items"]
    shown = officer.get(f"/api/v1/conflicts/{found['id']}").get_json()
    assert (shown["grounds"], shown["attempts"]) == ("Their brother's.", None)
    assert coordinator.get(f"/api/v1/conflicts/{found['id']}").get_json()["attempts"] == []

    build.kept(house, supervisor.account.person.id)
    is_problem(supervisor.get(f"/api/v1/conflicts/{found['id']}"), 404, "not-found")
    assert supervisor.get("/api/v1/conflicts").get_json()["items"] == []
    is_problem(coordinator.post("/api/v1/conflicts", apart), 409, "conflict-set-already")
    is_problem(supervisor.post("/api/v1/conflicts", apart | {"person_id": str(supervisor.account.person.id)}), 403,
               "conflict-of-oneself")  # fmt: skip
    assert coordinator.post(f"/api/v1/conflicts/{found['id']}/lifting", {"grounds": "A namesake."}).status_code == 202


@pytest.mark.rule("DEC-6", "LIC-7")
def test_a_case_one_is_kept_from_stands_on_no_licence_and_in_no_invitation(
    sqlite_app: Flask, clock: FixedClock, comes: Comes, house: House
) -> None:
    swale = every(house, Organisation)[0].id
    visiting = a_licence(house, swale, "v@swale.gov.uk", kind=Kind.BY_INVITE, cases=("C-7", "C-8"), ends_on=NEXT_YEAR)
    her, coordinator = comes("hub_supervisor"), Calls(sqlite_app, clock).someone("hub_coordinator")
    assert her.account is not None
    assert coordinator.account is not None
    page, door = f"/licences/{visiting.id}", f"/api/v1/licences/{visiting.id}"
    assert "C-7" in her.get(page).text

    for person in (her.account.person.id, coordinator.account.person.id):
        build.kept(house, person, "C-7")

    assert "C-7" not in her.get(page).text
    assert "C-8" in her.get(page).text
    assert coordinator.get(door).get_json()["cases"] == ["C-8"]
    asked = {"reference": "C-7", "person_id": str(visiting.person_id), "closed": False}
    made = coordinator.post("/api/v1/invitations", asked)
    assert made.status_code == 201, "as for any case that there is not"
    assert [each.action for each in every(house, ConflictAttempt)] == ["case_access.invite"]
    is_problem(coordinator.delete(f"/api/v1/invitations/{made.get_json()['id']}"), 404, "not-found")


@pytest.mark.rule("DEC-6", "AUD-1")
def test_an_officer_finds_nothing_of_their_own_conflict_in_the_log(comes: Comes, house: House, alex: UUID) -> None:
    hub = someone(house, "hub_coordinator"), someone(house, "hub_supervisor")
    officer, other = comes_to_read(comes, "ig_officer"), comes_to_read(comes, "ig_officer")
    assert officer.account is not None
    own = build.kept(house, officer.account.person.id, "C-1", *hub)
    build.kept(house, alex, "C-2", *hub)
    build.opened(house, alex, "C-1")

    def found(visitor: Visitor, query: str) -> str:
        return visitor.get(f"/audit?{query}").text

    assert found(other, "event=conflict.set").count("/audit/") > found(officer, "event=conflict.set").count("/audit/")
    entries = {entry.subject_id: entry.number for entry in logged(house, "conflict.set")}
    assert officer.get(f"/audit/{entries[str(own.id)]}").status_code == 404
    shown = other.get(f"/audit/{entries[str(own.id)]}").text
    assert "C-1" not in shown
    assert str(officer.account.person.id) not in shown
    for event in ("proposal.made", "proposal.approved"):
        told = {row.number for row in logged(house, event) if "conflict.set" in row.detail}
        assert sorted(other.get(f"/audit/{number}").status_code for number in told) == [200, 200]
        assert sorted(officer.get(f"/audit/{number}").status_code for number in told) == [200, 404]
    (opened,) = (row.number for row in logged(house, "break_glass.granted"))
    assert other.get(f"/audit/{opened}").status_code == 200
    assert officer.get(f"/audit/{opened}").status_code == 404
    with house.reading(*at_work(house, officer.account.person)) as ctx:
        letters = select(Notice.id).where(Notice.once.startswith(KEPT))
        assert {str(each) for each in ctx.session.scalars(letters)} & queries.unseen(ctx)


@pytest.mark.rule("DEC-5", "DEC-6")
def test_nobody_is_shut_out_of_these_pages(
    sqlite_app: Flask, comes: Comes, house: House, alex: UUID, seat: Seat
) -> None:
    glass, over = (build.opened(house, alex, reference) for reference in ("C-" + "9" * 120, "C-2"))
    with acting(house) as ctx:
        use_cases.end_break_glass(ctx, over.id)
    apart = build.kept(house, alex, "K-1")
    pages = {
        "hub_supervisor": (
            "break-glass", "break-glass/new", f"break-glass/{glass.id}", f"break-glass/{glass.id}/end", "conflicts",
            "conflicts/new", f"conflicts/{apart.id}", f"conflicts/{apart.id}/lift",
        ),
        "ig_officer": ("", f"break-glass/{over.id}", f"break-glass/{over.id}/review"),
    }  # fmt: skip
    for role, paths in pages.items():
        shuts_nobody_out(seat(comes(role)), *(f"/{path}" for path in paths), widths=(NARROW,))
