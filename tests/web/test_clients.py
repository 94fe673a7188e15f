"""Programs at a browser: let in by two people, shown, changed, rotated, and turned off by one (DEC-3, ROL-3)."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.cli.doctor import CHECKS
from compliance.identity.clients.models import ClientCredential, Logout
from compliance.identity.models import ServiceClient
from compliance.identity.proposals.models import Proposal
from compliance.kernel.clock import FixedClock
from tests.api.test_logging_out import Scene
from tests.builders.api import Calls
from tests.builders.identity import COMMAND, every, logged
from tests.builders.programs import EC, ED, RSA, a_program
from tests.web.conftest import Comes, Visitor

NEW = {
    "name": "Oasis", "scopes": ["decisions", "changes:read"], "redirects": "http://127.0.0.1:9000/in\r\n", "networks": "192.0.2.0/24",
    "by": "both", "keys": json.dumps(EC.as_dict(private=False)), "reason": "It is what the partners work in.",
}  # fmt: skip


LOGOUTS = next(check for check in CHECKS if "signed in to it no more" in (check.__doc__ or ""))


def agreed(comes: Comes, app: Flask) -> None:
    """A second person agrees to the one thing that waits."""
    waiting = next(each for each in every(house_of(app), Proposal) if each.state == "proposed")
    second = comes("hub_supervisor")
    answer = second.send(f"/proposals/{waiting.id}/approval", {"digest": waiting.digest})
    assert answer.status_code == 303, answer.text


def shown(page: str, label: str) -> str:
    """What a page shows under this name."""
    found = re.search(rf">{label}</dt>\s*<dd[^>]*><span[^>]*>([^<]+)<", page)
    assert found is not None, page
    return found[1]


def let_in(comes: Comes, app: Flask, manager: Visitor, **other: object) -> tuple[ServiceClient, str]:
    page = manager.send("/clients/new", NEW | other)
    assert page.status_code == 200, page.text
    secret = shown(page.text, "Secret")
    agreed(comes, app)
    return every(house_of(app), ServiceClient)[-1], secret


@pytest.mark.rule("DEC-3", "ROL-3")
def test_two_people_let_a_program_in_and_its_secret_is_shown_once(
    comes: Comes, sqlite_app: Flask, clock: FixedClock
) -> None:
    manager, calls = comes("hub_manager"), Calls(sqlite_app, clock)

    page = manager.send("/clients/new", NEW)

    secret, client_id = shown(page.text, "Secret"), shown(page.text, "Client id")
    assert calls.token(client_id, secret).status_code == 401
    proposal = every(house_of(sqlite_app), Proposal)[-1]
    assert secret not in proposal.asked
    looked_at = comes("hub_supervisor").get(f"/proposals/{proposal.id}").text
    assert "192.0.2.0/24" in looked_at
    assert "http://127.0.0.1:9000/in" in looked_at
    assert secret not in looked_at
    calls = Calls(sqlite_app, clock)
    agreed(comes, sqlite_app)

    client = sqlite_app.test_client()
    client.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    [row] = every(house_of(sqlite_app), ServiceClient)
    assert (row.client_id, row.scopes) == (client_id, "decisions changes:read")
    assert len(every(house_of(sqlite_app), ClientCredential)) == 2
    shown_page = manager.get(f"/clients/{row.id}").text
    assert secret not in shown_page
    assert "Key for ES256" in shown_page
    assert len(logged(house_of(sqlite_app), "client.registered")) == 1


@pytest.mark.rule("ROL-3")
def test_whoever_proposed_a_program_does_not_agree_to_it(comes: Comes, sqlite_app: Flask) -> None:
    manager = comes("hub_manager")
    manager.send("/clients/new", NEW)
    proposal = every(house_of(sqlite_app), Proposal)[-1]

    refused = manager.send(f"/proposals/{proposal.id}/approval", {"digest": proposal.digest})

    assert refused.status_code in (403, 409)
    assert every(house_of(sqlite_app), ServiceClient) == []
    assert comes("hub_supervisor").get("/clients/new").status_code == 403


@pytest.mark.rule("DEC-3")
def test_what_will_not_do_is_said_beside_its_field_and_what_was_typed_is_kept(comes: Comes, sqlite_app: Flask) -> None:
    manager = comes("hub_manager")
    private = json.dumps(RSA.as_dict(private=True))
    for other, says in (
        ({"name": ""}, "Enter the program"),
        ({"name": "a\x00b"}, "name"),
        ({"scopes": [], "redirects": ""}, "Choose one or more of"),
        ({"scopes": ["everything"]}, "Choose from what is on offer"),
        ({"redirects": "https://case.example/*"}, "letter by letter"),
        ({"redirects": "http://case.example/in"}, "begins with https://"),
        ({"redirects": "javascript:alert(1)"}, "whole address"),
        ({"redirects": "https://u:p@case.example/"}, "without a user"),
        ({"redirects": "https://case.example/#x"}, "without a user"),
        ({"redirects": "https://a.example/\nhttps://a.example/"}, "once"),
        ({"redirects": "https://a.example/" + "x" * 500}, "500 at the most"),
        ({"logout_redirects": "data:text/html,x"}, "whole address"),
        ({"back_channel": "https://169.254.169.254/latest"}, "inside our own network"),
        ({"back_channel": "https://[::ffff:10.0.0.1]/"}, "inside our own network"),
        ({"back_channel": "ftp://case.example/"}, "address"),
        ({"networks": "192.0.2.1/24"}, "networks such as"),
        ({"networks": "everywhere"}, "networks such as"),
        ({"keys": "rubbish"}, "Paste a public key"),
        ({"keys": private}, "private key"),
        ({"keys": "[" * 9000}, "Paste a public key"),
        ({"keys": json.dumps({"kty": "oct", "k": "c2VjcmV0"})}, "Use a key for"),
        ({"keys": json.dumps(EC.as_dict(private=False) | {"x": "AAAA"})}, "Paste a public key"),
        ({"keys": "", "by": "keys"}, "Paste a public key"),
        ({"reason": ""}, "Say why"),
    ):
        answer = manager.send("/clients/new", NEW | other)
        assert answer.status_code == 422, other
        assert says in answer.text, other
        assert "What the partners" in answer.text or "what the partners" in answer.text or not other.get("reason", "x")
    assert every(house_of(sqlite_app), Proposal) == []


@pytest.mark.rule("DEC-3", "DEC-4")
def test_a_rotation_lets_the_earlier_ones_open_for_a_week_and_one_can_be_ended_at_once(
    comes: Comes, sqlite_app: Flask, clock: FixedClock
) -> None:
    program = a_program(sqlite_app)
    calls = Calls(sqlite_app, clock)
    house = house_of(sqlite_app)
    [row] = every(house, ServiceClient)
    manager = comes("hub_manager")
    page = manager.send(
        f"/clients/{row.id}/rotate",
        {"by": "both", "keys": json.dumps(ED.as_dict(private=False)), "reason": "A year is over."},
    )
    secret = shown(page.text, "Secret")
    assert calls.token(program.client_id, secret).status_code == 401

    agreed(comes, sqlite_app)

    assert calls.token(program.client_id, secret).status_code == 200
    assert calls.token(program.client_id, program.secret).status_code == 200
    assert program.proves().status_code == 200
    clock.move(timedelta(days=7))
    assert calls.token(program.client_id, program.secret).status_code == 401
    assert program.proves("ES256").status_code == 401
    assert program.proves("EdDSA").status_code == 200
    assert calls.token(program.client_id, secret).status_code == 200
    newest = next(each for each in every(house, ClientCredential) if each.secret and each.ends_at is None)
    answer = comes("hub_supervisor").send(f"/clients/{row.id}/credentials/{newest.id}/end")
    assert answer.status_code == 303
    assert calls.token(program.client_id, secret).status_code == 401


@pytest.mark.rule("DEC-4", "ROL-3")
def test_a_scope_that_two_people_took_away_is_gone_from_tokens_that_have_it(
    comes: Comes, sqlite_app: Flask, clock: FixedClock
) -> None:
    program = a_program(sqlite_app, scopes=["decisions", "registers:read"])
    house = house_of(sqlite_app)
    [row] = every(house, ServiceClient)
    manager = comes("hub_manager")
    fields = {"name": "The case system", "scopes": ["decisions"], "redirects": row.redirects, "logout_redirects": row.logout_redirects, "reason": "It reads none."}  # fmt: skip
    assert (
        "exactly this already"
        in manager.send(f"/clients/{row.id}/change", fields | {"scopes": ["decisions", "registers:read"]}).text
    )
    manager.send(f"/clients/{row.id}/change", fields)
    token = program.proves().get_json()["access_token"]
    client, headers = sqlite_app.test_client(), {"Authorization": f"Bearer {token}"}
    assert client.get("/api/v1/organisations", headers=headers).status_code == 200

    agreed(comes, sqlite_app)

    assert client.get("/api/v1/organisations", headers=headers).status_code == 403
    assert program.proves().get_json()["scope"] == "decisions"


@pytest.mark.rule("DEC-4")
def test_one_person_turns_a_program_off_at_once(comes: Comes, sqlite_app: Flask) -> None:
    program = a_program(sqlite_app)
    token = program.proves().get_json()["access_token"]
    [row] = every(house_of(sqlite_app), ServiceClient)

    answer = comes("hub_supervisor").send(f"/clients/{row.id}/end")

    assert answer.status_code == 303
    assert program.proves().status_code == 401
    headers = {"Authorization": f"Bearer {token}"}
    assert sqlite_app.test_client().get("/api/v1/organisations", headers=headers).status_code == 401
    assert program.posts("/oauth2/introspect", {"token": token}).status_code == 401


def test_the_list_is_searched_filtered_sorted_and_taken_away(comes: Comes, sqlite_app: Flask) -> None:
    a_program(sqlite_app)
    officer = comes("ig_officer")

    assert "The case system" in officer.get("/clients?search=case&which=live&scope=decisions&sort=-used").text
    assert "No client fits" in officer.get("/clients?search=nothing").text
    assert "No client fits" in officer.get("/clients?which=over").text
    assert officer.get("/clients?which=nonsense").status_code == 422
    for form in ("csv", "xlsx", "json"):
        assert officer.get(f"/clients/export.{form}?search=case").status_code == 200
    assert comes("delegate").get("/clients").status_code == 403


@pytest.mark.rule("DEC-4")
def test_what_a_program_does_not_take_is_shown_and_told_again_by_hand(
    comes: Comes, sqlite_app: Flask, clock: FixedClock
) -> None:
    scene = Scene(sqlite_app, clock, None)
    house = scene.house
    with house.work(COMMAND) as ctx:
        row = ctx.session.query(ServiceClient).one()
        client_id = row.id
    scene.signs_out()
    scene.looks()
    sign_on_id = scene.sign_on_id()
    with house.work(COMMAND) as ctx:
        ctx.session.add(
            Logout(
                sign_on_id=sign_on_id,
                client_id=client_id,
                made_at=ctx.now(),
                due_at=ctx.now() + timedelta(hours=1),
                tries=3,
                problem="not_trusted",
            )
        )
    supervisor = comes("hub_supervisor")

    page = supervisor.get(f"/clients/{client_id}").text

    assert "It did not prove who it is" in page
    assert "1 notice not taken" in supervisor.get("/clients").text
    assert "does not take who has left" in supervisor.get("/").text
    assert "does not take who has left" not in comes("ig_officer").get("/").text
    [said] = LOGOUTS(house)
    assert "has not taken 1 ended sign-in since" in said
    assert "(not_trusted)" in said
    assert supervisor.send(f"/clients/{client_id}", to=f"/clients/{client_id}/tell").status_code == 303
    [waits] = every(house, Logout)
    assert waits.due_at <= clock.now()
    with house.work(COMMAND) as ctx:
        ctx.session.query(Logout).one().told_at = ctx.now()
    assert "does not take who has left" not in supervisor.get("/").text
    assert list(LOGOUTS(house)) == []
