"""The case system, asking: one call after another through the whole WSGI application."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from compliance.app import house_of
from compliance.identity import use_cases as identity
from compliance.identity.access_tokens import issue
from compliance.kernel.context import operator

ONE = "/access/v1/evaluation"
MANY = "/access/v1/evaluations"


def a_question(
    subject: str = "alex@swale.gov.uk", action: str = "case.view", kind: str = "case", reference: str = "C-1",
    **properties: Any,
) -> dict[str, Any]:  # fmt: skip
    """What AuthZEN's single evaluation takes; properties are the resource's, its area *mid-kent* unless told."""
    return {
        "subject": {"type": "person", "id": subject},
        "action": {"name": action},
        "resource": {"type": kind, "id": reference, "properties": {"area": "mid-kent"} | properties},
    }


@dataclass
class CaseSystem:
    """A service client with the token it has."""

    app: Flask
    client_id: str
    token: str

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.app.test_client().get(path, headers={"Authorization": f"Bearer {self.token}"} | headers)

    def post(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.app.test_client().post(path, json=body, headers={"Authorization": f"Bearer {self.token}"} | headers)

    def put(self, path: str, body: Any, **headers: str) -> TestResponse:
        return self.app.test_client().put(path, json=body, headers={"Authorization": f"Bearer {self.token}"} | headers)

    def asks(self, *given: Any, **properties: Any) -> dict[str, Any]:
        """One question's answer."""
        reply = self.post(ONE, a_question(*given, **properties))
        assert reply.status_code == 200, reply.text
        answer: dict[str, Any] = reply.get_json()
        return answer

    def first_failing(self, *given: Any, **properties: Any) -> str | None:
        """The first rule that refuses, or None for a permit."""
        answer = self.asks(*given, **properties)
        return None if answer["decision"] else str(answer["context"]["first_failing"])


def the_case_system(app: Flask, *scopes: str) -> CaseSystem:
    """A registered client, with a token for these scopes: `decisions` unless told."""
    house = house_of(app)
    with house.work(operator("test")) as ctx:
        client, _ = identity.register_client(ctx, name="Case system", scopes=scopes or ("decisions",))
        client_id = client.client_id
    return CaseSystem(app, client_id, issue(house, client_id, scopes or ("decisions",))[0])
