"""A case system's hook that asks by our client, and one that was written in a hurry."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from compliance.client import Question, Service, WithSecret
from compliance.client.kit import Pretender

Opens = Callable[[dict[str, Any]], bool]
SECONDS = 0.5


@pytest.fixture
def pretender() -> Iterator[Pretender]:
    """A service that misbehaves as it is told."""
    with Pretender() as one:
        yield one


@pytest.fixture
def service(pretender: Pretender) -> Service:
    """Our client, pointed at it."""
    return Service(pretender.base_url, WithSecret("kit", "any"), seconds=SECONDS)


def careful(service: Service) -> Opens:
    """A hook that shows what our client permits, and remembers a permit for as long as it is good."""
    kept: dict[str, Any] = {}

    def opens(asked: dict[str, Any]) -> bool:
        known = kept.get(asked["reference"])
        if known is None or not known.permits:
            known = kept[asked["reference"]] = service.decide(Question(**asked))
        return bool(known.permits)

    return opens


def hurried(base_url: str) -> Opens:
    """A hook as it is written in an afternoon: whatever says yes opens, and what opened once stays open."""
    kept: set[str] = set()

    def opens(asked: dict[str, Any]) -> bool:
        if asked["reference"] in kept:
            return True
        wanted = urllib.request.Request(f"{base_url}/access/v1/evaluation", json.dumps(asked).encode())
        try:
            with urllib.request.urlopen(wanted, timeout=SECONDS) as reply:
                opened = bool(json.loads(reply.read()).get("decision"))
        except (OSError, HTTPException, ValueError, AttributeError, RecursionError):
            return False
        if opened:
            kept.add(asked["reference"])
        return opened

    return opens


@contextmanager
def a_hook(opens: Opens) -> Iterator[str]:
    """A case system that answers whether it would open."""

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            said = json.dumps({"opened": opens(asked)}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_said: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/may-open"
    finally:
        server.shutdown()
        server.server_close()
