"""Licences that rest because of a breach: at once, whatever they rest for already, and until it is over (BRE-4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compliance.breaches import suspending
from compliance.breaches.errors import (
    HeldByIncident,
    IncidentOver,
    LicencesStillRest,
    NotTheirMatter,
    NotToSuspend,
    RestsForThis,
)
from compliance.breaches.models import Incident, IncidentSuspension
from compliance.breaches.rules import Status, Step
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, NotFound
from compliance.licences import use_cases as licences
from compliance.licences.errors import NotEligible
from compliance.licences.models import Licence
from compliance.licences.rules import EndReason, Suspension
from compliance.licences.rules import Status as LicenceStatus
from tests.builders.breaches import Cast, a_cast, as_it_is, brought_to, take, taken
from tests.builders.identity import Acting, every, logged, someone
from tests.builders.licences import (
    a_licence,
    a_request,
    a_session,
    acting,
    again,
    an_organisation,
    is_open,
    partner,
    seats,
)


def a_partner(house: House) -> Cast:
    seats(house)
    return a_cast(house, an_organisation(house))


def suspended(house: House, incident: Incident, licence: Licence, by: Acting) -> None:
    with house.work(*by) as ctx:
        suspending.suspend(ctx, incident.id, licence.id)


def stands(house: House, licence: Licence) -> tuple[str, str | None]:
    found = again(house, licence.id)
    return found.status, found.suspension


@pytest.mark.rule("BRE-4", "LIC-3", "IDN-6")
def test_a_licence_rests_at_once_and_is_let_go_only_as_the_breach_ends(house: House) -> None:
    cast = a_partner(house)
    licence = a_licence(house, cast.partner_id)
    session = a_session(house, licence.person_id)
    incident = brought_to(house, cast, Status.RAISED)
    suspended(house, incident, licence, cast.manager)
    assert stands(house, licence) == ("suspended", "investigation")
    assert not is_open(house, session)
    for who in (None, partner(cast.partner_id)):
        with pytest.raises((HeldByIncident, Forbidden)) as refused, acting(house, who) as ctx:
            licences.resume(ctx, licence.id)
        assert who or (refused.value.code, refused.value.rule) == ("licence-held-by-incident", "BRE-4")
    with pytest.raises(RestsForThis):
        suspended(house, incident, licence, cast.manager)
    with pytest.raises(LicencesStillRest):
        taken(house, incident, Step.RESOLVE, cast.coordinator)
    assert as_it_is(house, incident).status == "raised"
    taken(house, incident, Step.RESOLVE, cast.coordinator, lift=True)
    assert stands(house, licence) == ("active", None)
    [row] = every(house, IncidentSuspension)
    assert row.lifted_by == cast.coordinator.actor.id
    assert len(logged(house, "incident.licence_lifted")) == 1
    with pytest.raises(IncidentOver):
        suspended(house, incident, licence, cast.manager)


@pytest.mark.rule("BRE-4", "ROL-4")
def test_who_may_not_suspend_and_what_cannot_be(sqlite_house: House) -> None:
    house = sqlite_house
    cast = a_partner(house)
    incident = brought_to(house, cast, Status.RAISED)
    licence = a_licence(house, cast.partner_id)
    asked = a_licence(house, cast.partner_id, "bo@swale.gov.uk", status=LicenceStatus.APPROVED)
    for who in (cast.partner, cast.steering, cast.coordinator, someone(house, "ig_officer")):
        with pytest.raises((Forbidden, NotFound)):
            suspended(house, incident, licence, who)
    with pytest.raises(NotToSuspend):
        suspended(house, incident, asked, cast.manager)
    assert stands(house, licence) == ("active", None)
    assert every(house, IncidentSuspension) == []


@pytest.mark.rule("BRE-4", "LIC-13", "LIC-6")
def test_what_rests_already_rests_for_the_breach_from_then_on(sqlite_house: House) -> None:
    house = sqlite_house
    cast = a_partner(house)
    on_leave = a_licence(house, cast.partner_id, status=LicenceStatus.SUSPENDED)
    looked_into = a_licence(house, cast.partner_id, "bo@swale.gov.uk")
    with acting(house) as ctx:
        licences.suspend(ctx, looked_into.id, reason=Suspension.INVESTIGATION)
    incident, second = (brought_to(house, cast, Status.WITH_STEERING) for _ in range(2))
    for licence in (on_leave, looked_into):
        suspended(house, incident, licence, cast.manager)
        assert stands(house, licence) == ("suspended", "investigation")
    suspended(house, second, on_leave, cast.manager)
    taken(house, incident, Step.CLOSE, cast.steering, lift=True)
    assert stands(house, on_leave) == ("suspended", "investigation"), "the other breach holds it"
    assert stands(house, looked_into) == ("active", None)
    with pytest.raises(HeldByIncident), acting(house) as ctx:
        licences.resume(ctx, on_leave.id)
    taken(house, second, Step.CLOSE, cast.steering, lift=True)
    assert stands(house, on_leave) == ("active", None)


@pytest.mark.rule("BRE-4", "LIC-13")
def test_what_lacks_something_when_it_is_let_go_rests_on_for_that(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    cast = a_partner(house)
    licence = a_licence(house, cast.partner_id)
    incident = brought_to(house, cast, Status.WITH_STEERING)
    suspended(house, incident, licence, cast.manager)
    clock.move(timedelta(days=300))
    taken(house, incident, Step.CLOSE, someone(house, "steering_member"), lift=True)
    assert stands(house, licence) == ("suspended", "eligibility")
    with pytest.raises(NotEligible), acting(house) as ctx:
        licences.resume(ctx, licence.id)


@pytest.mark.rule("BRE-4", "ROL-3")
def test_a_licence_that_ended_holds_nothing_up_and_nobody_lets_their_own_go(sqlite_house: House) -> None:
    house = sqlite_house
    cast = a_partner(house)
    ended, own = a_licence(house, cast.partner_id), a_licence(house, cast.partner_id, "bo@swale.gov.uk")
    incident = brought_to(house, cast, Status.RAISED)
    suspended(house, incident, ended, cast.manager)
    suspended(house, incident, own, cast.manager)
    holder = partner(cast.partner_id, person_id=own.person_id)
    with pytest.raises(NotTheirMatter) as refused, acting(house, holder) as ctx:
        take(ctx, incident.id, Step.ANSWER)
    assert refused.value.rule == "ROL-3"
    with acting(house) as ctx:
        licences.deactivate(ctx, own.id, reason=EndReason.BREACH)
    with pytest.raises(LicencesStillRest):
        taken(house, incident, Step.RESOLVE, cast.coordinator)
    with acting(house) as ctx:
        licences.deactivate(ctx, ended.id, reason=EndReason.BREACH)
    taken(house, incident, Step.RESOLVE, cast.coordinator)
    assert stands(house, ended)[0] == "deactivated"


@pytest.mark.rule("BRE-4", "LIC-4")
def test_nobody_comes_round_it_by_another_licence(house: House) -> None:
    cast = a_partner(house)
    licence = a_licence(house, cast.partner_id)
    incident = brought_to(house, cast, Status.RAISED)
    suspended(house, incident, licence, cast.manager)

    with pytest.raises(HeldByIncident), acting(house) as ctx:
        licences.move(ctx, licence.id, organisation_id=cast.partner_id, areas=["medway"], reason="Another role")
    with acting(house) as ctx:
        licences.deactivate(ctx, licence.id, reason=EndReason.LEAVER)
    again_asked = a_request(house, cast.partner_id, licence.person.email)
    with pytest.raises(HeldByIncident), acting(house) as ctx:
        licences.approve(ctx, again_asked.id)

    assert again(house, licence.id).status == "deactivated"
    assert again(house, again_asked.id).status == "requested"
