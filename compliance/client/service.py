"""The service as a case system sees it: decisions that fail closed, and writes that are sent again until they are taken."""

from __future__ import annotations

import json
import secrets
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from . import following
from .asking import MOST_AT_ONCE, Answer, Question, denied, read
from .credentials import Credentials
from .errors import NoAnswer, Refused
from .following import Changes
from .line import Line, Said
from .people import SignIn
from .tokens import Tokens

SECONDS = 2.0
"""How long a page waits for a decision before it is closed."""

WRITE_SECONDS = 10.0
WRITE_TIMES = 4


class Service:
    """One service for a whole process; every thread may use it.

    `issuer` is the service's own address where it is reached by another one than that. `seconds` is how long a decision is
    waited for.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        issuer: str | None = None,
        scopes: Sequence[str] = (),
        seconds: float = SECONDS,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._line = Line(base_url, trust=trust)
        self._issuer, self._credentials = issuer or base_url.rstrip("/"), credentials
        self._tokens = Tokens(self._line, self._issuer, credentials, tuple(scopes))
        self._seconds = seconds

    def close(self) -> None:
        """Let go of this thread's connection, where the thread is to end; another opens with the next question."""
        self._line.close()

    def sign_in(self, client_id: str, redirect_uri: str) -> SignIn:
        """The way in for people, back to this address, which is registered with the client."""
        return SignIn(self._line, self._issuer, client_id, self._credentials, redirect_uri)

    def decide(self, question: Question) -> Answer:
        """May it be done now? Never raises: what cannot be known is a deny that says so in `missing` (DEC-3)."""
        return self._decided("/access/v1/evaluation", question.as_sent(), None)[0]

    def decide_all(self, questions: Iterable[Question]) -> list[Answer]:
        """The same for everything that a page asks, in order, a thousand to a call. Where a call fails, its part is denied."""
        asked = list(questions)
        answers: list[Answer] = []
        for first in range(0, len(asked), MOST_AT_ONCE):
            part = asked[first : first + MOST_AT_ONCE]
            body = {"evaluations": [each.as_sent() for each in part]}
            answers += self._decided("/access/v1/evaluations", body, len(part))
        return answers

    def get(self, path: str, *, seconds: float = WRITE_SECONDS, **query: str | int | None) -> Any:
        """Read something under `/api/v1/`; raises Refused, NoAnswer."""
        wanted = {name: value for name, value in query.items() if value is not None}
        return self._json(self._authorised("GET", _under(path, wanted), {}, None, seconds=seconds))

    def text(self, path: str, **query: str | int) -> str:
        """The same for what is answered as text: checkpoints and proofs."""
        said = self._authorised("GET", _under(path, query), {}, None, seconds=WRITE_SECONDS)
        self._check(said)
        return said.content.decode()

    def write(self, method: str, path: str, body: Mapping[str, Any], *, key: str | None = None) -> Any:
        """Send a change until it is taken, each time under the same `Idempotency-Key`, so that it is done once.

        Keep `key` with the change and give it again after a crash. Raises Refused where the service will not have it, and
        NoAnswer where it could not be reached in all of the times: then it may have been taken, and the same key says so.
        """
        under, sent = key or secrets.token_hex(16), json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": f'"{under}"'}
        failed: Exception = NoAnswer("it was never sent")
        for time_ in range(WRITE_TIMES):
            if time_:
                time.sleep(min(2.0**time_, 5.0) * (0.5 + secrets.randbelow(1000) / 2000))
            try:
                return self._json(self._authorised(method, _under(path, {}), headers, sent, seconds=WRITE_SECONDS))
            except Refused as refused:
                if not refused.passes:
                    raise
                failed = refused
            except NoAnswer as nothing:
                failed = nothing
        raise failed

    def changes(self, after: str | None = None, *, wait: int = 0) -> Changes:
        """Every change of anybody's rights behind this cursor, in order, a page at a time; `now` begins behind the newest.

        Raises Refused, NoAnswer.
        """
        return following.page(self, after, wait)

    def _decided(self, path: str, body: Mapping[str, Any], many: int | None) -> list[Answer]:
        ends = time.monotonic() + self._seconds
        request_id = secrets.token_hex(16)
        headers = {"Content-Type": "application/json", "X-Request-ID": request_id}
        try:
            sent_at = time.monotonic()
            said = self._authorised("POST", path, headers, json.dumps(body).encode(), seconds=ends - sent_at)
            return read(said, request_id, many=many, sent_at=sent_at, clock=time.monotonic, wall=time.time)
        except (NoAnswer, Refused) as problem:
            return [denied(str(problem))] * (many if many is not None else 1)
        except Exception as fault:  # noqa: BLE001 - whatever it is, nothing is shown for it
            return [denied(f"the answer could not be taken ({type(fault).__name__})")] * (
                many if many is not None else 1
            )

    def _authorised(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, *, seconds: float
    ) -> Said:
        """Send it with our token; once more with a new one where the token had ended."""
        ends = time.monotonic() + seconds
        for last in (False, True):
            token = self._tokens.current(seconds=ends - time.monotonic())
            shown = {**headers, "Accept": "application/json, text/plain", "Authorization": f"Bearer {token}"}
            said = self._line.exchange(method, path, shown, body, seconds=ends - time.monotonic())
            if said.status != 401 or last:
                return said
            self._tokens.forget(token)
        raise AssertionError("unreachable")

    def _json(self, said: Said) -> Any:
        self._check(said)
        if not said.content:
            return None
        try:
            return json.loads(said.content)
        except (ValueError, RecursionError):
            raise NoAnswer("the answer cannot be read") from None

    @staticmethod
    def _check(said: Said) -> None:
        if 200 <= said.status < 300:
            return
        try:
            told = json.loads(said.content)
        except (ValueError, RecursionError):
            told = {}
        told = told if isinstance(told, dict) else {}
        raise Refused(
            said.status, str(told.get("code", f"http-{said.status}")), str(told.get("detail", "")), told.get("rule"),
            tuple(each for each in told.get("errors", ()) if isinstance(each, dict)),
        )  # fmt: skip


def _under(path: str, query: Mapping[str, str | int]) -> str:
    asked = f"?{urlencode(query)}" if query else ""
    return f"/api/v1/{quote(path.lstrip('/'), safe='/')}{asked}"
