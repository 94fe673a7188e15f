"""`make honest`: a log that nobody touched raises no alarm, however untidy its life was (AUD-3).

    python -m tests.torture.honest --entries 1000000 --seed 7

Units of work of one entry and of a thousand; some rolled back after they had taken their numbers, some broken off with
their connection; processes that end and begin; clocks that step forward and back; seals by several at once and in
pieces; personal detail that is disposed of. In between and in the end the log is verified, whole and since checkpoints
that were kept elsewhere. Any alarm is a false one.
"""

from __future__ import annotations

import argparse
import json
import random
import secrets
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from audit.append import append, take_turn
from audit.disposal import dispose
from audit.models import Moment
from audit.notes import Checkpoint, open_note
from audit.personal import Private
from audit.sealing import checkpoint, origin, seal, seal_all, verifiers
from audit.verify import verify_log
from compliance.app import furnished, house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.db import WRITES
from compliance.kernel.secrets import KeyRing, create_key_file
from compliance.kernel.settings import REPOSITORY, Settings
from tests.support.store import migrated

BEGINS = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
"""The evening before the clocks go back."""

STEPS = (-86_400, -3_600, -1, -0.001, 0, 0.001, 1, 60, 3_600, 86_400)
SAYS_EVERY = 100_000
AWKWARD = (
    "",
    "plain",
    "a\r\nb",
    "\x1b[31mred",
    "line\u2028end",
    "é ü 日本",
    '"quoted" \\ back',
    "null",
    "x" * 5_000,
    "\u202eabc",
)
SHARES = {
    "write": 70,
    "roll back": 8,
    "break off": 4,
    "seal": 10,
    "seal at once": 3,
    "step": 8,
    "restart": 2,
    "dispose": 1,
    "verify": 1,
}


class _Broken(Exception):
    """A unit of work that ends in the middle."""


