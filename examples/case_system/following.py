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
_END = "UPDATE sessions SET ended_at = ? WHERE ended_at IS NULL"

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
        """End the sessions of those whose rights changed: they sign in anew, and are let in or not. Pages ask in any case."""
        with self._store.reading() as db:
            row = db.execute("SELECT value FROM kept WHERE name = 'cursor'").fetchone()
        # Nothing is kept of anybody before the first time, so it begins behind the newest change.
        page = self._service.changes(row[0] if row else "now", wait=WAIT_SECONDS)
        with self._store.writing() as db:
            for change in page.items:
                if change.type.startswith("session."):
                    continue
                if change.kind == "person":
                    db.execute(f"{_END} AND sub = ?", (_now(), change.subject_id))
                elif change.kind == "organisation":
                    db.execute(f"{_END} AND organisation = ?", (_now(), change.subject_id))
                elif change.is_everybodys:
                    db.execute(_END, (_now(),))
            db.execute("INSERT OR REPLACE INTO kept (name, value) VALUES ('cursor', ?)", (page.next,))

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
