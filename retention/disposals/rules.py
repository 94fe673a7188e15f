"""What a manifest and the things on it go through: tables and pure functions (RET-5, RET-8)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256

from .errors import ManifestMoved


class Status(StrEnum):
    """Where a manifest stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    INSTRUCTED = "instructed"
    DONE = "done"
    CALLED_OFF = "called_off"


class Step(StrEnum):
    """What can be done with a manifest. Nobody does `finish`: it follows from the last confirmation."""

    APPROVE = "approve"
    INSTRUCT = "instruct"
    FINISH = "finish"
    CALL_OFF = "call_off"


NEXT: dict[tuple[Status, Step], Status] = {
    (Status.PROPOSED, Step.APPROVE): Status.APPROVED,
    (Status.PROPOSED, Step.CALL_OFF): Status.CALLED_OFF,
    (Status.APPROVED, Step.CALL_OFF): Status.CALLED_OFF,
    (Status.APPROVED, Step.INSTRUCT): Status.INSTRUCTED,
    (Status.INSTRUCTED, Step.FINISH): Status.DONE,
}
"""Every step there is. What the case system was told cannot be called off (RET-8)."""


class ItemStatus(StrEnum):
    """Where one record on a manifest stands."""

    FROZEN = "frozen"
    LEFT_OUT = "left_out"
    CALLED_OFF = "called_off"
    INSTRUCTED = "instructed"
    CONFIRMED = "confirmed"


class Obstacle(StrEnum):
    """Why a record is not disposed of: on a proposal it is refused, on a manifest it is left out (RET-5)."""

    TOO_EARLY = "too_early"
    NOT_REVIEWED = "not_reviewed"
    HELD = "held"
    REVIEW_OPEN = "review_open"
    COMPLAINT_OPEN = "complaint_open"
    BREACH_OPEN = "breach_open"
    REUSE_OPEN = "reuse_open"
    CHANGED = "changed"
    NOT_KEPT = "not_kept"
    ON_A_MANIFEST = "on_a_manifest"


@dataclass(frozen=True)
class Line:
    """One record as a manifest names it; `minimum_ended_on` is None where an age decided it, as the day would tell a birth."""

    reference: str
    groups: str
    rule: str
    minimum_ended_on: date | None


def called(year: int, number: int) -> str:
    """What a manifest is called."""
    return f"DM-{year}-{number}"


def after(status: str, step: Step) -> Status:
    """Where a step leads from here; raises ManifestMoved where it leads nowhere."""
    found = NEXT.get((Status(status), step))
    if found is None:
        raise ManifestMoved()
    return found


def digest(lines: Iterable[Line]) -> bytes:
    """The SHA-256 of a manifest: of its lines in the order of their references, as JSON."""
    told = [
        [each.reference, each.groups, each.rule, each.minimum_ended_on and each.minimum_ended_on.isoformat()]
        for each in sorted(lines, key=lambda line: line.reference)
    ]
    return sha256(json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()).digest()


def to_chase(today: date, instructed_on: date, chased_on: date | None, every_days: int) -> bool:
    """Whether the case system is asked after today: so many days after it was told, and each so many again."""
    return today >= (chased_on or instructed_on) + timedelta(days=every_days)


def to_escalate(today: date, instructed_on: date, escalated_on: date | None, after_days: int) -> bool:
    """Whether it has not confirmed for so long that the hub and the officer are told; once."""
    return escalated_on is None and today >= instructed_on + timedelta(days=after_days)
