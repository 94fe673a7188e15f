"""The token that a case system shows with each request: asked for once, kept until shortly before it ends, in memory only."""

from __future__ import annotations

import json
import threading
import time
from urllib.parse import urlencode

from .credentials import Credentials
from .errors import NoAnswer, Refused
from .line import Line

BEFORE_THE_END_SECONDS = 30.0


class Tokens:
    """One token for all threads of a process. `issuer` is the service's own address, as it is configured there."""

    def __init__(self, line: Line, issuer: str, credentials: Credentials, scopes: tuple[str, ...]) -> None:
        self._line, self._issuer, self._credentials, self._scopes = line, issuer, credentials, scopes
        self._turn = threading.Lock()
        self._token, self._ends = "", 0.0

    def current(self, *, seconds: float) -> str:
        """A token that is good for a while yet; raises NoAnswer, and Refused where the service knows us not."""
        with self._turn:
            if time.monotonic() >= self._ends:
                self._token, self._ends = self._asked(seconds)
            return self._token

    def forget(self, token: str) -> None:
        """This one is taken no more: ask for another next time."""
        with self._turn:
            if self._token == token:
                self._ends = 0.0

    def _asked(self, seconds: float) -> tuple[str, float]:
        headers, fields = self._credentials.shown(self._issuer)
        form = {"grant_type": "client_credentials"} | fields
        if self._scopes:
            form["scope"] = " ".join(self._scopes)
        asked_at = time.monotonic()
        said = self._line.exchange(
            "POST", "/oauth2/token", headers | {"Content-Type": "application/x-www-form-urlencoded"},
            urlencode(form).encode(), seconds=seconds,
        )  # fmt: skip
        try:
            given = json.loads(said.content)
        except (ValueError, RecursionError):
            given = None
        if said.status in (400, 401) and isinstance(given, dict):
            raise Refused(said.status, str(given.get("error", "refused")), str(given.get("error_description", "")))
        token = given.get("access_token") if isinstance(given, dict) else None
        lasts = given.get("expires_in") if isinstance(given, dict) else None
        if said.status != 200 or not isinstance(token, str) or not isinstance(lasts, int):
            raise NoAnswer("no token was given")
        return token, asked_at + max(0.0, lasts - BEFORE_THE_END_SECONDS)
