"""What goes on beside the pages: telling the service, following the changes of rights, disposing of what it instructs."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime

from compliance.client import Kept, LogDoubted, NoAnswer, Refused, Service, Watcher

from . import cases, telling
from .store import Store

EVERY_SECONDS = 2.0
WAIT_SECONDS = 5
ENDS = frozenset({"person", "organisation", "client"})
"""Kinds of change after which somebody's session is asked about again."""

log = logging.getLogger("case_system")


class Beside(threading.Thread):
    """One thread that does these by turns, until it is told to stop. What fails is tried again the next time."""

    def __init__(self, store: Store, service: Service, watcher: Watcher | None = None) -> None:
        super().__init__(daemon=True, name="beside")
        self._store, self._service, self._watcher = store, service, watcher
        self._stop = threading.Event()

    def run(self) -> None:
        while not self._stop.is_set():
            self.once()
            self._stop.wait(EVERY_SECONDS)

    def stop(self) -> None:
        """End after what is being done."""
        self._stop.set()

    def once(self) -> None:
        """Each of them, one time."""
        for work in (self._tell, self._follow, self._dispose, self._watch):
            try:
                work()
            except (NoAnswer, Refused) as problem:
                log.warning("%s: %s", work.__name__, problem)
            except LogDoubted as doubt:
                log.critical("the log of the compliance service is not the one it was: %s", doubt)

    def _tell(self) -> None:
        telling.send(self._store, self._service, datetime.now(UTC))

    def _follow(self) -> None:
        """End the sessions of those whose right ended. Pages ask anyway; this closes what is open on a screen."""
        with self._store.reading() as db:
            row = db.execute("SELECT value FROM kept WHERE name = 'cursor'").fetchone()
        for change in self._service.changes(row[0] if row else None):
            with self._store.writing() as db:
                for each in change.people:
                    db.execute("UPDATE sessions SET ended_at = coalesce(ended_at, ?) WHERE sub = ?", (_now(), each))
                db.execute("INSERT OR REPLACE INTO kept (name, value) VALUES ('cursor', ?)", (change.cursor,))

    def _dispose(self) -> None:
        """Dispose of what was instructed, and confirm it in the same breath: both, or neither."""
        for item in self._service.get("retention/instructions")["items"]:
            with self._store.writing() as db:
                known = db.execute("SELECT status FROM cases WHERE reference = ?", (item["reference"],)).fetchone()
                if known is not None and known["status"] != "disposed":
                    cases.dispose(db, item["reference"])
                if db.execute("SELECT 1 FROM outbox WHERE key = ?", (f"gone-{item['id']}",)).fetchone() is None:
                    telling.disposed(db, item["id"], datetime.now(UTC))

    def _watch(self) -> None:
        if self._watcher is not None:
            self._watcher.look()


def watcher(service: Service, keys: tuple[str, ...], kept: Kept) -> Watcher | None:
    """Keeps the log's checkpoints, where its public keys were handed to us."""
    return Watcher(service, keys, kept) if keys else None


def _now() -> str:
    return datetime.now(UTC).isoformat()
