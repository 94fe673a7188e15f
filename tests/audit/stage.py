"""A log to attack, built once in a run and copied: entries of every kind of column, of both formats, sealed.

It is 1,300 entries long: five full tiles and the edge. The first 200 are as an older release wrote them; of the rest
some have something personal beside them, and what is beside the oldest of these was disposed of.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import create_engine, insert, text

from audit.append import append, take_turn
from audit.guard import PolicyVersion
from audit.models import COLUMNS, AuditEntry
from audit.notes import Signer, Verifier
from audit.personal import DISPOSED, Private
from audit.sealing import seal
from compliance.kernel.clock import Clock, FixedClock
from compliance.kernel.context import House
from compliance.kernel.db import WRITES, engine_options, teach_manners
from compliance.kernel.secrets import KeyRing
from compliance.kernel.settings import REPOSITORY, Settings
from tests.support.store import migrated

ORIGIN = "marac.example/log"
SIZE = 1300
OF_FORMAT_1 = 200
DISPOSED_UP_TO = 400
DISPOSAL = 1000
PLAIN = (2, 3)
"""Tiles in which every entry and row is of the commonest kind."""

TODAY = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)

RING = KeyRing(
    fields={"1": bytes(range(32)), "2": bytes(range(1, 33))}, newest="1", pepper=b"p" * 32, cookies=b"c" * 32,
    token_id="t", token_pem="", log=(bytes(range(32)),), papers=(),
)  # fmt: skip
SIGNER = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(RING.log[0]))
VERIFIERS: list[Verifier] = [SIGNER.verifier]


def house_at(url: str, var: Path, clock: Clock | None = None) -> House:
    """As much of a house as the log needs, on the store at this address."""
    settings = Settings(url, f"https://{ORIGIN.partition('/')[0]}", var / "keys", REPOSITORY / "policies", var)
    engine = create_engine(url, **engine_options(url, 30, 32))
    teach_manners(engine, 30)
    return House(settings, clock or FixedClock(TODAY), engine, {KeyRing: RING, PolicyVersion: PolicyVersion("34b4")})


def a_sealed_log(url: str) -> None:
    """The log at the head of this module, in the empty database at `url`."""
    migrated(url)
    house = house_at(url, Path("/nowhere"))
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        take_turn(connection, OF_FORMAT_1)
        connection.execute(insert(AuditEntry), [as_format_1(number) for number in range(OF_FORMAT_1)])
    seal(house)
    for count in (1, 254, 2, 543):
        written(house, count)
        seal(house)
    dispose(house)
    for count in (200, SIZE - DISPOSAL - 201):
        written(house, count)
        seal(house)
    house.engine.dispose()


def written(house: House, count: int) -> None:
    """So many entries more, in one batch, with every column filled in some and empty in others."""
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        turn = take_turn(connection, count)
        append(connection, turn, [a_draft(turn.next_number + more) for more in range(count)])


def dispose(house: House) -> None:
    """Empty what is kept beside the oldest entries, and say so in one."""
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        turn = take_turn(connection, 1)
        emptied = (
            "UPDATE audit_personal SET salt = NULL, address = NULL, said = NULL, disposed_by = :by WHERE number < :up"
        )
        rows = connection.execute(text(emptied), {"by": turn.next_number, "up": DISPOSED_UP_TO}).rowcount
        said = json.dumps({"first": OF_FORMAT_1, "last": DISPOSED_UP_TO - 1, "rows": rows}, separators=(",", ":"))
        assert turn.next_number == DISPOSAL
        append(connection, turn, [a_draft(DISPOSAL) | {"event": DISPOSED, "detail": said, "private": None}])


def a_draft(number: int) -> dict[str, Any]:
    """What an entry of this number says: of every column there is something in some, and nothing in others."""
    person = number % 3 == 0
    return {
        "at": "2026-11-21T10:00:00.000000Z",
        "event": "case.viewed" if number % 3 else "sign_in.failed",
        "outcome": "permit" if number % 2 else "deny",
        "actor_kind": "person" if person else "client",
        "actor_id": f"P{number % 7}",
        "actor_organisation": f"O{number % 5}" if number % 4 else None,
        "actor_roles": "licence_holder" if number % 4 else None,
        "subject_kind": "case" if number % 3 else None,
        "subject_id": f"C{number % 11}" if number % 3 else None,
        "organisation": f"O{number % 5}" if number % 3 else None,
        "reference": f"KM-2026-{number:04}" if number % 2 else None,
        "rules": "LIC-3 ROL-2" if number % 2 else None,
        "purpose": "w\u00fcnsche \u2014 caf\u00e9" if number % 5 == 0 else None,
        "address": "192.0.2.7" if number % 2 and not person else None,
        "request_id": f"r{number}" if number % 2 else None,
        "session_id": f"s{number % 13}" if number % 2 else None,
        "state_version": number % 17,
        "policy_version": "34b410667686c7de",
        "detail": '{"step":"password"}' if number % 3 == 0 else "{}",
        "private": private(number) if person else None,
    }


def private(number: int) -> Private:
    """Mostly an address, at times what was said with it or alone; nothing but addresses for some tiles."""
    said = json.dumps({"recipient": f"Somebody {number}"}) if number % 10 == 0 and number // 256 not in PLAIN else None
    return Private(None if number % 20 == 0 else f"198.51.100.{number % 250}", said, RING)


def as_format_1(number: int) -> dict[str, Any]:
    """The entry as an older release wrote it: with its address, and nothing apart."""
    entry = a_draft(number) | {
        "number": number,
        "format": 1,
        "personal": None,
        "address": "192.0.2.7" if number % 2 else None,
    }
    del entry["private"]
    return entry | {"hash": hash_1(entry)}


def hash_1(entry: Mapping[str, Any]) -> bytes:
    """The hash of format 1, out of docs/log-format.md and no code of ours."""
    names = [name for name in COLUMNS if name not in ("format", "personal", "hash")]
    said = (
        f"{name}:-\n" if entry[name] is None else f"{name}:{len(str(entry[name]).encode())}:{entry[name]}\n"
        for name in names
    )
    return sha256(("marac-log:1\n" + "".join(said)).encode()).digest()
