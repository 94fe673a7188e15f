"""Days on which the case system is down: who holds the passphrase, an outage, and what is taken by hand, as it would be done."""

from __future__ import annotations

from typing import Any

from compliance.governance.outages import holding, use_cases
from compliance.governance.outages.models import Outage, OutagePassphrase, Transcription
from compliance.governance.outages.use_cases import Taken
from compliance.identity.models import Person
from compliance.kernel.context import House
from tests.builders.identity import COMMAND, Acting, an_employer, someone


def a_holder(house: House, *, manager: Acting | None = None, role: str = "hub_coordinator") -> Acting:
    """Somebody of the hub, named to hold the passphrase."""
    who = someone(house, role)
    person_id = who[0].person_id
    assert person_id is not None
    with house.work(*(manager or someone(house, "hub_manager"))) as ctx:
        holding.name_holder(ctx, person_id)
    return who


def a_passphrase(house: House, *, manager: Acting | None = None) -> tuple[OutagePassphrase, list[Acting]]:
    """Two holders, and the first passphrase."""
    boss = manager or someone(house, "hub_manager")
    holders = [a_holder(house, manager=boss) for _ in range(2)]
    with house.work(*boss) as ctx:
        return holding.turn(ctx, number=0), holders


def an_outage(house: House, by: Acting | None = None, **said: Any) -> Outage:
    """The case system is down since now, unless told otherwise."""
    told: dict[str, Any] = {"what": "The supplier’s data centre is down."} | said
    with house.work(*(by or someone(house, "hub_coordinator"))) as ctx:
        return use_cases.declare(ctx, **told)


def taken(house: House, it: Outage, by: Acting | None = None, **said: Any) -> Transcription:
    """A referral was taken by hand, unless told otherwise."""
    told: dict[str, Any] = {"kind": "referral", "reference": "OFF-1", "area": "medway"} | said
    told.setdefault("organisation_id", None)
    told["organisation_id"] = told["organisation_id"] or an_employer(house)
    with house.work(*(by or someone(house, "hub_coordinator"))) as ctx:
        return use_cases.take(ctx, it.id, Taken(**told))


def back(house: House, it: Outage) -> Outage:
    """The case system is back."""
    with house.work(*someone(house, "hub_coordinator")) as ctx:
        return use_cases.end(ctx, it.id)


def again(house: House, it: Outage) -> Outage:
    """The outage as it is now."""
    with house.reading(COMMAND) as ctx:
        return ctx.session.get_one(Outage, it.id)


def person_of(house: House, who: Acting) -> Person:
    """The account of somebody."""
    with house.reading(COMMAND) as ctx:
        return ctx.session.get_one(Person, who[0].person_id)
