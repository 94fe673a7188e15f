"""Which numbers and lists there are for how long records are kept, reviewed, held and disposed of (RET-1 to RET-12)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RetentionValues:
    """How long a record of each group is kept at the least, and how often it is reviewed (RET-1, RET-2, RET-11)."""

    group_1_offences: tuple[str, ...]
    group_2_offences: tuple[str, ...]
    group_3_offences: tuple[str, ...]
    group_1_age_years: int
    group_2_clear_years: int
    group_3_clear_years: int
    group_1_review_years: int
    group_2_review_years: int
    group_3_review_years: int
    missing_date_days: int
    oldest_subject_years: int


@dataclass(frozen=True)
class RetentionEvent:
    """Something that makes a clear period begin again, by its code (RET-10)."""

    code: str
    name: str
    means: str
    clause: str


@dataclass(frozen=True)
class DisposalValues:
    """How records are reviewed, held and disposed of, in days (RET-3 to RET-8)."""

    review_working_days: int
    reminder_working_days: int
    hold_review_days_most: int
    wait_days: int
    confirm_days: int
    escalate_days: int
    manifest_most: int
    bulk_most: int
    words_most: int


@dataclass(frozen=True)
class RetentionQuestion:
    """One question of the assessment that every review answers (RET-4); `keeps` where yes speaks for keeping.

    `confirmed` is false until information governance has confirmed that this is what the national criteria ask.
    """

    code: str
    asks: str
    keeps: bool
    clause: str
    confirmed: bool


@dataclass(frozen=True)
class HoldGround:
    """Why something is held whatever its time (RET-6)."""

    code: str
    name: str
    clause: str
