"""Decisions over HTTP with their durable entries, beside a bare Flask route on the same server (DEC-7, AUD-2)."""

from __future__ import annotations

import json
import random
import socket
from dataclasses import dataclass

from flask import Flask

from compliance.app import house_of
from compliance.identity import use_cases as identity
from compliance.identity.access_tokens import issue
from compliance.kernel.context import operator
from policies.values import Policy

from .load import Load, drive, post
from .population import populate
from .stand import a_hub, served

CONNECTIONS = 32
SECONDS = 4.0
ROUNDS = 3
IN_A_BATCH = 100


@dataclass(frozen=True)
class OverHttp:
    """Rounds of each, taken in turn, so that a machine that slows down slows all of them."""

    bare: list[Load]
    single: list[Load]
    batch: list[Load]


def measure(store: str = "sqlite", people: int = 2000, organisations: int = 44) -> OverHttp:
    """Serve the service and the bare route in turn, and load each."""
    found = OverHttp([], [], [])
    with a_hub(store) as app:
        ids = populate(house_of(app), people, organisations=organisations)
        token = _token(app)
        singles, batches = _requests(app, ids, token)
        for _ in range(ROUNDS):
            with served("bench.server:bare") as port:
                found.bare.append(_drive(port, singles, CONNECTIONS))
            with served("bench.server:service", factory=True, warm=lambda port: _is_decided(port, singles[0])) as port:
                found.single.append(_drive(port, singles, CONNECTIONS))
                found.batch.append(_drive(port, batches, 8))
    if sum(load.refused for load in (*found.single, *found.batch)):
        raise RuntimeError("some askings were refused: what was measured is no decision")
    return found


def _is_decided(port: int, request: bytes) -> bool:
    """Whether a question was decided, on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(request)
        return line.recv(16).startswith(b"HTTP/1.1 200")


def _drive(port: int, requests: list[bytes], connections: int) -> Load:
    drive(port, lambda: random.choice(requests), connections=connections, seconds=1)
    return drive(port, lambda: random.choice(requests), connections=connections, seconds=SECONDS)


def _token(app: Flask) -> str:
    house = house_of(app)
    with house.work(operator("bench")) as ctx:
        client, _ = identity.register_client(ctx, name="Bench", scopes=["decisions"])
        client_id = client.client_id
    return issue(house, client_id, ["decisions"])[0]


def _requests(app: Flask, ids: list[str], token: str) -> tuple[list[bytes], list[bytes]]:
    dice = random.Random(7)
    areas = list(house_of(app).the(Policy).areas)

    def question(number: int) -> dict[str, object]:
        return {
            "subject": {"type": "person", "id": dice.choice(ids)},
            "action": {"name": "case.view"},
            "resource": {"type": "case", "id": f"C-{number}", "properties": {"area": dice.choice(areas)}},
        }

    def written(body: object) -> bytes:
        return json.dumps(body, separators=(",", ":")).encode()

    singles = [post("/access/v1/evaluation", written(question(n)), token) for n in range(1000)]
    batches = [
        post("/access/v1/evaluations", written({"evaluations": [question(n) for n in range(IN_A_BATCH)]}), token)
        for _ in range(50)
    ]
    return singles, batches
