"""The log from the shell: sealed by the scheduler, checked, its checkpoint kept elsewhere, exported and checked again."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from audit.models import LogHead, LogSeal
from compliance.kernel.settings import REPOSITORY
from tests.cli.conftest import *  # noqa: F403
from tests.support.installation import Installation

SEALED_WITHIN_SECONDS = 90.0


@pytest.mark.rule("AUD-3")
def test_the_scheduler_seals_what_is_written_and_verification_says_so(seeded: Installation) -> None:
    store = create_engine(seeded.database_url or "")
    with seeded.served(workers=1):
        until = time.monotonic() + SEALED_WITHIN_SECONDS
        sealed = head = -1
        while time.monotonic() < until and (sealed != head or head <= 0):
            with store.connect() as connection:
                sealed = connection.execute(select(LogSeal.size)).scalar_one()
                head = connection.execute(select(LogHead.size)).scalar_one()
            time.sleep(0.1)
    store.dispose()

    assert sealed == head > 0
    told = json.loads(seeded.does("audit", "verify", "--json"))
    assert (told["entries"], told["first_bad"], told["why"]) == (head, None, None)


@pytest.mark.rule("AUD-3")
def test_a_checkpoint_kept_elsewhere_finds_what_the_store_alone_hides(seeded: Installation, tmp_path: Path) -> None:
    kept = tmp_path / "checkpoint"
    kept.write_text(seeded.does("audit", "checkpoint") + "\n")
    seeded.does("clients", "create", "--name", "Case system")
    seeded.does("audit", "checkpoint")
    assert seeded.tries("audit", "verify", "--since", str(kept)).code == 0

    forged = tmp_path / "forged"
    forged.write_text(kept.read_text().replace("/log\n", "/other\n", 1))
    assert seeded.tries("audit", "verify", "--since", str(forged)).code == 1

    store = create_engine(seeded.database_url or "")
    with store.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entries_not_rewritten"))
        connection.execute(
            text("UPDATE audit_entries SET actor_id = 'nobody' WHERE number = (SELECT size - 1 FROM log_head)")
        )
    store.dispose()
    said = seeded.tries("audit", "verify", "--since", str(kept), "--json")
    assert said.code == 1
    assert json.loads(said.out)["why"]


@pytest.mark.rule("AUD-3")
def test_the_log_is_exported_and_stands_without_us(seeded: Installation, tmp_path: Path) -> None:
    folder = tmp_path / "log"

    seeded.does("audit", "export", "--to", str(folder))

    checker = [sys.executable, "-I", str(REPOSITORY / "audit" / "offline.py"), str(folder)]
    done = subprocess.run(checker, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert (folder / "key").read_text().strip() == seeded.does("audit", "key")
    assert seeded.tries("audit", "export", "--to", str(folder)).code == 1


@pytest.mark.rule("AUD-3", "IDN-5")
def test_a_key_file_of_before_the_log_was_sealed_is_completed(installation: Installation) -> None:
    path = installation.var / "keys.json"
    held = json.loads(path.read_text())
    before = {name: value for name, value in held.items() if name != "log"}
    path.write_text(json.dumps(before))
    assert "keys complete" in installation.tries("audit", "key").err

    installation.does("keys", "complete")

    after = json.loads(path.read_text())
    assert len(after.pop("log")) == 1
    assert after == before
    assert path.stat().st_mode & 0o777 == 0o600
    assert "complete" in installation.does("keys", "complete")
