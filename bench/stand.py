"""A hub on a store of its own, and a server in front of it, for as long as a measurement takes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import socket

from flask import Flask
from flask_migrate import upgrade

from compliance.app import furnished
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import Settings

WORKERS = 2
THREADS = 32


@contextmanager
def a_hub() -> Iterator[Flask]:
    """The whole application on an empty store, with the environment set so that a server finds the same."""
    with tempfile.TemporaryDirectory(prefix="marac-bench-") as directory:
        os.environ |= {
            "COMPLIANCE_VAR": directory,
            "COMPLIANCE_KEYS": f"{directory}/keys.json",
            "COMPLIANCE_BASE_URL": "http://127.0.0.1:8000",
        }
        create_key_file(Path(directory) / "keys.json")
        app = furnished(Settings.from_environment())
        with app.app_context():
            upgrade()
        yield app


@contextmanager
def served(target: str, *, factory: bool = False) -> Iterator[int]:
    """Serve a WSGI callable as the service is served; gives the port."""
    port = _free_port()
    command = [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--no-ws", "--http", "1",
        "--backlog", "1024", "--log-level", "error", target,
    ]  # fmt: skip
    if factory:
        command.append("--factory")
    server = subprocess.Popen(command)
    try:
        _await(port)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _await(port: int) -> None:
    """Wait until every worker has started: they are asked often enough that each has answered."""
    answered = 0
    for _ in range(600):
        try:
            asked = HTTPConnection("127.0.0.1", port, timeout=2)
            asked.request("GET", "/live")
            asked.getresponse().read()
        except (OSError, HTTPException):
            time.sleep(0.1)
            continue
        answered += 1
        if answered == 20 * WORKERS:
            return
    raise RuntimeError("the server did not start")


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
