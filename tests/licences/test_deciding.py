"""The hub evaluates: nobody for themselves, nothing missing, never more than the contract has seats."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from compliance.identity.errors import FreshCodeNeeded
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Conflict, Forbidden, NotFound
from compliance.licences import queries, use_cases
from compliance.licences.errors import (
    LicenceOver,
    NoSeat,
    NoSeatToPass,
    NoSuchStep,
    NotEligible,
    OrganisationOutside,
    OwnLicence,
)
from compliance.licences.rules import EndReason, Kind, Status, Suspension
from tests.builders import identity
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


@pytest.mark.rule("LIC-3", "IDN-8")
def test_whoever_has_no_password_yet_gets_a_link_and_waits_as_approved(house: House) -> None:
    seats(house)
    organisation = an_organisation(house)
    a_person(house, organisation, ready=False)
    licence = a_request(house, organisation)

    with acting(house) as ctx:
        approved = use_cases.approve(ctx, licence.id)

    assert approved.link_sent_to == licence.person.email
    assert identity.a_mailed_link(house, licence.person_id)
    assert again(house, licence.id).status == Status.APPROVED
    assert len(identity.logged(house, "licence.approved")) == 1


@pytest.mark.rule("LIC-3")
def test_whoever_can_sign_in_already_is_active_at_once(house: House) -> None:
    seats(house)
    organisation = an_organisation(house)
    a_person(house, organisation)
    licence = a_request(house, organisation)

    with acting(house) as ctx:
        assert use_cases.approve(ctx, licence.id).link_sent_to is None

    assert again(house, licence.id).status == Status.ACTIVE
    assert again(house, licence.id).activated_at == house.clock.now()


@pytest.mark.rule("LIC-1")
def test_an_incomplete_checklist_is_refused_with_every_missing_item(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house, signs=["isa"], contacts=["primary", "delegate"])
    a_person(sqlite_house, organisation, vetted=False)
    licence = a_request(sqlite_house, organisation)

    with pytest.raises(NotEligible) as refused, acting(sqlite_house) as ctx:
        use_cases.approve(ctx, licence.id)

    assert {error.pointer for error in refused.value.fields} == {
        "/checklist/op", "/checklist/contact.escalation", "/checklist/vetting",
    }  # fmt: skip
    assert again(sqlite_house, licence.id).status == Status.REQUESTED


@pytest.mark.rule("ROL-3")
def test_nobody_decides_on_a_licence_for_themselves(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    person = a_person(sqlite_house, organisation)
    licence = a_request(sqlite_house, organisation)
    themselves = hub(person_id=person)

    with pytest.raises(OwnLicence), acting(sqlite_house, themselves) as ctx:
        use_cases.approve(ctx, licence.id)
    with pytest.raises(OwnLicence), acting(sqlite_house, themselves) as ctx:
        use_cases.refuse(ctx, licence.id, reason="No")

    assert again(sqlite_house, licence.id).status == Status.REQUESTED


@pytest.mark.rule("ROL-3")
def test_nobody_approves_what_they_asked_for(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    a_person(sqlite_house, organisation)
    manager = hub()
    licence = a_request(sqlite_house, organisation, by=manager)

    with pytest.raises(OwnLicence), acting(sqlite_house, manager) as ctx:
        use_cases.approve(ctx, licence.id)
    with acting(sqlite_house, hub()) as ctx:
        use_cases.approve(ctx, licence.id)

    assert again(sqlite_house, licence.id).status == Status.ACTIVE


@pytest.mark.rule("ROL-3", "LIC-9")
def test_nobody_passes_a_seat_to_themselves_or_to_what_they_asked_for(sqlite_house: House) -> None:
    seats(sqlite_house, standing=1)
    organisation = an_organisation(sqlite_house)
    holder = a_licence(sqlite_house, organisation, "kim@swale.gov.uk")
    person = a_person(sqlite_house, organisation)
    manager = hub()
    wanted = a_request(sqlite_house, organisation, by=manager)

    for decider in (hub(person_id=person), manager):
        with pytest.raises(OwnLicence), acting(sqlite_house, decider) as ctx:
            use_cases.reallocate(ctx, holder.id, wanted.id)

    assert again(sqlite_house, holder.id).status == Status.ACTIVE


@pytest.mark.rule("IDN-6")
def test_approving_asks_for_a_fresh_code(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    holder = a_licence(sqlite_house, organisation, "kim@swale.gov.uk")
    a_person(sqlite_house, organisation)
    licence = a_request(sqlite_house, organisation)

    with pytest.raises(FreshCodeNeeded), sqlite_house.work(hub()) as ctx:
        use_cases.approve(ctx, licence.id)
    with pytest.raises(FreshCodeNeeded), sqlite_house.work(hub()) as ctx:
        use_cases.reallocate(ctx, holder.id, licence.id)


@pytest.mark.rule("ROL-1", "ROL-4")
def test_a_delegate_approves_nothing_and_of_others_learns_nothing(sqlite_house: House) -> None:
    ours, theirs = an_organisation(sqlite_house), an_organisation(sqlite_house, "medway")
    mine, other = a_request(sqlite_house, ours), a_request(sqlite_house, theirs, "kim@medway.gov.uk")

    for licence_id, refusal in ((mine.id, Forbidden), (other.id, NotFound), (uuid4(), NotFound)):
        with pytest.raises(refusal), acting(sqlite_house, partner(ours)) as ctx:
            use_cases.approve(ctx, licence_id)
        with pytest.raises(refusal), acting(sqlite_house, partner(ours)) as ctx:
            use_cases.refuse(ctx, licence_id, reason="No")
        with pytest.raises(refusal), acting(sqlite_house, partner(ours)) as ctx:
            use_cases.suspend(ctx, licence_id, reason=Suspension.LEAVE)


@pytest.mark.rule("LIC-3")
def test_a_refusal_keeps_who_when_and_why(sqlite_house: House) -> None:
    licence = a_request(sqlite_house, an_organisation(sqlite_house))
    manager = hub()

    with acting(sqlite_house, manager) as ctx:
        use_cases.refuse(ctx, licence.id, reason="The role does not need it.")

    found = again(sqlite_house, licence.id)
    assert (found.status, found.refusal, found.decided_by) == (
        Status.REFUSED, "The role does not need it.", manager.id,
    )  # fmt: skip
    assert found.decided_at == sqlite_house.clock.now()


@pytest.mark.rule("LIC-5")
def test_the_eleventh_seat_of_ten_is_not_given(sqlite_house: House) -> None:
    seats(sqlite_house, standing=10)
    organisation = an_organisation(sqlite_house)
    for number in range(10):
        a_licence(sqlite_house, organisation, f"p{number}@swale.gov.uk")

    with pytest.raises(NoSeat):
        a_licence(sqlite_house, organisation, "late@swale.gov.uk")

    assert _free(sqlite_house) == 0


@pytest.mark.rule("LIC-5")
@pytest.mark.parametrize("status", [Status.APPROVED, Status.ACTIVE, Status.SUSPENDED])
def test_a_seat_is_kept_from_approval_until_the_end(sqlite_house: House, status: Status) -> None:
    seats(sqlite_house, standing=1)
    organisation = an_organisation(sqlite_house)
    licence = a_licence(sqlite_house, organisation, status=status)
    a_person(sqlite_house, organisation, "kim@swale.gov.uk")
    next_one = a_request(sqlite_house, organisation, "kim@swale.gov.uk")

    with pytest.raises(NoSeat), acting(sqlite_house) as ctx:
        use_cases.approve(ctx, next_one.id)
    with acting(sqlite_house) as ctx:
        use_cases.deactivate(ctx, licence.id, reason=EndReason.LEAVER)
    with acting(sqlite_house) as ctx:
        use_cases.approve(ctx, next_one.id)

    assert again(sqlite_house, next_one.id).status == Status.ACTIVE


@pytest.mark.rule("LIC-5")
def test_each_kind_has_seats_of_its_own_and_no_contract_means_no_seat(sqlite_house: House) -> None:
    seats(sqlite_house, standing=0, by_invite=1)
    organisation = an_organisation(sqlite_house)

    a_licence(sqlite_house, organisation, "kim@swale.gov.uk", kind=Kind.BY_INVITE)
    with pytest.raises(NoSeat):
        a_licence(sqlite_house, organisation)

    with sqlite_house.reading(hub()) as ctx:
        shown = {row.kind: (row.seats, row.active, row.kept, row.free) for row in queries.seats(ctx)}
    assert shown == {Kind.STANDING: (0, 0, 0, 0), Kind.BY_INVITE: (1, 1, 0, 0)}


@pytest.mark.rule("LIC-5")
def test_a_smaller_contract_ends_nobody_and_gives_nobody_more(sqlite_house: House) -> None:
    seats(sqlite_house, standing=3)
    organisation = an_organisation(sqlite_house)
    held = [a_licence(sqlite_house, organisation, f"p{number}@swale.gov.uk") for number in range(2)]

    seats(sqlite_house, standing=1)

    assert [again(sqlite_house, one.id).status for one in held] == [Status.ACTIVE, Status.ACTIVE]
    assert _free(sqlite_house) == 0
    with pytest.raises(NoSeat):
        a_licence(sqlite_house, organisation, "late@swale.gov.uk")


@pytest.mark.rule("LIC-5")
def test_the_supervisor_does_not_set_the_seats_of_the_contract(sqlite_house: House) -> None:
    with pytest.raises(Forbidden), acting(sqlite_house, hub("hub_supervisor")) as ctx:
        use_cases.set_seats(ctx, Kind.STANDING, 1000)


@pytest.mark.rule("LIC-9")
def test_a_seat_passes_though_the_contract_is_full(house: House) -> None:
    seats(house, standing=1)
    ours, theirs = an_organisation(house), an_organisation(house, "medway")
    holder = a_licence(house, ours)
    a_person(house, theirs, "kim@medway.gov.uk")
    wanted = a_request(house, theirs, "kim@medway.gov.uk")

    with acting(house) as ctx:
        use_cases.reallocate(ctx, holder.id, wanted.id)

    ended = again(house, holder.id)
    assert (ended.status, ended.end_reason) == (Status.DEACTIVATED, EndReason.REALLOCATED)
    assert again(house, wanted.id).status == Status.ACTIVE
    assert len(identity.logged(house, "licence.reallocated")) == 1


@pytest.mark.rule("LIC-9", "LIC-1")
def test_a_seat_that_cannot_pass_stays_where_it_is(sqlite_house: House) -> None:
    seats(sqlite_house, standing=1, by_invite=1)
    ours = an_organisation(sqlite_house)
    holder = a_licence(sqlite_house, ours)
    a_person(sqlite_house, ours, "kim@swale.gov.uk", vetted=False)
    unready = a_request(sqlite_house, ours, "kim@swale.gov.uk")
    a_person(sqlite_house, ours, "guest@swale.gov.uk")
    guest = a_request(sqlite_house, ours, "guest@swale.gov.uk", kind=Kind.BY_INVITE)

    for giving, taking, refusal in (
        (holder.id, unready.id, NotEligible),
        (holder.id, guest.id, NoSeatToPass),
        (holder.id, holder.id, NoSeatToPass),
        (unready.id, guest.id, NoSeatToPass),
        (guest.id, unready.id, NoSeatToPass),
    ):
        with pytest.raises(refusal), acting(sqlite_house) as ctx:
            use_cases.reallocate(ctx, giving, taking)

    assert again(sqlite_house, holder.id).status == Status.ACTIVE


@pytest.mark.rule("LIC-9")
@pytest.mark.parametrize("status", [Status.REFUSED, Status.ACTIVE, Status.DEACTIVATED])
def test_a_seat_passes_to_a_request_and_to_nothing_else(sqlite_house: House, status: Status) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    holder = a_licence(sqlite_house, organisation)
    other = a_licence(sqlite_house, organisation, "kim@swale.gov.uk", status=status)

    with pytest.raises(NoSuchStep), acting(sqlite_house) as ctx:
        use_cases.reallocate(ctx, holder.id, other.id)

    assert again(sqlite_house, holder.id).status == Status.ACTIVE


@pytest.mark.rule("LIC-7")
def test_a_request_past_its_last_day_is_not_approved(sqlite_house: House, clock: FixedClock) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    a_person(sqlite_house, organisation)
    licence = a_request(sqlite_house, organisation, kind=Kind.BY_INVITE)

    clock.move(timedelta(days=41))

    with pytest.raises(LicenceOver), acting(sqlite_house) as ctx:
        use_cases.approve(ctx, licence.id)


@pytest.mark.rule("SIG-6", "LIC-3")
def test_a_withdrawal_closes_requests_so_that_none_is_approved_after_it(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    a_person(sqlite_house, organisation)
    licence = a_request(sqlite_house, organisation)

    withdraw(sqlite_house, organisation)

    with pytest.raises(Conflict) as refused, acting(sqlite_house) as ctx:
        use_cases.approve(ctx, licence.id)
    assert isinstance(refused.value, (NoSuchStep, OrganisationOutside))


def _free(house: House) -> int:
    with house.reading(hub()) as ctx:
        return next(row.free for row in queries.seats(ctx) if row.kind == Kind.STANDING)
