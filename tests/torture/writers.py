"""Clients that write without pause and keep what they were answered: their memory is what the log is held to.

Each request has an id of its own, which the log keeps: so that an entry tells whose it is, and one that nobody sent
is known. Whoever gets no answer, or is told to come again, sends the next thing under a new id; what became of the one
before is not known to them, and counted apart. But what happened in the case system is told again and again under the
same ids until it is acknowledged, as the case system does.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from typing import Any, NamedTuple
from uuid import UUID

from compliance.identity.access_tokens import issue
from compliance.kernel.context import House
from tests.builders.decisions import MANY, ONE, a_question

THINKS_SECONDS = 0.02
"""How long a writer rests between two requests, so that the machine kills and recovers and does not only write."""

RETRY_SECONDS = 0.2
PATIENCE_SECONDS = 10
TOKEN_LASTS_SECONDS = 240
COME_AGAIN = frozenset({429, 503})
IN_A_BATCH = 5
EVENTS = "reported events"


class Receipt(NamedTuple):
    """The number and the hash of an entry, as the caller was told."""

    entry: int
    hash: str


@dataclass(frozen=True)
class Answered:
    """What an acknowledged write was answered: its receipts, the row it made, and the events each receipt is for."""

    kind: str
    receipts: tuple[Receipt, ...]
    made: UUID | None = None
    events: tuple[str, ...] = ()


@dataclass
class Ledger:
    """What all clients sent and what they were answered, by request."""

    sent: dict[str, str] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    answered: dict[str, Answered] = field(default_factory=dict)
    turned_away: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    last_begun: float = 0.0
    newest: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def acknowledged(self) -> int:
        return len(self.answered)

    def answered_since(self, instant: float) -> bool:
        """Whether anything was acknowledged that was sent after this instant of `time.monotonic`."""
        return self.last_begun > instant

    def send(self, kind: str, request_id: str, events: Iterable[str] = ()) -> None:
        with self._lock:
            self.sent[request_id] = kind
            self.told.update(events)

    def keep(self, request_id: str, answered: Answered, begun: float) -> None:
        with self._lock:
            self.answered[request_id] = answered
            self.last_begun = max(self.last_begun, begun)
            self.newest = max(self.newest, *(receipt.entry for receipt in answered.receipts))

    def note(self, what: str) -> None:
        with self._lock:
            self.turned_away[what] += 1

    def fault(self, what: str) -> None:
        with self._lock:
            self.faults.append(what)


@dataclass
class World:
    """What the clients know of the service: where it is, who they are, whom and what they ask about."""

    port: int
    house: House
    client_id: str
    scopes: tuple[str, ...]
    session: str
    organisation: UUID
    people: tuple[str, ...]
    _token: str = ""
    _until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def token(self) -> str:
        """An access token in force."""
        with self._lock:
            if time.monotonic() > self._until:
                self._token = issue(self.house, self.client_id, self.scopes)[0]
                self._until = time.monotonic() + TOKEN_LASTS_SECONDS
            return self._token


class Request(NamedTuple):
    """What is sent: to where, as whom, and how the receipts are read out of the answer; with a key, until it is answered."""

    path: str
    token: str
    body: dict[str, Any]
    read: Callable[[str, dict[str, Any]], Answered]
    key: str | None = None

    @property
    def events(self) -> list[str]:
        """The ids of the events told."""
        return [event["id"] for event in self.body.get("events", [])]


def a_decision(world: World, dice: random.Random, _number: str) -> Request:
    """May this person view this case? Half of those asked about are nobody we know."""
    return Request(ONE, world.token(), _question(world, dice), _of_a_decision)


def a_batch(world: World, dice: random.Random, _number: str) -> Request:
    """Several questions with one entry."""
    body = {"evaluations": [_question(world, dice) for _ in range(IN_A_BATCH)]}
    return Request(MANY, world.token(), body, lambda kind, said: _of_a_decision(kind, said["evaluations"][0]))


def an_isa_check(world: World, _dice: random.Random, number: str) -> Request:
    """Somebody of the hub looked at the partnership's own list: a row, and nobody's rights move."""
    body = {"found": True, "source": f"List {number}"}
    return Request(f"/api/v1/organisations/{world.organisation}/isa-checks", world.session, body, _of_a_change)


def some_events(world: World, dice: random.Random, number: str) -> Request:
    """What happened in the case system since it last told us; each event has an id, and is to be taken once."""
    events = [
        {
            "id": f"{number}-{each}", "kind": "view", "person": dice.choice(world.people),
            "at": _instant(world.house.clock.now() - timedelta(seconds=dice.randrange(1, 600))),
            "reference": f"C-{dice.randrange(10_000)}", "action": "case.view", "involved": True, "records": 1,
        }
        for each in range(dice.randrange(1, 2 * IN_A_BATCH))
    ]  # fmt: skip
    return Request("/api/v1/access-events", world.token(), {"events": events}, _of_events, key=number)


def a_policy(world: World, _dice: random.Random, number: str) -> Request:
    """The organisation's policy is replaced: a row, and every process has to look at rights again (DEC-4)."""
    today = world.house.clock.now().date()
    body = {
        "kind": "safeguarding", "title": f"Policy {number}", "owner": "Head of service",
        "dated_on": today.replace(year=today.year - 1, day=1).isoformat(),
        "next_review_on": today.replace(year=today.year + 1, day=1).isoformat(),
    }  # fmt: skip
    return Request(f"/api/v1/organisations/{world.organisation}/policies", world.session, body, _of_a_change)


