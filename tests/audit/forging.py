"""Entries changed, put in and given a fitting hash, as somebody with every right over the store would."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from audit.encoding import digest
from audit.models import COLUMNS, AuditEntry
from tests.audit.conftest import Attack
from tests.audit.stage import (
    hash_1,
)  # fmt: skip


def entry(attack: Attack, number: int) -> dict[str, Any]:
    wanted = select(AuditEntry.__table__).where(AuditEntry.number == number)
    return dict(attack.connection.execute(wanted).mappings().one())


def insert_entry(attack: Attack, forged: dict[str, Any]) -> None:
    columns, values = ", ".join(COLUMNS), ", ".join(f":{name}" for name in COLUMNS)
    attack(f"INSERT INTO audit_entries ({columns}) VALUES ({values})", **forged)


def with_hash(changed: dict[str, Any]) -> dict[str, Any]:
    """The entry with the hash that it would have."""
    return changed | {"hash": hash_1(changed) if changed["format"] == 1 else digest(changed)}


def update_entry(attack: Attack, changed: dict[str, Any]) -> None:
    columns = ", ".join(f"{name} = :{name}" for name in COLUMNS if name != "number")
    assert attack(f"UPDATE audit_entries SET {columns} WHERE number = :number", **changed) == 1
