"""What a manifest and the things on it go through: tables and pure functions (RET-5, RET-8)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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


@dataclass(frozen=True)
class Known:
    """What is known of a record when it is asked whether it may go.

    `to_go_since`: when the last review that was decided came to its disposal, where it did; `told_at`: when its newest
    event was told; `open_about`: what is open and names it.
    """

    kept: bool
    early: bool
    held: bool
    review_open: bool
    to_go_since: datetime | None
    told_at: datetime | None
    open_about: frozenset[Obstacle]
    on_a_manifest: bool


def in_the_way(known: Known) -> list[Obstacle]:
    """All that stands in the way of disposing of a record; the first is what a proposal is refused with (RET-5)."""
    if not known.kept:
        return [Obstacle.NOT_KEPT]
    # What was learnt since was nowhere in what the reviewer read, however long ago it happened.
    read_all = known.to_go_since is not None and (known.told_at is None or known.told_at <= known.to_go_since)
    found = {
        Obstacle.TOO_EARLY: known.early,
        Obstacle.HELD: known.held,
        Obstacle.REVIEW_OPEN: known.review_open,
        Obstacle.NOT_REVIEWED: not known.review_open and not read_all,
        **{each: each in known.open_about for each in (Obstacle.COMPLAINT_OPEN, Obstacle.BREACH_OPEN, Obstacle.REUSE_OPEN)},
        Obstacle.ON_A_MANIFEST: known.on_a_manifest,
    }  # fmt: skip
    return [obstacle for obstacle, is_so in found.items() if is_so]


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
