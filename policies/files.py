"""Reading a file of the policy: its tables in their kinds, its lines, and the version of them all; anything else is refused by name."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from .floors import BrokenPolicy

T = TypeVar("T")

STANDARDS = {"nist": "NIST SP 800-63B-4", "ncsc": "NCSC and Cyber Essentials", "asvs": "OWASP ASVS 5.0"}
"""The standards beside which a value is shown, where they ask for something else (IDN-9)."""


@dataclass(frozen=True)
class Provenance:
    """Where a value comes from: `file`, `key`, what it means, its clause and rule, and who decides it.

    `differs` says, for each standard that asks for something else, what it asks for (IDN-9).
    """

    file: str
    key: str
    value: Any
    means: str
    clause: str
    rule: str
    owner: str = ""
    differs: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The value's one name, as a change of it says it: `password.min_length`."""
        return f"{self.file.removesuffix('.toml')}.{self.key}"


def in_kind(value: Any, kind: Any) -> Any:
    """The value as the kind it must be: a number from 0 on, a date, or a list of numbers, dates or words; else None."""
    if kind is int:
        return value if type(value) is int and value >= 0 else None
    if kind is date:
        return value if type(value) is date else None
    item = get_args(kind)[0]
    if isinstance(value, (list, tuple)) and all(type(each) is item for each in value):
        return tuple(value)
    return None


def values(directory: Path, file: str, shape: type[T], provenance: list[Provenance]) -> T:
    """A file of values of one shape, and where each comes from added to `provenance`; raises BrokenPolicy."""
    found = read(directory, file)
    hints = get_type_hints(shape)
    wanted = [field.name for field in fields(shape)]  # type: ignore[arg-type]
    if set(wanted) != set(found):
        raise BrokenPolicy(f"{file}: expected exactly {', '.join(sorted(wanted))}")
    held: dict[str, Any] = {}
    for key in wanted:
        table = found[key]
        value = in_kind(table.get("value"), hints[key])
        if value is None or not all(table.get(said) for said in ("means", "clause", "rule")):
            raise BrokenPolicy(f"{file}: {key} needs a value of its kind, and says what it means, its clause and rule")
        held[key] = value
        differs = {standard: table[standard] for standard in STANDARDS if table.get(standard)}
        provenance.append(
            Provenance(
                file, key, value, table["means"], table["clause"], table["rule"], table.get("owner", ""), differs
            )
        )
    return shape(**held)


def tables(directory: Path, file: str, shape: type[T]) -> dict[str, T]:
    """A file of tables of one shape, each by its code, which is the table's name; raises BrokenPolicy."""
    found, kinds = read(directory, file), get_type_hints(shape)
    kinds.pop("code")
    for code, table in found.items():
        if set(table) != set(kinds) or not all(type(table[key]) is kind for key, kind in kinds.items()):
            raise BrokenPolicy(f"{file}: {code} says exactly {', '.join(sorted(kinds))}, each in its kind")
    return {code: shape(**{"code": code} | table) for code, table in found.items()}


def read(directory: Path, file: str) -> dict[str, Any]:
    """What a TOML file says; raises BrokenPolicy."""
    try:
        return tomllib.loads((directory / file).read_text())
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise BrokenPolicy(f"{file}: {problem}") from problem


def lines(directory: Path, file: str) -> frozenset[str]:
    """The lines of a list, without its remarks; raises BrokenPolicy."""
    try:
        found = (directory / file).read_text().splitlines()
    except OSError as problem:
        raise BrokenPolicy(f"{file}: {problem}") from problem
    return frozenset(line.strip() for line in found if line.strip() and not line.startswith("#"))


def version(directory: Path) -> str:
    """The first 16 hex digits of the SHA-256 over all files that say something."""
    summed = sha256()
    for path in sorted(directory.iterdir()):
        if path.suffix in {".toml", ".csv", ".conf", ".txt"}:
            summed.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return summed.hexdigest()[:16]
