"""A role with a last day is worth nothing in the case system from that day's end, though nobody has acted (DEC-1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from compliance.app import house_of
from compliance.identity import use_cases as identity
from compliance.identity.access_tokens import issue
from compliance.identity.models import Person
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import operator
from tests.builders.decisions import CaseSystem, the_case_system
from tests.builders.identity import WHY
from tests.builders.licences import a_licence, an_organisation, seats

TODAY = date(2026, 11, 21)


@pytest.fixture
def asks(app: Flask) -> Callable[[], dict[str, object]]:
    """A co-ordinator with a licence, for today only, and the case system that asks whether they may make a case."""
    house = house_of(app)
    seats(house)
    licence = a_licence(house, an_organisation(house))
    with house.engine.begin() as connection:
        connection.execute(update(Person).where(Person.id == licence.person_id).values(hub_team=True))
    with house.work(operator("tests")) as ctx:
        for role, last in (("hub_coordinator", TODAY), ("ig_officer", date(2027, 1, 31))):
            identity.grant_role(ctx, licence.person_id, role=role, reason=WHY, ends_on=last)
    door = the_case_system(app)

    def ask() -> dict[str, object]:
        fresh = CaseSystem(app, door.client_id, issue(house, door.client_id, ("decisions",))[0])
        return fresh.asks("alex@swale.gov.uk", "case.create")

    return ask


@pytest.mark.rule("DEC-1", "DEC-4", "ROL-1")
def test_a_decision_denies_at_the_very_instant_a_role_ends(
    asks: Callable[[], dict[str, object]], clock: FixedClock
) -> None:
    clock.move(timedelta(hours=14, microseconds=-1))
    assert asks()["decision"] is True

    clock.move(timedelta(microseconds=1))

    assert asks()["decision"] is False


@pytest.mark.rule("DEC-7", "DEC-1")
def test_no_permit_is_to_be_relied_on_past_the_end_of_the_role_it_stands_on(
    asks: Callable[[], dict[str, object]], clock: FixedClock
) -> None:
    clock.move(timedelta(hours=14, seconds=-2))

    answer = asks()

    assert answer["decision"] is True
    context = answer["context"]
    assert isinstance(context, dict)
    assert context["valid_until"] == "2026-11-22T00:00:00.000Z"
