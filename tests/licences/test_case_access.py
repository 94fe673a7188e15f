"""A named person is invited to a named case, and a closed MARAC is for those invited to it (LIC-7, OP 5.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from compliance.kernel.clock import FixedClock
from compliance.kernel.context import Actor, Holding, House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.licences import queries, use_cases
from compliance.licences.errors import AlreadyInvited, NoLiveLicence
from compliance.licences.facts import closed_cases, holders
from compliance.licences.models import CaseInvitation
from compliance.licences.rules import EndReason, Kind, Status
from tests.builders.licences import a_licence, a_person, acting, an_organisation, hub, partner, seats

CASE_SYSTEM = Actor("client", "cms", None, frozenset({Holding("case_system")}))


def invite(
    house: House,
    person_id: UUID,
    reference: str = "C-9",
    *,
    closed: bool = False,
    until: datetime | None = None,
    by: Actor | None = None,
) -> CaseInvitation:
    with acting(house, by or hub("hub_coordinator")) as ctx:
        return use_cases.invite_to_case(ctx, reference=reference, person_id=person_id, closed=closed, until=until)


def invited(house: House, person_id: UUID) -> list[tuple[str, bool]]:
    with house.reading(hub()) as ctx:
        known = holders(ctx.session, ctx.now(), [person_id])[person_id]
        return sorted((one.reference, one.closed) for one in known.invitations)


@pytest.mark.rule("LIC-7")
@pytest.mark.parametrize("kind", Kind)
def test_an_invitation_opens_one_case_more_until_its_end(house: House, clock: FixedClock, kind: Kind) -> None:
    seats(house)
    licence = a_licence(house, an_organisation(house), kind=kind)

    invite(house, licence.person_id, until=house.clock.now() + timedelta(days=2), by=CASE_SYSTEM)

    assert invited(house, licence.person_id) == [("C-9", False)]
    clock.move(timedelta(days=2))
    assert invited(house, licence.person_id) == []
    # What is over makes room for another.
    invite(house, licence.person_id)
    assert invited(house, licence.person_id) == [("C-9", False)]


@pytest.mark.rule("DEC-1", "LIC-7")
def test_closing_a_case_takes_back_what_was_given_before_it_was_closed(house: House) -> None:
    seats(house)
    organisation = an_organisation(house)
    before, after = a_licence(house, organisation), a_licence(house, organisation, "kim@swale.gov.uk")
    invite(house, before.person_id)

    invite(house, after.person_id, closed=True)

    with house.reading(hub()) as ctx:
        assert closed_cases(ctx.session) == {"C-9"}
        assert queries.closed_case(ctx, "C-9") is not None
    assert invited(house, before.person_id) == []
    assert invited(house, after.person_id) == [("C-9", True)]
    # From here on every invitation to it is to a closed MARAC, and closing it again changes nothing.
    invite(house, before.person_id)
    assert invited(house, before.person_id) == [("C-9", True)]
    assert invited(house, after.person_id) == [("C-9", True)]


@pytest.mark.rule("LIC-7")
def test_only_the_holder_of_an_active_licence_is_invited(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)

    for status in (Status.REQUESTED, Status.APPROVED, Status.SUSPENDED, Status.DEACTIVATED):
        licence = a_licence(sqlite_house, organisation, f"{status}@swale.gov.uk", status=status)
        with pytest.raises(NoLiveLicence):
            invite(sqlite_house, licence.person_id, closed=True)

    with sqlite_house.reading(hub()) as ctx:
        assert closed_cases(ctx.session) == set()


@pytest.mark.rule("LIC-7")
def test_nobody_is_invited_on_a_licence_past_its_last_day(sqlite_house: House, clock: FixedClock) -> None:
    seats(sqlite_house)
    licence = a_licence(sqlite_house, an_organisation(sqlite_house), kind=Kind.BY_INVITE)

    clock.move(timedelta(days=41))

    with pytest.raises(NoLiveLicence):
        invite(sqlite_house, licence.person_id)


@pytest.mark.rule("LIC-7")
def test_nobody_is_invited_twice_to_one_case(sqlite_house: House) -> None:
    seats(sqlite_house)
    licence = a_licence(sqlite_house, an_organisation(sqlite_house))
    invite(sqlite_house, licence.person_id)

    with pytest.raises(AlreadyInvited):
        invite(sqlite_house, licence.person_id)


@pytest.mark.rule("LIC-7")
def test_a_case_is_named_by_a_plain_reference(sqlite_house: House) -> None:
    seats(sqlite_house)
    licence = a_licence(sqlite_house, an_organisation(sqlite_house))

    for reference in ("", " ", "C\x00", "C\u202e9", "C\n9", "x" * 256):
        with pytest.raises(Invalid):
            invite(sqlite_house, licence.person_id, reference)


@pytest.mark.rule("LIC-7")
def test_an_invitation_ends_within_a_year_and_not_in_the_past(sqlite_house: House) -> None:
    seats(sqlite_house)
    licence = a_licence(sqlite_house, an_organisation(sqlite_house))

    for days in (-1, 0, 366, 100_000):
        with pytest.raises(Invalid):
            invite(sqlite_house, licence.person_id, until=sqlite_house.clock.now() + timedelta(days=days))
    with pytest.raises(Invalid):
        invite(sqlite_house, licence.person_id, until=datetime(2026, 12, 1))


@pytest.mark.rule("ROL-4", "ROL-1")
def test_a_partner_invites_nobody(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house)
    person = a_person(sqlite_house, organisation)

    with pytest.raises(Forbidden):
        invite(sqlite_house, person, by=partner(organisation))
    with pytest.raises(NotFound):
        invite(sqlite_house, organisation)


@pytest.mark.rule("LIC-7")
def test_an_invitation_is_taken_back_once_and_for_all(sqlite_house: House) -> None:
    seats(sqlite_house)
    licence = a_licence(sqlite_house, an_organisation(sqlite_house))
    invitation = invite(sqlite_house, licence.person_id)

    for _ in range(2):
        with acting(sqlite_house, CASE_SYSTEM) as ctx:
            use_cases.end_case_invitation(ctx, invitation.id)

    assert invited(sqlite_house, licence.person_id) == []
    with pytest.raises(NotFound), acting(sqlite_house) as ctx:
        use_cases.end_case_invitation(ctx, licence.id)


@pytest.mark.rule("LIC-7", "SIG-9")
def test_invitations_end_with_the_last_licence_and_do_not_come_back_with_a_new_one(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    licence = a_licence(sqlite_house, organisation)
    invite(sqlite_house, licence.person_id, closed=True)

    with acting(sqlite_house) as ctx:
        use_cases.deactivate(ctx, licence.id, reason=EndReason.LEAVER)
    a_licence(sqlite_house, organisation)

    assert invited(sqlite_house, licence.person_id) == []
