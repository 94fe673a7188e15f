"""Processes: one is killed while it does things again, the next ends where that one would have; none serves before (RET-12)."""

from __future__ import annotations

import gc
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from compliance.app import furnished, house_of
from compliance.cli import main
from compliance.identity import use_cases as identity
from compliance.identity.models import ServiceClient
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import Settings
from retention.journal import keeping
from retention.journal.keeping import keep
from tests.builders.disposals import agreed, confirms, items, may_go, proposed, waited
from tests.builders.identity import every, logged
from tests.builders.retention import records
from tests.retention.journal.conftest import again
from tests.retention.journal.test_journal import a_client
from tests.support.databases import Fresh
from tests.support.installation import Installation, Said
from tests.support.store import migrated
from tests.witnesses.conftest import Copies, Past

# Commands leave their connections to the end of a process, and here there is none.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")

THINGS = 4


def killed(house: House, after: int) -> int:
    """A process that does things again, and is killed when it has done so many; by which signal it ended."""
    house.engine.dispose()
    child = os.fork()
    if not child:
        done, before = [0], keeping._one

        def one(*given: object) -> object:
            if done[0] == after:
                os.kill(os.getpid(), signal.SIGKILL)
            done[0] += 1
            return before(*given)  # type: ignore[arg-type]

        keeping._one = one  # type: ignore[assignment]
        keep(house)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.rule("RET-12")
def test_who_is_killed_in_the_middle_is_followed_by_one_who_ends_it(
    app: Flask, kept_house: House, past: Past, clock: FixedClock
) -> None:
    house = kept_house
    manifest = proposed(house, *may_go(app, "R-1"))
    clients = [a_client(house, ends=False) for _ in range(2)]
    keep(house)
    past.take()
    agreed(house, manifest)
    waited(house, clock)
    confirms(app, items(house)["R-1"].id)
    for client in clients:
        with house.work(operator("test")) as ctx:
            identity.end_client(ctx, client.id)
    keep(house)
    past.put_back()

    for after in range(THINGS):
        assert killed(house, after) == -signal.SIGKILL
        assert not logged(house, "restore.settled")
    house.engine.dispose()
    keep(house)

    assert Counter(what for what, _ in again(house)) == {
        "client.ended": 2, "disposal.confirmed": 1, "disposal.record_instructed": 1,
    }  # fmt: skip
    assert records(house)["R-1"].status == "disposed"
    assert items(house)["R-1"].certificate == 1
    assert all(each.ended_at for each in every(house, ServiceClient) if each.id in {one.id for one in clients})
    assert len(logged(house, "restore.settled")) == 1
    assert keep(house).forgotten == 0


@pytest.fixture
def installed(database_url: Fresh, tmp_path: Path) -> Iterator[Installation]:
    """Keys, a migrated store on either database, and a journal."""
    (tmp_path / "journal").mkdir()
    more = {"COMPLIANCE_JOURNAL": str(tmp_path / "journal")}
    made = Installation(tmp_path / "var", database_url=database_url(migrated), more=more)
    create_key_file(made.var / "keys.json")
    yield made
    gc.collect()


def tries(installed: Installation, *words: str) -> Said:
    """Give a command within this process."""
    done = CliRunner().invoke(main, [*words], env=installed.environment)
    return Said(done.exit_code, done.stdout.strip(), done.stderr.strip())


def ended_at(house: House) -> list[bool]:
    return [each.ended_at is not None for each in every(house, ServiceClient)]


@pytest.mark.rule("RET-12", "DEC-4")
def test_the_service_ends_again_what_had_ended_before_it_answers(
    installed: Installation, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server = lambda: request.getfixturevalue("postgres_databases").server  # noqa: E731
    copies = Copies(installed.database_url or "", tmp_path, server)
    house = house_of(furnished(Settings.from_environment(installed.environment)))
    client = a_client(house, ends=False)
    house.engine.dispose()
    copies.take()
    with house.work(operator("test")) as ctx:
        identity.end_client(ctx, client.id)
    assert tries(installed, "jobs", "run", "write-journal").code == 0
    house.engine.dispose()
    copies.put_back()
    assert ended_at(house) == [False], "the copy lets it in"

    (tmp_path / "journal").rename(tmp_path / "away")
    for command in (("serve",), ("scheduler",), ("jobs", "run", "instruct-disposals")):
        refused = tries(installed, *command)
        assert (refused.code, "RET-12" in refused.err, "docs/operating.md" in refused.err) == (3, True, True)
    (tmp_path / "away").rename(tmp_path / "journal")

    house.engine.dispose()
    with installed.served(workers=1):
        assert ended_at(house) == [True]
    house.engine.dispose()
    assert "had forgotten" in (installed.var / "scheduler.log").read_text() + (installed.var / "serve.log").read_text()
    assert [what for what, _ in again(house)] == ["client.ended"]
    found = tries(installed, "doctor")
    assert "it holds 4 lines" in found.out, found
    house.engine.dispose()


@pytest.mark.rule("RET-12")
@pytest.mark.parametrize("named", ["journal", "/", "./x"])
def test_a_journal_has_a_folder_of_its_own(tmp_path: Path, named: str) -> None:
    said = Installation(tmp_path / "var", more={"COMPLIANCE_JOURNAL": named}).environment
    with pytest.raises(RuntimeError, match="COMPLIANCE_JOURNAL"):
        Settings.from_environment(said)
