"""Every route says who may come, and keeps to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.routing import Rule

from compliance.api.access import Door
from compliance.identity.access_tokens import SCOPES
from compliance.kernel.context import House
from compliance.licences.rules import Status
from policies.access import Access
from tests.builders.api import Calls, is_problem
from tests.builders.identity import a_mailed_link
from tests.builders.licences import a_licence, an_organisation, seats


def routes(app: Flask) -> Iterator[tuple[Rule, str, Door]]:
    """Every route of the programs' door, by method, with what it declares."""
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("api."):
            continue
        view = app.view_functions[rule.endpoint]
        door = getattr(view, "door", None)
        assert isinstance(door, Door), f"{rule.rule} declares no access: put @guarded, @scoped or @open_door on it"
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, door


def address(rule: Rule) -> str:
    """An address that this route answers for, of things that do not exist."""
    _, built = rule.build({name: 0 if name == "number" else uuid4() for name in rule.arguments}) or ("", "")
    return str(built)


def test_every_route_declares_who_may_come_and_only_these_are_open_to_all(sqlite_app: Flask) -> None:
    open_to_all = {rule.rule for rule, _, door in routes(sqlite_app) if door.open}

    assert open_to_all == {
        "/live", "/ready", "/metrics", "/openapi.json", "/oauth2/token", "/oauth2/revoke", "/oauth2/introspect",
        "/oauth2/userinfo", "/oauth2/jwks", "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration",
        "/.well-known/oauth-protected-resource", "/.well-known/authzen-configuration",
        "/api/v1/sessions", "/api/v1/account/invitation",
    }  # fmt: skip


@pytest.mark.rule("DEC-3")
def test_a_route_that_declares_nothing_opens_for_nobody(sqlite_calls: Calls) -> None:
    view: Any = sqlite_calls.app.view_functions["api.organisations.list_organisations"]
    hub = sqlite_calls.someone("hub_manager")
    door = view.door
    try:
        del view.door
        is_problem(hub.get("/api/v1/organisations"), 403, "forbidden")
    finally:
        view.door = door


def test_every_permission_a_route_asks_for_has_a_policy_line_and_every_scope_exists(
    sqlite_app: Flask, sqlite_house: House
) -> None:
    granted = {permission for lines in sqlite_house.the(Access).table.values() for permission, _ in lines}

    for rule, _, door in routes(sqlite_app):
        missing = set(door.permissions) - granted
        assert not missing, f"{rule.rule} asks for {missing}, which no role has: add a line to access_policy.csv"
        assert door.scope is None or door.scope in SCOPES


@pytest.mark.rule("DEC-3")
def test_nobody_gets_past_a_door_that_is_not_open(sqlite_calls: Calls) -> None:
    nobody = sqlite_calls.nobody()

    for rule, method, door in routes(sqlite_calls.app):
        if not door.open:
            reply = nobody.client.open(address(rule), method=method)
            is_problem(reply, 401, "not-authenticated")


@pytest.mark.rule("ROL-1", "ROL-4")
def test_somebody_without_a_role_gets_past_no_door_that_asks_for_one(sqlite_calls: Calls) -> None:
    someone = sqlite_calls.someone()

    for rule, method, door in routes(sqlite_calls.app):
        if door.permissions:
            reply = someone.client.open(address(rule), method=method, headers=someone.headers())
            is_problem(reply, 403, "forbidden")


def test_a_program_gets_past_no_door_without_its_scope(sqlite_calls: Calls) -> None:
    for scope in ("retention", "registers:read"):
        program = sqlite_calls.a_program([scope])
        for rule, method, door in routes(sqlite_calls.app):
            if door.open or door.scope == scope:
                continue
            reply = program.client.open(address(rule), method=method, headers=program.headers())
            is_problem(reply, 403, "insufficient-scope" if door.scope else "forbidden")


@pytest.mark.rule("IDN-3")
def test_a_sign_in_that_is_not_complete_opens_only_its_next_step(sqlite_calls: Calls) -> None:
    hub = sqlite_calls.someone("hub_manager")
    invited = hub.post("/api/v1/people", {"full_name": "Kit Rowan", "email": "kit@kent.example.org", "hub_team": True})
    half_open = sqlite_calls.nobody()
    half_open.token = half_open.post(
        "/api/v1/account/invitation",
        {
            "token": a_mailed_link(sqlite_calls.house, UUID(invited.get_json()["id"])),
            "password": "Grey-Heron-41-flies",
        },
    ).get_json()["token"]

    opened = set()
    for rule, method, door in routes(sqlite_calls.app):
        if door.open or rule.rule == "/api/v1/sessions/current":
            continue
        reply = half_open.client.open(address(rule), method=method, headers=half_open.headers())
        if reply.status_code == 403:
            is_problem(reply, 403, "sign-in-unfinished" if door.stages else "forbidden")
        else:
            opened.add(rule.rule)
    assert opened == {"/api/v1/account/authenticator", "/api/v1/account/authenticator/confirmation"}


@pytest.mark.rule("ROL-4")
def test_what_another_organisation_has_answers_like_what_is_not_there(calls: Calls) -> None:
    seats(calls.house)
    ours, theirs = an_organisation(calls.house, "swale"), an_organisation(calls.house, "dover")
    licence = a_licence(calls.house, theirs, "alex@dover.gov.uk", status=Status.ACTIVE)
    delegate = calls.someone("delegate", organisation_id=ours)

    def answer(path: str, body: object = None) -> tuple[int, str]:
        reply = delegate.get(path) if body is None else delegate.post(path, body)
        return reply.status_code, reply.get_json(force=True)["detail"]

    request = {"full_name": "Kit Rowan", "email": "kit@dover.gov.uk", "areas": ["medway"], "reason": "Joins"}
    contact = {"kind": "escalation", "name": "Kit Rowan", "email": "kit@dover.gov.uk"}
    for theirs_, nobodys in (
        (answer(f"/api/v1/licences/{licence.id}"), answer(f"/api/v1/licences/{uuid4()}")),
        (answer(f"/api/v1/licences/{licence.id}/checklist"), answer(f"/api/v1/licences/{uuid4()}/checklist")),
        (answer(f"/api/v1/licences?organisation={theirs}"), answer(f"/api/v1/licences?organisation={uuid4()}")),
        (
            answer(f"/api/v1/licences/{licence.id}/deactivation", {"reason": "leaver"}),
            answer(f"/api/v1/licences/{uuid4()}/deactivation", {"reason": "leaver"}),
        ),
        (
            answer("/api/v1/licences", request | {"organisation_id": str(theirs)}),
            answer("/api/v1/licences", request | {"organisation_id": str(uuid4())}),
        ),
        (
            answer(f"/api/v1/organisations/{theirs}/contacts", contact),
            answer(f"/api/v1/organisations/{uuid4()}/contacts", contact),
        ),
        (
            answer(f"/api/v1/organisations/{theirs}/standing?person={licence.person_id}"),
            answer(f"/api/v1/organisations/{uuid4()}/standing?person={licence.person_id}"),
        ),
    ):
        assert theirs_[0] == 404
        assert theirs_ == nobodys
    assert delegate.get("/api/v1/licences").get_json()["items"] == []


def test_every_answer_says_it_is_not_to_be_kept_or_framed(sqlite_calls: Calls) -> None:
    hub = sqlite_calls.someone("hub_manager")

    for path in ("/live", "/ready", "/api/v1/organisations", "/api/v1/nowhere", "/oauth2/jwks"):
        headers = hub.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "Server" not in headers
        assert "Set-Cookie" not in headers
