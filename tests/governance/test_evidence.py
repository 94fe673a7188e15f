"""The evidence on one organisation: every register, as at one instant, for those who may see it (SIG-14)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from audit.models import AuditEntry
from compliance.breaches.models import Incident
from compliance.complaints.models import Complaint
from compliance.governance import use_cases
from compliance.governance.packs import Pack
from compliance.identity.errors import FreshCodeNeeded
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.licences import use_cases as licences
from compliance.licences.models import Licence
from compliance.licences.rules import Status, Suspension
from tests.builders.governance import KEPT, an_active_partner, part, seen
from tests.builders.identity import someone
from tests.builders.licences import acting, an_organisation, rows_made, withdraw
from tests.builders.own import a_closed_incident, a_resolved_complaint
from tests.builders.signatories import COMMAND

DAY = timedelta(days=1)


@pytest.fixture
def swale(sqlite_house: House) -> UUID:
    return an_active_partner(sqlite_house)


def states(pack: Pack) -> list[str]:
    return sorted(row[2] for row in part(pack, "licences").rows)


@pytest.mark.rule("SIG-14")
def test_every_register_is_in_it_and_what_the_reader_may_not_know_of_is_said(sqlite_house: House, swale: UUID) -> None:
    pack = seen(sqlite_house, swale)

    assert tuple(each.heading for each in pack.parts) == KEPT
    assert [row[1] for row in part(pack, "standing").rows] == ["Signed", "Signed"]
    assert [row[1] for row in part(pack, "policies").rows] == ["Current", "Current"]
    assert len(part(pack, "contacts").rows) == 3
    assert states(pack) == ["Active", "Suspended"]
    assert all("valid until 31 January 2028" in row[-1] for row in part(pack, "qualified").rows)
    assert (part(pack, "breaches").rows, part(pack, "breaches").shown) == ([], True)
    assert (part(pack, "complaints").count, part(pack, "complaints").rows) == ("Not shown", ())
    assert part(seen(sqlite_house, swale, by=someone(sqlite_house, "hub_coordinator")), "complaints").count == "0"


@pytest.mark.rule("SIG-14", "BRE-2", "COM-7")
def test_breaches_and_complaints_stand_in_it_as_they_stood_for_those_who_may_know_of_them(
    house: House, clock: FixedClock
) -> None:
    a_resolved_complaint(house)
    a_closed_incident(house)
    then = clock.now()
    clock.move(DAY)
    with house.work(COMMAND) as ctx:
        complaint, incident = ctx.session.query(Complaint).one(), ctx.session.query(Incident).one()
        incident.organisation_id = organisation = complaint.about_organisation_id
        incident.ended_at = complaint.ended_at = ctx.now()
        rows_made(ctx, incident, complaint)
    hub = someone(house, "hub_coordinator")

    now = seen(house, organisation, by=hub)
    assert [row[0] for row in part(now, "breaches").rows] == [f"BR-{incident.year}-{incident.number}"]
    assert part(now, "breaches").rows[0][3] == "Closed"
    [said] = part(now, "complaints").rows
    assert (said[0], said[1], said[5]) == (
        f"{complaint.year}-{complaint.number}",
        "Made about this organisation",
        "Resolved",
    )
    before = seen(house, organisation, then, by=hub)
    assert [(row[3], row[4]) for row in part(before, "breaches").rows] == [("Reported", "")]
    assert [(row[4], row[5], row[6]) for row in part(before, "complaints").rows] == [("1", "Open", "")]
    officer = seen(house, organisation)
    assert (part(officer, "complaints").count, part(officer, "breaches").count) == ("Not shown", "1")


@pytest.mark.rule("SIG-14", "SIG-1")
def test_as_at_an_instant_it_says_what_was_so_then_whatever_happened_since(
    sqlite_house: House, swale: UUID, clock: FixedClock
) -> None:
    then = clock.now()
    clock.move(DAY)
    between = clock.now()
    with sqlite_house.reading(COMMAND) as ctx:
        active = ctx.session.scalars(select(Licence).where(Licence.status == Status.ACTIVE)).unique().one().id
    clock.move(DAY)
    with acting(sqlite_house) as ctx:
        licences.suspend(ctx, active, reason=Suspension.LEAVE)
    rested = clock.now()
    clock.move(DAY)
    with acting(sqlite_house) as ctx:
        licences.resume(ctx, active)
    clock.move(DAY)
    before = seen(sqlite_house, swale, between)
    withdraw(sqlite_house, swale)
    clock.move(DAY)

    after = seen(sqlite_house, swale, between)

    assert [each.rows for each in after.parts] == [each.rows for each in before.parts]
    assert states(seen(sqlite_house, swale, rested)) == ["Suspended", "Suspended"]
    assert states(seen(sqlite_house, swale, then)) == ["Active", "Suspended"]
    assert states(seen(sqlite_house, swale)) == ["Ended", "Ended"]
    assert [row[1] for row in part(seen(sqlite_house, swale), "standing").rows] == ["Withdrawn", "Withdrawn"]
    with pytest.raises(Invalid):
        seen(sqlite_house, swale, datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(Invalid):
        seen(sqlite_house, swale, clock.now() + DAY)


@pytest.mark.rule("SIG-14", "ROL-4", "AUD-1")
def test_its_own_people_the_hub_and_information_governance_see_it_and_for_others_there_is_none(
    sqlite_house: House, swale: UUID
) -> None:
    thanet = an_organisation(sqlite_house, "thanet")

    for role in ("authorised_signatory", "delegate", "escalation_contact"):
        assert seen(sqlite_house, swale, by=someone(sqlite_house, role, organisation_id=swale))
        with pytest.raises(NotFound):
            seen(sqlite_house, swale, by=someone(sqlite_house, role, organisation_id=thanet))
    with pytest.raises(Forbidden):
        seen(sqlite_house, swale, by=someone(sqlite_house, "steering_member"))
    with sqlite_house.reading(COMMAND) as ctx:
        told = ctx.session.scalars(select(AuditEntry).where(AuditEntry.event == "evidence.viewed")).all()
    assert [entry.subject_id for entry in told] == [str(swale)] * 3


@pytest.mark.rule("SIG-14", "IDN-6")
def test_to_take_it_away_asks_for_a_fresh_code_and_is_recorded(sqlite_house: House, swale: UUID) -> None:
    actor, origin = someone(sqlite_house, "hub_coordinator")
    with pytest.raises(FreshCodeNeeded), sqlite_house.work(actor) as ctx:
        use_cases.export_evidence(ctx, swale, "pdf")
    with sqlite_house.work(actor, origin) as ctx:
        use_cases.export_evidence(ctx, swale, "pdf")
    with pytest.raises(Invalid), sqlite_house.work(actor, origin) as ctx:
        use_cases.export_evidence(ctx, swale, "docx")

    with sqlite_house.reading(COMMAND) as ctx:
        entry = ctx.session.scalars(select(AuditEntry).where(AuditEntry.event == "evidence.exported")).one()
    assert '"form":"pdf"' in entry.detail
