"""Policies, key contacts, the ISA's own list, domains, versions and the register's beginning."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from audit.models import AuditEntry
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from signatories import queries, use_cases
from signatories.errors import (
    ContactEnded,
    DomainExists,
    InstrumentExists,
    NotOwnDomain,
    OrganisationExists,
    VersionExists,
)
from signatories.facts import OrganisationFacts
from signatories.models import InstrumentVersion, PolicyDocument
from signatories.seed import Loaded, load_register
from tests.builders.identity import someone
from tests.builders.signatories import COMMAND, a_pdf, a_png, a_version, an_organisation, the_instruments

DAY = timedelta(days=1)


@pytest.fixture
def swale(sqlite_house: House) -> UUID:
    return an_organisation(sqlite_house)


def facts_of(house: House, organisation_id: UUID) -> OrganisationFacts:
    with house.reading(COMMAND) as ctx:
        return queries.facts(ctx, [organisation_id])[organisation_id]


def a_policy(house: House, organisation_id: UUID, role: str = "hub_coordinator", **given: Any) -> PolicyDocument:
    held: dict[str, Any] = {
        "kind": "safeguarding", "title": "Safeguarding adults", "owner": "Head of service",
        "dated_on": date(2026, 1, 10), "next_review_on": date(2027, 1, 10),
    }  # fmt: skip
    with house.work(*someone(house, role, organisation_id=organisation_id)) as ctx:
        return use_cases.record_policy_document(ctx, organisation_id, **(held | given))


@pytest.mark.rule("SIG-11")
def test_a_policy_has_title_owner_date_and_next_review_and_replaces_the_one_before(
    sqlite_house: House, swale: UUID, clock: FixedClock
) -> None:
    a_policy(sqlite_house, swale)
    clock.move(DAY)
    a_policy(sqlite_house, swale, next_review_on=date(2028, 1, 10))
    a_policy(sqlite_house, swale, kind="data_protection")

    assert facts_of(sqlite_house, swale).policies == {
        "safeguarding": date(2028, 1, 10), "data_protection": date(2027, 1, 10),
    }  # fmt: skip
    with sqlite_house.reading(*someone(sqlite_house, "ig_officer")) as ctx:
        assert [each.kind for each in queries.policy_documents(ctx, swale)] == ["data_protection", "safeguarding"]
        assert ctx.session.scalar(select(func.count()).select_from(PolicyDocument)) == 3


@pytest.mark.rule("SIG-11")
def test_a_policy_that_cannot_be_is_refused(sqlite_house: House, swale: UUID) -> None:
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"kind": "parking"}, "/kind"), ({"title": ""}, "/title"), ({"owner": "a\0"}, "/owner"),
        ({"dated_on": date(1250, 1, 1)}, "/dated_on"), ({"dated_on": date(2026, 11, 22)}, "/dated_on"),
        ({"next_review_on": date(2026, 1, 10)}, "/next_review_on"),
        ({"next_review_on": date(2032, 1, 1)}, "/next_review_on"),
        ({"next_review_on": date(9999, 12, 31)}, "/next_review_on"),
    ]  # fmt: skip
    for given, pointer in wrong:
        with pytest.raises(Invalid) as refused:
            a_policy(sqlite_house, swale, **given)
        assert refused.value.fields[0].pointer == pointer
    with pytest.raises(Forbidden):
        a_policy(sqlite_house, swale, role="delegate")


def a_contact(house: House, organisation_id: UUID, kind: str, **given: str) -> UUID:
    held = {"name": "Robin Vale", "email": "robin@swale-council.example"} | given
    with house.work(*someone(house, "hub_coordinator")) as ctx:
        return use_cases.name_key_contact(ctx, organisation_id, kind=kind, **held).id


@pytest.mark.rule("LIC-10")
def test_an_organisation_has_contacts_of_three_kinds_and_one_for_escalation(sqlite_house: House, swale: UUID) -> None:
    for kind in ("delegate", "delegate", "escalation"):
        a_contact(sqlite_house, swale, kind)
    assert facts_of(sqlite_house, swale).contacts == {"delegate", "escalation"}

    second = a_contact(sqlite_house, swale, "escalation", name="Ash Ford", email="Ash@SWALE-council.example")
    with sqlite_house.work(*someone(sqlite_house, "delegate", organisation_id=swale)) as ctx:
        held = [(each.kind, each.name, each.email) for each in queries.key_contacts(ctx, swale)]
        assert held[-1] == ("escalation", "Ash Ford", "ash@swale-council.example")
        assert len(held) == 3
        use_cases.end_key_contact(ctx, second)

    assert facts_of(sqlite_house, swale).contacts == {"delegate"}
    with pytest.raises(ContactEnded), sqlite_house.work(*someone(sqlite_house, "hub_coordinator")) as ctx:
        use_cases.end_key_contact(ctx, second)
    with sqlite_house.reading(COMMAND) as ctx:
        assert not any("Ford" in entry for entry in ctx.session.scalars(select(AuditEntry.detail)))


@pytest.mark.rule("LIC-10")
def test_a_contact_that_cannot_be_rung_is_refused(sqlite_house: House, swale: UUID) -> None:
    for kind, given in (("friend", {}), ("primary", {"email": "robin"}), ("primary", {"name": ""}),
                        ("primary", {"telephone": "0" * 41})):  # fmt: skip
        with pytest.raises(Invalid):
            a_contact(sqlite_house, swale, kind, **given)


@pytest.mark.rule("ROL-4", "LIC-10")
def test_a_delegate_keeps_only_their_own_organisations_contacts(sqlite_house: House, swale: UUID) -> None:
    contact = a_contact(sqlite_house, swale, "primary")
    other = someone(sqlite_house, "delegate", organisation_id=an_organisation(sqlite_house, "dover"))

    with pytest.raises(NotFound), sqlite_house.work(*other) as ctx:
        use_cases.name_key_contact(ctx, swale, kind="primary", name="Ash", email="a@dover-council.example")
    with pytest.raises(NotFound), sqlite_house.work(*other) as ctx:
        use_cases.end_key_contact(ctx, contact)
    with pytest.raises(NotFound), sqlite_house.reading(*other) as ctx:
        queries.key_contacts(ctx, swale)


@pytest.mark.rule("SIG-12")
def test_the_isa_entry_holds_its_source_and_when_it_was_checked_by_whom_and_when_it_is_due(
    house: House, clock: FixedClock
) -> None:
    the_instruments(house)
    swale = an_organisation(house)
    reader = someone(house, "hub_manager")
    with house.reading(*reader) as ctx:
        assert [row.organisation.id for row in queries.isa_checks_due(ctx)] == [swale]

    supervisor = someone(house, "hub_supervisor")
    with house.work(*supervisor) as ctx:
        use_cases.record_isa_check(ctx, swale, found=True)

    with house.reading(*reader) as ctx:
        (row,) = queries.register(ctx)
        assert queries.isa_checks_due(ctx) == []
    assert (row.isa.source, row.isa.found) == ("The partnership's list", True)
    assert (row.isa.checked_at, row.isa.checked_by) == (clock.now(), supervisor.actor.id)
    assert (row.isa.due_on, row.isa.due) == (date(2027, 11, 21), False)
    clock.move(365 * DAY)
    with house.reading(*reader) as ctx:
        assert len(queries.isa_checks_due(ctx)) == 1
        assert not queries.register(ctx, as_at=date(2027, 11, 20))[0].isa.due
    with pytest.raises(Forbidden), house.work(*someone(house, "hub_coordinator")) as ctx:
        use_cases.record_isa_check(ctx, swale, found=True)


@pytest.mark.rule("LIC-2")
def test_a_domain_is_registered_once_by_the_hub_and_never_a_providers(sqlite_house: House, swale: UUID) -> None:
    supervisor = someone(sqlite_house, "hub_supervisor")
    with sqlite_house.work(*supervisor) as ctx:
        use_cases.add_domain(ctx, swale, " Swale.GOV.uk")

    assert facts_of(sqlite_house, swale).domains == {"swale-council.example", "swale.gov.uk"}
    with pytest.raises(DomainExists), sqlite_house.work(*supervisor) as ctx:
        use_cases.add_domain(ctx, swale, "SWALE.gov.uk")
    for domain in ("gmail.com", "gov.uk"):
        with pytest.raises(NotOwnDomain), sqlite_house.work(*supervisor) as ctx:
            use_cases.add_domain(ctx, swale, domain)
        with pytest.raises(NotOwnDomain):
            an_organisation(sqlite_house, "dover", domains=[domain])
    with pytest.raises(Forbidden), sqlite_house.work(*someone(sqlite_house, "hub_coordinator")) as ctx:
        use_cases.add_domain(ctx, swale, "swale.org.uk")


@pytest.mark.rule("SIG-1")
def test_an_organisation_is_registered_once_and_as_what_it_can_be(house: House) -> None:
    an_organisation(house)

    with pytest.raises(OrganisationExists):
        an_organisation(house)
    bad: list[dict[str, Any]] = [
        {"code": "Swale!"}, {"code": "x" * 65}, {"areas": ["kent"]}, {"areas": []}, {"kind": "friend"},
        {"name": "\u202eelawS"}, {"sector": ""},
    ]  # fmt: skip
    for wrong in bad:
        with pytest.raises(Invalid):
            an_organisation(house, **({"code": "dover"} | wrong))
    with pytest.raises(Forbidden), house.work(*someone(house, "hub_manager")) as ctx:
        use_cases.register_organisation(ctx, code="x", name="X", sector="X", kind="by_invite", areas=[])


@pytest.mark.rule("SIG-4")
def test_a_new_version_says_by_when_it_is_signed_and_follows_the_one_before(sqlite_house: House) -> None:
    the_instruments(sqlite_house)

    for effective_on, resign_by in (
        (date(2026, 11, 20), date(2026, 12, 1)), (date(2026, 11, 21), None),
        (date(2026, 12, 1), date(2026, 11, 30)), (date(2040, 1, 1), date(2040, 2, 1)),
        (date(2026, 12, 1), date(9999, 1, 1)),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            a_version(sqlite_house, "op", "2", effective_on=effective_on, resign_by=resign_by)
    a_version(sqlite_house, "op", "2", effective_on=date(2026, 12, 1), resign_by=date(2026, 12, 31))
    for label, effective_on in (("2", date(2027, 1, 1)), ("3", date(2026, 12, 1)), ("3", date(2026, 11, 25))):
        with pytest.raises(VersionExists):
            a_version(sqlite_house, "op", label, effective_on=effective_on, resign_by=date(2027, 2, 1))
    with pytest.raises(NotFound):
        a_version(sqlite_house, "mou", "1")

    with sqlite_house.reading(COMMAND) as ctx:
        current = [queries.current_version(ctx, "op", day) for day in (date(2026, 11, 30), date(2026, 12, 1))]
        assert [version.label for version in current if version] == ["1", "2"]
        assert queries.current_version(ctx, "op", date(2025, 3, 31)) is None
        assert len(queries.versions(ctx)) == 3


@pytest.mark.rule("SIG-2")
def test_a_version_is_a_text_and_fixed_by_its_hash(sqlite_house: House) -> None:
    the_instruments(sqlite_house)

    with pytest.raises(Invalid) as refused, sqlite_house.work(COMMAND) as ctx:
        use_cases.publish_version(
            ctx, instrument="op", label="2", file_name="op.png", content=a_png(),
            effective_on=date(2026, 12, 1), resign_by=date(2026, 12, 31),
        )  # fmt: skip
    assert refused.value.fields[0].pointer == "/file"
    with pytest.raises(InstrumentExists), sqlite_house.work(COMMAND) as ctx:
        use_cases.register_instrument(ctx, code="op", title="Again")
    with sqlite_house.reading(COMMAND) as ctx:
        hashes = set(ctx.session.scalars(select(InstrumentVersion.sha256)))
    assert len(hashes) == 2
    assert all(len(each) == 64 for each in hashes)
    assert a_pdf("op 1") != a_pdf("isa 1")


@pytest.mark.rule("SIG-1")
def test_the_register_starts_with_the_organisations_of_the_protocol_and_starting_twice_changes_nothing(
    house: House,
) -> None:
    with house.work(COMMAND) as ctx:
        assert load_register(ctx) == Loaded(44, 2, 2)
    with house.work(COMMAND) as ctx:
        assert load_register(ctx) == Loaded(0, 0, 0)

    with house.reading(*someone(house, "hub_manager")) as ctx:
        rows = queries.register(ctx)
    assert Counter(row.organisation.sector for row in rows) == {
        "Kent Police": 1, "IDVAs & VAWG Services": 8, "Local Authority Housing teams": 13, "Housing Providers": 7,
        "Adult Social Care": 2, "Integrated Children's Services": 2, "Health": 8, "Substance Use": 2, "Probation": 1,
    }  # fmt: skip
    assert {row.state.value for row in rows} == {"unsigned"}
    assert all(row.areas and row.organisation.domains for row in rows)
    assert "Tonbridge & Malling" in {row.organisation.name for row in rows}


@pytest.mark.rule("SIG-1")
def test_loading_the_register_again_leaves_what_the_hub_corrected(sqlite_house: House) -> None:
    with sqlite_house.work(COMMAND) as ctx:
        load_register(ctx)
        swale = queries.organisation_by_code(ctx, "swale").id
    with sqlite_house.work(*someone(sqlite_house, "hub_supervisor")) as ctx:
        use_cases.add_domain(ctx, swale, "swale.gov.uk")
    with sqlite_house.work(COMMAND) as ctx:
        load_register(ctx)

    assert facts_of(sqlite_house, swale).domains == {"swale-council.example", "swale.gov.uk"}
    with pytest.raises(Forbidden), sqlite_house.work(*someone(sqlite_house, "hub_manager")) as ctx:
        load_register(ctx)
