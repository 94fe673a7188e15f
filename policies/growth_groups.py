"""From what the growth of the hub is told: the file beside this module (LIC-11)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GrowthValues:
    """Months that are looked at, and what the co-ordinators' work takes of the hours they have (LIC-11)."""

    months_shown: int
    months_least: int
    months_ahead: int
    minutes_a_request: int
    minutes_an_audit: int
    minutes_a_review: int
    hours_a_week: int