KINDS: dict[str, Callable[[World, random.Random, str], Request]] = {
    "decision": a_decision,
    "batch": a_batch,
    EVENTS: some_events,
    "ISA check": an_isa_check,
    "policy": a_policy,
}
WEIGHTS = (5, 2, 2, 2, 1)


@dataclass
class Writer:
    """One client on one connection, which it opens anew whenever it breaks."""

    name: str
    world: World
    ledger: Ledger
    dice: random.Random
    over: threading.Event
    again: Request | None = None

    def run(self) -> None:
        line: HTTPConnection | None = None
        number = 0
        while not self.over.wait(THINKS_SECONDS):
            number += 1
            kind = EVENTS if self.again else self.dice.choices(list(KINDS), WEIGHTS)[0]
            line = line or HTTPConnection("127.0.0.1", self.world.port, timeout=PATIENCE_SECONDS)
            try:
                self._write(line, kind, f"{self.name}-{number}")
            except (OSError, HTTPException) as problem:
                self.ledger.note(f"no answer ({type(problem).__name__})")
                line.close()
                line = None
                self.over.wait(RETRY_SECONDS)
        if line:
            line.close()

    def _write(self, line: HTTPConnection, kind: str, request_id: str) -> None:
        asked = self.again or KINDS[kind](self.world, self.dice, request_id)
        headers = {
            "Authorization": f"Bearer {asked.token}", "Content-Type": "application/json", "X-Request-ID": request_id,
        }  # fmt: skip
        if asked.key:
            self.again = asked._replace(token=self.world.token())
            # Sometimes the caller forgets its key: then the events' own ids are all there is to know them by.
            headers |= {"Idempotency-Key": f'"{asked.key}"'} if self.dice.random() < 0.7 else {}
        if line.sock is None:
            line.connect()
        self.ledger.send(kind, request_id, asked.events)
        begun = time.monotonic()
        line.request("POST", asked.path, json.dumps(asked.body), headers)
        answer = line.getresponse()
        raw = answer.read()
        if answer.status in {200, 201}:
            self.ledger.keep(request_id, asked.read(kind, json.loads(raw)), begun)
            self.again = None
        elif answer.status in COME_AGAIN:
            self.ledger.note(f"told to come again ({answer.status})")
            self.over.wait(RETRY_SECONDS)
        else:
            self.ledger.fault(f"{kind}: {answer.status} {raw[:300].decode(errors='replace')}")


@contextmanager
def writing(world: World, writers: int, seed: int) -> Iterator[Ledger]:
    """So many clients at work."""
    ledger, over = Ledger(), threading.Event()
    threads = [
        threading.Thread(target=Writer(f"w{each}", world, ledger, random.Random(f"{seed}-{each}"), over).run)
        for each in range(writers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield ledger
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _question(world: World, dice: random.Random) -> dict[str, Any]:
    subject = dice.choice(world.people) if dice.random() < 0.5 else f"nobody-{dice.randrange(1000)}@swale.gov.uk"
    return a_question(subject, reference=f"C-{dice.randrange(10_000)}")


def _of_a_decision(kind: str, said: dict[str, Any]) -> Answered:
    return Answered(kind, (Receipt(**said["context"]["receipt"]),))


def _of_a_change(kind: str, said: dict[str, Any]) -> Answered:
    return Answered(kind, tuple(Receipt(**each) for each in said["receipts"]), UUID(said["id"]))


def _of_events(kind: str, said: dict[str, Any]) -> Answered:
    receipts = [Receipt(each["entry"], each["hash"]) for each in said["receipts"]]
    return Answered(kind, tuple(receipts), events=tuple(each["id"] for each in said["receipts"]))


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
