"""Callers of the programs' door: somebody signed in, a program with its token, nobody."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from audit.models import LogHead
from compliance.api import document
from compliance.app import house_of
from compliance.identity import totp, use_cases
from compliance.identity.access_tokens import SCOPES
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, House, operator
from compliance.kernel.contract import Contract
from tests.builders.identity import Account, an_account, signed_in


@dataclass
class Caller:
    """Somebody who calls, with the token they have at the moment; each call goes through the whole WSGI application."""

    client: FlaskClient
    token: str | None = None
    account: Account | None = None
    said: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(path, query_string=query or None, headers=self.headers())

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        if body is not None:
            more["json"] = body
        return self.client.post(path, headers=self.headers(more.pop("headers", None)), **more)

    def put(self, path: str, body: Any, **more: Any) -> TestResponse:
        return self.client.put(path, json=body, headers=self.headers(more.pop("headers", None)), **more)

    def delete(self, path: str, *, headers: dict[str, str] | None = None) -> TestResponse:
        return self.client.delete(path, headers=self.headers(headers))

    def headers(self, more: dict[str, str] | None = None) -> dict[str, str]:
        shown = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return shown | self.said | (more or {})


@dataclass
class Calls:
    """Makes callers."""

    app: Flask
    clock: FixedClock

    @property
    def house(self) -> House:
        return house_of(self.app)

    def nobody(self) -> Caller:
        return Caller(self.app.test_client())

    def someone(self, *roles: str, organisation_id: UUID | None = None, hub_team: bool | None = None) -> Caller:
        """Somebody new with these roles, signed in to the end a moment ago: their code is fresh."""
        account = an_account(self.house, *roles, organisation_id=organisation_id, hub_team=hub_team)
        return self.again(account)

    def again(self, account: Account) -> Caller:
        """The same person in a new sign-in."""
        self.clock.move(timedelta(seconds=60))
        return Caller(self.app.test_client(), signed_in(self.house, account).token, account)

    def a_program(self, scopes: Sequence[str] = SCOPES) -> Caller:
        """The case system with a token for these scopes, which it asked for as any program does."""
        client_id, secret = self.a_client(scopes)
        reply = self.token(client_id, secret)
        assert reply.status_code == 200, reply.text
        return Caller(self.app.test_client(), reply.json["access_token"])  # type: ignore[index]

    def a_client(self, scopes: Sequence[str] = SCOPES) -> tuple[str, str]:
        """A service client: its id and its secret."""
        with self.house.work(operator("tests")) as ctx:
            client, secret = use_cases.register_client(ctx, name="The case system", scopes=scopes)
        return client.client_id, secret

    def token(self, client_id: str, secret: str, **form: str) -> TestResponse:
        """Ask for an access token."""
        shown = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        return self.app.test_client().post(
            "/oauth2/token",
            data={"grant_type": "client_credentials"} | form,
            headers={"Authorization": f"Basic {shown}"},
        )

    def code(self, secret: str) -> str:
        """The code an authenticator app shows now; time passes first, because each opens once."""
        self.clock.move(timedelta(seconds=30))
        return totp.code_at(secret, self.clock.now())


@cache
def _codes() -> frozenset[str]:
    """Every code that the contract explains."""
    return frozenset(Contract(document.FILE).said["x-problems"])


def is_problem(reply: TestResponse, status: int, code: str | None = None) -> dict[str, Any]:
    """The problem document in an answer, after checking that it is a whole one (RFC 9457)."""
    assert reply.status_code == status, reply.text
    assert reply.headers["Content-Type"] == "application/problem+json"
    said: dict[str, Any] = reply.get_json(force=True)
    assert said["status"] == status
    assert said["type"] == f"http://127.0.0.1:8000/problems/{said['code']}"
    assert said["code"] in _codes(), "a code that the contract does not know"
    assert said["title"]
    assert said["detail"]
    if code is not None:
        assert said["code"] == code
    return said


def log_size(calls: Calls) -> int:
    """How many entries the log counts."""
    with calls.house.reading(NOBODY) as ctx:
        return ctx.session.scalars(select(LogHead.size)).one()
