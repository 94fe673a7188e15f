"""OWASP ASVS 5.0, levels 1 and 2: for each requirement whether the service keeps it, and the tests that prove it.

docs/asvs.toml cites the standard by id and says in our words what is meant; docs/asvs.md is written from it.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass

from compliance.kernel.settings import REPOSITORY

FILE = REPOSITORY / "docs" / "asvs.toml"
DOCUMENT = REPOSITORY / "docs" / "asvs.md"
STATUSES = ("kept", "departs", "not applicable", "later")
IN_ALL = {1: 70, 2: 183}
"""How many requirements the standard has at each of the two levels."""


@dataclass(frozen=True)
class Requirement:
    """One requirement: its id and level in the standard, what it is about, and where we stand; `why` unless kept."""

    id: str
    level: int
    chapter: str
    about: str
    status: str
    why: str = ""
    tests: tuple[str, ...] = ()


def requirements() -> list[Requirement]:
    """Every requirement, in the standard's order."""
    chapters = tomllib.loads(FILE.read_text())
    return [
        Requirement(id_, chapter=chapter["name"], **{**told, "tests": tuple(told.get("tests", ()))})
        for chapter in chapters.values()
        for id_, told in chapter["requirements"].items()
    ]


def write(found: list[Requirement]) -> str:
    """docs/asvs.md."""
    count = Counter(each.status for each in found)
    lines = [
        "# OWASP ASVS 5.0, levels 1 and 2",
        "",
        "Written by the test suite (`make docs`) from `docs/asvs.toml`; do not edit. Each requirement is cited by its id in the",
        "Application Security Verification Standard 5.0 and described in our words; the standard's own stand at owasp.org.",
        "The suite sees that every test named here exists, and runs it.",
        "",
        ", ".join(f"{count[status]} {status}" for status in STATUSES) + ".",
    ]
    chapter = None
    for each in found:
        if each.chapter != chapter:
            chapter = each.chapter
            head = ["| id | level | about | stands | tests, or why |", "|---|---|---|---|---|"]
            lines += ["", f"## {each.id.partition('.')[0]} {chapter}", "", *head]
        proof = "<br>".join(f"`{test}`" for test in each.tests)
        told = "; ".join(part for part in (each.why, proof) if part)
        lines.append(f"| {each.id} | {each.level} | {each.about} | {each.status} | {told} |")
    return "\n".join([*lines, ""])
