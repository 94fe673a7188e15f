"""By what an organisation's part is measured, and from when it is too little: the files beside this module (GOV-2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .floors import BrokenPolicy
from .sharing_groups import FactCounter

_ALL = 100


@dataclass(frozen=True)
class AccountabilityValues:
    """Over which months a rate is counted and judged, from how many on, and when a wait is the hub's own debt (GOV-2, LIC-11)."""

    months_counted: int
    months_shown: int
    persistent_months: int
    looked_back_months: int
    counted_least: int
    small_number: int
    owed_days: int


@dataclass(frozen=True)
class Measure:
    """One rate, by its code: `part` of `whole`, or of `part` and `missed` together; `least` is the percentage expected.

    `of_cases` says that its counts are of cases, so that small ones could point to one.
    """

    code: str
    name: str
    says: str
    part: str
    whole: str
    missed: str
    least: int
    about: str
    of_cases: bool
    clause: str


def checked_measures(measures: dict[str, Measure], counters: Mapping[str, FactCounter]) -> dict[str, Measure]:
    """The measures, once each is counted from counters that there are, in one way, and expects no more than all."""
    for code, measure in measures.items():
        named = [name for name in (measure.part, measure.whole, measure.missed) if name]
        if bool(measure.whole) == bool(measure.missed) or any(name not in counters for name in named):
            raise BrokenPolicy(
                f"accountability_measures.toml: {code} is counted from no counters there are, or from too many"
            )
        if not 0 < measure.least <= _ALL:
            raise BrokenPolicy(f"accountability_measures.toml: {code} expects from 1 to {_ALL} per cent")
    return measures
