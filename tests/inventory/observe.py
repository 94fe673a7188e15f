"""Show what the matrix lacks, as it is answered now: `python -m tests.inventory.observe`.

Read each line before it is kept: it says what is so, not what should be. `--keep` puts the missing lines into their
files and takes out those of operations that are gone; lines that stand there and are wrong are never changed, the
test says so. With operations as arguments, those are shown, whether they stand there or not.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from compliance.app import create_app, house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import REPOSITORY, Settings
from tests.inventory.matrix import API, PAGES, Lines, lines_of, observe, read, there, written
from tests.inventory.world import a_world
from tests.support.store import migrated


def main(*asked: str) -> None:
    """Print the lines that are missing, or those of the operations asked for; `--keep` keeps the missing ones."""
    keeps, named = "--keep" in asked, {each for each in asked if not each.startswith("--")}
    with tempfile.TemporaryDirectory() as directory:
        keys, store = Path(directory) / "keys.json", Path(directory) / "world.db"
        create_key_file(keys)
        migrated(f"sqlite:///{store}")
        clock = FixedClock(datetime(2026, 11, 21, 10, 0, tzinfo=UTC))
        settings = Settings(
            f"sqlite:///{store}", "http://127.0.0.1:8000", keys, REPOSITORY / "policies", Path(directory)
        )
        app = create_app(settings, clock)
        world = a_world(app, clock, store)
        for path in (API, PAGES):
            wanted = there(path, app)
            kept = read(path) if path.exists() else {}
            shown: Lines = {}
            for operation, whose in wanted.items():
                missing = not set(lines_of(operation, whose)) <= set(kept)
                if operation in named or (missing and not named):
                    shown |= observe(path, world, operation)
            if shown:
                sys.stdout.write(f"{path.name}\n{written(path, shown)}\n")
            if keeps:
                order = [line for operation, whose in wanted.items() for line in lines_of(operation, whose)]
                path.write_text(written(path, {line: kept.get(line) or shown[line] for line in order}))
        house_of(app).engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
