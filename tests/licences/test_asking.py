"""Asking for a licence: official addresses, by-invite terms, one licence each, own organisation only."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from compliance.identity.models import Person
from compliance.kernel.context import House, operator
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.licences import queries, use_cases
from compliance.licences.errors import (
    AlreadyLicensed,
    ByInviteNeeds,
    NotAnOfficialAddress,
    TakesNoLicences,
)
from compliance.licences.models import Licence
from compliance.licences.rules import Kind, Status
from tests.builders.licences import (
    a_licence,
    a_request,
    acting,
    again,
    an_organisation,
    hub,
    partner,
    seats,
)


def how_many(house: House, kind: Any) -> int:
    with house.reading(operator("test")) as ctx:
        return ctx.session.scalars(select(func.count()).select_from(kind)).one()


@pytest.mark.rule("LIC-3", "LIC-4")
def test_a_request_waits_for_the_hub_and_says_who_asked(house: House) -> None:
    organisation = an_organisation(house)
    delegate = partner(organisation)

    licence = a_request(house, organisation, "  Alex@SWALE.gov.uk ", by=delegate, areas=["medway", "mid-kent"])

    found = again(house, licence.id)
    assert (found.status, found.kind, found.requested_by) == (Status.REQUESTED, Kind.STANDING, delegate.id)
    assert [area.area for area in found.areas] == ["medway", "mid-kent"]
    assert found.person.email == "alex@swale.gov.uk"
    assert found.person.organisation_id == organisation


NOT_OFFICIAL = (
    "alex@gmail.com",
    "alex@notswale.gov.uk",
    "alex@swale.gov.uk.evil.example",
    "alex@planning.swale.gov.uk",
    "alex@swаle.gov.uk",
    "alex@swale.gov.uk@gmail.com",
)


@pytest.mark.rule("LIC-2")
def test_only_an_address_at_the_organisations_own_domain_is_taken(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house)

    for email in NOT_OFFICIAL:
        with pytest.raises(Invalid) as refused:
            a_request(sqlite_house, organisation, email)
        assert [error.pointer for error in refused.value.fields] == ["/email"], email

    assert how_many(sqlite_house, Person) == how_many(sqlite_house, Licence) == 0


@pytest.mark.rule("LIC-2")
def test_a_personal_provider_is_refused_though_somebody_registered_it(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house, domains=["gmail.com"])

    with pytest.raises(NotAnOfficialAddress):
        a_request(sqlite_house, organisation, "alex@gmail.com")


@pytest.mark.rule("LIC-2")
def test_an_international_domain_is_compared_as_its_a_label(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house, domains=["xn--caf-dma.example"])

    assert a_request(sqlite_house, organisation, "alex@CAFÉ.example").person.email == "alex@xn--caf-dma.example"


NOT_TERMS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"cases": ()}, "/cases"),
    ({"ends_on": None}, "/ends_on"),
    ({"ends_on": date(1250, 1, 1)}, "/ends_on"),
    ({"ends_on": date(2026, 11, 20)}, "/ends_on"),
    ({"ends_on": date(2027, 11, 22)}, "/ends_on"),
    ({"ends_on": date(9999, 12, 31)}, "/ends_on"),
)


@pytest.mark.rule("LIC-7")
def test_a_by_invite_licence_names_its_cases_and_a_last_day_within_a_year(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house)

    for changed, pointer in NOT_TERMS:
        asked: dict[str, Any] = {"cases": ("C-1",), "ends_on": date(2026, 12, 31)} | changed
        with pytest.raises(ByInviteNeeds) as refused, acting(sqlite_house, partner(organisation)) as ctx:
            use_cases.request(
                ctx, organisation_id=organisation, full_name="Alex Made-Up", email="alex@swale.gov.uk",
                areas=["mid-kent"], reason="One case", kind=Kind.BY_INVITE, **asked,
            )  # fmt: skip
        assert [error.pointer for error in refused.value.fields] == [pointer], changed

    assert how_many(sqlite_house, Licence) == 0


@pytest.mark.rule("LIC-7")
@pytest.mark.parametrize("ends_on", [date(2026, 11, 21), date(2027, 11, 21)])
def test_the_last_day_can_be_today_and_a_year_from_today(sqlite_house: House, ends_on: date) -> None:
    organisation = an_organisation(sqlite_house)

    licence = a_request(sqlite_house, organisation, kind=Kind.BY_INVITE, cases=("C-1", "C-2", "C-1"), ends_on=ends_on)

    assert licence.ends_on == ends_on
    assert [case.reference for case in again(sqlite_house, licence.id).cases] == ["C-1", "C-2"]


@pytest.mark.rule("LIC-7")
@pytest.mark.parametrize("asked", [{"cases": ("C-1",)}, {"ends_on": date(2026, 12, 1)}])
def test_a_standing_licence_has_neither_cases_nor_an_end(sqlite_house: House, asked: dict[str, Any]) -> None:
    organisation = an_organisation(sqlite_house)

    with pytest.raises(Invalid), acting(sqlite_house, partner(organisation)) as ctx:
        use_cases.request(
            ctx, organisation_id=organisation, full_name="Alex Made-Up", email="alex@swale.gov.uk",
            areas=["mid-kent"], reason="Joins", **asked,
        )  # fmt: skip


@pytest.mark.rule("LIC-7")
def test_an_organisation_by_invite_has_by_invite_licences_only(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house, kind="by_invite")

    with pytest.raises(Invalid):
        a_request(sqlite_house, organisation)
    assert a_request(sqlite_house, organisation, kind=Kind.BY_INVITE).kind == Kind.BY_INVITE


@pytest.mark.rule("ROL-2")
def test_a_licence_is_for_areas_the_organisation_is_a_member_of(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house, areas=["mid-kent"])

    for areas in ([], ["east-kent"], ["narnia"], ["mid-kent", "narnia"]):
        with pytest.raises(Invalid) as refused:
            a_request(sqlite_house, organisation, areas=areas)
        assert refused.value.fields[0].pointer == "/areas"


@pytest.mark.rule("LIC-4")
def test_a_request_gives_its_reason_in_plain_text(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house)

    for reason in ("", "   ", "x\u202ey", "x\x00y", "x" * 4001):
        with pytest.raises(Invalid), acting(sqlite_house, partner(organisation)) as ctx:
            use_cases.request(
                ctx, organisation_id=organisation, full_name="Alex Made-Up", email="alex@swale.gov.uk",
                areas=["mid-kent"], reason=reason,
            )  # fmt: skip


@pytest.mark.rule("LIC-12")
def test_nobody_has_two_licences_for_one_organisation(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)

    for status in (Status.REQUESTED, Status.APPROVED, Status.ACTIVE, Status.SUSPENDED):
        a_licence(sqlite_house, organisation, f"{status}@swale.gov.uk", status=status)
        with pytest.raises(AlreadyLicensed):
            a_request(sqlite_house, organisation, f"{status}@swale.gov.uk")


@pytest.mark.rule("LIC-12")
@pytest.mark.parametrize("status", [Status.REFUSED, Status.DEACTIVATED])
def test_whose_licence_ended_can_be_asked_for_again(house: House, status: Status) -> None:
    seats(house)
    organisation = an_organisation(house)
    a_licence(house, organisation, status=status)

    assert a_request(house, organisation).status == Status.REQUESTED


@pytest.mark.rule("LIC-12")
def test_somebody_can_hold_one_licence_for_each_of_two_organisations(sqlite_house: House) -> None:
    first = an_organisation(sqlite_house, domains=["nhs.net"])
    second = an_organisation(sqlite_house, "second", domains=["nhs.net"])

    one = a_request(sqlite_house, first, "kim@nhs.net")
    other = a_request(sqlite_house, second, "kim@nhs.net")

    assert one.person_id == other.person_id


@pytest.mark.rule("SIG-13")
def test_a_signatory_without_seats_is_asked_for_nothing(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house, takes_licences=False)

    with pytest.raises(TakesNoLicences):
        a_request(sqlite_house, organisation)


@pytest.mark.rule("ROL-4")
def test_a_delegate_who_names_another_organisation_finds_nothing_there(sqlite_house: House) -> None:
    ours, theirs = an_organisation(sqlite_house), an_organisation(sqlite_house, "medway")

    with pytest.raises(NotFound):
        a_request(sqlite_house, theirs, "kim@medway.gov.uk", by=partner(ours))
    assert how_many(sqlite_house, Licence) == 0


@pytest.mark.rule("ROL-4", "LIC-4")
def test_only_a_delegate_or_the_hub_asks(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house)

    for role in ("escalation_contact", "authorised_signatory", "ig_officer", "licence_holder"):
        with pytest.raises(Forbidden):
            a_request(sqlite_house, organisation, by=partner(organisation, role))


@pytest.mark.rule("ROL-4")
def test_a_delegate_sees_the_licences_of_their_own_organisation_only(sqlite_house: House) -> None:
    ours, theirs = an_organisation(sqlite_house), an_organisation(sqlite_house, "medway")
    mine = a_request(sqlite_house, ours)
    other = a_request(sqlite_house, theirs, "kim@medway.gov.uk")

    with sqlite_house.reading(partner(ours)) as ctx:
        assert [row.id for row in queries.licences(ctx).rows] == [mine.id]
        with pytest.raises(NotFound):
            queries.licences(ctx, organisation_id=theirs)
        with pytest.raises(NotFound):
            queries.visible(ctx, other.id)


@pytest.mark.rule("LIC-3")
def test_the_list_is_searched_filtered_and_turned_page_by_page(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house)
    asked = [a_request(sqlite_house, organisation, f"p{number}@swale.gov.uk").id for number in range(5)]

    with sqlite_house.reading(hub()) as ctx:
        first = queries.licences(ctx, limit=2)
        second = queries.licences(ctx, limit=2, after=first.after)
        third = queries.licences(ctx, limit=2, after=second.after)
        seen = [row.id for page in (first, second, third) for row in page.rows]
        assert (sorted(seen, key=str), third.after) == (sorted(asked, key=str), None)
        assert [row.id for row in queries.licences(ctx, search="P3@").rows] == [asked[3]]
        assert queries.licences(ctx, search="%").rows == ()
        assert len(queries.licences(ctx, area="mid-kent", status=Status.REQUESTED).rows) == 5
        assert queries.licences(ctx, area="medway").rows == ()
        assert queries.licences(ctx, status=Status.ACTIVE).rows == ()