@dataclass
class Life:
    """The log's life: the house that stands now, what was done how often, and every alarm."""

    settings: Settings
    dice: random.Random
    clock: FixedClock = field(default_factory=lambda: FixedClock(BEGINS))
    done: Counter[str] = field(default_factory=Counter)
    alarms: list[str] = field(default_factory=list)
    kept: list[Checkpoint] = field(default_factory=list)
    entries: int = 0

    def __post_init__(self) -> None:
        self.house = self._opened()

    def lives(self, entries: int, say: Callable[[str], None] = lambda _line: None) -> None:
        """Until the log holds so many entries; and then it is looked at as a whole."""
        acts = {name: getattr(self, f"_{name.replace(' ', '_')}") for name in SHARES}
        said = time.monotonic()
        while self.entries < entries:
            name = self.dice.choices(list(SHARES), list(SHARES.values()))[0]
            acts[name]()
            self.done[name] += 1
            if time.monotonic() > said + 2:
                said = time.monotonic()
                say(f"{self.entries:10,} entries, {len(self.alarms)} alarms")
        seal_all(self.house)
        self._keep()
        self._look(None)
        for known in self.dice.sample(self.kept, min(5, len(self.kept))):
            self._look(known)
        self.house.engine.dispose()

    def _opened(self) -> House:
        return house_of(furnished(self.settings, self.clock))

    def _write(self) -> None:
        with self.house.engine.execution_options(**{WRITES: True}).begin() as connection:
            self.entries += self._put(connection)

    def _roll_back(self) -> None:
        with self.house.engine.execution_options(**{WRITES: True}).connect() as connection:
            self._put(connection)
            connection.rollback()

    def _break_off(self) -> None:
        """The connection goes with all that it had taken, as when its process is killed."""
        connection = self.house.engine.execution_options(**{WRITES: True}).connect()
        self._put(connection)
        connection.invalidate()
        connection.close()

    def _put(self, connection: Any) -> int:
        many = self.dice.choice((1, 1, 1, 2, 7, 100, 1_000))
        turn = take_turn(connection, many, bump=self.dice.random() < 0.1)
        append(connection, turn, [self._draft() for _ in range(many)])
        return many

    def _draft(self) -> dict[str, Any]:
        dice = self.dice
        private = None
        if dice.random() < 0.3:
            said = json.dumps({"recipient": dice.choice(AWKWARD)}) if dice.random() < 0.2 else None
            private = Private("192.0.2.1", said, self.house.the(KeyRing))
        return {
            "at": Moment.write(self.clock.now()), "event": "test.happened", "outcome": dice.choice(("done", "refused")),
            "actor_kind": dice.choice(("person", "client", "job")), "actor_id": str(UUID(int=dice.getrandbits(128))),
            "actor_organisation": None, "actor_roles": dice.choice((None, "", "hub_manager")), "subject_kind": None,
            "subject_id": dice.choice((None, "", "7")), "organisation": None, "reference": dice.choice(AWKWARD)[:255],
            "rules": dice.choice((None, "DEC-3")), "purpose": None, "address": None, "request_id": dice.choice(AWKWARD)[:64],
            "session_id": None, "state_version": 0, "policy_version": "test", "private": private,
            "detail": json.dumps({"said": dice.choice(AWKWARD)}, ensure_ascii=dice.random() < 0.5),
        }  # fmt: skip

    def _seal(self) -> None:
        seal(self.house, most=self.dice.choice((1, 255, 256, 257, 5_000, 50_000)))
        self._keep()

    def _seal_at_once(self) -> None:
        problems: list[str] = []

        def one() -> None:
            try:
                seal(self.house)
            except Exception as problem:  # noqa: BLE001 - whatever it says of an honest log is a false alarm
                problems.append(f"sealing: {problem!r}")

        threads = [threading.Thread(target=one) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.alarms += problems

    def _step(self) -> None:
        self.clock.move(timedelta(seconds=self.dice.choice(STEPS)))

    def _restart(self) -> None:
        self.house.engine.dispose()
        self.house = self._opened()

    def _dispose(self) -> None:
        with self.house.work(operator("test")) as ctx:
            gone = dispose(ctx, before=self.clock.now() - timedelta(days=1))
        self.entries += bool(gone)

    def _verify(self) -> None:
        """Since a checkpoint of long ago or of just now; the whole is looked at in the end."""
        self._look(self.dice.choice(self.kept[-3:]) if self.kept else None)

    def _look(self, since: Checkpoint | None) -> None:
        looked = verify_log(self.house, since=since)
        if looked.why is not None:
            self.alarms.append(f"since {since.size if since else 0}: entry {looked.first_bad}: {looked.why}")

    def _keep(self) -> None:
        """As a witness does."""
        with self.house.engine.connect() as connection:
            note = checkpoint(connection)
        if note:
            self.kept.append(open_note(note, verifiers(self.house), origin=origin(self.house)))


def settings_at(directory: Path) -> Settings:
    """An empty store below this directory, and keys for it."""
    create_key_file(directory / "keys.json")
    url = f"sqlite:///{directory}/log.sqlite"
    migrated(url)
    return Settings(url, "http://127.0.0.1:8000", directory / "keys.json", REPOSITORY / "policies", directory)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture.honest")
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    asked = parser.parse_args()
    print(f"seed {asked.seed}: {asked.entries:,} honest entries", flush=True)
    with tempfile.TemporaryDirectory(prefix="marac-honest-") as directory:
        life = Life(settings_at(Path(directory)), random.Random(asked.seed))
        began = time.monotonic()
        life.lives(asked.entries, lambda line: print(line, flush=True))
    print(f"\n{life.entries:,} entries in {time.monotonic() - began:.0f} s")
    for name, times in life.done.most_common():
        print(f"  {name:<14} {times:8,} ×")
    print(f"  {'checkpoints':<14} {len(life.kept):8,}")
    print(f"  {'false alarms':<14} {len(life.alarms):8,}  {'FAILED' if life.alarms else 'ok'}")
    for alarm in life.alarms[:5]:
        print(f"      {alarm}")
    return int(bool(life.alarms))


if __name__ == "__main__":
    sys.exit(main())
