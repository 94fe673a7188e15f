"""Whatever is done to what is kept beside the entries: it is found, and disposal alone leaves no wound (AUD-3, RET-9)."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DatabaseError

from audit.models import PersonalDetail
from audit.personal import commitment, place
from tests.audit.conftest import Attack
from tests.audit.stage import (
    DISPOSAL,
    RING,
    SIZE,
)  # fmt: skip

PERSONAL = {
    "number": "90000",
    "salt": "(SELECT salt FROM audit_personal WHERE number = 1203)",
    "address": "coalesce(address, '') || '1'",
    "said": "(SELECT said FROM audit_personal WHERE number = 1230)",
    "disposed_by": f"{DISPOSAL}",
}


@pytest.mark.rule("AUD-3", "RET-9")
@pytest.mark.parametrize("column", PERSONAL)
@pytest.mark.parametrize("number", [603, 900, 1200, 1203, 1290])
def test_every_column_of_what_is_kept_beside_edited(attack: Attack, column: str, number: int) -> None:
    value = (
        PERSONAL[column]
        if (column, number) != ("salt", 1203)
        else "(SELECT salt FROM audit_personal WHERE number = 600)"
    )
    assert attack(f"UPDATE audit_personal SET {column} = {value} WHERE number = {number}") == 1

    assert attack.found().first_bad == number


@pytest.mark.rule("AUD-3", "RET-9")
@pytest.mark.parametrize(
    ("attack_on_personal", "first"),
    [
        ("DELETE FROM audit_personal WHERE number = 600", 600),
        ("DELETE FROM audit_personal WHERE number = 300", 300),
        ("DELETE FROM audit_personal", 201),
        ("UPDATE audit_personal SET salt = NULL, address = NULL, said = NULL WHERE number = 603", 603),
        ("UPDATE audit_personal SET salt = NULL, address = NULL, said = NULL, disposed_by = 1000 WHERE number = 603", 603),
        ("UPDATE audit_personal SET salt = NULL, address = NULL, said = NULL, disposed_by = 999 WHERE number = 603", 603),
        ("UPDATE audit_personal SET disposed_by = 1001 WHERE number = 300", 300),
        ("UPDATE audit_personal SET disposed_by = NULL WHERE number = 300", 300),
        ("UPDATE audit_personal SET address = '192.0.2.1' WHERE number = 300", 300),
        ("INSERT INTO audit_personal (number, address) VALUES (601, '192.0.2.1')", 601),
        ("INSERT INTO audit_personal (number, address) VALUES (1, '192.0.2.1')", 1),
        (f"INSERT INTO audit_personal (number, address) VALUES ({SIZE}, '192.0.2.1')", SIZE),
        ("INSERT INTO audit_personal (number, address) VALUES (-5, '192.0.2.1')", SIZE),
        (f"UPDATE audit_entries SET event = 'audit.read' WHERE number = {DISPOSAL}", DISPOSAL),
    ],
)  # fmt: skip
def test_what_is_kept_beside_taken_away_emptied_brought_back_or_put_there(
    attack: Attack, attack_on_personal: str, first: int
) -> None:
    assert attack(attack_on_personal) > 0

    assert attack.found().first_bad == first


@pytest.mark.rule("AUD-3", "RET-9")
def test_what_is_kept_beside_two_entries_swapped_or_the_salt_and_address_chosen_anew(attack: Attack) -> None:
    for one, other in ((603, 10_000), (606, 603), (10_000, 606)):
        attack(f"UPDATE audit_personal SET number = {other} WHERE number = {one}")
    assert attack.found().first_bad == 603

    attack("UPDATE audit_entries SET personal = :p WHERE number = 303", p=commitment(b"n" * 16, "192.0.2.9", None))
    assert attack.found().first_bad == 303


@pytest.mark.rule("AUD-3", "RET-9")
@pytest.mark.parametrize("key", [b"2.", b"7.", b""])
def test_the_key_id_of_what_was_said_swapped(attack: Attack, key: bytes) -> None:
    said = attack.connection.execute(select(PersonalDetail.said).where(PersonalDetail.number == 1200)).scalar_one()
    assert said is not None
    attack("UPDATE audit_personal SET said = :s WHERE number = 1200", s=key + said.partition(b".")[2])

    assert attack.found().first_bad == 1200


@pytest.mark.rule("AUD-3", "RET-9")
def test_what_was_said_sealed_anew_stands_and_something_else_sealed_does_not(attack: Attack) -> None:
    sealed = "UPDATE audit_personal SET said = :s WHERE number = 1200"
    held = attack.connection.execute(select(PersonalDetail.said).where(PersonalDetail.number == 1200)).scalar_one()
    assert held is not None
    plain = RING.open(held, place=place(1200))

    attack(sealed, s=RING.seal(plain, place=place(1200)))
    assert attack.found().why is None
    attack(sealed, s=RING.seal(plain + b" ", place=place(1200)))
    assert attack.found().first_bad == 1200


@pytest.mark.rule("AUD-3", "RET-9")
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_personal WHERE number = 603",
        "UPDATE audit_personal SET address = '192.0.2.9' WHERE number = 603",
        "UPDATE audit_personal SET number = 90000 WHERE number = 603",
        "UPDATE audit_personal SET address = NULL, salt = NULL WHERE number = 603",
        "UPDATE audit_personal SET disposed_by = 1000 WHERE number = 603",
        "UPDATE audit_personal SET disposed_by = 1001 WHERE number = 300",
        "UPDATE audit_personal SET address = '192.0.2.9', disposed_by = NULL WHERE number = 300",
        "UPDATE audit_personal SET said = NULL WHERE number = 1200",
        "INSERT OR REPLACE INTO audit_personal (number, address) VALUES (603, '192.0.2.9')",
        "TRUNCATE audit_personal",
    ],
)
def test_the_store_itself_lets_what_is_kept_beside_be_emptied_and_sealed_anew_and_no_more(
    the_log: Engine, statement: str
) -> None:
    only = {"INSERT OR": "sqlite", "TRUNCATE": "postgresql"}
    if any(statement.startswith(how) and the_log.dialect.name != where for how, where in only.items()):
        return
    with pytest.raises(DatabaseError, match="is kept as it was written"), the_log.begin() as connection:
        connection.execute(text(statement))
