"""Programs prove who they are by what they sign, and take tokens back: every way of proving it wrongly is refused (DEC-3)."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import ECKey, OctKey

from compliance.app import house_of
from compliance.identity.access_tokens import issue
from compliance.identity.clients.models import SpentAssertion
from tests.builders.api import is_problem
from tests.builders.decisions import ONE, a_question
from tests.builders.identity import every, logged
from tests.builders.programs import BASE, EC, KEYS, RSA, Program, a_program, signed


@pytest.fixture
def program(sqlite_app: Flask) -> Program:
    return a_program(sqlite_app)


@pytest.mark.rule("DEC-3")
def test_a_program_is_known_by_what_it_signs_with_any_of_its_keys(program: Program) -> None:
    for algorithm in KEYS:
        given = program.proves(algorithm)
        assert given.status_code == 200, (algorithm, given.text)
        assert given.get_json()["scope"] == "decisions"
    assert program.proves(aud=[BASE], head={"typ": "client-authentication+jwt"}).status_code == 200


def _hs256_under(public: bytes) -> OctKey:
    return OctKey.import_key(base64.urlsafe_b64encode(public).rstrip(b"=").decode())


@pytest.mark.rule("DEC-3", "IDN-4")
def test_everything_else_is_refused_in_the_same_words(program: Program) -> None:
    now = int(program.house.clock.now().timestamp())
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("another audience", {"aud": "https://elsewhere.example"}),
        ("the token endpoint", {"aud": f"{BASE}/oauth2/token"}),
        ("two audiences", {"aud": [BASE, "https://elsewhere.example"]}),
        ("no audience", {"aud": None}),
        ("another issuer", {"iss": "msc_other"}),
        ("another subject", {"sub": "msc_other"}),
        ("no jti", {"jti": None}),
        ("an empty jti", {"jti": ""}),
        ("a jti that is a number", {"jti": 7}),
        ("a long jti", {"jti": "x" * 256}),
        ("over", {"iat": now - 61, "exp": now - 1}),
        ("over this instant", {"iat": now - 60, "exp": now}),
        ("made long ago", {"iat": now - 61, "exp": now + 10}),
        ("made ahead", {"iat": now + 30, "exp": now + 60}),
        ("for too long", {"exp": now + 61}),
        ("for ever", {"exp": None}),
        ("at no time", {"iat": None}),
        ("not before later", {"nbf": now + 30}),
        ("an end that is text", {"exp": str(now + 30)}),
        ("an end that is true", {"exp": True}),
        ("an end beyond numbers", {"exp": 10**400}),
        ("critical", {"head": {"crit": ["exp"], "exp": 1}}),
        ("a key it brings", {"head": {"jwk": EC.as_dict(private=False)}}),
        ("a key elsewhere", {"head": {"jku": "https://evil.example/jwks"}}),
        ("another kind", {"head": {"typ": "at+jwt"}}),
        ("another key", {"signs": ECKey.generate_key("P-256")}),
    ]
    for place, (says, other) in enumerate(wrong):
        program.address = f"198.51.100.{place}"
        answer = program.proves(**other)
        assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client"), says
    program.address = "203.0.113.9"
    assert program.proves().status_code == 200
    for algorithm, key in (
        ("none", ""),
        ("HS256", _hs256_under(RSA.as_pem(private=False))),
        ("HS256", _hs256_under(EC.as_pem(private=False))),
        ("RS512", RSA),
        ("PS256", RSA),
    ):
        assert program.proves(algorithm, signs=key).status_code == 401, algorithm
    assert len(every(program.house, SpentAssertion)) == 1
    assert len(logged(program.house, "client.sign_in_failed")) == len(wrong) + 5


@pytest.mark.rule("DEC-3")
def test_an_assertion_opens_once(program: Program) -> None:
    shown = program.assertion()

    assert program.shows(shown).status_code == 200
    assert program.shows(shown).get_json()["error"] == "invalid_client"


@pytest.mark.rule("DEC-3")
def test_of_thirty_two_who_show_the_same_assertion_at_once_one_gets_a_token(app: Flask) -> None:
    program = a_program(app)
    for _ in range(3):
        shown = program.assertion()
        with ThreadPoolExecutor(8) as many:
            statuses = list(many.map(lambda _, shown=shown: program.shows(shown).status_code, range(16)))
        assert sorted(set(statuses)) in ([200, 401], [200, 401, 429])
        assert statuses.count(200) == 1
        program.house.clock.move(timedelta(minutes=20))  # type: ignore[attr-defined]


@pytest.mark.rule("DEC-3")
def test_rubbish_in_the_place_of_an_assertion_is_refused(program: Program) -> None:
    good = program.assertion()
    head, claims, signature = good.split(".")
    twice = base64.urlsafe_b64encode(b'{"alg":"none","alg":"ES256"}').rstrip(b"=").decode()
    deep = base64.urlsafe_b64encode(b"[" * 5000).rstrip(b"=").decode()
    for place, shown in enumerate((
        "", ".", "..", "...", f"{head}.{claims}.", f"{head}.{claims}", f"{head}.{claims}.{signature}=", f"{good} ", f"{twice}.{claims}.{signature}",
        f"{deep}.{claims}.{signature}", f"{head}.{deep}.{signature}", "x" * 10_000, "é.é.é", good.replace(signature, signature[::-1]),
    )):  # fmt: skip
        program.address = f"198.51.100.{place}"
        answer = program.shows(shown)
        assert (answer.status_code, answer.get_json()["error"]) == (401, "invalid_client"), shown[:50]


@pytest.mark.rule("DEC-3")
def test_a_call_proves_who_it_is_from_in_one_way_only(program: Program) -> None:
    shown = base64.b64encode(f"{program.client_id}:{program.secret}".encode()).decode()
    form = {
        "grant_type": "client_credentials", "client_assertion": program.assertion(),
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    }  # fmt: skip
    both = program.app.test_client().post("/oauth2/token", data=form, headers={"Authorization": f"Basic {shown}"})

    assert both.status_code == 401
    assert program.shows(program.assertion(), client_id="msc_other").status_code == 401
    assert program.shows(program.assertion(), client_id=program.client_id).status_code == 200
    assert program.shows(program.assertion(), client_assertion_type="jwt").status_code == 401


@pytest.mark.rule("DEC-4")
def test_a_token_that_was_taken_back_opens_nothing_at_the_very_next_call(app: Flask) -> None:
    program = a_program(app, scopes=["decisions", "registers:read"])
    token = program.proves().get_json()["access_token"]
    other = program.proves().get_json()["access_token"]
    client = app.test_client()

    def opens(shown: str) -> tuple[int, int, bool]:
        headers = {"Authorization": f"Bearer {shown}"}
        active = program.posts("/oauth2/introspect", {"token": shown}).get_json()["active"]
        asked = client.post(ONE, json=a_question(), headers=headers).status_code
        return asked, client.get("/api/v1/organisations", headers=headers).status_code, active

    assert opens(token) == (200, 200, True)

    assert program.posts("/oauth2/revoke", {"token": token}).status_code == 200

    assert opens(token) == (401, 401, False)
    assert opens(other) == (200, 200, True)
    assert program.posts("/oauth2/revoke", {"token": token, "token_type_hint": "refresh_token"}).status_code == 200
    assert len(logged(program.house, "client.token_revoked")) == 1


@pytest.mark.rule("DEC-3")
def test_nobody_takes_back_or_looks_into_the_token_of_another(program: Program) -> None:
    other = a_program(program.app)
    token = other.proves().get_json()["access_token"]

    assert program.posts("/oauth2/introspect", {"token": token}).get_json() == {"active": False}
    assert program.posts("/oauth2/revoke", {"token": token}).status_code == 200
    said = other.posts("/oauth2/introspect", {"token": token}).get_json()
    assert said["active"] is True
    assert (said["client_id"], said["scope"], said["token_type"]) == (other.client_id, "decisions", "Bearer")
    for path in ("/oauth2/introspect", "/oauth2/revoke"):
        assert program.app.test_client().post(path, data={"token": token}).status_code == 401
        assert program.posts(path, {}).get_json()["error"] == "invalid_request"
        assert program.posts(path, {"token": "rubbish\x00"}).status_code == 200


@pytest.mark.rule("DEC-3")
def test_a_program_may_call_from_its_own_networks_alone(sqlite_app: Flask) -> None:
    program = a_program(sqlite_app, scopes=["decisions", "registers:read"], networks=["192.0.2.0/24", "2001:db8::/48"])
    house = house_of(sqlite_app)
    token = issue(house, program.client_id, ["decisions", "registers:read"])[0]

    def called(address: str) -> list[int]:
        client = sqlite_app.test_client()
        client.environ_base["REMOTE_ADDR"] = address
        headers = {"Authorization": f"Bearer {token}"}
        form = {"grant_type": "client_credentials"}
        basic = base64.b64encode(f"{program.client_id}:{program.secret}".encode()).decode()
        return [
            client.post("/oauth2/token", data=form, headers={"Authorization": f"Basic {basic}"}).status_code,
            client.get("/api/v1/organisations", headers=headers).status_code,
            client.post(ONE, json=a_question(), headers=headers).status_code,
        ]

    assert called("192.0.2.7") == [200, 200, 200]
    assert called("::ffff:192.0.2.7") == [200, 200, 200]
    assert called("2001:db8::1") == [200, 200, 200]
    assert called("198.51.100.1") == [401, 401, 401]
    assert called("2001:db9::1") == [401, 401, 401]


@pytest.mark.rule("DEC-3")
def test_no_assertion_is_taken_from_somebody_who_holds_only_the_secret(sqlite_app: Flask) -> None:
    program = a_program(sqlite_app)
    key = OctKey.import_key(base64.urlsafe_b64encode(program.secret.encode()).rstrip(b"=").decode())
    now = int(program.house.clock.now().timestamp())
    claims = {
        "iss": program.client_id, "sub": program.client_id, "aud": BASE, "jti": "1", "iat": now, "exp": now + 60,
    }  # fmt: skip

    answer = program.shows(signed({"alg": "HS256"}, claims, key))

    assert answer.status_code == 401
    is_problem(sqlite_app.test_client().get("/oauth2/nowhere"), 404)
    assert json.dumps(answer.get_json()).count(program.client_id) == 0
