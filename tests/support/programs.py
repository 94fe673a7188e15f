"""What stands outside the service and deals with it over the network: the case system, and somebody's phone."""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from typing import Any

import httpx
import pyotp

STEP_SECONDS = 30
TYPING_SECONDS = 15


class Phone:
    """An authenticator app that never shows a code twice: it waits for the next one, as its owner has to (IDN-3).

    Codes from a step before the present one to a step after it are taken, so several can follow at once; the
    oldest that still opens for a while is shown first.
    """

    def __init__(self, secret: str) -> None:
        self.secret = secret.replace(" ", "")
        self._shown = 0

    def code(self) -> str:
        """A code that was not used yet, and that there is time enough to type."""
        step = max(self._shown + 1, int(time.time() + TYPING_SECONDS) // STEP_SECONDS - 1)
        while step > int(time.time()) // STEP_SECONDS + 1:
            time.sleep(0.2)
        self._shown = step
        return pyotp.TOTP(self.secret).at(step * STEP_SECONDS)

    def a_while_passes(self, steps: int) -> None:
        """So many steps go by that nobody waits for: what was shown last is as long ago as that."""
        self._shown -= steps

    @property
    def last_code(self) -> str:
        """The code shown last, which somebody may have looked at over a shoulder."""
        return pyotp.TOTP(self.secret).at(self._shown * STEP_SECONDS)


class CaseSystem:
    """The case system: it knows an address, a client and a secret, and asks whether a person may do something.

    Each question goes over a connection of its own, so that any of the service's processes may be the one to answer.
    """

    def __init__(self, base_url: str, client_id: str, secret: str) -> None:
        self.base_url = base_url
        shown = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        given = httpx.post(
            f"{base_url}/oauth2/token",
            data={"grant_type": "client_credentials", "scope": "decisions"},
            headers={"Authorization": f"Basic {shown}"},
        )
        assert given.status_code == 200, given.text
        self.token = given.json()["access_token"]

    def asks(self, person: str, action: str, **resource: Any) -> dict[str, Any]:
        """One question; the answer as it came."""
        return self._post("evaluation", a_question(person, action, **resource))

    def asks_all(self, questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Several questions in one call, answered in their order."""
        answered: list[dict[str, Any]] = self._post("evaluations", {"evaluations": list(questions)})["evaluations"]
        return answered

    def asks_every_process(self, person: str, action: str, *, times: int = 40, **resource: Any) -> list[dict[str, Any]]:
        """The same question so often that with two processes neither can have been missed."""
        return [self.asks(person, action, **resource) for _ in range(times)]

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = httpx.post(
            f"{self.base_url}/access/v1/{path}", json=body, headers={"Authorization": f"Bearer {self.token}"}
        )
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        return said


def a_question(
    person: str, action: str, *, case: str = "KM-2026-0001", area: str | None = "mid-kent", kind: str | None = None,
    **properties: Any,
) -> dict[str, Any]:  # fmt: skip
    """What the case system sends: who, what, and on which record."""
    named = {"area": area} if area is not None else {}
    return {
        "subject": {"type": "person", "id": person},
        "action": {"name": action},
        "resource": {"type": kind or action.partition(".")[0], "id": case, "properties": named | properties},
    }


def rules_of(answer: dict[str, Any]) -> list[str]:
    """The ids of every rule that stood in the way, the first first."""
    return [failing["rule"] for failing in answer["context"]["failing"]]
