"""Attacks on access tokens: each says what a good one says, and none of them is one of ours (DEC-3)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from compliance.kernel.secrets import KeyRing
from tests.builders.api import Caller, Calls, is_problem
from tests.builders.decisions import a_question

Parts = tuple[dict[str, Any], dict[str, Any]]


def parts_of(token: str) -> Parts:
    """What a token's header and claims say."""
    head, claims, _ = token.split(".")
    return _read(head), _read(claims)


def signed(calls: Calls, head: dict[str, Any], claims: dict[str, Any]) -> str:
    """The token as our own key would sign it."""
    key = ECKey.import_key(calls.house.the(KeyRing).token_pem)
    return jwt.encode(head, claims, key, algorithms=["ES256"])


def _unsigned(_calls: Calls, head: dict[str, Any], claims: dict[str, Any]) -> str:
    return f"{_written(head | {'alg': 'none'})}.{_written(claims)}."


def _by_another_key(_calls: Calls, head: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode(head, claims, ECKey.generate_key("P-256"), algorithms=["ES256"])


def _by_a_key_it_brings(_calls: Calls, head: dict[str, Any], claims: dict[str, Any]) -> str:
    key = ECKey.generate_key("P-256")
    return jwt.encode(head | {"jwk": key.as_dict(private=False)}, claims, key, algorithms=["ES256"])


def _by_our_public_key_as_a_password(calls: Calls, head: dict[str, Any], claims: dict[str, Any]) -> str:
    public = ECKey.import_key(calls.house.the(KeyRing).token_pem).as_pem(private=False)
    key = OctKey.import_key(base64.urlsafe_b64encode(public).rstrip(b"=").decode())
    return jwt.encode(head | {"alg": "HS256"}, claims, key, algorithms=["HS256"])


def _for_somebody_else(calls: Calls, head: dict[str, Any], claims: dict[str, Any]) -> str:
    return signed(calls, head, claims | {"aud": "https://elsewhere.example"})


def _by_somebody_else(calls: Calls, head: dict[str, Any], claims: dict[str, Any]) -> str:
    return signed(calls, head, claims | {"iss": "https://elsewhere.example"})


def _of_another_kind(calls: Calls, head: dict[str, Any], claims: dict[str, Any]) -> str:
    return signed(calls, head | {"typ": "JWT"}, claims)


def _without_an_end(calls: Calls, head: dict[str, Any], claims: dict[str, Any]) -> str:
    return signed(calls, head, {name: value for name, value in claims.items() if name != "exp"})


def _that_is_over(calls: Calls, head: dict[str, Any], claims: dict[str, Any]) -> str:
    return signed(calls, head, claims | {"exp": int(calls.clock.now().timestamp())})


def _with_more_in_it(calls: Calls, head: dict[str, Any], claims: dict[str, Any]) -> str:
    good = signed(calls, head, claims).split(".")
    return ".".join([good[0], _written(claims | {"scope": "decisions registers:read"}), good[2]])


@pytest.mark.rule("DEC-3")
@pytest.mark.parametrize(
    "forged",
    [
        _unsigned, _by_another_key, _by_a_key_it_brings, _by_our_public_key_as_a_password, _for_somebody_else,
        _by_somebody_else, _of_another_kind, _without_an_end, _that_is_over, _with_more_in_it,
    ],
)  # fmt: skip
def test_a_token_that_is_not_one_of_ours_opens_nothing(
    sqlite_calls: Calls, forged: Callable[[Calls, dict[str, Any], dict[str, Any]], str]
) -> None:
    program = sqlite_calls.a_program(["registers:read"])
    assert program.get("/api/v1/organisations").status_code == 200
    head, claims = parts_of(program.token or "")

    shown = Caller(sqlite_calls.app.test_client(), forged(sqlite_calls, head, claims))

    for reply in (
        shown.get("/api/v1/organisations"), shown.get("/api/v1/changes"), shown.get("/oauth2/userinfo"),
        shown.post("/access/v1/evaluation", a_question()), shown.post("/access/v1/search/action", a_question()),
        shown.post("/api/v1/facts", {"facts": []}),
    ):  # fmt: skip
        is_problem(reply, 401, "not-authenticated")
        assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]


def test_the_same_made_again_by_our_own_key_is_let_in_so_that_the_attacks_fail_for_their_own_reason(
    sqlite_calls: Calls,
) -> None:
    program = sqlite_calls.a_program(["registers:read"])
    head, claims = parts_of(program.token or "")

    again = Caller(sqlite_calls.app.test_client(), signed(sqlite_calls, head, claims))

    assert again.get("/api/v1/organisations").status_code == 200


def _read(part: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read


def _written(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
