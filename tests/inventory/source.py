"""The service's own source, and the tests', as trees: what the small inventories look through."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from compliance.kernel.settings import REPOSITORY

PACKAGES = ("compliance", "audit", "policies", "signatories", "retention")
TESTED_IN = ("tests", "examples/case_system/tests")


@dataclass(frozen=True)
class Module:
    """One file of Python: where it is, what it is called, its text and its tree."""

    path: str
    name: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return self.text.count("\n")


@cache
def product() -> tuple[Module, ...]:
    """Every module of the service."""
    return (*(module for package in PACKAGES for module in _below(REPOSITORY / package)), _read(REPOSITORY / "wsgi.py"))


@cache
def of_tests() -> tuple[Module, ...]:
    """Every module of the tests, the example's own among them: what it proves of a rule, it proves of the service."""
    return tuple(module for folder in TESTED_IN for module in _below(REPOSITORY / folder))


def data() -> Iterator[tuple[str, str]]:
    """Rules as data, which keep some of the protocol's rules by themselves: each file's path and text."""
    for path in sorted((REPOSITORY / "policies").iterdir()):
        if path.suffix in {".toml", ".csv", ".txt", ".conf"}:
            yield _named(path), path.read_text()


def _below(folder: Path) -> Iterator[Module]:
    for path in sorted(folder.rglob("*.py")):
        if "vendor" not in path.parts:
            yield _read(path)


def _read(path: Path) -> Module:
    text = path.read_text()
    named = _named(path)
    name = named.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return Module(named, name, text, ast.parse(text))


def _named(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()
