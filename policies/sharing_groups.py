"""Which numbers and lists the sharing of information has, and which of them cannot be: the files beside this module (SHA-1 to SHA-4)."""

from __future__ import annotations

from dataclasses import dataclass
from re import fullmatch

from .floors import BrokenPolicy


@dataclass(frozen=True)
class SharingValues:
    """How long an answer about re-use or a disclosure may take, and how much is said or counted at once (SHA-1 to SHA-4, GOV-2)."""

    reuse_working_days: int
    reuse_reminder_working_days: int
    disclosure_working_days: int
    words_most: int
    statement_most: int
    facts_most: int
    facts_months_back: int
    fact_count_most: int


@dataclass(frozen=True)
class SharingChoice:
    """One of a list that somebody chooses from when information is shared, by its code (SHA-2, SHA-3)."""

    code: str
    name: str
    clause: str


@dataclass(frozen=True)
class LawfulBasis:
    """Upon what information is shared; or, where `for_sharing` is false, upon what it is not (SHA-1)."""

    code: str
    name: str
    for_sharing: bool
    clause: str


@dataclass(frozen=True)
class FactCounter:
    """Something that the case system counts of an organisation, by its code; never more than `part_of`, if it names one (GOV-2)."""

    code: str
    name: str
    means: str
    part_of: str
    clause: str


def checked_bodies(bodies: dict[str, SharingChoice]) -> dict[str, SharingChoice]:
    """The bodies to which something may be disclosed: a victim or a perpetrator is none, whoever writes the file (SHA-3)."""
    for code in bodies:
        if fullmatch(r".*(victim|perpetrator|survivor|suspect|accused).*", code):
            raise BrokenPolicy(
                f"disclosure_bodies.toml: {code} is no body; minutes are shared with neither side (OP 10.2)"
            )
    return bodies


def checked_counters(counters: dict[str, FactCounter]) -> dict[str, FactCounter]:
    """The counters of facts, once each that is part of another names one that stands alone (GOV-2)."""
    for code, counter in counters.items():
        whole = counters.get(counter.part_of)
        if counter.part_of and (whole is None or whole.part_of):
            raise BrokenPolicy(f"fact_counters.toml: {code} is part of {counter.part_of}, which does not stand alone")
    return counters
