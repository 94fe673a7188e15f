"""The bytes of an entry: the same whoever puts them together, and another's for nothing else (AUD-3, docs/log-format.md)."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy import select, text

from audit.append import append, take_turn
from audit.encoding import FIELDS, digest, encode, stands
from audit.models import COLUMNS, AuditEntry
from audit.personal import commitment
from audit.stretches import bytes_by_store
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.kernel.settings import REPOSITORY
from tests.audit.stage import a_draft, as_format_1, hash_1

NASTY = {
    "empty": "",
    "control": "".join(chr(code) for code in range(1, 32)),
    "delete": "a\x7f\x80\x85\x9fb",
    "quotes": '"\'`\\"\\\\/</script>&',
    "line_ends": "a\r\nb\u2028c\u2029d\n",
    "terminal": "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "emoji": "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0010ffff\ufffd\ufeff",
    "bidi": "\u202egnp.exe\u2066",
    "json": '{"a":[1,null,"\\u0041"]}',
    "null": "null",
    "number": "1e400",
    "wide": "w\u00fcnsche \u2014 caf\u00e9 \u6771\u4eac",
    "long": '\u00e9"' * 100_000,
}


def whole(**said: Any) -> dict[str, Any]:
    """An entry of format 2 with every column, and these."""
    entry = a_draft(1) | {"number": 1, "format": 2, "personal": None, "hash": b""} | said
    entry.pop("private")
    return entry


def by_json(entry: dict[str, Any]) -> bytes:
    """What docs/log-format.md says, with nothing but the standard library."""
    return json.dumps([2, *(entry[name] for name in FIELDS)], separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.rule("AUD-3")
def test_the_store_puts_the_same_bytes_together_as_we_do_and_as_the_standard_library_does(empty: House) -> None:
    dialect = empty.engine.dialect.name
    nasty = dict(NASTY) | ({"nul": "a\0b\0"} if dialect == "sqlite" else {})
    with empty.engine.execution_options(**{WRITES: True}).begin() as connection:
        turn = take_turn(connection, 2 * len(nasty))
        append(connection, turn, [a_draft(5) | {"detail": each} for each in nasty.values()])
        none = {name: None for name in FIELDS[2:] if AuditEntry.__table__.c[name].nullable}
        more = take_turn(connection, 0)
        append(
            connection,
            type(turn)(len(nasty), more.state_version),
            [a_draft(4) | none | {"event": "e", "detail": each} for each in nasty.values()],
        )
        connection.execute(text("UPDATE log_head SET state_version = 9007199254740993"))

    with empty.engine.connect() as connection:
        rows = (
            connection.execute(select(AuditEntry.__table__, text(f"{bytes_by_store(dialect)} AS line")))
            .mappings()
            .all()
        )

    assert len(rows) == 2 * len(nasty)
    for row in rows:
        assert row["line"].encode() == encode(row) == by_json(dict(row)), row["number"]
        assert row["hash"] == digest(row) == sha256(b"\0" + encode(row)).digest()


@pytest.mark.rule("AUD-3")
@settings(max_examples=300, deadline=None)
@given(some.text(some.characters(exclude_categories=["Cs"])), some.integers(0, 2**63 - 1))
def test_any_text_is_written_as_the_standard_library_writes_it_and_on_one_line(said: str, version: int) -> None:
    entry = whole(purpose=said, state_version=version)

    assert encode(entry) == by_json(entry)
    assert b"\n" not in encode(entry)
    assert json.loads(encode(entry))[1 + FIELDS.index("purpose")] == said


@pytest.mark.rule("AUD-3")
def test_every_column_but_the_hash_is_in_the_bytes_and_no_two_entries_have_the_same() -> None:
    assert {*FIELDS, "format", "hash"} == set(COLUMNS)
    others = [{name: value} for name in FIELDS[2:] for value in (None, "", "null", "a", 'a","b')]
    others += [{"number": 10}, {"number": 11}, {"state_version": 10}, {"state_version": 11}]

    entries = {tuple(whole(**other).items()): encode(whole(**other)) for other in others}

    assert len(set(entries.values())) == len(entries) > 90


@pytest.mark.rule("AUD-3")
@pytest.mark.parametrize(
    "wrong",
    [{"purpose": "\ud800"}, {"format": 3}, {"format": 0}, {"format": None}, {"format": 1, "personal": "00"},
     {"reference": b"C-1"}, {"number": object()}],
)  # fmt: skip
def test_what_no_entry_can_hold_stands_nowhere(wrong: dict[str, Any]) -> None:
    assert not stands(whole(**wrong))


@pytest.mark.rule("AUD-3")
def test_bytes_do_not_pass_for_the_text_that_they_are_written_as() -> None:
    entry = whole(reference="Qy0x")
    entry["hash"] = digest(entry)

    assert stands(entry)
    assert not stands(entry | {"reference": b"C-1"})


@pytest.mark.rule("AUD-3")
def test_an_entry_of_the_first_format_has_the_hash_that_its_release_gave_it() -> None:
    entry = as_format_1(5)

    assert stands(entry)
    assert digest(entry) == hash_1(entry)
    assert not stands(entry | {"personal": "00"})
    assert not stands(entry | {"format": 2})


@pytest.mark.rule("AUD-3")
def test_the_example_that_strangers_are_given_is_true() -> None:
    told = (REPOSITORY / "docs" / "log-format.md").read_text().partition("with its bytes:\n\n")[2]
    array, _, rest = told.partition("\n\n")
    said = "".join(line[4:] for line in array.splitlines())
    entry = dict(zip(("format", *FIELDS), json.loads(said), strict=True))

    assert encode(entry) == said.encode()
    assert digest(entry).hex() == rest.split("\n\n")[1].strip()
    assert entry["personal"] == commitment(bytes(range(16)), "198.51.100.7", None)


def test_a_draft_that_cannot_be_written_takes_no_number(empty: House) -> None:
    with pytest.raises(ValueError), empty.engine.execution_options(**{WRITES: True}).begin() as connection:
        append(connection, take_turn(connection, 1), [a_draft(1) | {"purpose": "\ud800"}])

    with empty.engine.connect() as connection:
        assert connection.execute(text("SELECT size FROM log_head")).scalar() == 0
