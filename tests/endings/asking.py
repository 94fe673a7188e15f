"""Asking without pause, over connections that reach every worker, while rights end."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.client import HTTPConnection
from typing import Any

import psutil

from compliance.identity.access_tokens import issue
from tests.builders.decisions import MANY, ONE

from .judging import Answer
from .world import Asking, World

IN_A_BATCH = 50
NEAR = 12
"""How many endings ahead, and as many behind, are asked about more than the others."""

AHEAD_SECONDS = 0.05

RENEWED_SECONDS = 300.0


class Lost(Exception):
    """An answer that was neither a yes nor a no: its status and how it began."""


class Line:
    """One connection, kept open, and so one worker."""

    def __init__(self, port: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.connection.connect()

    @property
    def local_port(self) -> int:
        return int(self.connection.sock.getsockname()[1])

    def post(self, path: str, body: Any, token: str) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self.connection.request("POST", path, json.dumps(body).encode(), headers)
        answer = self.connection.getresponse()
        read = answer.read()
        return answer.status, json.loads(read) if answer.status == 200 else read[:200]

    def raw(self, request: bytes) -> int:
        """A request as it stands; the status of what came."""
        head, _, body = request.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        method, path, _ = first.split(" ")
        headers = dict(line.split(": ", 1) for line in lines if not line.startswith(("Host", "Content-Length")))
        self.connection.request(method, path, body or None, headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status


def lines_to(port: int, workers: int) -> list[Line]:
    """As many connections as it takes for each worker to hold one: one of each, found by who holds its other end."""
    held: dict[int, Line] = {}
    kept = []
    until = time.monotonic() + 60
    while len(held) < workers:
        if time.monotonic() > until:
            raise AssertionError(f"only {len(held)} of {workers} workers were reached")
        line = Line(port)
        line.raw(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
        kept.append(line)
        pid = _holder(port, line.local_port)
        if pid is not None:
            held.setdefault(pid, line)
    for line in kept:
        if line not in held.values():
            line.connection.close()
    return list(held.values())


def _holder(port: int, ours: int) -> int | None:
    for each in psutil.net_connections("tcp4"):
        if each.laddr and each.raddr and (each.laddr.port, each.raddr.port) == (port, ours):
            return int(each.pid) if each.pid else None
    return None


@dataclass
class Asked:
    """What was answered so far, and where the endings stand."""

    world: World
    turn: int = 0
    enough: float = 0.0
    """How many decisions are wanted by now: whoever is ahead of it asks on, but leaves the machine to the endings."""
    decisions: int = 0
    answers: deque[Answer] = field(default_factory=deque)
    problems: list[BaseException] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    _line: threading.Lock = field(default_factory=threading.Lock)
    _token: tuple[float, str] = (0.0, "")

    def token(self) -> str:
        """The case system's, renewed before it is over."""
        with self._line:
            now = time.monotonic()
            if now - self._token[0] > RENEWED_SECONDS or not self._token[1]:
                self._token = (now, issue(self.world.house, self.world.client_id, ["decisions"])[0])
            return self._token[1]

    def one(self, line: Line, slot: int) -> None:
        """Ask about one slot by itself, as its asking is."""
        asking, sent = self.world.asked[slot], time.time()
        if asking.request is not None:
            status, said = line.raw(asking.request), None
        else:
            status, said = line.post(ONE, asking.question, asking.token or self.token())
        got = time.time()
        if status == 200:
            permit = True if said is None else bool(said["decision"])
            entry = said["context"]["receipt"]["entry"] if said else None
        elif status == 401 and (asking.request or asking.token):
            permit, entry = False, None
        elif status == 429 and asking.request:
            # So many were turned away at this door that it hears nobody for a while: no answer, and not a yes.
            return
        else:
            raise Lost(f"{status} {said!r}")
        self._take([Answer(slot, permit, entry, sent, got)])

    def many(self, line: Line, slots: list[int]) -> None:
        """Ask about these together."""
        sent = time.time()
        body = {"evaluations": [self.world.asked[slot].question for slot in slots]}
        status, said = line.post(MANY, body, self.token())
        got = time.time()
        if status != 200 or len(said["evaluations"]) != len(slots):
            raise Lost(f"{status} {said!r}")
        self._take(
            [
                Answer(slot, bool(each["decision"]), each["context"]["receipt"]["entry"], sent, got)
                for slot, each in zip(slots, said["evaluations"], strict=True)
            ]
        )

    def _take(self, answers: list[Answer]) -> None:
        with self._line:
            self.answers.extend(answers)
            self.decisions += len(answers)


def keep_asking(asked: Asked, line: Line, seed: int) -> None:
    """Batches and single questions in turn, half of them about what ends just now, until told that it is over."""
    dice, endings = random.Random(seed), asked.world.endings
    together = [slot for slot, each in enumerate(asked.world.asked) if _in_a_batch(each)]
    may = set(together)
    try:
        while not asked.over.is_set():
            if asked.decisions > asked.enough:
                time.sleep(AHEAD_SECONDS)
            turn = asked.turn
            near = [slot for each in endings[max(0, turn - NEAR) : turn + NEAR] for slot in each.slots]
            batched = [slot for slot in near if slot in may]
            half = dice.choices(batched, k=IN_A_BATCH // 2) if batched else []
            asked.many(line, half + dice.choices(together, k=IN_A_BATCH - len(half)))
            if near:
                asked.one(line, dice.choice(near))
    except Exception as problem:  # noqa: BLE001 - told by who waits for it
        asked.problems.append(problem)


def _in_a_batch(asking: Asking) -> bool:
    return asking.question is not None and asking.token is None
