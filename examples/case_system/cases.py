"""What happens to a case, from its referral to its closing: each step with what has to be told to the service (OP 4, 5.2)."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from . import telling
from .clocks import PLANNING_WORKING_DAYS, RESEARCH_WORKING_DAYS, london_day, review_by, working_days_after


class NotNow(Exception):
    """The case is not where this step begins; says so for people."""


@dataclass(frozen=True)
class Referral:
    """A case as it is referred. `subject` is our own opaque number for whom it is about; the words name nobody."""

    area: str
    referrer: str
    words: str
    closed_marac: bool = False
    born_on: str | None = None
    retention_group: int = 2


def refer(db: sqlite3.Connection, referral: Referral, now: datetime) -> str:
    """Take a referral in: the hub looks at it within 24 hours."""
    reference = f"MC-{now.year}-{secrets.token_hex(4).upper()}"
    db.execute(
        "INSERT INTO cases (reference, area, status, referrer, words, subject, born_on, retention_group, closed_marac,"
        " referred_at, review_by) VALUES (?, ?, 'referred', ?, ?, ?, ?, ?, ?, ?, ?)",
        (reference, referral.area, referral.referrer, referral.words, f"S-{secrets.token_hex(6)}", referral.born_on,
         referral.retention_group, "asked" if referral.closed_marac else "no", now.isoformat(), review_by(now).isoformat()),
    )  # fmt: skip
    telling.record(db, reference, now)
    return reference


def accept(db: sqlite3.Connection, reference: str, organisations: Sequence[str], now: datetime) -> None:
    """Take the referral up: each agency of the area has five working days for its research, then five for planning."""
    due = working_days_after(london_day(now), RESEARCH_WORKING_DAYS)
    _moved(
        db, "UPDATE cases SET status = 'research', reviewed_at = ?, research_by = ?, planning_by = ?"
        " WHERE reference = ? AND status = 'referred' AND closed_marac != 'asked'",
        (now.isoformat(), due.isoformat(), working_days_after(due, PLANNING_WORKING_DAYS).isoformat(), reference),
        "It was looked at already, or whether it is a Closed MARAC is not decided yet.",
    )  # fmt: skip
    db.executemany(
        "INSERT INTO research (reference, organisation, due_on) VALUES (?, ?, ?)",
        [(reference, organisation, due.isoformat()) for organisation in organisations],
    )


def decline(db: sqlite3.Connection, reference: str, now: datetime) -> None:
    """It is no case for this MARAC."""
    _moved(
        db, "UPDATE cases SET status = 'declined', reviewed_at = ?, closed_at = ? WHERE reference = ? AND status = 'referred'",
        (now.isoformat(), now.isoformat(), reference), "It was looked at already.",
    )  # fmt: skip


def close_the_circle(db: sqlite3.Connection, reference: str, *, yes: bool) -> None:
    """Decide whether it is a Closed MARAC, for those alone who are invited (OP 5.2)."""
    _moved(
        db, "UPDATE cases SET closed_marac = ? WHERE reference = ? AND closed_marac = 'asked'",
        ("yes" if yes else "no", reference), "Nobody asks for that, or it is decided.",
    )  # fmt: skip


def research(db: sqlite3.Connection, reference: str, organisation: str, words: str, now: datetime) -> None:
    """What one agency knows, or that it holds nothing; with the last of them, planning begins."""
    _moved(
        db, "UPDATE research SET words = ?, nothing_held = ?, sent_at = ? WHERE reference = ? AND organisation = ? AND sent_at IS NULL",
        (words or None, not words, now.isoformat(), reference, organisation), "Your agency was not asked, or has answered.",
    )  # fmt: skip
    waits = db.execute("SELECT 1 FROM research WHERE reference = ? AND sent_at IS NULL", (reference,)).fetchone()
    if waits is None:
        db.execute("UPDATE cases SET status = 'planning' WHERE reference = ? AND status = 'research'", (reference,))


def suggest(db: sqlite3.Connection, reference: str, organisation: str, words: str, due_on: str) -> None:
    """An action for an agency, which that agency accepts or not."""
    _open(db, reference)
    db.execute(
        "INSERT INTO actions (reference, organisation, words, due_on, status) VALUES (?, ?, ?, ?, 'suggested')",
        (reference, organisation, words, due_on),
    )


def move_action(db: sqlite3.Connection, reference: str, action: int, status: str, now: datetime) -> None:
    """An agency accepts an action of its own, has done it, or says that it cannot be done."""
    before = "suggested" if status == "accepted" else "accepted"
    _moved(
        db, "UPDATE actions SET status = ?, done_at = ? WHERE id = ? AND reference = ? AND status = ?",
        (status, now.isoformat() if status == "done" else None, action, reference, before), "It is no longer where you saw it.",
    )  # fmt: skip


def hear(db: sqlite3.Connection, reference: str, came: dict[str, bool], now: datetime) -> None:
    """The meeting was held: who came, and the confidentiality statement was read to them."""
    _open(db, reference)
    day = london_day(now).isoformat()
    db.execute("UPDATE cases SET heard_on = ?, status = 'planning' WHERE reference = ?", (day, reference))
    db.executemany(
        "INSERT OR REPLACE INTO attendance (reference, organisation, came, statement_read) VALUES (?, ?, ?, ?)",
        [(reference, organisation, was_there, was_there) for organisation, was_there in came.items()],
    )


def close(db: sqlite3.Connection, reference: str, now: datetime) -> None:
    """Nothing is left to do: its time begins to be counted, and the service is told what happened in it."""
    _moved(
        db, "UPDATE cases SET status = 'closed', closed_at = ? WHERE reference = ? AND status = 'planning' AND heard_on IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM actions WHERE actions.reference = cases.reference AND status IN ('suggested', 'accepted'))",
        (now.isoformat(), reference), "It was not heard yet, or an action is open.",
    )  # fmt: skip
    telling.facts(db, reference, now)


def dispose(db: sqlite3.Connection, reference: str) -> None:
    """Nothing remains of it but that it was disposed of."""
    for table in ("research", "actions", "attendance", "invited"):
        db.execute(f"DELETE FROM {table} WHERE reference = ?", (reference,))  # noqa: S608 - the names stand above
    db.execute(
        "UPDATE cases SET status = 'disposed', words = '', subject = '', born_on = NULL, referrer = '' WHERE reference = ?",
        (reference,),
    )


def _open(db: sqlite3.Connection, reference: str) -> None:
    status = db.execute("SELECT status FROM cases WHERE reference = ?", (reference,)).fetchone()
    if status is None or status[0] not in ("research", "planning"):
        raise NotNow("The case is not open.")


def _moved(db: sqlite3.Connection, statement: str, given: Sequence[object], otherwise: str) -> None:
    if db.execute(statement, given).rowcount != 1:
        raise NotNow(otherwise)
