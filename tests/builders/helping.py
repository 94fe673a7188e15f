"""Requests for help, as they are asked and dealt with."""

from __future__ import annotations

from compliance.governance.support import use_cases
from compliance.governance.support.models import HelpRequest
from compliance.governance.support.rules import Matter
from compliance.kernel.context import House
from tests.builders.identity import COMMAND, Acting, someone


def a_request(house: House, by: Acting | None = None, **said: str) -> HelpRequest:
    """Somebody cannot sign in, unless told otherwise."""
    told = {"about": "signing_in", "words": "No code comes."} | said
    with house.work(*(by or someone(house, "delegate"))) as ctx:
        return use_cases.ask(ctx, **told)


def sorted_as(house: House, it: HelpRequest, matter: Matter = Matter.THIS_SERVICE) -> HelpRequest:
    """The hub says whose matter it is."""
    with house.work(*someone(house, "hub_coordinator")) as ctx:
        return use_cases.sort(ctx, it.id, matter=matter)


def ended(house: House, it: HelpRequest, by: Acting | None = None) -> HelpRequest:
    """It is over."""
    with house.work(*(by or someone(house, "hub_coordinator"))) as ctx:
        return use_cases.end(ctx, it.id, outcome="The clock of the phone was wrong.")


def a_contact(house: House) -> Acting:
    """A co-ordinator whom the manager named to pass requests on."""
    who = someone(house, "hub_coordinator")
    with house.work(*someone(house, "hub_manager")) as ctx:
        use_cases.name_contact(ctx, who.actor.person_id)  # type: ignore[arg-type]
    return who


def again(house: House, it: HelpRequest) -> HelpRequest:
    """The request as it is now."""
    with house.reading(COMMAND) as ctx:
        return ctx.session.get_one(HelpRequest, it.id)
