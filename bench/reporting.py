"""Events of the case system, reported over HTTP a thousand at a time, beside bare SQLite that keeps as many rows (AUD-1)."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from flask import Flask

from compliance.app import house_of
from compliance.identity import use_cases as identity
from compliance.identity.access_tokens import issue
from compliance.kernel.context import operator

from .load import Load, drive, post
from .population import populate
from .stand import a_hub, served

IN_A_CALL = 1000
CONNECTIONS = 2
SECONDS = 6.0
PATH = "/api/v1/access-events"


@dataclass(frozen=True)
class Reporting:
    """Calls of a thousand events, and the rows a second that bare SQLite keeps durably in commits of as many."""

    calls: Load
    bare: float

    @property
    def events(self) -> float:
        """Events taken a second."""
        return self.calls.per_second * IN_A_CALL


def measure(people: int = 500) -> Reporting:
    """Serve the service, and let two connections report without pause."""
    with a_hub() as app:
        ids = populate(house_of(app), people)
        requests = _requests(app, ids)
        with served("bench.server:service", factory=True) as port:
            calls = drive(port, lambda: next(requests), connections=CONNECTIONS, seconds=SECONDS, taken=b"201")
    return Reporting(calls, _bare())


def _requests(app: Flask, ids: list[str]) -> Iterator[bytes]:
    house, scopes = house_of(app), ["access-events:write"]
    with house.work(operator("bench")) as ctx:
        client, _ = identity.register_client(ctx, name="Bench", scopes=scopes)
        client_id = client.client_id
    token = issue(house, client_id, scopes)[0]
    at = datetime.now(UTC).isoformat()
    for call in count():
        events = [
            {"id": f"{call}-{each}", "kind": "view", "person": ids[each % len(ids)], "at": at, "action": "case.view",
             "reference": f"C-{each}", "purpose": "meeting", "involved": True, "address": "192.0.2.7"}
            for each in range(IN_A_CALL)
        ]  # fmt: skip
        yield post(PATH, json.dumps({"events": events}, separators=(",", ":")).encode(), token)


def _bare() -> float:
    """Rows as long as an entry, with a report's row beside each, committed a thousand at a time by SQLite alone."""
    with tempfile.TemporaryDirectory(prefix="marac-bench-") as directory:
        store = sqlite3.connect(Path(directory) / "bare.sqlite", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            store.execute(f"PRAGMA {pragma}")
        store.execute("CREATE TABLE entries (number INTEGER PRIMARY KEY, said TEXT)")
        store.execute("CREATE TABLE reports (number INTEGER PRIMARY KEY, said TEXT)")
        began, rows = time.perf_counter(), 0
        while time.perf_counter() - began < SECONDS / 2:
            store.execute("BEGIN IMMEDIATE")
            store.executemany("INSERT INTO entries (said) VALUES (?)", [("x" * 500,)] * IN_A_CALL)
            store.executemany("INSERT INTO reports (said) VALUES (?)", [("x" * 200,)] * IN_A_CALL)
            store.execute("COMMIT")
            rows += IN_A_CALL
        took = time.perf_counter() - began
        store.close()
        return rows / took
