"""What happens to a case, from its referral to its closing: each step with what has to be told to the service (OP 4, 5.2)."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from . import telling
from .clocks import PLANNING_WORKING_DAYS, RESEARCH_WORKING_DAYS, london_day, review_by, working_days_after


class NotNow(Exception):
    """The case is not where this step begins; says so for people."""


@dataclass(frozen=True)
class Referral:
    """A case as it is referred. `referrer` is an organisation's id; the words name nobody."""

    area: str
    referrer: str
    words: str
    closed_marac: bool = False
    born_on: str | None = None
    retention_group: int = 2


@dataclass(frozen=True)
class Came:
    """Whether an organisation came to the meeting, and whether everybody of it had read the confidentiality statement."""

    came: bool
    statement_read: bool


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
    telling.facts(db, reference, now)


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
    """What one agency knows, or that it holds nothing; with the last of them, planning begins.

    An agency that was not on the area's list, such as a by-invite partner, tells what it knows as well.
    """
    _open(db, reference)
    db.execute(
        "INSERT OR IGNORE INTO research (reference, organisation, due_on) SELECT reference, ?, research_by FROM cases"
        " WHERE reference = ?",
        (organisation, reference),
    )
    _moved(
        db, "UPDATE research SET words = ?, nothing_held = ?, sent_on = ? WHERE reference = ? AND organisation = ? AND sent_on IS NULL",
        (words or None, not words, london_day(now).isoformat(), reference, organisation), "Your agency has answered.",
    )  # fmt: skip
    waits = db.execute("SELECT 1 FROM research WHERE reference = ? AND sent_on IS NULL", (reference,)).fetchone()
    if waits is None:
        db.execute("UPDATE cases SET status = 'planning' WHERE reference = ? AND status = 'research'", (reference,))
    telling.facts(db, reference, now)


def suggest(db: sqlite3.Connection, reference: str, organisation: str, words: str, due_on: str) -> None:
    """An action for an agency that takes part, which that agency accepts or not."""
    _open(db, reference)
    asked = db.execute(
        "SELECT 1 FROM research WHERE reference = ? AND organisation = ?", (reference, organisation)
    ).fetchone()
    if asked is None:
        raise NotNow("This agency takes no part in the case.")
    db.execute(
        "INSERT INTO actions (reference, organisation, words, due_on, status) VALUES (?, ?, ?, ?, 'suggested')",
        (reference, organisation, words, due_on),
    )


@dataclass(frozen=True)
class Moved:
    """An action of an agency's own, and where it takes it: from where to where."""

    action: int
    organisation: str
    before: str
    after: str


def move_action(db: sqlite3.Connection, reference: str, moved: Moved, now: datetime) -> None:
    """An agency accepts an action of its own, has done it, or says that it cannot be done."""
    day = london_day(now).isoformat() if moved.after == "done" else None
    _moved(
        db, "UPDATE actions SET status = ?, done_on = ? WHERE id = ? AND reference = ? AND organisation = ? AND status = ?",
        (moved.after, day, moved.action, reference, moved.organisation, moved.before),
        "That is no action of your agency, or it is no longer where you saw it.",
    )  # fmt: skip
    telling.facts(db, reference, now)


def hear(db: sqlite3.Connection, reference: str, came: Mapping[str, Came], now: datetime) -> None:
    """The meeting was held: who of those who were asked came, and who had read the confidentiality statement."""
    _moved(
        db, "UPDATE cases SET heard_on = ?, status = 'planning' WHERE reference = ? AND heard_on IS NULL"
        " AND status IN ('research', 'planning')",
        (london_day(now).isoformat(), reference), "The case is not open, or was heard already.",
    )  # fmt: skip
    db.executemany(
        "INSERT INTO attendance (reference, organisation, came, statement_read)"
        " SELECT reference, organisation, ?, ? FROM research WHERE reference = ? AND organisation = ?",
        [(each.came, each.came and each.statement_read, reference, one) for one, each in came.items()],
    )
    telling.facts(db, reference, now)


def close(db: sqlite3.Connection, reference: str, now: datetime) -> None:
    """Nothing is left to do in it."""
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
