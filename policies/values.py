"""The policy in force: every number and list of the protocol, read from files beside this module.

A value is a table in a TOML file with what it `means`, its `clause` and its `rule`; the classes below say
which values there are. A file with one too many or too few does not load, and the service does not start.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

T = TypeVar("T")


class BrokenPolicy(RuntimeError):
    """A policy file cannot be trusted; nothing is decided by it (DEC-3)."""


@dataclass(frozen=True)
class Provenance:
    """Where a value comes from: `file`, `key`, what it means, its clause and rule."""

    file: str
    key: str
    value: Any
    means: str
    clause: str
    rule: str


@dataclass(frozen=True)
class PasswordValues:
    """What a password must be and how long it lasts (IDN-1, IDN-2)."""

    min_length: int
    max_length: int
    history: int
    max_age_days: int


@dataclass(frozen=True)
class SignInValues:
    """Second factor, lockout, sessions and invitations (IDN-3, IDN-4, IDN-6, IDN-8)."""

    code_drift_steps: int
    failures_to_lock: int
    failures_to_slow: int
    slowest_answer_seconds: int
    source_failures: int
    source_window_minutes: int
    idle_minutes: int
    session_hours: int
    fresh_minutes: int
    half_open_minutes: int
    invitation_hours: int


@dataclass(frozen=True)
class LicenceValues:
    """What LIC-1 asks for, its days of grace, and how long a by-invite licence may last (LIC-7, LIC-13)."""

    required_policies: tuple[str, ...]
    required_training: tuple[str, ...]
    required_contacts: tuple[str, ...]
    policy_grace_days: int
    by_invite_longest_days: int


@dataclass(frozen=True)
class DecisionValues:
    """How long a permit and a token may be relied on, and how many questions fit a batch (DEC-7)."""

    permit_seconds: int
    token_minutes: int
    batch_most: int


@dataclass(frozen=True)
class SignatoryValues:
    """What is signed, how often the ISA's own list is checked, and how large a letter may be (SIG-6, SIG-12)."""

    required_instruments: tuple[str, ...]
    isa_check_days: int
    letter_bytes: int
    policy_review_most_years: int


@dataclass(frozen=True)
class Area:
    """One area MARAC: its code, its name and its districts (OP 4.4)."""

    code: str
    name: str
    districts: tuple[str, ...]


@dataclass(frozen=True)
class CaseAction:
    """One thing the case system can ask about: `case.view`, the resource types it is asked on, what it needs."""

    name: str
    types: frozenset[str]
    own_part: bool
    needs_area: bool


@dataclass(frozen=True)
class Policy:
    """Everything the files say, and `version`: the first 16 hex digits of the SHA-256 over all of them."""

    version: str
    password: PasswordValues
    sign_in: SignInValues
    licences: LicenceValues
    decisions: DecisionValues
    signatories: SignatoryValues
    areas: dict[str, Area]
    case_actions: dict[str, CaseAction]
    seats: dict[str, int]
    personal_email_providers: frozenset[str]
    public_suffixes: frozenset[str]
    provenance: tuple[Provenance, ...]

    @classmethod
    def load(cls, directory: Path) -> Policy:
        """Read the whole directory; raises BrokenPolicy naming the file and what is wrong in it."""
        provenance: list[Provenance] = []

        def values(file: str, shape: type[T]) -> T:
            return _values(directory, file, shape, provenance)

        return cls(
            version=_version(directory),
            password=values("password.toml", PasswordValues),
            sign_in=values("sign_in.toml", SignInValues),
            licences=values("licences.toml", LicenceValues),
            decisions=values("decisions.toml", DecisionValues),
            signatories=values("signatories.toml", SignatoryValues),
            areas={
                code: Area(code, area["name"], tuple(area["districts"]))
                for code, area in _read(directory, "areas.toml").items()
            },
            case_actions=_case_actions(_read(directory, "case_actions.toml")),
            seats={kind: terms["seats"] for kind, terms in _read(directory, "contract.toml").items()},
            personal_email_providers=_lines(directory, "personal_email_providers.txt"),
            public_suffixes=_lines(directory, "public_suffixes.txt"),
            provenance=tuple(provenance),
        )


def _values(directory: Path, file: str, shape: type[T], provenance: list[Provenance]) -> T:
    tables = _read(directory, file)
    hints = get_type_hints(shape)
    wanted = [field.name for field in fields(shape)]  # type: ignore[arg-type]
    if set(wanted) != set(tables):
        raise BrokenPolicy(f"{file}: expected exactly {', '.join(sorted(wanted))}")
    held: dict[str, Any] = {}
    for key in wanted:
        table = tables[key]
        value = tuple(table["value"]) if isinstance(table.get("value"), list) else table.get("value")
        right = isinstance(value, tuple) if hints[key] is not int else type(value) is int and value >= 0
        if not right or not all(table.get(said) for said in ("means", "clause", "rule")):
            raise BrokenPolicy(f"{file}: {key} needs a value of its kind, and says what it means, its clause and rule")
        held[key] = value
        provenance.append(Provenance(file, key, value, table["means"], table["clause"], table["rule"]))
    return shape(**held)


def _case_actions(groups: dict[str, Any]) -> dict[str, CaseAction]:
    actions = {}
    for prefix, group in groups.items():
        for verb in group["actions"]:
            name = f"{prefix}.{verb}"
            actions[name] = CaseAction(
                name,
                frozenset(group["types"]),
                own_part=verb in group.get("own_part", ()),
                needs_area=verb not in group.get("no_area", ()),
            )
    return actions


def _read(directory: Path, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads((directory / file).read_text())
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise BrokenPolicy(f"{file}: {problem}") from problem


def _lines(directory: Path, file: str) -> frozenset[str]:
    try:
        lines = (directory / file).read_text().splitlines()
    except OSError as problem:
        raise BrokenPolicy(f"{file}: {problem}") from problem
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _version(directory: Path) -> str:
    summed = sha256()
    for path in sorted(directory.iterdir()):
        if path.suffix in {".toml", ".csv", ".conf", ".txt"}:
            summed.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return summed.hexdigest()[:16]
