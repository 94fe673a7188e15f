"""The case system's own database: cases and what agencies do with them. Who people are and what they may do is not kept here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS cases (
    reference TEXT PRIMARY KEY,
    area TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('referred', 'declined', 'research', 'planning', 'closed', 'disposed')),
    referrer TEXT NOT NULL,
    words TEXT NOT NULL,
    subject TEXT NOT NULL,
    born_on TEXT,
    retention_group INTEGER NOT NULL,
    closed_marac TEXT NOT NULL CHECK (closed_marac IN ('no', 'asked', 'yes')),
    referred_at TEXT NOT NULL,
    review_by TEXT NOT NULL,
    reviewed_at TEXT,
    research_by TEXT,
    planning_by TEXT,
    heard_on TEXT,
    closed_at TEXT
);
CREATE TABLE IF NOT EXISTS research (
    reference TEXT NOT NULL REFERENCES cases,
    organisation TEXT NOT NULL,
    words TEXT,
    nothing_held INTEGER NOT NULL DEFAULT 0,
    due_on TEXT NOT NULL,
    sent_on TEXT,
    PRIMARY KEY (reference, organisation)
);
CREATE TABLE IF NOT EXISTS actions (
    id INTEGER PRIMARY KEY,
    reference TEXT NOT NULL REFERENCES cases,
    organisation TEXT NOT NULL,
    words TEXT NOT NULL,
    due_on TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('suggested', 'accepted', 'done', 'not_feasible')),
    done_on TEXT
);
CREATE TABLE IF NOT EXISTS attendance (
    reference TEXT NOT NULL REFERENCES cases,
    organisation TEXT NOT NULL,
    came INTEGER NOT NULL,
    statement_read INTEGER NOT NULL,
    PRIMARY KEY (reference, organisation)
);
CREATE TABLE IF NOT EXISTS invited (
    reference TEXT NOT NULL REFERENCES cases,
    person TEXT NOT NULL,
    PRIMARY KEY (reference, person)
);
CREATE TABLE IF NOT EXISTS organisations (id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY,
    sub TEXT NOT NULL,
    sid TEXT NOT NULL,
    name TEXT NOT NULL,
    organisation TEXT NOT NULL,
    areas TEXT NOT NULL,
    id_token TEXT NOT NULL,
    began_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    moved INTEGER NOT NULL DEFAULT 0,
    ended_at TEXT
);
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    body TEXT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    written_at TEXT NOT NULL,
    sent_at TEXT,
    refused TEXT
);
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Store:
    """One SQLite file. Reading and writing open a connection of their own, so that threads share nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        db = self._open()
        db.executescript(SCHEMA)
        db.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A look at what is there."""
        db = self._open()
        try:
            yield db
        finally:
            db.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """All of it, or nothing; what is to be told to the service is written with it."""
        db = self._open()
        try:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        finally:
            db.close()

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        return db


def kept(db: sqlite3.Connection, name: str) -> str | None:
    """What was kept under this name; None before the first time."""
    row = db.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
    return str(row[0]) if row else None


def keep(db: sqlite3.Connection, name: str, value: str) -> None:
    """Keep this under its name, in the place of what was there."""
    db.execute("INSERT OR REPLACE INTO kept (name, value) VALUES (?, ?)", (name, value))
