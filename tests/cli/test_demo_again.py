"""Beginning the demonstration again: what was done stays, until it is thrown away; and the doctor's look at it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
from sqlalchemy import create_engine, select, update

from compliance.licences.models import Licence
from compliance.licences.rules import Status
from signatories.models import Organisation
from tests.cli.conftest import Demo


def words(demo: Demo, command: str) -> tuple[str, ...]:
    return ("demo", command, "--port", str(demo.installation.port))


def answers(demo: Demo) -> bool:
    try:
        return httpx.get(f"{demo.installation.base_url}/ready", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.rule("SIG-6")
def test_it_is_begun_stopped_begun_again_as_it_was_and_thrown_away(demo: Demo) -> None:
    told = demo.told

    assert "The demo runs already" in demo.installation.does(*words(demo, "up"))
    assert demo.told == told

    demo.installation.does("demo", "down")
    assert not answers(demo)

    assert told["people"][0]["email"] in demo.installation.does(*words(demo, "up"))
    assert demo.told == told
    assert answers(demo)
    assert demo.case_system().asks(demo.someone(licence="active")["email"], "case_system.use", area=None)["decision"]

    it_is_well(demo)
    an_active_licence_at_a_withdrawn_organisation_is_found(demo)

    demo.installation.does(*words(demo, "reset"))
    assert demo.told["client"] != told["client"]
    it_is_well(demo)


def it_is_well(demo: Demo) -> None:
    """The doctor finds nothing wrong with it."""
    found = json.loads(demo.installation.does("doctor", "--json"))
    assert len(found) >= 9
    assert all(finding["well"] for finding in found)


def an_active_licence_at_a_withdrawn_organisation_is_found(demo: Demo) -> None:
    """Given by hand in the database; the doctor says which, and what is wrong with it (SIG-6)."""
    engine = create_engine(f"sqlite:///{demo.installation.var}/compliance.sqlite")
    left = select(Organisation.id).where(Organisation.name == "Southern Housing").scalar_subquery()
    with engine.begin() as connection:
        licence: UUID = connection.execute(select(Licence.id).where(Licence.organisation_id == left)).scalar_one()
        by_hand = update(Licence).where(Licence.id == licence)
        connection.execute(by_hand.values(status=Status.ACTIVE, activated_at=datetime.now(UTC), deactivated_at=None))
    engine.dispose()

    found = demo.installation.tries("doctor")
    assert found.code == 1
    assert f"licence {licence} is active, and Southern Housing has withdrawn" in found.out
    assert "WRONG  Nothing lives in an organisation that has withdrawn (SIG-6)" in found.out
