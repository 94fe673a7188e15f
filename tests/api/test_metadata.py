"""What the metadata say is what the service does, no more and no less (RFC 8414, RFC 9728, OpenID Connect Discovery)."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from compliance.api import document
from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.contract import Contract
from tests.builders.identity import signed_in
from tests.builders.programs import (
    ASSERTION,
    BASE,
    ED,
    KEYS,
    RSA,
    Program,
    a_program,
    browser_of,
    code_in,
    sent_back,
    somebody_licensed,
)

SERVER, OPENID = "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"
RESOURCE = "/.well-known/oauth-protected-resource"
EVERY_SCOPE = (
    "decisions", "registers:read", "access-events:write", "facts:write", "retention", "sharing", "incidents:write",
    "changes:read",
)  # fmt: skip
PROVED_AT = ("token", "revocation", "introspection")


class Scene:
    """A program that may do everything, and somebody who is signed in here and may use the case system."""

    def __init__(self, app: Flask, clock: FixedClock) -> None:
        self.app = app
        self.program: Program = a_program(app, scopes=EVERY_SCOPE)
        account = somebody_licensed(house_of(app))
        clock.move(timedelta(seconds=60))
        self.browser = browser_of(app, signed_in(house_of(app), account).token)

    def says(self, path: str) -> dict[str, Any]:
        reply = self.app.test_client().get(path, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
        assert reply.status_code == 200
        assert reply.headers["Content-Type"] == "application/json"
        said: dict[str, Any] = reply.get_json()
        return said

    def path_of(self, address: str) -> str:
        assert address.startswith(f"{BASE}/"), address
        return address.removeprefix(BASE)

    def refused(self, **other: str | None) -> str:
        """Why the program gets no code when it asks so."""
        return sent_back(self.browser.get(self.program.asks(**other)))["error"]


@pytest.fixture
def scene(sqlite_app: Flask, clock: FixedClock) -> Scene:
    return Scene(sqlite_app, clock)


def test_both_documents_say_the_same_and_name_us_as_we_were_found(scene: Scene) -> None:
    server, openid = scene.says(SERVER), scene.says(OPENID)

    assert server["issuer"] == openid["issuer"] == BASE
    assert {name: openid[name] for name in server if name != "scopes_supported"} == {
        name: value for name, value in server.items() if name != "scopes_supported"
    }
    assert set(server["scopes_supported"]) == set(EVERY_SCOPE)
    assert set(openid["scopes_supported"]) == {"openid", "profile", "email", *EVERY_SCOPE}
    for said in (server, openid):
        assert not {"registration_endpoint", "device_authorization_endpoint", "check_session_iframe"} & said.keys()
        assert [] not in said.values()
        assert None not in said.values()


def test_every_address_answers_and_those_for_programs_ask_who_it_is(scene: Scene) -> None:
    for said in (scene.says(SERVER), scene.says(OPENID), scene.says(RESOURCE)):
        for name, address in said.items():
            if name.endswith("_endpoint") or name == "jwks_uri":
                path = scene.path_of(address)
                got, posted = scene.app.test_client().get(path), scene.app.test_client().post(path, data={"token": "x"})
                assert {got.status_code, posted.status_code} & {200, 303, 400, 401, 422}, name
                assert got.status_code != 404, name
    for name in PROVED_AT:
        path = scene.path_of(scene.says(SERVER)[f"{name}_endpoint"])
        form = {"grant_type": "client_credentials", "token": "x"}
        assert scene.app.test_client().post(path, data=form).status_code == 401, name


@pytest.mark.parametrize("name", PROVED_AT)
def test_a_program_proves_itself_in_each_way_that_is_named_and_in_no_other(scene: Scene, name: str) -> None:
    said, program = scene.says(SERVER), scene.program
    path = scene.path_of(said[f"{name}_endpoint"])
    form = {"grant_type": "client_credentials"} if name == "token" else {"token": "unknown"}

    def by(more: dict[str, str]) -> int:
        return scene.app.test_client().post(path, data=form | more).status_code

    def by_assertion(algorithm: str, key: Any = None) -> int:
        return by({"client_assertion_type": ASSERTION, "client_assertion": program.assertion(algorithm, signs=key)})

    methods = said[f"{name}_endpoint_auth_methods_supported"]
    assert methods == ["private_key_jwt", "client_secret_basic"]
    assert program.posts(path, form).status_code == 200
    algorithms = said[f"{name}_endpoint_auth_signing_alg_values_supported"]
    assert set(algorithms) == set(KEYS)
    assert [by_assertion(each) for each in algorithms] == [200] * len(algorithms)
    assert by({"client_id": program.client_id, "client_secret": program.secret}) == 401
    assert by({"client_id": program.client_id}) == 401
    assert [by_assertion(*other) for other in (("RS512", RSA), ("PS256", RSA), ("none", ""), ("Ed25519", ED))] == [
        401
    ] * 4


def test_each_grant_that_is_named_is_given_and_no_other(scene: Scene) -> None:
    named = scene.says(SERVER)["grant_types_supported"]

    assert named == ["client_credentials", "authorization_code"]
    assert scene.program.posts("/oauth2/token", {"grant_type": "client_credentials"}).status_code == 200
    given = scene.program.takes_up(code_in(scene.browser.get(scene.program.asks()))).get_json()
    assert "refresh_token" not in given
    device, bearer = "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:jwt-bearer"
    for other in ("password", "refresh_token", "implicit", device, bearer):
        answer = scene.program.posts("/oauth2/token", {"grant_type": other, "username": "a", "password": "b"})
        assert (answer.status_code, answer.get_json()["error"]) == (400, "unsupported_grant_type"), other


def test_a_code_is_asked_for_in_the_ways_that_are_named_and_in_no_other(scene: Scene) -> None:
    said = scene.says(OPENID)

    assert (said["response_types_supported"], said["response_modes_supported"]) == (["code"], ["query"])
    assert said["code_challenge_methods_supported"] == ["S256"]
    answer = scene.browser.get(scene.program.asks(response_mode="query"))
    assert "code" in parse_qs(urlsplit(answer.headers["Location"]).query)
    assert said["authorization_response_iss_parameter_supported"] is True
    assert sent_back(answer)["iss"] == said["issuer"]
    for other in ("token", "id_token", "code id_token", "code token", "none"):
        assert scene.refused(response_type=other) == "unsupported_response_type", other
    for other in ("fragment", "form_post", "web_message"):
        assert scene.refused(response_mode=other) == "invalid_request", other
    assert scene.refused(code_challenge_method="plain") == "invalid_request"
    assert scene.refused(code_challenge=None, code_challenge_method=None) == "invalid_request"
    assert (said["request_parameter_supported"], scene.refused(request="a.b.c")) == (False, "request_not_supported")
    asked = scene.refused(request_uri="https://case.example/r")
    assert (said["request_uri_parameter_supported"], asked) == (False, "request_uri_not_supported")


def test_what_is_told_of_somebody_is_what_is_named(scene: Scene) -> None:
    said = scene.says(OPENID)
    given = scene.program.takes_up(code_in(scene.browser.get(scene.program.asks()))).get_json()
    own = scene.program.reads(given["id_token"])
    who = scene.program.told_who(given["access_token"]).get_json()

    assert own.keys() | who.keys() == set(said["claims_supported"])
    assert own["acr"] in said["acr_values_supported"]
    head = json.loads(base64.urlsafe_b64decode(given["id_token"].partition(".")[0] + "=="))
    assert [head["alg"]] == said["id_token_signing_alg_values_supported"]
    assert said["subject_types_supported"] == ["public"]
    assert "sid" in own, "backchannel_logout_session_supported"
    assert said["backchannel_logout_session_supported"] is said["backchannel_logout_supported"] is True


def test_the_scopes_are_those_that_open_a_door_and_each_can_be_given(scene: Scene) -> None:
    contract = Contract(document.FILE)
    opened = {
        scope
        for operation in contract.operations
        for each in operation.said["security"]
        for scope in each.get("program", ())
    }

    assert opened == set(scene.says(RESOURCE)["scopes_supported"])
    for scope in opened:
        form = {"grant_type": "client_credentials", "scope": scope}
        assert scene.program.posts("/oauth2/token", form).get_json()["scope"] == scope


def test_a_token_is_shown_in_the_header_alone_as_the_resource_says(scene: Scene) -> None:
    said = scene.says(RESOURCE)
    token = scene.program.posts("/oauth2/token", {"grant_type": "client_credentials"}).get_json()["access_token"]
    client = scene.app.test_client()

    assert (said["resource"], said["authorization_servers"]) == (BASE, [scene.says(SERVER)["issuer"]])
    assert said["bearer_methods_supported"] == ["header"]
    assert "jwks_uri" not in said, "this resource signs none of its answers (RFC 9728 2)"
    assert client.get("/api/v1/organisations", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert client.get("/api/v1/organisations", query_string={"access_token": token}).status_code == 401
    assert client.post("/oauth2/userinfo", data={"access_token": token}).status_code == 401
