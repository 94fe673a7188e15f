"""A copy of the store is put back: nothing starts on it until two people, each with both factors, have said so."""

from __future__ import annotations

import gc
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from compliance.app import furnished, house_of
from compliance.cli import main
from compliance.kernel.clock import FixedClock
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import REPOSITORY, Settings
from tests.builders.identity import PASSWORD, an_account
from tests.support.databases import Fresh
from tests.support.installation import ENTRY, Installation, Said
from tests.support.programs import Phone
from tests.support.store import migrated
from tests.support.witness import a_witness
from tests.witnesses.conftest import Copies

# Commands leave their connections to the end of a process, and here there is none.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

WHY = "Thursday's copy was put back"
Person = tuple[str, Phone]


@pytest.fixture
def installed(database_url: Fresh, tmp_path: Path) -> Iterator[Installation]:
    """Keys, a migrated store on either database, and a folder as witness."""
    (tmp_path / "witness").mkdir()
    made = Installation(
        tmp_path / "var", database_url=database_url(migrated), more={"COMPLIANCE_WITNESSES": str(tmp_path / "witness")}
    )
    create_key_file(made.var / "keys.json")
    yield made
    gc.collect()


@pytest.fixture
def copies(installed: Installation, tmp_path: Path, request: pytest.FixtureRequest) -> Copies:
    server: Callable[[], object] = lambda: request.getfixturevalue("postgres_databases").server  # noqa: E731
    return Copies(installed.database_url or "", tmp_path, server)  # type: ignore[arg-type]


def people(installed: Installation) -> list[Person]:
    """A hub manager and an information governance officer, with their phones; they came a while ago."""
    clock = FixedClock(datetime.now(UTC) - timedelta(minutes=30))
    house = house_of(furnished(Settings.from_environment(installed.environment), clock))
    made = []
    for role in ("hub_manager", "ig_officer"):
        account = an_account(house, role)
        made.append((account.email, Phone(account.secret)))
        clock.move(timedelta(minutes=1))
    house.engine.dispose()
    return made


def tries(installed: Installation, *words: str, typed: Sequence[str] = ()) -> Said:
    """Give a command within this process, and type this at its prompts: forty processes would be a minute's work."""
    done = CliRunner().invoke(main, [*words], env=installed.environment, input="".join(f"{line}\n" for line in typed))
    return Said(done.exit_code, done.stdout.strip(), done.stderr.strip())


def does(installed: Installation, *words: str) -> str:
    said = tries(installed, *words)
    assert said.code == 0, said
    return said.out


def accepts(installed: Installation, person: Person, password: str = PASSWORD, *more: str) -> Said:
    """Somebody at the prompt."""
    return tries(installed, "audit", "accept-rollback", typed=[person[0], password, person[1].code(), *more])


def at_a_terminal(installed: Installation, person: Person, *more: str) -> Said:
    """The same in a process of its own."""
    typed = [person[0], PASSWORD, person[1].code(), *more]
    done = subprocess.run(
        [*ENTRY, "audit", "accept-rollback"], cwd=REPOSITORY, env=installed.environment, input="\n".join(typed) + "\n",
        capture_output=True, text=True, timeout=180, start_new_session=True,
    )  # fmt: skip
    return Said(done.returncode, done.stdout.strip(), done.stderr.strip())


