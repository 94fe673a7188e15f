"""One connection a thread to the service: every exchange ends by its deadline, whatever the other side does.

Nothing is followed elsewhere, nothing is read beyond a limit, and only a connection that had gone stale is tried again.
"""

from __future__ import annotations

import contextlib
import http.client
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from .errors import NoAnswer

LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes: a batch of a thousand answers, each with every reason, is far below."""

_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True)
class Said:
    """An answer as it came: status, headers by their names in small letters, and bytes."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def media_type(self) -> str:
        """What the bytes are said to be, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Line:
    """The way to one service. Plain HTTP is for the same machine only; else the certificate is checked."""

    def __init__(self, base_url: str, *, trust: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("give the address of the service, such as https://compliance.example")
        if parts.scheme == "http" and parts.hostname not in _LOCAL:
            raise ValueError("without TLS the service is asked on the same machine only")
        self._host, self._port = parts.hostname, parts.port
        self._path = parts.path.rstrip("/")
        self._trust = (trust or ssl.create_default_context()) if parts.scheme == "https" else None
        self._mine = threading.local()

    def exchange(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, *, seconds: float
    ) -> Said:
        """Send and read within so many seconds; raises NoAnswer."""
        ends = time.monotonic() + seconds
        kept: http.client.HTTPConnection | None = getattr(self._mine, "connection", None)
        if kept is not None:
            with contextlib.suppress(_Stale):
                return self._once(kept, method, path, headers, body, ends)
        return self._once(self._opened(), method, path, headers, body, ends)

    def close(self) -> None:
        """Let go of this thread's connection."""
        kept = getattr(self._mine, "connection", None)
        if kept is not None:
            kept.close()
            self._mine.connection = None

    def _opened(self) -> http.client.HTTPConnection:
        if self._trust is None:
            return http.client.HTTPConnection(self._host, self._port)
        return http.client.HTTPSConnection(self._host, self._port, context=self._trust)

    def _once(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
        ends: float,
    ) -> Said:
        was_open = connection.sock is not None
        late = threading.Event()

        def cut() -> None:
            late.set()
            sock = connection.sock
            if sock is not None:
                with contextlib.suppress(OSError):
                    sock.shutdown(2)

        left = ends - time.monotonic()
        if left <= 0:
            raise NoAnswer("no time was left to ask")
        connection.timeout = left
        if connection.sock is not None:
            connection.sock.settimeout(left)
        # A timeout of the socket is for each read; one byte a second would never meet it. This one is for the whole.
        alarm = threading.Timer(left, cut)
        alarm.daemon = True
        alarm.start()
        answered = False
        try:
            connection.request(method, f"{self._path}{path}", body=body, headers=dict(headers))
            reply = connection.getresponse()
            answered = True
            content = reply.read(LARGEST_ANSWER + 1)
        except (OSError, http.client.HTTPException) as problem:
            connection.close()
            self._mine.connection = None
            if late.is_set():
                raise NoAnswer("no whole answer came in time") from None
            if was_open and not answered and isinstance(problem, (ConnectionError, http.client.BadStatusLine)):
                raise _Stale() from None
            raise NoAnswer(f"the service could not be asked ({type(problem).__name__})") from None
        finally:
            alarm.cancel()
        if late.is_set() or len(content) > LARGEST_ANSWER:
            connection.close()
            self._mine.connection = None
            raise NoAnswer("no whole answer came in time" if late.is_set() else "the answer is too long")
        length = reply.getheader("Content-Length")
        if length is not None and length != str(len(content)):
            connection.close()
            raise NoAnswer("the answer was cut short")
        self._mine.connection = None if reply.will_close else connection
        return Said(reply.status, {name.lower(): value for name, value in reply.getheaders()}, content)


class _Stale(Exception):
    """The connection had been closed by the other side before anything was sent on it."""
