"""`make torture`: `kill -9` of everything, again and again, while clients write; then the log is held to their memory.

    make torture KILLS=200 WRITES=10000 STORES=sqlite,postgresql SEED=…

Ends with 1 where an acknowledged write was lost or doubled, anything was invented, an effect stands without its entry,
the log does not verify or shrank, or the service needed longer than ten seconds to be well again.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.postgres import PostgresServer, set_watchman

from .run import Outcome, Wanted, torture

STORES = ("sqlite", "postgresql")
BACK_WITHIN_SECONDS = 10.0
SHOWN = 5


def main() -> int:
    asked = _asked()
    wanted = Wanted(kills=asked.kills, writes=asked.writes, writers=asked.writers, seed=asked.seed)
    print(f"seed {wanted.seed}: {wanted.kills} kills, {wanted.writes} writes, {wanted.writers} writers at once")
    failed = False
    for store in asked.stores.split(","):
        print(f"\n== {store}", flush=True)
        with _a_directory() as directory, _a_server(directory, store) as postgres:
            outcome = torture(directory / "var", postgres, wanted, lambda line: print(line, flush=True))
            failed |= not _tell(outcome)
    return int(failed)


def _tell(outcome: Outcome) -> bool:
    """Print the table; says whether all held."""
    found = outcome.reckoning
    print(f"\n{outcome.kills} kills in {outcome.seconds:.0f} s; {found.entries} entries in the log")
    for name, times in sorted(outcome.back_in.items()):
        times.sort()
        print(
            f"  well again after killing {name:<44} {len(times):4} ×  median {times[len(times) // 2]:5.1f} s  worst {times[-1]:5.1f} s"
        )
    for name, count in sorted(outcome.turned_away.items()):
        print(f"  {name:<68} {count:5} ×")
    by_kind = ", ".join(f"{count} {kind}" for kind, count in found.by_kind.most_common())
    print(f"  acknowledged {found.acknowledged} ({by_kind})")
    print(f"  without an answer: written {found.written_unanswered}, not written {found.unwritten_unanswered}")
    held = True
    for what, wrong in (
        ("acknowledged and lost", found.lost), ("written twice", found.doubled), ("that nobody sent", found.invented),
        ("effects and entries that disagree", found.disagreeing), ("faults of the log", found.log),
        ("wrong answers", found.answers),
    ):  # fmt: skip
        held &= not wrong
        print(f"  {what:<44} {len(wrong):6}  {'ok' if not wrong else 'FAILED'}")
        for each in wrong[:SHOWN]:
            print(f"      {each}")
    late = outcome.worst > BACK_WITHIN_SECONDS
    print(
        f"  {'well again at the worst after':<44} {outcome.worst:5.1f}s  {'FAILED' if late else 'ok'} (asked ≤ {BACK_WITHIN_SECONDS:.0f} s)"
    )
    return held and not late


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description="Kill, and see that nothing is lost.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--writes", type=int, default=10_000)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--stores", default=",".join(STORES))
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    return parser.parse_args()


@contextmanager
def _a_directory() -> Iterator[Path]:
    """Gone afterwards, with whatever runs below it, however this process ends."""
    # Short, and open to `nobody`: a socket's path may not pass 107 bytes, and PostgreSQL does not run as root.
    directory = Path(tempfile.mkdtemp(prefix="marac-torture-", dir="/tmp"))
    directory.chmod(0o711)
    set_watchman(os.getpid(), directory)
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def _a_server(directory: Path, store: str) -> Iterator[PostgresServer | None]:
    if store != "postgresql":
        yield None
        return
    server = PostgresServer.make(directory / "pg")
    try:
        yield server
    finally:
        server.kill()


sys.exit(main())
