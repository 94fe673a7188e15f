"""How requests for help are met: the files beside this module (GOV-6)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SupportValues:
    """In how many working days a request should be over, and how much is written about it (GOV-6)."""

    answer_working_days: int
    words_most: int


@dataclass(frozen=True)
class HelpChoice:
    """One of a list that somebody chooses from when help is asked for, by its code (GOV-6)."""

    code: str
    name: str
    clause: str
