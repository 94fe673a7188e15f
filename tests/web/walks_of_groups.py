"""The walks through what the groups see, and through the day on which the case system is down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from sqlalchemy import select

from compliance.governance.outages import holding as outage_holding
from compliance.governance.outages.models import OutagePack
from compliance.governance.support import use_cases as support
from compliance.governance.support.rules import Matter
from compliance.kernel.context import operator
from compliance.licences.models import Licence
from signatories.welcome import use_cases as welcoming
from tests.builders import helping, outage_days, outages
from tests.builders.facts import absent
from tests.builders.identity import an_employer, at_work, every, someone
from tests.builders.reports import an_issued_report
from tests.web.conftest import Comes
from tests.web.walking import Walk


def accountability(walk: Walk, comes: Comes, organisation_id: UUID) -> None:
    """How partners take their part, as a group and as one of them see it (GOV-2)."""
    for number in range(9):
        absent(walk.house, an_employer(walk.house, f"Partner {number}"))
    absent(walk.house, organisation_id)
    absent(walk.house, organisation_id, area="medway")
    here = "/accountability"
    walk.open(
        "a member of the steering group, of accountability", comes("steering_member"),
        here, f"{here}?search=a&which=persistent&area=medway&sort=-attendance", f"{here}/export.csv",
        f"{here}/{organisation_id}",
    )  # fmt: skip
    contact = comes("escalation_contact", organisation_id=organisation_id)
    walk.open("a member of the executive group, of growth", comes("executive_chair"), "/growth", "/growth/export.csv")
    walk.open("a contact, of accountability", contact, here, f"{here}/{organisation_id}")


def what_was_issued(walk: Walk, comes: Comes, organisation_id: UUID) -> None:
    """What was issued, and what would be, as the manager and as a group see it (GOV-1, GOV-4)."""
    it = an_issued_report(walk.house)
    walk.open(
        "a manager, of reports", comes("hub_manager"),
        "/reports", "/reports?kind=steering_pack&sort=period", "/reports/export.csv", f"/reports/{it.id}",
        f"/reports/{it.id}/file.pdf", f"/reports/{it.id}/file.json", f"/reports/{it.id}/since",
        "/reports/now", "/reports/now?kind=steering_pack&period=2026Q4", "/reports/now/steering_pack/2026Q4.json",
    )  # fmt: skip


def what_is_learnt(walk: Walk, comes: Comes, organisation_id: UUID) -> None:
    """Who has learnt what, and who was given a welcome pack, as the hub and as a delegate see it (GOV-7)."""
    with walk.house.reading(operator("walk")) as ctx:
        person = ctx.session.scalars(
            select(Licence.person_id).where(Licence.organisation_id == organisation_id)
        ).first()
    one = (f"/training/{person}",) if person else ()
    with walk.house.work(*someone(walk.house, "hub_coordinator")) as ctx:
        welcoming.give(ctx, organisation_id, given_on=date(2026, 11, 2), items=["protocol"])
    hub = comes("hub_coordinator")
    walk.open(
        "a co-ordinator, of training",
        hub,
        "/training",
        "/training?which=due&search=a",
        "/training/export.csv",
        "/training/list",
        "/training/list/template.xlsx",
        *one,
    )
    walk.open(
        "a co-ordinator, of packs", hub, "/welcome", "/welcome?which=without&search=a", "/welcome/export.csv",
        f"/welcome/{organisation_id}",
    )  # fmt: skip
    walk.open(
        "a delegate, of training",
        comes("delegate", organisation_id=organisation_id),
        "/training",
        "/welcome",
        f"/welcome/{organisation_id}/receipt",
        *one,
    )


def outages_of_the_case_system(walk: Walk, comes: Comes, organisation_id: UUID) -> None:
    """An outage with much taken by hand, and what opens the packs, as the hub sees them (GOV-3)."""
    house = walk.house
    manager, holder = comes("hub_manager"), comes("hub_coordinator")
    boss = someone(house, "hub_manager")
    with house.work(*boss) as ctx:
        outage_holding.name_holder(ctx, holder.account.person.id)  # type: ignore[union-attr]
    outage_days.a_passphrase(house, manager=boss)
    outages.a_kept_pack(house)
    [pack] = [each.id for each in every(house, OutagePack)]
    it = outage_days.an_outage(house)
    lines = [
        outage_days.taken(house, it, reference=f"OFF-{number}", organisation_id=organisation_id) for number in range(9)
    ]
    here = f"/outages/{it.id}"
    walk.open(
        "a co-ordinator, of outages", holder,
        "/", "/outages", "/outages/new", here, f"{here}/expected", f"{here}/taken", f"{here}/taken/{lines[0].id}/left-out",
        f"/outages/packs/{pack}.age", "/outages/passphrase",
    )  # fmt: skip
    walk.open("a manager, of outages", manager, "/outages", "/outages/passphrase/turn", "/outages/holders/new")


def requests_for_help(walk: Walk, comes: Comes, organisation_id: UUID) -> None:
    """Requests in every state, as who asked and as a support contact see them (GOV-6)."""
    house = walk.house
    mine = comes("delegate", organisation_id=organisation_id)
    for _ in range(9):
        it = helping.a_request(house, at_work(house, mine.account.person))  # type: ignore[union-attr]
    suppliers = helping.sorted_as(house, helping.a_request(house), Matter.SUPPLIER)
    helping.ended(house, helping.sorted_as(house, helping.a_request(house)))
    walk.open(
        "whoever asked for help",
        mine,
        "/",
        "/help",
        "/help?which=all&search=a&sort=-asked",
        "/help/new",
        f"/help/{it.id}",
    )
    contact = comes("hub_coordinator")
    with house.work(*someone(house, "hub_manager")) as ctx:
        support.name_contact(ctx, contact.account.person.id)  # type: ignore[union-attr]
    walk.open(
        "a support contact", contact,
        "/", "/help", "/help/export.csv", "/help/call", f"/help/{it.id}/matter", "/help/contacts",
        *(f"/help/{suppliers.id}{step}" for step in ("", "/supplier", "/end")),
    )  # fmt: skip
    walk.open("a manager, of help", comes("hub_manager"), "/help/contacts/new")


ROOMS: tuple[Callable[[Walk, Comes, UUID], None], ...] = (
    accountability,
    what_was_issued,
    what_is_learnt,
    outages_of_the_case_system,
    requests_for_help,
)
"""Each is given the walk, whoever comes, and an organisation to be about."""
