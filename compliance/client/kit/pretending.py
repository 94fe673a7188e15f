"""A service that is none: it gives anybody a token, and answers each question as its mood has it."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .moods import HONEST, MOODS, Asked, answer, said, sent

CLIENT_ID = "conformance-kit"
SECRET = "only-for-the-kit"  # noqa: S105 - it opens nothing: whatever is shown is taken
"""What the case system shows here: any client with any secret is given a token."""

DECISIONS = {"/access/v1/evaluation": False, "/access/v1/evaluations": True}


class Pretender:
    """Answers on this machine while it is entered. `mood` is of `MOODS`; `asked` counts the questions that came."""

    def __init__(self, port: int = 0) -> None:
        self.mood = HONEST
        self.asked = 0
        self._before: bytes | None = None
        self._turn = threading.Lock()
        pretender = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                pretender._answer(self)

            def do_GET(self) -> None:
                pretender._answer(self)

            def log_message(self, *_said: object) -> None:
                """Nothing: what is asked is nobody's to read."""

        self._handler = Handler
        self._server = _Server(("127.0.0.1", port), Handler)
        self._port = int(self._server.server_address[1])

    @property
    def base_url(self) -> str:
        """Where the case system has to look for its service."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Pretender:
        self._serve()
        return self

    def __exit__(self, *_why: object) -> None:
        self._stop()

    @contextlib.contextmanager
    def off(self) -> Iterator[None]:
        """Nobody listens meanwhile."""
        self._stop()
        try:
            yield
        finally:
            self._server = _Server(("127.0.0.1", self._port), self._handler)
            self._serve()

    def _serve(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        path = handler.path.partition("?")[0]
        if path == "/oauth2/token":
            token = {"access_token": "of-the-kit", "token_type": "Bearer", "expires_in": 600, "scope": "decisions"}
            handler.wfile.write(sent(Asked(None, None, None), json.dumps(token).encode()))
            return
        if path not in DECISIONS:
            # Whoever follows a redirect is told yes, and has a hole.
            handler.wfile.write(
                sent(Asked(handler.headers.get("X-Request-ID"), None, None), said(Asked(None, None, None), answer()))
            )
            return
        with self._turn:
            self.asked += 1
            mood, before = self.mood, self._before
        asked = Asked(handler.headers.get("X-Request-ID"), _many(body) if DECISIONS[path] else None, before)
        if mood == HONEST:
            self._before = sent(asked, said(asked, answer(seconds=3600.0)))
        with contextlib.suppress(OSError):
            for piece in MOODS[mood](asked):
                if isinstance(piece, bytes):
                    handler.wfile.write(piece)
                elif _gone(handler.connection, piece):
                    return


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64


def _many(body: bytes) -> int:
    try:
        items = json.loads(body).get("evaluations")
    except (ValueError, AttributeError):
        return 1
    return len(items) if isinstance(items, list) else 1


def _gone(connection: socket.socket, seconds: float) -> bool:
    """Wait so long, and no longer than whoever asked does."""
    ends = time.monotonic() + seconds
    while (left := ends - time.monotonic()) > 0:
        readable, _, _ = select.select([connection], [], [], min(left, 0.1))
        if readable:
            return True
    return False
