"""Which reports there are, as `report_kinds.toml` has them: of how many months each speaks, and which chapters it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .floors import BrokenPolicy

MONTHS = (3, 6, 12)
_YEAR = 12


@dataclass(frozen=True)
class ReportValues:
    """When reports are issued by themselves (GOV-1, GOV-4)."""

    issue_working_days: int


@dataclass(frozen=True)
class ReportKind:
    """One kind of report (GOV-1, GOV-4): `months` of which it speaks, in years that begin in `first_month`.

    `chapters` are codes with a space between, in the order they are read. One that is `anonymous` names no organisation.
    """

    code: str
    title: str
    means: str
    months: int
    first_month: int
    anonymous: bool
    chapters: str
    clause: str
    rule: str


def checked_kinds(kinds: Mapping[str, ReportKind]) -> dict[str, ReportKind]:
    """The same; raises BrokenPolicy for one whose months are no part of a year, or that has a chapter twice or none."""
    for code, kind in kinds.items():
        if kind.months not in MONTHS or not 1 <= kind.first_month <= _YEAR:
            raise BrokenPolicy(
                f"report_kinds.toml: {code} speaks of 3, 6 or 12 months, in years from a month of 1 to 12 on"
            )
        chapters = kind.chapters.split()
        if not chapters or len(set(chapters)) < len(chapters):
            raise BrokenPolicy(f"report_kinds.toml: {code} has at least one chapter, and none twice")
    return dict(kinds)
