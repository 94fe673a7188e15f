"""What an operator does from the shell, by the installed entry: each command, and what it refuses."""

from __future__ import annotations

import base64
import json
import stat
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, create_engine, func, select, text

from audit.models import AuditEntry
from compliance.app import create_app
from compliance.kernel.settings import Misconfigured, Settings
from compliance.licences.models import SeatContract
from signatories.models import InstrumentVersion, Organisation
from tests.support.installation import Installation
from tests.support.programs import CaseSystem, a_question


@pytest.fixture
def store(installation: Installation) -> Engine:
    """The installation's database, for looking behind the service's back."""
    assert installation.database_url is not None
    return create_engine(installation.database_url)


@pytest.mark.rule("IDN-5")
def test_keys_are_made_once_for_this_user_alone_and_never_replaced(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "var")
    key_file = installation.var / "keys.json"

    installation.does("keys", "create")
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    before = key_file.read_bytes()

    again = installation.tries("keys", "create")
    assert again.code == 1
    assert "is there already" in again.err
    assert key_file.read_bytes() == before


@pytest.mark.rule("IDN-5", "IDN-8")
def test_the_service_does_not_start_without_keys_with_weak_ones_or_at_an_open_address(
    installation: Installation,
) -> None:
    key_file = installation.var / "keys.json"
    whole = key_file.read_text()

    weak = json.loads(whole) | {"pepper": base64.b64encode(b"secret").decode()}
    key_file.write_text(json.dumps(weak))
    refused = installation.tries("serve", "--port", str(installation.port))
    assert (refused.code, "too weak" in refused.err) == (1, True)

    key_file.unlink()
    refused = installation.tries("scheduler")
    assert (refused.code, "no key file" in refused.err) == (1, True)

    open_address = installation.tries("serve", COMPLIANCE_BASE_URL="http://marac.example")
    assert (open_address.code, "must be an https:// address" in open_address.err) == (1, True)


@pytest.mark.rule("IDN-5")
@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        ({"cookies": base64.b64encode(b"\0" * 32).decode()}, "too weak"),
        ({"fields": {"1": base64.b64encode(b"short").decode()}}, "too weak"),
        ({"newest": "2"}, "too weak"),
        ({"token": {}}, "not complete"),
        ({"pepper": None}, "not complete"),
    ],
)
def test_no_key_may_be_short_plain_or_missing(installation: Installation, spoilt: dict[str, object], says: str) -> None:
    key_file = installation.var / "keys.json"
    key_file.write_text(json.dumps(json.loads(key_file.read_text()) | spoilt))

    with pytest.raises(Misconfigured, match=says):
        create_app(Settings.from_environment(installation.environment))


@pytest.mark.rule("IDN-5")
def test_keys_that_others_can_read_are_refused(installation: Installation) -> None:
    (installation.var / "keys.json").chmod(0o640)

    with pytest.raises(Misconfigured, match="chmod 600"):
        create_app(Settings.from_environment(installation.environment))


@pytest.mark.parametrize("address", ["", "http://marac.example", "ftp://127.0.0.1", "marac.example", "https://"])
def test_the_address_people_use_is_https_or_on_this_machine(installation: Installation, address: str) -> None:
    with pytest.raises(Misconfigured, match="COMPLIANCE_BASE_URL"):
        Settings.from_environment(installation.environment | {"COMPLIANCE_BASE_URL": address})


@pytest.mark.rule("SIG-1", "LIC-5")
def test_an_empty_database_is_brought_up_and_seeded_and_seeding_again_changes_nothing(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "var")
    installation.does("keys", "create")
    installation.does("db", "upgrade")
    installation.does("db", "seed")
    engine = create_engine(f"sqlite:///{installation.var}/compliance.sqlite")

    def standing() -> tuple[int, int, dict[str, int], int]:
        with engine.connect() as connection:
            return (
                connection.scalar(select(func.count()).select_from(Organisation)) or 0,
                connection.scalar(select(func.count()).select_from(InstrumentVersion)) or 0,
                {row.kind: row.seats for row in connection.execute(select(SeatContract.kind, SeatContract.seats))},
                connection.scalar(select(func.count()).select_from(AuditEntry)) or 0,
            )

    first = standing()
    assert first[:3] == (44, 2, {"standing": 150, "by_invite": 30})
    installation.does("db", "seed")
    assert standing() == first


