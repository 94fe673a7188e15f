"""The hub's pages for somebody who cannot get in, the link that the person is sent, and what it opens."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.identity.models import Password
from compliance.identity.proposals.models import Proposal
from tests.builders.identity import (
    PASSWORD,
    a_mailed_link,
    a_person,
    an_account,
    every,
    half_open,
    letters,
    logged,
    signed_in,
)
from tests.web.conftest import Comes, Visitor

VERIFIED = "Rang the number the hub holds."
NEW = {"password": "Brown-Otter-52-swims", "again": "Brown-Otter-52-swims"}


@pytest.mark.rule("IDN-4", "IDN-8")
def test_the_hub_resets_an_account_and_never_sees_the_link(comes: Comes) -> None:
    supervisor = comes("hub_supervisor")
    account = an_account(supervisor.house, full_name="Juniper Sands")

    page = supervisor.get(f"/people/{account.person.id}/reset")
    assert "still has their phone" in page.text
    refused = supervisor.send(f"/people/{account.person.id}/reset", {"identity_check": " "})
    assert refused.status_code == 422
    done = supervisor.send(f"/people/{account.person.id}/reset", {"identity_check": VERIFIED})

    assert done.status_code == 200
    assert "msi_" not in done.text
    assert "msi_" not in supervisor.get(f"/people/{account.person.id}").text
    [letter] = letters(supervisor.house, account.person, "reset")
    assert "http://127.0.0.1:8000/invitation/msi_" in letter["body"]


@pytest.mark.rule("IDN-3", "IDN-4")
def test_after_a_reset_the_new_password_is_followed_by_the_code_of_the_app_that_stayed(
    comes: Comes, clock, visitor: Visitor
) -> None:
    supervisor = comes("hub_supervisor")
    account = an_account(supervisor.house, "delegate")
    supervisor.send(f"/people/{account.person.id}/reset", {"identity_check": VERIFIED})
    clock.move(timedelta(seconds=60))

    visitor.account = account
    chosen = visitor.send(f"/invitation/{a_mailed_link(supervisor.house, account.person)}", NEW)
    assert chosen.location == "/sign-in/code"
    assert visitor.send("/sign-in/code", {"code": visitor.code()}).location == "/"
    assert visitor.get("/").status_code == 200


@pytest.mark.rule("IDN-8")
def test_a_link_is_for_one_person_once_whoever_opens_it(comes: Comes, sqlite_app: Flask) -> None:
    supervisor = comes("hub_supervisor")
    account, other = an_account(supervisor.house), comes("ig_officer")
    supervisor.send(f"/people/{account.person.id}/reset", {"identity_check": VERIFIED})
    link = f"/invitation/{a_mailed_link(supervisor.house, account.person)}"

    assert account.person.full_name in other.get(link).text
    assert other.send(link, NEW).status_code == 303
    assert Visitor(sqlite_app).get(link).status_code == 404
    assert other.get(link).status_code == 404
    assert other.send("/sign-in/code", NEW, to=link).status_code == 404
    changed = {row.person_id for row in every(supervisor.house, Password) if row.set_at == supervisor.house.clock.now()}
    assert changed <= {account.person.id}


@pytest.mark.rule("IDN-8")
def test_a_link_opens_nothing_after_another_reset(comes: Comes, visitor: Visitor) -> None:
    supervisor = comes("hub_supervisor")
    account = an_account(supervisor.house)
    reset = f"/people/{account.person.id}/reset"
    supervisor.send(reset, {"identity_check": VERIFIED})
    first = a_mailed_link(supervisor.house, account.person)
    supervisor.send(reset, {"identity_check": VERIFIED})

    assert visitor.get(f"/invitation/{first}").status_code == 404
    assert visitor.get(f"/invitation/{a_mailed_link(supervisor.house, account.person)}").status_code == 200


@pytest.mark.rule("IDN-8")
@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "X-Forwarded-Server", "Forwarded"])
def test_a_link_is_built_on_the_address_we_know_ourselves_by_whatever_the_request_says(
    comes: Comes, header: str
) -> None:
    supervisor = comes("hub_supervisor")
    account = an_account(supervisor.house)
    says = {header: "host=evil.example" if header == "Forwarded" else "evil.example"}
    if header == "Host":
        supervisor.client.set_cookie("session", supervisor.client.get_cookie("session").value, domain="evil.example")

    supervisor.send(f"/people/{account.person.id}/reset", {"identity_check": VERIFIED}, headers=says)

    bodies = [letter["body"] for letter in letters(supervisor.house, account.person)]
    assert not any("evil.example" in body for body in bodies)
    if header != "Host":
        assert any("http://127.0.0.1:8000/invitation/" in body for body in bodies)


@pytest.mark.rule("IDN-4", "ROL-3")
def test_a_recovery_is_proposed_and_changes_nothing_yet(comes: Comes) -> None:
    supervisor = comes("hub_supervisor")
    account = an_account(supervisor.house)
    way = f"/people/{account.person.id}/recovery"

    page = supervisor.get(way)
    assert "This takes two people" in page.text
    refused = supervisor.send(way, {"identity_check": " ", "reason": ""})
    assert refused.status_code == 422
    assert "Say what they lost" in refused.text
    done = supervisor.send(way, {"identity_check": VERIFIED, "reason": "Left on a train."})
    assert done.status_code == 303
    assert "waits for a second member of the hub" in supervisor.get(done.location).text

    assert [row.kind for row in every(supervisor.house, Proposal)] == ["account.recover"]
    assert letters(supervisor.house, account.person) == []
    again = supervisor.send(way, {"identity_check": VERIFIED, "reason": "Left on a train."})
    assert again.status_code == 409


@pytest.mark.rule("ROL-3")
def test_the_hubs_own_account_offers_no_way_back_to_itself(comes: Comes) -> None:
    manager = comes("hub_manager")
    assert manager.account

    page = manager.get(f"/people/{manager.account.person.id}").text

    assert not re.search(r'href="[^"]*/(reset|recovery|password-compromised)"', page)


@pytest.mark.rule("IDN-2")
def test_a_compromised_password_shows_on_the_persons_page_and_leads_them_to_a_new_one(
    comes: Comes, clock, visitor: Visitor
) -> None:
    supervisor = comes("hub_supervisor")
    account = an_account(supervisor.house, "delegate")
    way = f"/people/{account.person.id}/password-compromised"
    assert supervisor.send(way, {}).status_code == 422

    done = supervisor.send(way, {"reason": "tricked"})
    assert "Somebody else may know it" in supervisor.get(done.location).text
    assert way not in supervisor.get(done.location).text
    assert logged(supervisor.house, "password.compromised")

    clock.move(timedelta(seconds=60))
    visitor.account = account
    visitor.client.set_cookie("session", signed_in(supervisor.house, account).token)
    assert visitor.get("/").location == "/sign-in/new-password"
    assert "somebody else may know your password" in visitor.get("/sign-in/new-password").text
    assert visitor.send("/sign-in/new-password", {"current": PASSWORD} | NEW).status_code == 303
    assert visitor.get("/").status_code == 200


@pytest.mark.rule("IDN-2")
@pytest.mark.parametrize(("days", "shown"), [(75, None), (77, 12), (88, 1)])
def test_the_first_page_shows_the_warnings_that_are_sent(comes: Comes, clock, days: int, shown: int | None) -> None:
    somebody = comes("ig_officer")
    clock.move(timedelta(days=days))
    somebody.client.set_cookie("session", signed_in(somebody.house, somebody.account).token)

    page = somebody.get("/").text

    assert ("until your password expires" in page) is (shown is not None)
    if shown is not None:
        assert re.search(rf">{shown} days? until your password expires", page)


@pytest.mark.rule("IDN-1")
def test_the_page_gives_the_script_the_policys_own_numbers(comes: Comes, visitor: Visitor) -> None:
    house = comes("hub_manager").house
    account = an_account(house, full_name="Juniper Sands")
    visitor.client.set_cookie("session", half_open(house, account).token)
    somebody = comes("ig_officer", full_name="Juniper Sands")

    page = somebody.get("/account/password").text

    assert 'data-look="length" data-least="12" data-most="256"' in page
    lists = [json.loads(unescape(words)) for words in re.findall(r'data-words="([^"]+)"', page)]
    assert {"juniper", "sands", "junipersands"} <= set(lists[0])
    assert {"marac", "medway", "police"} <= set(lists[1])
    assert "<script>" not in page


@pytest.mark.rule("IDN-8")
def test_a_link_that_never_was_answers_as_one_that_is_over(sqlite_app: Flask, visitor: Visitor) -> None:
    house = house_of(sqlite_app)
    a_person(house)

    assert visitor.get("/invitation/msi_never").status_code == 404
    assert "evil" not in visitor.get("/invitation/msi_never", headers={"X-Forwarded-Host": "evil.example"}).text
