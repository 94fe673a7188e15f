"""Movers: a new organisation or role is a new licence, and the old one ends as it begins (LIC-4)."""

from __future__ import annotations

import pytest

from compliance.kernel.context import House
from compliance.kernel.errors import NotFound
from compliance.licences import use_cases
from compliance.licences.errors import (
    NoSuchStep,
    NotAnOfficialAddress,
    OrganisationOutside,
    SameLicence,
)
from compliance.licences.rules import EndReason, Status, Suspension
from tests.builders.licences import (
    a_licence,
    a_person,
    a_request,
    acting,
    again,
    an_organisation,
    hub,
    partner,
    seats,
    withdraw,
)


@pytest.mark.rule("LIC-4")
def test_a_new_role_in_the_same_organisation_ends_the_old_licence_at_once(house: House) -> None:
    seats(house)
    organisation = an_organisation(house)
    old = a_licence(house, organisation, areas=["mid-kent"])

    with acting(house, partner(organisation)) as ctx:
        new = use_cases.move(ctx, old.id, organisation_id=organisation, areas=["medway"], reason="New team")

    ended = again(house, old.id)
    assert (ended.status, ended.end_reason) == (Status.DEACTIVATED, EndReason.MOVER)
    assert (new.status, new.replaces_id, new.person_id) == (Status.REQUESTED, old.id, old.person_id)


@pytest.mark.rule("LIC-4")
def test_between_organisations_the_old_licence_ends_as_the_new_one_becomes_active(sqlite_house: House) -> None:
    seats(sqlite_house)
    ours, theirs = an_organisation(sqlite_house), an_organisation(sqlite_house, "medway")
    old = a_licence(sqlite_house, ours)
    a_person(sqlite_house, theirs, "alex@medway.gov.uk")

    with acting(sqlite_house, hub("hub_coordinator")) as ctx:
        new = use_cases.move(
            ctx, old.id, organisation_id=theirs, areas=["medway"], reason="Moves", email="alex@medway.gov.uk"
        )
    assert again(sqlite_house, old.id).status == Status.ACTIVE
    with acting(sqlite_house) as ctx:
        use_cases.approve(ctx, new.id)

    assert again(sqlite_house, new.id).status == Status.ACTIVE
    assert again(sqlite_house, old.id).end_reason == EndReason.MOVER


@pytest.mark.rule("LIC-4", "LIC-2")
def test_whoever_moves_needs_an_official_address_there(sqlite_house: House) -> None:
    seats(sqlite_house)
    ours, theirs = an_organisation(sqlite_house), an_organisation(sqlite_house, "medway")
    old = a_licence(sqlite_house, ours)

    with pytest.raises(NotAnOfficialAddress), acting(sqlite_house) as ctx:
        use_cases.move(ctx, old.id, organisation_id=theirs, areas=["medway"], reason="Moves")


@pytest.mark.rule("LIC-4", "ROL-4")
def test_a_delegate_moves_nobody_out_of_or_into_another_organisation(sqlite_house: House) -> None:
    seats(sqlite_house)
    ours, theirs = an_organisation(sqlite_house), an_organisation(sqlite_house, "medway")
    mine, other = a_licence(sqlite_house, ours), a_licence(sqlite_house, theirs, "kim@medway.gov.uk")

    for licence, to in ((mine, theirs), (other, ours), (other, theirs)):
        with pytest.raises(NotFound), acting(sqlite_house, partner(ours)) as ctx:
            use_cases.move(ctx, licence.id, organisation_id=to, areas=["medway"], reason="Moves")


@pytest.mark.rule("LIC-4")
def test_a_move_to_the_same_place_is_none_and_an_ended_licence_does_not_move(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    live = a_licence(sqlite_house, organisation)
    over = a_licence(sqlite_house, organisation, "kim@swale.gov.uk", status=Status.DEACTIVATED)

    for licence, refusal in ((live, SameLicence), (over, NoSuchStep)):
        with pytest.raises(refusal), acting(sqlite_house, partner(organisation)) as ctx:
            use_cases.move(ctx, licence.id, organisation_id=organisation, areas=["mid-kent"], reason="Moves")


@pytest.mark.rule("LIC-4", "LIC-13")
def test_a_move_does_not_wake_a_licence_that_rests(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    licence = a_licence(sqlite_house, organisation)
    with acting(sqlite_house) as ctx:
        use_cases.suspend(ctx, licence.id, reason=Suspension.INVESTIGATION)

    with acting(sqlite_house, partner(organisation)) as ctx:
        new = use_cases.move(ctx, licence.id, organisation_id=organisation, areas=["medway"], reason="Moves")

    assert new.status == Status.REQUESTED


@pytest.mark.rule("SIG-6", "SIG-9")
def test_nobody_is_asked_for_by_an_organisation_that_has_withdrawn(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house)
    withdraw(sqlite_house, organisation)

    with pytest.raises(OrganisationOutside):
        a_request(sqlite_house, organisation)
