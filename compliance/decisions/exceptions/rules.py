"""How break-glass stands, and when two references are one: values in, values out (DEC-5, DEC-6)."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from enum import StrEnum


class Stands(StrEnum):
    """Where break-glass stands: open, over and to be looked at, late to be looked at, or looked at."""

    OPEN = "open"
    TO_REVIEW = "to_review"
    OVERDUE = "overdue"
    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not_justified"


class EndReason(StrEnum):
    """Why break-glass ended."""

    OVER = "over"
    TAKEN_BACK = "taken-back"


def folded(reference: str) -> str:
    """A reference in the one spelling that a conflict is looked up by: a case is not another for its letters' size.

    Wherever we compare references to permit, they are compared as they stand; here a difference in spelling would open
    what two people closed (DEC-3).
    """
    return unicodedata.normalize("NFC", reference.strip()).casefold()


def stands(
    now: datetime,
    today: date,
    *,
    until: datetime,
    ended_at: datetime | None,
    due_on: date,
    justified: bool | None,
) -> Stands:
    """How it stands at `now`, on London's `today`: past its end it is over, whether or not a row says so."""
    if justified is not None:
        return Stands.JUSTIFIED if justified else Stands.NOT_JUSTIFIED
    if ended_at is None and now < until:
        return Stands.OPEN
    return Stands.OVERDUE if today > due_on else Stands.TO_REVIEW