@pytest.mark.rule("AUD-3", "ROL-3", "RET-12")
def test_nothing_starts_on_a_copy_that_was_put_back_until_two_people_say_so(
    installed: Installation, copies: Copies, tmp_path: Path
) -> None:
    first, second = people(installed)
    does(installed, "audit", "checkpoint")
    copies.take()
    does(installed, "clients", "create", "--name", "Case system")
    seen = does(installed, "audit", "checkpoint")
    does(installed, "jobs", "run", "send-checkpoints")
    folder = tmp_path / "witness"
    assert (folder / "checkpoint").read_text().strip() == seen
    assert json.loads(does(installed, "audit", "witnesses", "--json"))[0]["size"] == int(seen.split("\n")[1])

    copies.put_back()
    for command in ("serve", "scheduler"):
        refused = tries(installed, command)
        assert (refused.code, str(folder) in refused.err, "accept-rollback" in refused.err) == (3, True, True)
    assert tries(installed, "doctor").code == 1

    wrong = accepts(installed, first, "Not-the-password-1")
    assert (wrong.code, "did not sign you in" in wrong.err) == (1, True)
    assert PASSWORD not in wrong.out + wrong.err
    proposed = accepts(installed, first, PASSWORD, WHY)
    assert (proposed.code, "Somebody else" in proposed.out) == (0, True), proposed.err
    assert tries(installed, "serve").code == 3, "one person is not enough"
    again = accepts(installed, first)
    assert (again.code, "ROL-3" in again.err) == (1, True)
    assert tries(installed, "serve").code == 3, "nor the same one twice"

    agreed = accepts(installed, second)
    assert (agreed.code, "accepted by two" in agreed.out) == (0, True), agreed.err
    does(installed, "jobs", "run", "send-checkpoints")
    assert len(list(folder.glob("checkpoint.superseded-*"))) == 1
    assert tries(installed, "audit", "accept-rollback").code == 1
    assert json.loads(does(installed, "audit", "verify", "--json"))["why"] is None


@pytest.mark.rule("AUD-3", "ROL-3")
def test_the_same_with_processes_and_a_log_that_grew_past_its_witness_another_way(
    seeded: Installation, tmp_path: Path
) -> None:
    with a_witness(tmp_path / "kept", does(seeded, "audit", "key") + "\n") as witness:
        seeded = replace(seeded, more={"COMPLIANCE_WITNESSES": witness.prefix})
        first, second = people(seeded)
        store = Copies(seeded.database_url or "", tmp_path, lambda: pytest.fail("there is no server"))
        store.take()
        does(seeded, "clients", "create", "--name", "Case system")
        does(seeded, "audit", "checkpoint")
        does(seeded, "jobs", "run", "send-checkpoints")
        store.put_back()
        for name in ("One", "Two", "Three"):
            does(seeded, "clients", "create", "--name", name)
        does(seeded, "audit", "checkpoint")

        refused = seeded.tries("serve")
        assert (refused.code, "another checkpoint" in refused.err) == (3, True)
        assert at_a_terminal(seeded, first, WHY).code == 0
        assert at_a_terminal(seeded, second).code == 0
        with seeded.served(workers=1):
            assert "two people accepted" in does(seeded, "audit", "witnesses")
    assert tries(seeded, "audit", "accept-rollback").code == 1, "a witness that is gone has nothing to accept"


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("witness", "is no folder"),
        ("/", "whole machine"),
        ("/a mailto:chair", "in place 2 is no address"),
        ("http://witness.example", "https://"),
        ("https://", "https://"),
        ("https://a:secret@witness.example", "a password"),
        ("https://witness.example/?x=1", "a ? or a #"),
        ("/a /b /a/", "in place 3 is named twice"),
        ("/" + "a" * 300, "longer than 255"),
        ("ftp://witness.example", "is no folder"),
    ],
)
def test_a_witness_that_could_be_none_is_named(tmp_path: Path, named: str, says: str) -> None:
    said = Installation(tmp_path / "var", more={"COMPLIANCE_WITNESSES": named}).environment
    with pytest.raises(RuntimeError, match="COMPLIANCE_WITNESSES") as wrong:
        Settings.from_environment(said)

    assert says in str(wrong.value)
    assert "secret" not in str(wrong.value)


def test_witnesses_are_read_in_their_order(tmp_path: Path) -> None:
    named = "/srv/witness/ https://witness.example/marac mailto:chair@example.org http://127.0.0.1:9"
    said = Installation(tmp_path / "var", more={"COMPLIANCE_WITNESSES": named}).environment

    assert Settings.from_environment(said).witnesses == (
        "/srv/witness", "https://witness.example/marac", "mailto:chair@example.org", "http://127.0.0.1:9",
    )  # fmt: skip
    assert Settings.from_environment({**os.environ, **said, "COMPLIANCE_WITNESSES": ""}).witnesses == ()
