"""Programs show their secret, get a short token, and reach as far as its scopes (RFC 6749, 6750, 9068, 8414, 9728)."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from compliance.identity import use_cases
from compliance.identity.access_tokens import SCOPES
from compliance.identity.models import ServiceClient
from compliance.kernel.context import operator
from tests.builders.api import Caller, Calls, is_problem
from tests.builders.identity import every, logged


def test_a_client_gets_a_token_that_anyone_can_check_by_our_keys(calls: Calls) -> None:
    client_id, secret = calls.a_client()

    reply = calls.token(client_id, secret, scope="decisions registers:read")

    said = reply.get_json()
    assert reply.status_code == 200
    assert reply.headers["Cache-Control"] == "no-store"
    assert (said["token_type"], said["scope"], said["expires_in"]) == ("Bearer", "decisions registers:read", 600)
    keys = KeySet.import_key_set(calls.nobody().get("/oauth2/jwks").get_json())
    token = jwt.decode(said["access_token"], keys, algorithms=["ES256"])
    assert token.header["typ"] == "at+jwt"
    assert token.claims["client_id"] == token.claims["sub"] == client_id
    assert token.claims["iss"] == token.claims["aud"] == "http://127.0.0.1:8000"
    assert token.claims["exp"] - token.claims["iat"] == 600


@pytest.mark.rule("AUD-1")
def test_that_a_token_was_given_stands_in_the_log_and_the_token_does_not(sqlite_calls: Calls) -> None:
    client_id, secret = sqlite_calls.a_client(["decisions"])

    token = sqlite_calls.token(client_id, secret).get_json()["access_token"]

    entry = logged(sqlite_calls.house, "client.signed_in")[0]
    assert (entry.actor_kind, entry.actor_id, entry.whence) == ("client", client_id, "127.0.0.1")
    assert token not in entry.detail
    assert secret not in entry.detail


def test_nothing_asked_for_is_everything_the_client_has(sqlite_calls: Calls) -> None:
    client_id, secret = sqlite_calls.a_client(["decisions", "registers:read"])

    assert sqlite_calls.token(client_id, secret).get_json()["scope"] == "decisions registers:read"


def test_a_scope_the_client_was_not_given_is_refused(sqlite_calls: Calls) -> None:
    client_id, secret = sqlite_calls.a_client(["decisions"])

    for scope in ("decisions registers:read", "retention", "everything"):
        reply = sqlite_calls.token(client_id, secret, scope=scope)
        assert (reply.status_code, reply.get_json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request"),
        ({"grant_type": "client_credentials", "scope": ["decisions", "decisions"]}, "invalid_request"),
    ],
)
def test_a_request_that_is_none_is_refused_as_the_standard_says(
    sqlite_calls: Calls, form: dict[str, object], error: str
) -> None:
    client_id, secret = sqlite_calls.a_client()
    shown = base64.b64encode(f"{client_id}:{secret}".encode()).decode()

    reply = sqlite_calls.app.test_client().post("/oauth2/token", data=form, headers={"Authorization": f"Basic {shown}"})

    assert (reply.status_code, reply.get_json()["error"]) == (400, error)
    assert reply.headers["Cache-Control"] == "no-store"


def test_a_secret_is_never_taken_from_the_body_nor_anything_from_the_address(sqlite_calls: Calls) -> None:
    client_id, secret = sqlite_calls.a_client()
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}

    in_body = sqlite_calls.app.test_client().post("/oauth2/token", data=form)
    in_address = sqlite_calls.app.test_client().post("/oauth2/token?grant_type=client_credentials", data={})

    assert (in_body.status_code, in_body.get_json()["error"]) == (401, "invalid_client")
    assert in_body.headers["WWW-Authenticate"].startswith("Basic")
    assert in_address.get_json()["error"] == "invalid_request"


@pytest.mark.parametrize(
    "shown",
    [
        None, "Basic", "Basic !!!", "Basic " + base64.b64encode(b"no-colon").decode(), "Bearer abc",
        "Basic " + base64.b64encode(b"\xff\xfe:x").decode(), "Basic " + base64.b64encode(b"a%00b:c%00d").decode(),
        "Basic " + base64.b64encode(b":").decode(),
    ],
)  # fmt: skip
def test_what_cannot_be_a_client_is_refused_like_a_wrong_secret(calls: Calls, shown: str | None) -> None:
    client_id, _ = calls.a_client()
    wrong = calls.token(client_id, "mcs_wrong")
    headers = {"Authorization": shown} if shown else {}

    reply = calls.app.test_client().post("/oauth2/token", data={"grant_type": "client_credentials"}, headers=headers)

    assert (reply.status_code, reply.get_json()) == (401, wrong.get_json())
    assert reply.headers["WWW-Authenticate"] == wrong.headers["WWW-Authenticate"]


@pytest.mark.rule("IDN-4", "AUD-1")
def test_wrong_secrets_are_counted_by_source_and_stand_in_the_log(sqlite_calls: Calls) -> None:
    client_id, secret = sqlite_calls.a_client()

    replies = [sqlite_calls.token(client_id, "mcs_wrong").status_code for _ in range(30)]

    assert set(replies) == {401}
    assert len(logged(sqlite_calls.house, "client.sign_in_failed")) == 30
    over = sqlite_calls.token(client_id, secret)
    is_problem(over, 429, "throttled")
    assert 0 < int(over.headers["Retry-After"]) <= 900
    sqlite_calls.clock.move(timedelta(minutes=15))
    assert sqlite_calls.token(client_id, secret).status_code == 200


def test_without_a_token_nothing_is_said_but_which_scheme_to_use(sqlite_calls: Calls) -> None:
    reply = sqlite_calls.nobody().get("/api/v1/organisations")

    is_problem(reply, 401, "not-authenticated")
    assert reply.headers["WWW-Authenticate"] == 'Bearer realm="marac"'


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "mss_nonsense", "\u00ff" * 20])
def test_a_token_that_is_none_is_invalid(sqlite_calls: Calls, token: str) -> None:
    reply = Caller(sqlite_calls.app.test_client(), token).get("/api/v1/organisations")

    is_problem(reply, 401, "not-authenticated")
    assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]


def test_a_token_is_never_taken_from_the_address_or_a_cookie(sqlite_calls: Calls) -> None:
    hub = sqlite_calls.someone("hub_manager")
    client = sqlite_calls.app.test_client()
    client.set_cookie("session", hub.token or "")

    assert client.get(f"/api/v1/organisations?access_token={hub.token}").status_code == 401


def test_a_token_runs_out(sqlite_calls: Calls) -> None:
    program = sqlite_calls.a_program()
    assert program.get("/api/v1/organisations").status_code == 200

    sqlite_calls.clock.move(timedelta(minutes=10))

    assert program.get("/api/v1/organisations").status_code == 401


@pytest.mark.rule("DEC-4")
def test_the_token_of_a_client_that_was_ended_opens_nothing_from_then_on(calls: Calls) -> None:
    program = calls.a_program()
    assert program.get("/api/v1/organisations").status_code == 200

    row = every(calls.house, ServiceClient)[0]
    with calls.house.work(operator("tests")) as ctx:
        use_cases.end_client(ctx, row.id)

    is_problem(program.get("/api/v1/organisations"), 401, "not-authenticated")


@pytest.mark.parametrize(
    "path", ["/api/v1/organisations", "/api/v1/signatories", "/api/v1/areas/medway/members", "/api/v1/instruments"]
)
def test_a_token_of_another_scope_is_told_which_it_needs(sqlite_calls: Calls, path: str) -> None:
    program = sqlite_calls.a_program([scope for scope in SCOPES if scope != "registers:read"])

    reply = program.get(path)

    is_problem(reply, 403, "insufficient-scope")
    assert reply.headers["WWW-Authenticate"] == (
        'Bearer realm="marac", error="insufficient_scope", scope="registers:read"'
    )
    assert sqlite_calls.a_program(["registers:read"]).get(path).status_code == 200


def test_a_program_opens_nothing_that_is_for_people(sqlite_calls: Calls) -> None:
    program = sqlite_calls.a_program()

    for path in ("/api/v1/licences", "/api/v1/audit/entries", "/api/v1/withdrawals", "/api/v1/sessions/current"):
        is_problem(program.get(path), 403, "forbidden")


def test_the_metadata_say_what_there_is_and_nothing_more(sqlite_calls: Calls) -> None:
    nobody = sqlite_calls.nobody()
    base = "http://127.0.0.1:8000"

    server = nobody.get("/.well-known/oauth-authorization-server").get_json()
    assert server["issuer"] == base
    assert server["token_endpoint_auth_methods_supported"] == ["private_key_jwt", "client_secret_basic"]
    assert server["grant_types_supported"] == ["client_credentials", "authorization_code"]
    assert server["revocation_endpoint"] == f"{base}/oauth2/revoke"
    assert server["introspection_endpoint"] == f"{base}/oauth2/introspect"

    resource = nobody.get("/.well-known/oauth-protected-resource").get_json()
    assert resource["authorization_servers"] == [base]
    assert set(resource["scopes_supported"]) == set(SCOPES)

    decisions = nobody.get("/.well-known/authzen-configuration")
    assert decisions.content_type == "application/json"
    assert decisions.get_json() == {
        "policy_decision_point": base,
        "access_evaluation_endpoint": f"{base}/access/v1/evaluation",
        "access_evaluations_endpoint": f"{base}/access/v1/evaluations",
        **{f"search_{each}_endpoint": f"{base}/access/v1/search/{each}" for each in ("subject", "resource", "action")},
    }


def test_addresses_come_from_the_configuration_and_never_from_host(sqlite_calls: Calls) -> None:
    nobody = sqlite_calls.nobody()
    nobody.said = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": "203.0.113.9"}

    for path in ("/.well-known/authzen-configuration", "/.well-known/oauth-authorization-server", "/api/v1/nowhere"):
        assert "evil.example" not in nobody.get(path).text
