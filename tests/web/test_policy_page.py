"""The policy page: what is in force, read from the running policy, beside what the standards ask for; and its changes."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.identity.proposals import use_cases as proposals
from compliance.identity.proposals.models import Proposal
from compliance.kernel.context import House
from compliance.web.policy_words import said_bounds
from policies.floors import FLOORS
from policies.values import CHANGEABLE, STANDARDS, Policy
from tests.builders.identity import every, someone
from tests.builders.policies import changed, proposed
from tests.support.browser import shuts_nobody_out
from tests.web.conftest import Comes, Seat, Visitor

LENGTH = "/policy/password.min_length/change"


def said(page: str) -> str:
    """The page's words, with one blank between."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.rule("IDN-9")
@pytest.mark.parametrize("role", ["hub_manager", "hub_coordinator", "delegate", "ig_officer", "steering_member"])
def test_whoever_is_signed_in_reads_every_value_whose_it_is_and_where_a_standard_differs(
    comes: Comes, role: str
) -> None:
    visitor = comes(role)
    policy = visitor.house.the(Policy)

    page = visitor.get("/policy")

    assert page.status_code == 200
    words = said(page.text)
    for each in policy.provenance:
        if each.name.partition(".")[0] in CHANGEABLE:
            assert f"{each.means[0].upper()}{each.means[1:]} {each.rule}, {each.clause}. Owner: {each.owner}" in words
            assert all(text in words for text in each.differs.values())
    for title in STANDARDS.values():
        assert title in words
    assert ("Change characters at the least" in words) is (role == "hub_manager")


@pytest.mark.rule("IDN-9")
def test_where_we_depart_from_the_standards_each_says_what_it_asks_for(sqlite_house: House) -> None:
    """Composition, expiry and codes by e-mail: the departures that are known (IDN-9)."""
    policy = sqlite_house.the(Policy)

    for name in ("password.character_kinds", "password.max_age_days", "second_factor.partner_methods"):
        known = policy.known(name)
        assert known is not None
        assert known.differs.keys() == STANDARDS.keys()
    for each in policy.provenance:
        if each.name.partition(".")[0] in CHANGEABLE:
            assert each.owner, f"{each.name} is nobody's"
            assert each.name in FLOORS or each.name.startswith("countries."), f"{each.name} has no floor"


def test_nobody_reads_it_who_is_not_signed_in(visitor: Visitor) -> None:
    assert visitor.get("/policy").status_code == 303


@pytest.mark.parametrize("role", ["hub_manager", "delegate"])
def test_every_page_leads_to_it(comes: Comes, role: str) -> None:
    assert 'href="/policy"' in comes(role).get("/account").text


@pytest.mark.rule("IDN-9", "ROL-3")
def test_a_change_is_proposed_on_the_page_and_shown_with_its_history_once_it_is_agreed_to(comes: Comes) -> None:
    manager = comes("hub_manager", full_name="Mo Hub")
    form = said(manager.get(LENGTH).text)
    assert "In force 12" in form
    assert "From 8 to 64" in form
    assert "15 and strongly recommended" in form or "15 strongly recommended" in form

    answer = manager.send(LENGTH, {"value": "15", "reason": "NIST asks for <b>more</b>."})
    assert (answer.status_code, answer.location) == (303, "/policy")
    page = said(manager.get("/policy").text)
    assert "Proposed: 15. Waits until 5 December 2026" in page
    assert "Nothing was changed since" in page

    house = manager.house
    [proposal] = every(house, Proposal)
    with house.work(*someone(house, "steering_member")) as ctx:
        proposals.approve(ctx, proposal.id, digest=proposal.digest)

    raw = comes("delegate").get("/policy").text
    page = said(raw)
    assert "In force NIST" in page
    assert "15 Version 1: changed on 21 November 2026 by Mo Hub and Wren Alder" in page
    assert "characters at the least 12 15 Mo Hub Wren Alder NIST asks for <b>more</b>." in page
    assert "<b>more" not in raw


@pytest.mark.rule("IDN-9")
@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("password.min_length", "7", "The value must lie between 8 and 64."),
        ("password.min_length", "１４", "Enter a whole number."),
        ("password.min_length", "9" * 5000, "Enter a whole number."),
        ("password.min_length", "", "Enter the new value."),
        ("password.min_length", "12", "This is the value in force already."),
        ("password.warn_days", "7\nseven", "List whole numbers."),
        ("second_factor.hub_methods", "app\r\nemail", "The value may only hold app, passkey, each once."),
        ("countries.refused_countries", "United Kingdom", "The value holds what is no ISO 3166 code"),
        ("countries.trusted_proxies", "10.0.0.1/8", "The value holds what is no network"),
    ],
)
def test_what_cannot_be_is_told_beside_the_field_and_what_was_typed_stays(
    comes: Comes, name: str, value: str, says: str
) -> None:
    manager = comes("hub_manager")

    answer = manager.send(f"/policy/{name}/change", {"value": value, "reason": "Because."})

    assert answer.status_code in (409, 422)
    assert says in said(answer.text)
    assert html.escape(value.replace("\r\n", "\n")) in answer.text.replace("\r\n", "\n")
    assert every(manager.house, Proposal) == []


