"""How packs for an outage are kept, and what is done while one lasts: the files beside this module (GOV-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .floors import BrokenPolicy


@dataclass(frozen=True)
class OutagePackValues:
    """How many packs a folder keeps, and after how many hours the newest is too old (GOV-3)."""

    packs_kept: int
    pack_oldest_hours: int


@dataclass(frozen=True)
class OutageValues:
    """Who holds the passphrase at least, of how many words it is, and how long writing up may take (GOV-3)."""

    holders_least: int
    passphrase_words: int
    transcribe_working_days: int
    words_most: int


@dataclass(frozen=True)
class OutageStep:
    """One thing the hub does while the case system is down (OP App. L).

    From `hours` of it on, or from `working_days` where that is not 0; until `until_hours`, or for as long as it lasts where
    that is 0. One that comes `afterwards` begins when the outage is over.
    """

    code: str
    title: str
    says: str
    hours: int
    working_days: int
    until_hours: int
    afterwards: bool
    clause: str
    rule: str


def checked_packs(held: OutagePackValues) -> OutagePackValues:
    """The same; raises BrokenPolicy where no pack would be kept, or each would be too old at once."""
    if not held.packs_kept or not held.pack_oldest_hours:
        raise BrokenPolicy("outage_packs.toml: at least one pack is kept, and for at least an hour it is not too old")
    return held


def checked_steps(steps: Mapping[str, OutageStep]) -> dict[str, OutageStep]:
    """The same; raises BrokenPolicy for one that begins in two ways, or ends before it begins."""
    for code, step in steps.items():
        if (step.hours and step.working_days) or (step.until_hours and step.until_hours <= step.hours):
            raise BrokenPolicy(
                f"outage_steps.toml: {code} begins after hours or after working days, and ends after that"
            )
    return dict(steps)
