"""What goes on beside the pages: telling the service, following the changes of rights, disposing of what it instructs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from compliance.client import Change, Kept, LogDoubted, NoAnswer, Question, Refused, Service, Watcher

from . import agencies, cases, telling
from .store import Store, keep, kept

EVERY_SECONDS = 2.0
WAIT_SECONDS = 10
"""How long the feed is waited on where nothing changes."""

FOLLOWED_WITHIN = timedelta(seconds=30)
COMPLETE_WITHIN = timedelta(seconds=60)
"""How far behind the feed may be: what is open on a screen is covered beyond that (DEC-4)."""

THE_CASE_SYSTEM = ("case_system.use", "case_system", "case-system")
_ONE = frozenset({"person", "organisation"})

log = logging.getLogger("case_system")


class Beside:
    """Two threads until they are told to stop: one follows the changes, one does the rest. What fails is tried again."""

    def __init__(self, store: Store, service: Service, watcher: Watcher | None = None) -> None:
        self._store, self._service, self._watcher = store, service, watcher
        self._stop = threading.Event()
        self._strange: set[str] = set()
        self._threads = [
            threading.Thread(target=self._again_and_again, args=(work, pause), daemon=True, name=name)
            for name, work, pause in (("following", self._followed, 0.2), ("telling", self._rest, EVERY_SECONDS))
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after what is being done."""
        self._stop.set()
        for thread in self._threads:
            thread.join(WAIT_SECONDS + EVERY_SECONDS)

    def tell(self) -> None:
        """Send what waits."""
        telling.send(self._store, self._service, datetime.now(UTC))

    def follow(self, wait: int = WAIT_SECONDS) -> None:
        """Act on the changes of rights since the last time, in their order; whoever may use the case system no more is out.

        Pages ask in any case. This closes what is open on a screen, and forgets who was signed in.
        """
        with self._store.reading() as db:
            cursor = kept(db, "cursor")
        # Nothing is kept of anybody before the first time, so it begins behind the newest change.
        page = self._service.changes(cursor or "now", wait=wait)
        touched = self._touched(page.items)
        out = self._out(touched)
        now = datetime.now(UTC)
        with self._store.writing() as db:
            db.executemany("UPDATE sessions SET moved = moved + 1 WHERE sub = ?", [(sub,) for sub in touched])
            db.executemany(
                "UPDATE sessions SET ended_at = ? WHERE sub = ? AND ended_at IS NULL",
                [(now.isoformat(), sub) for sub in out],
            )
            keep(db, "cursor", page.next)
            complete = datetime.fromisoformat(page.complete_until) if page.complete_until else None
            if not page.more and complete is not None and now - complete < COMPLETE_WITHIN:
                keep(db, "followed_at", now.isoformat())

    def dispose(self) -> None:
        """Dispose of what was instructed, and confirm it in the same breath: both, or neither."""
        for item in self._service.get("retention/instructions")["items"]:
            with self._store.writing() as db:
                known = db.execute("SELECT status FROM cases WHERE reference = ?", (item["reference"],)).fetchone()
                if known is None:
                    self._is_strange(item["reference"])
                    continue
                if db.execute("SELECT 1 FROM outbox WHERE key = ?", (f"gone-{item['id']}",)).fetchone() is None:
                    cases.dispose(db, item["reference"])
                    telling.disposed(db, item["id"], datetime.now(UTC))

    def _is_strange(self, reference: str) -> None:
        """Nothing is confirmed that was not done here: somebody has to look. Said once."""
        if reference not in self._strange:
            self._strange.add(reference)
            log.error("the service instructs to dispose of %s, which is not here", reference)

    def _rest(self) -> None:
        for work in (self._know_the_register, self.tell, self.dispose, self._watch):
            self._tried(work)

    def _followed(self) -> None:
        self._tried(self.follow)

    def _again_and_again(self, work: Callable[[], None], pause: float) -> None:
        while not self._stop.is_set():
            began = datetime.now(UTC)
            work()
            short = datetime.now(UTC) - began < timedelta(seconds=1)
            self._stop.wait(max(pause, 1.0) if short else pause)

    def _tried(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (NoAnswer, Refused) as problem:
            log.warning("%s: %s", work.__name__.strip("_"), problem)
        except LogDoubted as doubt:
            log.critical("the log of the compliance service is not the one it was: %s", doubt)
        except Exception:  # the thread has to live on, or nobody follows any more
            log.exception("%s", work.__name__.strip("_"))

    def _touched(self, changes: Iterable[Change]) -> set[str]:
        """Whose rights these changes may be, of those who are signed in here."""
        one = [(change.kind, change.subject_id) for change in changes if change.kind in _ONE]
        everybody = any(change.is_everybodys or change.kind == "closed_case" for change in changes)
        with self._store.reading() as db:
            here = db.execute("SELECT DISTINCT sub, organisation FROM sessions WHERE ended_at IS NULL").fetchall()
        return {
            row["sub"]
            for row in here
            if everybody or ("person", row["sub"]) in one or ("organisation", row["organisation"]) in one
        }

    def _out(self, people: Iterable[str]) -> list[str]:
        """Those of these who may use the case system no more, or of whom it cannot be known."""
        asked = sorted(people)
        answers = self._service.decide_all([Question(each, *THE_CASE_SYSTEM) for each in asked]) if asked else []
        return [each for each, answer in zip(asked, answers, strict=True) if not answer.permits]

    def _know_the_register(self) -> None:
        """Once a day, and before the first referral."""
        today = datetime.now(UTC).date().isoformat()
        with self._store.reading() as db:
            if kept(db, "register") == today:
                return
        agencies.fetched(self._store, self._service)
        with self._store.writing() as db:
            keep(db, "register", today)

    def _watch(self) -> None:
        if self._watcher is not None:
            self._watcher.look()


def is_followed(store: Store, now: datetime) -> bool:
    """Whether the changes of rights are followed closely enough for something to stay open on a screen."""
    with store.reading() as db:
        at = kept(db, "followed_at")
    return at is not None and now - datetime.fromisoformat(at) < FOLLOWED_WITHIN


def watcher(service: Service, keys: tuple[str, ...], where: Kept) -> Watcher | None:
    """Keeps the log's checkpoints, where its public keys were handed to us."""
    return Watcher(service, keys, where) if keys else None
