"""The vocabulary of the log: each event once, made of ids, codes, numbers and yes or no, never of free text."""

from __future__ import annotations

import importlib
import re
import typing
from collections import Counter
from dataclasses import fields
from datetime import date, datetime
from uuid import UUID

import pytest

from audit.events import ENVELOPE, VOCABULARY, Event
from audit.models import AuditEntry
from tests.inventory.source import product

CODES: dict[str, frozenset[str]] = {
    "a word of a list we keep": frozenset(
        {"about", "act", "action", "area", "check", "code", "door", "form", "instrument", "ground", "kind", "level", "method", "module", "obstacle", "problem", "reach", "reason", "rested_for", "role",
         "stage", "status", "step", "trigger", "verdict", "was", "what"}
    ),
    "a version's label, or a key's": frozenset({"key", "label"}),
    "a fingerprint": frozenset({"digest", "document", "evidence", "letter", "mark"}),
    "an id": frozenset({"approved_by", "client", "event_id", "proposed_by", "token"}),
    "an opaque reference that whoever reads the log gave with why they read it": frozenset({"matter"}),
    "a date": frozenset({"as_at", "known_at"}),
    "the rule that a period follows, and its group": frozenset({"rule"}),
    "a quarter such as 2026-Q4": frozenset({"quarter"}),
    "the period of a report, such as 2026Q4, 2026H2 or 2026": frozenset({"period"}),
    "the hash of what was issued": frozenset({"sha256"}),
    "a country by its ISO 3166 code": frozenset({"country"}),
    "the name of a value of the policy": frozenset({"value"}),
    "a value of the policy in JSON: a number, or a list of numbers, codes or networks": frozenset({"before", "after"}),
}  # fmt: skip
"""The only names under which an event may hold text, and what the text is."""

LISTS = frozenset({"areas", "asked", "cases", "fields", "forms", "instruments", "missing", "scopes"})
"""Names under which it may hold several such words, or the case system's opaque references."""

PLAIN = {UUID, int, bool, date, datetime}


def ours() -> list[type[Event]]:
    """Every event of the service's own rooms."""
    for module in product():
        if module.name.endswith((".events", ".reading", ".lists")):
            importlib.import_module(module.name)
    packages = {module.name for module in product()}
    return [kind for kind in VOCABULARY.values() if kind.__module__ in packages]


def every_event_class() -> list[type[Event]]:
    ours()
    packages = {module.name for module in product()}

    def below(kind: type[Event]) -> list[type[Event]]:
        return [found for sub in kind.__subclasses__() for found in (sub, *below(sub))]

    return [kind for kind in below(Event) if kind.__module__ in packages]


@pytest.mark.rule("AUD-1")
def test_every_event_class_is_in_the_vocabulary_once() -> None:
    named = [kind for kind in every_event_class() if "name" in vars(kind)]
    said = Counter(kind.name for kind in named)

    assert [name for name, times in said.items() if times > 1] == []
    assert {name for name in said if VOCABULARY[name] not in named} == set()
    assert all(kind.__subclasses__() for kind in every_event_class() if "name" not in vars(kind)), (
        "an event has no name"
    )


@pytest.mark.rule("AUD-1")
def test_every_event_has_a_name_the_log_can_hold_and_says_what_it_means() -> None:
    widths = {
        column.name: column.type.length for column in AuditEntry.__table__.columns if hasattr(column.type, "length")
    }

    for kind in ours():
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", kind.name), f"{kind.__module__}.{kind.__name__}: {kind.name}"
        assert len(kind.name) <= widths["event"]
        assert kind.subject_kind is None or len(kind.subject_kind) <= widths["subject_kind"]
        assert kind.__doc__
        assert not kind.__doc__.startswith(f"{kind.__name__}("), f"{kind.__name__} has no docstring"


@pytest.mark.rule("AUD-1", "AUD-3")
def test_no_event_can_hold_free_text() -> None:
    wrong = []
    for kind in ours():
        types = typing.get_type_hints(kind)
        for each in fields(kind):
            if each.name not in ENVELOPE | kind.private and not _plain(each.name, types[each.name]):
                wrong.append(f"{kind.__module__}.{kind.__name__}.{each.name}: {types[each.name]}")

    assert wrong == [], "ids, codes and numbers only; a new code's name goes into CODES here, with what it is"


def _plain(name: str, type_: object) -> bool:
    """Whether a field of this type cannot say more than an id, a number, a date, or a word from a list."""
    parts = typing.get_args(type_)
    if type(None) in parts:
        return all(_plain(name, part) for part in parts if part is not type(None))
    if typing.get_origin(type_) in (tuple, frozenset):
        return all(part in PLAIN or part is ... or (part is str and name in LISTS) for part in parts)
    if type_ is str:
        return any(name in names for names in CODES.values())
    return type_ in PLAIN
