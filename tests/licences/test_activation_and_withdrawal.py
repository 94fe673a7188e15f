"""What begins when somebody can sign in, and what ends when their organisation leaves (LIC-3, SIG-6)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from compliance.identity import use_cases as identity_use_cases
from compliance.identity.errors import InvitationOver
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, House
from compliance.licences import distribution, queries, use_cases
from compliance.licences.models import CaseInvitation
from compliance.licences.rules import EndReason, Kind, Status, Suspension
from signatories.models import Withdrawal
from tests.builders import identity
from tests.builders.licences import a_licence, a_person, a_request, acting, again, an_organisation, hub, seats, withdraw
from tests.licences.test_keeping import a_session, is_open


def accepts(house: House, token: str | None) -> None:
    """The holder follows their link, sets a password and enrols an app."""
    with house.work(NOBODY) as ctx:
        opened = identity_use_cases.accept_invitation(ctx, token, password=identity.PASSWORD)
    identity.enrolled(house, opened)


@pytest.mark.rule("LIC-3", "LIC-4")
def test_an_approved_licence_is_active_once_its_holder_has_password_and_app(house: House) -> None:
    seats(house)
    organisation = an_organisation(house)
    a_person(house, organisation, ready=False)
    licence = a_request(house, organisation)
    with acting(house) as ctx:
        use_cases.approve(ctx, licence.id)
    token = identity.a_mailed_link(house, licence.person_id)

    with house.work(NOBODY) as ctx:
        opened = identity_use_cases.accept_invitation(ctx, token, password=identity.PASSWORD)
    assert again(house, licence.id).status == Status.APPROVED
    identity.enrolled(house, opened)

    assert again(house, licence.id).status == Status.ACTIVE
    assert [entry.event for entry in identity.logged(house, "licence.activated")] == ["licence.activated"]


@pytest.mark.rule("LIC-4")
def test_the_old_licence_ends_only_when_the_new_holder_has_enrolled(sqlite_house: House) -> None:
    seats(sqlite_house)
    ours, theirs = an_organisation(sqlite_house), an_organisation(sqlite_house, "medway")
    old = a_licence(sqlite_house, ours)
    a_person(sqlite_house, theirs, "alex@medway.gov.uk", ready=False)
    with acting(sqlite_house, hub("hub_coordinator")) as ctx:
        new = use_cases.move(
            ctx, old.id, organisation_id=theirs, areas=["medway"], reason="Moves", email="alex@medway.gov.uk"
        )
    with acting(sqlite_house) as ctx:
        use_cases.approve(ctx, new.id)
    token = identity.a_mailed_link(sqlite_house, new.person_id)

    assert again(sqlite_house, old.id).status == Status.ACTIVE
    accepts(sqlite_house, token)

    assert again(sqlite_house, new.id).status == Status.ACTIVE
    assert again(sqlite_house, old.id).end_reason == EndReason.MOVER


@pytest.mark.rule("LIC-13", "LIC-3")
def test_a_licence_whose_ground_lapsed_before_enrolment_begins_at_rest(sqlite_house: House, clock: FixedClock) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    person = a_person(sqlite_house, organisation, ready=False)
    licence = a_request(sqlite_house, organisation)
    with acting(sqlite_house) as ctx:
        use_cases.approve(ctx, licence.id)
    token = identity.a_mailed_link(sqlite_house, licence.person_id)
    with acting(sqlite_house) as ctx:
        use_cases.record_vetting(ctx, person, level="NPPV 2", holds_until=date(2026, 11, 20))

    accepts(sqlite_house, token)

    found = again(sqlite_house, licence.id)
    assert (found.status, found.suspension) == (Status.SUSPENDED, Suspension.ELIGIBILITY)


@pytest.mark.rule("LIC-7")
def test_a_by_invite_licence_past_its_last_day_does_not_begin(sqlite_house: House, clock: FixedClock) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    a_person(sqlite_house, organisation, ready=False)
    licence = a_request(sqlite_house, organisation, kind=Kind.BY_INVITE, ends_on=date(2026, 11, 22))
    with acting(sqlite_house) as ctx:
        use_cases.approve(ctx, licence.id)
    token = identity.a_mailed_link(sqlite_house, licence.person_id)

    clock.move(timedelta(days=2))
    accepts(sqlite_house, token)

    assert again(sqlite_house, licence.id).status == Status.APPROVED


@pytest.mark.rule("SIG-6", "SIG-8", "IDN-6")
def test_a_withdrawal_ends_everything_the_organisation_held(house: House) -> None:
    seats(house)
    organisation = an_organisation(house)
    states = (Status.REQUESTED, Status.APPROVED, Status.ACTIVE, Status.SUSPENDED)
    held = [a_licence(house, organisation, f"{status}@swale.gov.uk", status=status) for status in states]
    refused = a_licence(house, organisation, "no@swale.gov.uk", status=Status.REFUSED)
    elsewhere = a_licence(house, an_organisation(house, "medway"), "kim@medway.gov.uk")
    session, other_session = a_session(house, held[2].person_id), a_session(house, elsewhere.person_id)
    with acting(house, hub("hub_coordinator")) as ctx:
        invitation = use_cases.invite_to_case(ctx, reference="C-9", person_id=held[2].person_id, closed=True)

    withdrawal = withdraw(house, organisation)

    ended = [again(house, licence.id) for licence in held]
    assert {(one.status, one.end_reason) for one in ended} == {(Status.DEACTIVATED, EndReason.WITHDRAWN)}
    assert again(house, refused.id).status == Status.REFUSED
    assert again(house, elsewhere.id).status == Status.ACTIVE
    assert not is_open(house, session)
    assert is_open(house, other_session)
    with house.reading(hub()) as ctx:
        assert ctx.session.get_one(CaseInvitation, invitation.id).ended_at == house.clock.now()
        row = ctx.session.get_one(Withdrawal, withdrawal)
        assert (row.licences_ended, row.people_removed) == (3, 3)
        assert [member.licence_id for member in distribution.members_of(ctx, "mid-kent")] == [elsewhere.id]
    assert len(identity.logged(house, "licence.deactivated")) == 4


@pytest.mark.rule("SIG-6", "LIC-3", "IDN-8")
def test_a_link_that_was_not_used_before_the_withdrawal_begins_nothing_after_it(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    a_person(sqlite_house, organisation, ready=False)
    licence = a_request(sqlite_house, organisation)
    with acting(sqlite_house) as ctx:
        use_cases.approve(ctx, licence.id)
    token = identity.a_mailed_link(sqlite_house, licence.person_id)

    withdraw(sqlite_house, organisation)

    with pytest.raises(InvitationOver):
        accepts(sqlite_house, token)
    assert again(sqlite_house, licence.id).end_reason == EndReason.WITHDRAWN
    assert identity.logged(sqlite_house, "withdrawal.links_ended")


@pytest.mark.rule("SIG-6")
def test_a_withdrawn_organisations_people_leave_every_distribution_list(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    licence = a_licence(sqlite_house, organisation)
    a_licence(sqlite_house, organisation, "guest@swale.gov.uk", kind=Kind.BY_INVITE)
    a_licence(sqlite_house, organisation, "rests@swale.gov.uk", status=Status.SUSPENDED)
    a_licence(sqlite_house, organisation, "other@swale.gov.uk", areas=["medway"])

    with sqlite_house.reading(hub()) as ctx:
        assert [member.person_id for member in distribution.members_of(ctx, "mid-kent")] == [licence.person_id]
    withdraw(sqlite_house, organisation)

    with sqlite_house.reading(hub()) as ctx:
        assert distribution.members_of(ctx, "mid-kent") == []
        assert queries.active_for(ctx, licence.person_id) == []
