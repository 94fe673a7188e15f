"""The audit of use by hand, as an operator gives the command on a store with the register in it (LIC-8)."""

from __future__ import annotations

import json

import pytest

from compliance.app import furnished, house_of
from compliance.kernel.clock import SystemClock
from compliance.kernel.context import operator
from compliance.kernel.settings import REPOSITORY, Settings
from compliance.licences.quarterly.models import UseVerdict
from compliance.notices.models import Notice
from signatories.models import KeyContact, Organisation
from tests.builders.identity import every
from tests.builders.licences import rows_made, seats
from tests.builders.use import licences_in_use
from tests.support.installation import Installation

COMMAND = ("jobs", "run", "quarterly-licence-audit", "--json", "--as-of")
NOTHING = {"found": 0, "done": 0, "failed": 0}


@pytest.mark.rule("LIC-8")
def test_the_audit_is_run_by_hand_once_and_again_finds_nothing(seeded: Installation) -> None:
    assert seeded.database_url is not None
    settings = Settings(
        seeded.database_url, seeded.base_url, seeded.var / "keys.json", REPOSITORY / "policies", seeded.var
    )
    house = house_of(furnished(settings, SystemClock()))
    seats(house)
    organisation = every(house, Organisation)[0]
    with house.work(operator("tests")) as ctx:
        rows_made(
            ctx,
            KeyContact(
                id=ctx.new_id(), organisation_id=organisation.id, kind="escalation", name="Sam Made-Up",
                email="sam@example.gov.uk", since=ctx.now(),
            ),
        )  # fmt: skip
    licences_in_use(house, organisation.id, 3)
    a_year_on = house.clock.now().year + 1

    assert json.loads(seeded.does(*COMMAND, f"{a_year_on}-07-05T09:00:00Z")) == {"found": 3, "done": 3, "failed": 0}
    assert json.loads(seeded.does(*COMMAND, f"{a_year_on}-07-05T09:00:00Z")) == NOTHING
    assert [row.verdict for row in every(house, UseVerdict)] == ["unused"] * 3
    assert len(every(house, Notice)) == 12
    beyond = seeded.tries(*COMMAND, "2999-01-05T09:00:00Z")
    assert (beyond.code, beyond.out) == (1, "")
    assert "Bring policies/calendar.toml up to date" in beyond.err
    wrong = seeded.tries(*COMMAND, "0001-01-01T00:00:00+05:00")
    assert (wrong.code, wrong.out) == (2, "")
    assert "Give an instant from 1972 on with its zone" in wrong.err
    house.engine.dispose()