@pytest.mark.rule("IDN-9")
@pytest.mark.parametrize(
    ("name", "value", "asked"),
    [
        ("password.warn_days", "10\r\n 3 \r\n\r\n", "[10,3]"),
        ("countries.refused_countries", "AQ\nBV", '["AQ","BV"]'),
        ("second_factor.partner_methods", "app", '["app"]'),
        ("sessions.idle_minutes", " 20 ", "20"),
        ("password.character_kinds", "", "[]"),
    ],
)
def test_numbers_and_lists_are_taken_as_people_type_them(comes: Comes, name: str, value: str, asked: str) -> None:
    manager = comes("hub_manager")

    answer = manager.send(f"/policy/{name}/change", {"value": value, "reason": "Because."})

    assert answer.status_code == 303, said(answer.text)
    assert f'"after":{asked}' in every(manager.house, Proposal)[0].asked


@pytest.mark.rule("IDN-6", "IDN-9")
def test_proposing_takes_a_fresh_code_and_goes_on_with_what_was_typed(comes: Comes) -> None:
    manager = comes("hub_manager", fresh=False)
    asked = manager.send(LENGTH, {"value": "15", "reason": "Because."})
    assert asked.status_code == 403
    assert every(manager.house, Proposal) == []

    answer = manager.again(asked, LENGTH, {"fresh_code": manager.code()})

    assert answer.status_code == 303
    assert [proposal.reason for proposal in every(manager.house, Proposal)] == ["Because."]


@pytest.mark.rule("IDN-9")
def test_only_who_may_propose_comes_to_the_form_and_only_for_a_value_there_is(comes: Comes) -> None:
    assert comes("hub_coordinator").get(LENGTH).status_code == 403
    assert comes("steering_member").get(LENGTH).status_code == 403
    manager = comes("hub_supervisor")
    assert manager.get(LENGTH).status_code == 200
    for name in ("password.nothing", "decisions.permit_seconds", "x", "__class__"):
        assert manager.get(f"/policy/{name}/change").status_code == 404


@pytest.mark.rule("IDN-9")
def test_a_second_proposal_for_a_value_is_told_that_one_waits(comes: Comes) -> None:
    manager = comes("hub_manager")
    proposed(manager.house, someone(manager.house, "hub_supervisor"), "password.min_length", 14)

    assert "A change to 14 waits for a second person" in said(manager.get(LENGTH).text)
    answer = manager.send(LENGTH, {"value": "15", "reason": "Because."})

    assert answer.status_code == 409
    assert "waits for a second person" in said(answer.text)


@pytest.mark.rule("IDN-9", "ROL-3")
def test_whoever_decides_is_told_in_words_what_changes_and_what_the_standards_say_of_it(comes: Comes) -> None:
    second = comes("steering_member")
    house = second.house
    proposal = proposed(house, someone(house, "hub_manager"), "second_factor.partner_methods", ["passkey", "app"])

    page = said(second.get(f"/proposals/{proposal.id}").text)

    assert "Change the policy" in page
    assert "Second factors: second factors that partners may use, the strongest first" in page
    assert "Before passkey, authenticator app, code by e-mail" in page
    assert "After passkey, authenticator app" in page
    assert "At level 3, e-mail must not be used (6.3.6)" in page


def test_the_floor_is_said_in_words() -> None:
    assert said_bounds("password.min_length") == "from 8 to 64"
    assert said_bounds("second_factor.hub_methods") == "any of app, passkey, and app or passkey among them"
    assert said_bounds("password.character_kinds") == "any of capital, number, small, special"


@pytest.mark.rule("IDN-9", "IDN-1")
def test_the_rules_of_a_password_follow_the_policy_everywhere_they_are_shown_and_held(comes: Comes) -> None:
    visitor = comes("delegate")
    changed(visitor.house, "password.character_kinds", ["small"])
    changed(visitor.house, "password.min_length", 20)

    page = said(visitor.get("/account/password").text)
    assert "at least 20 characters" in page
    assert "a small letter" in page
    assert "a capital letter" not in page
    new = {"current": visitor.account.password if visitor.account else "", "password": "quiet heron walks west"}
    answer = visitor.send("/account/password", new | {"again": new["password"]})
    assert answer.status_code == 303, said(answer.text)


def test_nobody_is_shut_out_of_the_policy_pages(sqlite_app: Flask, comes: Comes, seat: Seat) -> None:
    changed(house_of(sqlite_app), "password.min_length", 14)

    shuts_nobody_out(seat(comes("hub_manager")), "/policy", LENGTH, "/policy/countries.trusted_proxies/change")
