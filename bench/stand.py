"""A hub on a store of its own, and a server in front of it, for as long as a measurement takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import socket

from flask import Flask
from flask_migrate import upgrade

from compliance.app import furnished, house_of
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import Settings
from tests.support.postgres import PostgresServer, set_watchman

WORKERS = 2
THREADS = 32


STORES = ("sqlite", "postgresql")


@contextmanager
def a_hub(store: str = "sqlite") -> Iterator[Flask]:
    """The whole application on an empty store, with the environment set so that a server finds the same."""
    with tempfile.TemporaryDirectory(prefix="marac-bench-") as directory, a_database(store) as url:
        os.environ.pop("DATABASE_URL", None)
        os.environ |= {"DATABASE_URL": url} if url else {}
        os.environ |= {
            "COMPLIANCE_VAR": directory,
            "COMPLIANCE_KEYS": f"{directory}/keys.json",
            "COMPLIANCE_BASE_URL": "http://127.0.0.1:8000",
        }
        create_key_file(Path(directory) / "keys.json")
        app = furnished(Settings.from_environment())
        with app.app_context():
            upgrade()
        try:
            yield app
        finally:
            house_of(app).engine.dispose()
            os.environ.pop("DATABASE_URL", None)


@contextmanager
def a_database(store: str) -> Iterator[str | None]:
    """The address of an empty database on a server of its own, for as long as it is needed; None for SQLite's file."""
    if store == "sqlite":
        yield None
        return
    # Short, and open to `nobody`: a socket's path may not pass 107 bytes, and PostgreSQL does not run as root.
    directory = Path(tempfile.mkdtemp(prefix="marac-bench-", dir="/tmp"))
    directory.chmod(0o711)
    set_watchman(os.getpid(), directory)
    server = PostgresServer.make(directory / "pg")
    try:
        with server.connect() as connection:
            connection.execute("CREATE DATABASE service")
        yield server.url_for("service")
    finally:
        server.kill()
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def served(target: str, *, factory: bool = False, warm: Callable[[int], bool] | None = None) -> Iterator[int]:
    """Serve a WSGI callable as the service is served; gives the port.

    `warm` asks at a port what will be measured, and says whether it was answered: a worker that still reads the
    registers refuses, and refusing costs nothing.
    """
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
        _await(lambda: _alive(port))
        if warm is not None:
            _await(lambda: warm(port))
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _await(answers: Callable[[], bool]) -> None:
    """Wait until every worker answers: so often, one after the other, that each was asked; raises after two minutes."""
    until, in_a_row = time.monotonic() + 120, 0
    while in_a_row < 20 * WORKERS:
        if time.monotonic() > until:
            raise RuntimeError("the server did not start")
        if answers():
            in_a_row += 1
        else:
            in_a_row = 0
            time.sleep(0.1)


def _alive(port: int) -> bool:
    try:
        asked = HTTPConnection("127.0.0.1", port, timeout=2)
        asked.request("GET", "/live")
        asked.getresponse().read()
    except (OSError, HTTPException):
        return False
    return True


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
