"""Proposals by the pages: what waits for whom, in words, and deciding on exactly what was shown (ROL-3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from compliance.app import house_of
from compliance.identity.models import Person
from compliance.identity.proposals import rules
from compliance.identity.proposals.models import Proposal
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY
from compliance.web import asked
from tests.builders.identity import a_person, an_employer, every, logged
from tests.builders.roles import held_by
from tests.support.browser import shuts_nobody_out
from tests.web.conftest import Comes, Seat, Visitor

WHY = "Casey is on leave from March.\nSomebody has to run the meetings."


@pytest.fixture
def member(sqlite_app: Flask) -> Person:
    """A member of the hub team without a role."""
    return a_person(house_of(sqlite_app), full_name="Bryony Dovecote", hub_team=True)


def asks(manager: Visitor, member: Person, role: str = "hub_coordinator", **more: str) -> Proposal:
    """A manager asks for a role by the page; the proposal that waits."""
    fields = {"role": role, "reason": WHY} | more
    answer = manager.send(f"/people/{member.id}/roles/new", fields)
    assert answer.status_code == 303, answer.text
    return next(row for row in every(manager.house, Proposal) if row.state == "proposed")


@pytest.mark.rule("ROL-3")
def test_a_hub_role_is_asked_for_shown_in_words_and_given_by_a_second_person(comes: Comes, member: Person) -> None:
    manager, supervisor = comes("hub_manager", full_name="Morgan Ashdown"), comes("hub_supervisor")
    last = {"ends_on-day": "31", "ends_on-month": "3", "ends_on-year": "2027"}
    proposal = asks(manager, member, **last)
    page = f"/proposals/{proposal.id}"

    person = manager.get(f"/people/{member.id}")
    assert "It waits for a second person" in person.text
    assert f'href="{page}"' in person.text
    assert held_by(manager.house, member.id) == []

    own = manager.get(page)
    assert "You proposed this yourself" in own.text
    assert "Take it back" in own.text
    assert "MARAC manager or MARAC supervisor" in own.text

    home = supervisor.get("/")
    assert "proposal waits for you" in home.text
    assert 'href="/proposals"' in home.text
    assert f'href="{page}"' in supervisor.get("/proposals").text
    shown = supervisor.get(f"{page}/approval")
    for said in (
        "Bryony Dovecote", "MARAC co-ordinator", "Until the end of 31 March 2027", "Morgan Ashdown",
        "Somebody has to run the meetings.",
    ):  # fmt: skip
        assert said in shown.text
    assert f'name="digest" value="{proposal.digest}"' in shown.text

    done = supervisor.send(f"{page}/approval")
    assert done.location == page
    assert "You have agreed, and it is done." in supervisor.get(page).text
    assert [held.role for held in held_by(manager.house, member.id)] == ["hub_coordinator"]
    assert "until the end of 31 March 2027" in manager.get(f"/people/{member.id}").text
    assert "proposal waits for you" not in supervisor.get("/").text


@pytest.mark.rule("ROL-3", "IDN-6")
def test_a_fresh_code_is_asked_for_and_what_was_shown_is_carried_along(comes: Comes, member: Person) -> None:
    proposal = asks(comes("hub_manager"), member)
    supervisor = comes("hub_supervisor", fresh=False)
    page = f"/proposals/{proposal.id}/approval"

    answer = supervisor.send(page)
    assert answer.status_code == 403
    assert 'name="fresh_code"' in answer.text
    assert proposal.digest in answer.text

    done = supervisor.again(answer, page, {"fresh_code": supervisor.code()})
    assert done.status_code == 303
    assert held_by(supervisor.house, member.id) != []


@pytest.mark.rule("ROL-3")
def test_what_changed_after_it_was_shown_is_not_agreed_to(comes: Comes, member: Person) -> None:
    supervisor = comes("hub_supervisor")
    proposal = asks(comes("hub_manager"), member)
    page = f"/proposals/{proposal.id}/approval"
    shown = supervisor.get(page)
    [kept] = every(supervisor.house, Proposal)
    kept.asked = kept.asked.replace("hub_coordinator", "hub_manager")
    with supervisor.house.engine.begin() as connection:
        changed = {"asked": kept.asked, "digest": rules.digest(kept.bound)}
        connection.execute(update(Proposal).values(changed))

    answer = supervisor.again(shown, page, {})

    assert answer.status_code == 409
    assert "not what the proposal asks for now" in answer.text
    assert "MARAC manager" in answer.text
    assert held_by(supervisor.house, member.id) == []


@pytest.mark.rule("ROL-3")
def test_a_refusal_needs_a_reason_and_a_proposal_can_be_taken_back(comes: Comes, member: Person) -> None:
    manager, supervisor = comes("hub_manager"), comes("hub_supervisor")
    proposal = asks(manager, member)
    page = f"/proposals/{proposal.id}"

    empty = supervisor.send(f"{page}/refusal", {"reason": " "})
    assert empty.status_code == 422
    assert "Say why not." in empty.text
    assert supervisor.send(f"{page}/refusal", {"reason": "We wait for spring."}).location == page
    assert "We wait for spring." in manager.get(page).text

    again = asks(manager, member)
    assert manager.send(f"/proposals/{again.id}/return").location == f"/proposals/{again.id}"
    assert "Taken back" in supervisor.get("/proposals").text
    late = supervisor.send(f"/proposals/{again.id}", to=f"/proposals/{again.id}/approval")
    assert late.status_code == 409


@pytest.mark.rule("ROL-3", "AUD-1")
def test_who_cannot_be_the_second_person_is_told_why_and_remembered(comes: Comes) -> None:
    supervisor, manager = comes("hub_supervisor"), comes("hub_manager")
    assert supervisor.account is not None
    proposal = asks(manager, supervisor.account.person, "hub_manager")
    page = f"/proposals/{proposal.id}"

    assert "This is about you." in supervisor.get(page).text
    assert supervisor.get(f"{page}/approval").location == page
    answer = supervisor.send(page, {"digest": proposal.digest}, to=f"{page}/approval")
    assert answer.status_code == 403
    assert "This is about you." in answer.text
    assert logged(manager.house, "access.refused")[-1].actor_id == str(supervisor.account.person.id)
    assert manager.send(page, {"digest": proposal.digest}, to=f"{page}/approval").status_code == 403
    assert "Somebody else has to decide" in supervisor.get("/proposals").text


@pytest.mark.rule("ROL-3")
def test_a_void_or_late_proposal_says_so_and_can_be_refused(comes: Comes, member: Person, clock: FixedClock) -> None:
    manager, supervisor = comes("hub_manager"), comes("hub_supervisor")
    assert manager.account is not None
    proposal = asks(manager, member)
    page = f"/proposals/{proposal.id}"
    with manager.house.engine.begin() as connection:
        locked = update(Person).where(Person.id == manager.account.person.id)
        connection.execute(locked.values(locked_at=clock.now()))

    assert "may do so no longer" in supervisor.get(page).text
    answer = supervisor.send(page, {"digest": proposal.digest}, to=f"{page}/approval")
    assert answer.status_code == 409
    assert "may do so no longer" in answer.text

    clock.move(timedelta(days=14))
    late = comes("hub_supervisor")
    assert "Nobody decided by" in late.get(page).text
    assert "Nobody decided" in late.get("/proposals").text


@pytest.mark.rule("ROL-4")
@pytest.mark.parametrize("role", ["delegate", "ig_officer", "hub_coordinator"])
def test_whoever_has_no_part_in_it_finds_nothing(comes: Comes, member: Person, role: str) -> None:
    proposal = asks(comes("hub_manager"), member)
    somebody = comes(role)

    for address in ("", "/approval", "/refusal", "/return"):
        assert somebody.get(f"/proposals/{proposal.id}{address}").status_code == 404
    assert str(proposal.id) not in somebody.get("/proposals").text


def test_the_menu_leads_there_for_those_who_propose_or_decide(comes: Comes) -> None:
    for role, shown in (("hub_manager", True), ("hub_supervisor", True), ("ig_officer", True), ("delegate", False)):
        assert ('href="/proposals"' in comes(role).get("/").text) is shown


@pytest.mark.rule("ROL-1", "ROL-3")
def test_a_role_is_given_and_ended_with_a_reason(comes: Comes) -> None:
    manager = comes("hub_manager")
    person = a_person(manager.house, organisation_id=an_employer(manager.house))

    silent = manager.send(f"/people/{person.id}/roles/new", {"role": "delegate"})
    assert silent.status_code == 422
    assert "Say why they need the role." in silent.text
    past = manager.send(
        f"/people/{person.id}/roles/new",
        {"role": "delegate", "reason": "x", "ends_on-day": "1", "ends_on-month": "1", "ends_on-year": "2020"},
    )
    assert past.status_code == 422
    assert "Choose a last day from today on" in past.text
    manager.send(f"/people/{person.id}/roles/new", {"role": "delegate", "reason": "Joins the team."})
    [held] = held_by(manager.house, person.id)
    assert held.reason == "Joins the team."

    end = f"/people/{person.id}/roles/{held.id}/end"
    assert "Say why the role ends." in manager.send(end).text
    assert manager.send(end, {"reason": "Has left."}).status_code == 303
    assert held_by(manager.house, person.id)[0].end_reason == "Has left."


@pytest.mark.rule("ROL-1")
def test_the_last_managers_role_is_not_ended_by_the_page(comes: Comes) -> None:
    manager = comes("hub_manager")
    assert manager.account is not None
    other = a_person(manager.house, "hub_manager")
    [held] = held_by(manager.house, manager.account.person.id)
    with manager.house.engine.begin() as connection:
        connection.execute(update(Person).where(Person.id == other.id).values(hub_team=False))

    answer = manager.send(f"/people/{manager.account.person.id}/roles/{held.id}/end", {"reason": "x"})

    assert answer.status_code == 409
    assert "This is the last MARAC manager" in answer.text


def test_an_act_that_does_not_say_itself_is_spelled_out(comes: Comes, member: Person) -> None:
    manager = comes("hub_manager")
    proposal = asks(manager, member)
    proposal.kind, proposal.asked = "area.close", '{"area":"mid-kent","last":null,"all":true,"cases":["C-1","C-2"]}'

    with manager.house.reading(NOBODY) as ctx:
        said = asked.said(ctx, proposal)

    assert said.title == "Area: close"
    assert said.facts == [("Area", "mid-kent"), ("Last", "Nothing"), ("All", "Yes"), ("Cases", "C-1, C-2")]


def test_nobody_is_shut_out_of_the_proposals(comes: Comes, member: Person, seat: Seat) -> None:
    manager, supervisor = comes("hub_manager", full_name="Morgan Ashdown"), comes("hub_supervisor")
    refused = asks(manager, a_person(manager.house, full_name="Ivo Elderbrook"), "ig_officer")
    supervisor.send(f"/proposals/{refused.id}/refusal", {"reason": "We wait for spring."})
    proposal = asks(manager, member)

    for who, paths in (
        (supervisor, ("", f"/{proposal.id}", f"/{proposal.id}/approval", f"/{proposal.id}/refusal")),
        (manager, ("", f"/{proposal.id}", f"/{proposal.id}/return", f"/{refused.id}")),
    ):
        shuts_nobody_out(seat(who), *(f"/proposals{path}" for path in paths))