@pytest.mark.rule("AUD-4")
def test_the_log_is_not_taken_away_from_the_console(installation: Installation, store: Engine) -> None:
    installation.does("db", "seed")
    held = select(func.count()).select_from(AuditEntry)
    with store.connect() as connection:
        before = connection.scalar(held)

    for revision in ("base", "heads-4"):
        refused = installation.tries("db", "downgrade", revision)
        assert (refused.code, "AUD-4" in refused.err) == (1, True)

    with store.connect() as connection:
        assert connection.scalar(held) == before > 0


@pytest.mark.rule("IDN-8", "ROL-1", "IDN-3")
def test_an_invitation_and_a_client_made_from_the_shell_let_in(installation: Installation) -> None:
    shown = installation.does(
        "people",
        "invite",
        "--name",
        "Ash Moor",
        "--email",
        "ash.moor@hub.example",
        "--role",
        "hub_manager",
        "--hub-team",
    )
    assert shown.startswith(f"{installation.base_url}/invitation/")
    link = shown.rpartition("/")[2]
    client = json.loads(installation.does("clients", "create", "--name", "Case system", "--scope", "decisions"))
    assert set(client) == {"id", "secret"}

    with installation.served(workers=1):
        accepted = httpx.post(
            f"{installation.base_url}/api/v1/account/invitation",
            json={"token": link, "password": "Grey-Heron-41-flies"},
        )
        assert (accepted.status_code, accepted.json()["stage"]) == (201, "enrol")
        again = httpx.post(
            f"{installation.base_url}/api/v1/account/invitation",
            json={"token": link, "password": "Grey-Heron-42-flies"},
        )
        assert again.status_code == 404

        case_system = CaseSystem(installation.base_url, client["id"], client["secret"])
        assert case_system.asks("ash.moor@hub.example", "case.view")["decision"] is False

        installation.does("clients", "end", client["id"])
        refused = httpx.post(
            f"{installation.base_url}/access/v1/evaluation",
            json=a_question("ash.moor@hub.example", "case.view"),
            headers={"Authorization": f"Bearer {case_system.token}"},
        )
        assert refused.status_code == 401


@pytest.mark.rule("IDN-8")
def test_no_secret_that_was_shown_is_kept(installation: Installation, store: Engine) -> None:
    made = json.loads(installation.does("clients", "create", "--name", "Case system"))

    with store.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        kept = " ".join(str(row) for table in tables for row in connection.execute(text(f'SELECT * FROM "{table}"')))
    assert made["id"] in kept
    assert made["secret"] not in kept


@pytest.mark.rule("ROL-1")
def test_a_hub_role_is_refused_to_an_account_outside_the_hub_team(installation: Installation, store: Engine) -> None:
    refused = installation.tries(
        "people", "invite", "--name", "Ash Moor", "--email", "ash.moor@partner.example", "--role", "hub_manager"
    )
    assert refused.code == 1
    assert "ROL-1" in refused.err
    with store.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM people")).scalar() == 0


@pytest.mark.rule("LIC-7")
def test_a_job_run_by_hand_says_what_it_found_and_did(installation: Installation) -> None:
    ran = installation.does("jobs", "run", "expire-by-invite-licences", "--as-of", "2027-01-01T00:00:00Z", "--json")
    assert json.loads(ran) == {"found": 0, "done": 0, "failed": 0}

    unknown = installation.tries("jobs", "run", "make-coffee")
    assert unknown.code == 2
    assert "There is no job make-coffee" in unknown.err


@pytest.mark.rule("AUD-2")
@pytest.mark.parametrize(
    ("tampered", "found"),
    [
        ("UPDATE audit_entries SET actor_id = 'somebody else' WHERE number = 7", "Entry 7 is not what its hash says."),
        ("DELETE FROM audit_entries WHERE number = 7", "Entry 7 is missing."),
    ],
)
def test_the_log_shows_that_it_was_tampered_with(seeded: Installation, tampered: str, found: str) -> None:
    assert seeded.database_url is not None
    engine = create_engine(seeded.database_url)
    with engine.begin() as connection:
        guards = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for guard in guards:
            connection.execute(text(f'DROP TRIGGER "{guard}"'))
        connection.execute(text(tampered))
    engine.dispose()

    verified = seeded.tries("audit", "verify")
    assert verified.code == 1
    assert found in verified.out


@pytest.mark.rule("AUD-2")
def test_the_log_as_it_was_written_stands_up(seeded: Installation) -> None:
    said = json.loads(seeded.does("audit", "verify", "--json"))
    assert said["entries"] > 44
    assert (said["first_bad"], said["why"]) == (None, None)
