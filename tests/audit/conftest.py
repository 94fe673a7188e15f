"""A log to attack: entries of every kind of column, sealed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from audit.append import append, take_turn
from audit.sealing import origin, seal, verifiers
from audit.verify import Verified, verify
from compliance.kernel.context import House
from compliance.kernel.db import WRITES

Verify = Callable[[], Verified]


def written(house: House, count: int) -> None:
    """So many entries, in batches, with every column filled in some and empty in others."""
    at = house.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        turn = take_turn(connection, count)
        append(
            connection,
            turn,
            [
                {
                    "at": at,
                    "event": "case.viewed" if number % 3 else "sign_in.failed",
                    "outcome": "permit" if number % 2 else "deny",
                    "actor_kind": "person",
                    "actor_id": f"P{number % 7}",
                    "actor_organisation": f"O{number % 5}" if number % 4 else None,
                    "actor_roles": "licence_holder" if number % 4 else None,
                    "subject_kind": "case" if number % 3 else None,
                    "subject_id": f"C{number % 11}" if number % 3 else None,
                    "organisation": f"O{number % 5}" if number % 3 else None,
                    "reference": f"KM-2026-{number:04}" if number % 2 else None,
                    "rules": "LIC-3 ROL-2" if number % 2 else None,
                    "purpose": "wünsche — café" if number % 5 == 0 else None,
                    "address": "192.0.2.7" if number % 2 else None,
                    "request_id": f"r{number}" if number % 2 else None,
                    "session_id": f"s{number % 13}" if number % 2 else None,
                    "state_version": number % 17,
                    "policy_version": "34b410667686c7de",
                    "detail": '{"step":"password"}' if number % 3 == 0 else "{}",
                }
                for number in range(turn.next_number, turn.next_number + count)
            ],
        )


@pytest.fixture
def sealed(house: House) -> House:
    """A log of 700 entries, all sealed in a few goes: two full tiles and the edge."""
    for count in (1, 254, 2, 300, 143):
        written(house, count)
        seal(house)
    return house


@pytest.fixture
def verified(house: House) -> Verify:
    """What a verification of the whole log says now."""
    return lambda: verify(house.engine, verifiers(house), origin=origin(house))


@pytest.fixture
def tamper(house: House) -> Callable[..., int]:
    """Run a statement as somebody with every right over the store, who takes its guards away first."""
    disarm(house.engine)
    return lambda statement, **values: _done(house.engine, statement, values)


def disarm(engine: Engine) -> None:
    """Drop every trigger that guards the log."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            for table in ("audit_entries", "log_tiles", "log_checkpoints"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        else:
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in names:
                connection.execute(text(f"DROP TRIGGER {name}"))


def _done(engine: Engine, statement: str, values: dict[str, object]) -> int:
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        return connection.execute(text(statement), values).rowcount
