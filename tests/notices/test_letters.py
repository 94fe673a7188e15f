"""The letters themselves: each has its parts, its gaps are the ones that are filled, and somebody writes it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Template

import pytest

from compliance.notices.writing import LETTERS
from compliance.web.letter_words import LETTERS as NAMES
from tests.inventory.source import product

FILES = sorted(LETTERS.glob("*.txt"))
WRITE = {"write", "tell"}


WRITERS = (
    "compliance.accesses", "compliance.breaches", "compliance.changes", "compliance.complaints", "compliance.decisions", "compliance.governance",
    "compliance.identity", "compliance.licences", "compliance.sharing", "compliance.witnesses", "retention", "signatories",
)  # fmt: skip


def kinds_written() -> Iterator[str]:
    """Every kind of letter that the code names, where a letter is written or told, or in a table of such kinds."""
    known = {path.stem for path in FILES}
    for module in product():
        if not module.name.startswith(WRITERS):
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WRITE:
                yield from (
                    arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                )
            elif isinstance(node, (ast.Dict, ast.Call)):
                inside = (each for each in ast.walk(node) if isinstance(each, ast.Constant))
                yield from (each.value for each in inside if isinstance(each.value, str) and each.value in known)


@pytest.mark.rule("GOV-5")
def test_every_kind_that_is_written_has_its_letter_and_every_letter_is_written() -> None:
    assert set(kinds_written()) == {path.stem for path in FILES}


@pytest.mark.rule("GOV-5")
def test_every_letter_has_a_name_for_people() -> None:
    assert set(NAMES) == {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_letter_has_a_subject_an_empty_line_and_a_body(path: Path) -> None:
    subject, empty, *body = path.read_text().splitlines()

    assert 10 <= len(subject) <= 100
    assert empty == ""
    assert body
    assert path.read_text().endswith("\n")
    for part in (subject, "\n".join(body)):
        assert Template(part).is_valid()
        assert not re.search(r"\$\$|\$\{", part), "a gap is $word"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_letter_says_whom_to_ask_and_nothing_that_only_a_machine_would(path: Path) -> None:
    text = path.read_text()

    assert "MARAC Hub" in text
    assert not re.search(r"\b(click|please|e\.g\.|i\.e\.)\b", text, re.IGNORECASE)
    assert "http" not in text, "an address is a gap, filled from the one the service knows itself by"
