"""The checklist says of each item whether it is met, and if not what to do and who can (LIC-1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from compliance.kernel.clock import FixedClock
from compliance.kernel.context import Actor, House, operator
from compliance.kernel.errors import NotFound
from compliance.kernel.settings import REPOSITORY
from compliance.licences import eligibility, queries, use_cases
from compliance.licences.facts import Holder
from compliance.licences.rules import Checklist, Item
from policies.values import Policy
from signatories.facts import standings
from signatories.models import Instrument, InstrumentVersion, Signature, SigningRefusal, Withdrawal
from tests.builders.licences import (
    a_licence,
    a_person,
    a_request,
    acting,
    an_organisation,
    hub,
    partner,
    rows_made,
    seats,
)

EVERY_ITEM = (
    "isa", "op", "policy.safeguarding", "policy.data_protection", "contact.primary", "contact.delegate",
    "contact.escalation", "training.case-system", "training.elearning", "email", "vetting",
)  # fmt: skip


def answers(house: House, person: UUID, organisation: UUID, by: Actor | None = None) -> Checklist:
    with house.reading(by or hub()) as ctx:
        return queries.checklist(ctx, person, organisation)


def item(house: House, person: UUID, organisation: UUID, code: str) -> Item:
    return next(each for each in answers(house, person, organisation).items if each.code == code)


@pytest.mark.rule("LIC-1")
def test_when_everything_is_there_every_item_is_met(house: House) -> None:
    organisation = an_organisation(house)

    given = answers(house, a_person(house, organisation), organisation)

    assert given.complete
    assert tuple(each.code for each in given.items) == EVERY_ITEM
    assert all(each.says and each.rule and each.clause.startswith("OP ") for each in given.items)


LACKING: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "isa": ({"signs": ["op"]}, {}, "SIG-1"),
    "op": ({"signs": ["isa"]}, {}, "SIG-1"),
    "policy.safeguarding": ({"policies": ["data_protection"]}, {}, "SIG-11"),
    "policy.data_protection": ({"policies": ["safeguarding"]}, {}, "SIG-11"),
    "contact.primary": ({"contacts": ["delegate", "escalation"]}, {}, "LIC-10"),
    "contact.delegate": ({"contacts": ["primary", "escalation"]}, {}, "LIC-10"),
    "contact.escalation": ({"contacts": ["primary", "delegate"]}, {}, "LIC-10"),
    "training.case-system": ({}, {"trained": ["elearning"]}, "LIC-1"),
    "training.elearning": ({}, {"trained": ["case-system"]}, "LIC-1"),
    "email": ({"domains": ["swale.org.uk"]}, {}, "LIC-2"),
    "vetting": ({}, {"vetted": False}, "LIC-1"),
}


@pytest.mark.rule("LIC-1", "LIC-10")
def test_what_is_missing_is_named_with_its_rule_and_who_can_mend_it(sqlite_house: House) -> None:
    for number, code in enumerate(EVERY_ITEM):
        brought, done, rule = LACKING[code]
        organisation = an_organisation(sqlite_house, f"o{number}", **brought)
        person = a_person(sqlite_house, organisation, f"alex@o{number}.gov.uk", **done)

        missing = answers(sqlite_house, person, organisation).missing

        assert [(each.code, each.rule) for each in missing] == [(code, rule)]
        assert missing[0].until is None
        assert any(who in missing[0].says for who in ("authorised signatory", "The organisation", "MARAC Hub Team"))


def _ended(house: House, organisation: UUID, change: Callable[[Any, Any, Any], list[Any]]) -> None:
    with house.work(operator("test")) as ctx:
        version = ctx.session.scalars(
            select(InstrumentVersion).join(Instrument, Instrument.id == InstrumentVersion.instrument_id)
            .where(Instrument.code == "op")
        ).one()  # fmt: skip
        signature = ctx.session.scalars(
            select(Signature).where(Signature.organisation_id == organisation, Signature.version_id == version.id)
        ).one()
        rows_made(ctx, *change(ctx, version, signature))


@pytest.mark.rule("LIC-1", "SIG-5", "SIG-6")
@pytest.mark.parametrize("rule", ["SIG-5", "SIG-6"])
def test_refused_and_withdrawn_are_told_apart(sqlite_house: House, rule: str) -> None:
    organisation = an_organisation(sqlite_house)
    person = a_person(sqlite_house, organisation)

    def refuse(ctx: Any, version: Any, signature: Any) -> list[Any]:
        return [
            SigningRefusal(
                id=ctx.new_id(), organisation_id=organisation, instrument_id=version.instrument_id,
                version_id=version.id, reasons="-", refused_at=ctx.now(), recorded_by="test",
            )
        ]  # fmt: skip

    def withdraw(ctx: Any, version: Any, signature: Any) -> list[Any]:
        signature.ended_at = ctx.now()
        return [
            signature,
            Withdrawal(
                id=ctx.new_id(), organisation_id=organisation, instruments="op", letter_id=version.upload_id,
                letter_on=date(2026, 11, 20), reasons="-", effective_at=ctx.now(), recorded_by="test",
            ),
        ]  # fmt: skip

    _ended(sqlite_house, organisation, refuse if rule == "SIG-5" else withdraw)

    assert item(sqlite_house, person, organisation, "op").rule == rule


@pytest.mark.rule("LIC-1", "SIG-11")
def test_a_policy_counts_through_its_review_date_for_a_new_licence(sqlite_house: House, clock: FixedClock) -> None:
    organisation = an_organisation(sqlite_house, review_in_days=0)
    person = a_person(sqlite_house, organisation)

    today = item(sqlite_house, person, organisation, "policy.safeguarding")
    clock.move(timedelta(days=1))
    tomorrow = item(sqlite_house, person, organisation, "policy.safeguarding")

    assert (today.met, today.until) == (True, datetime(2026, 11, 22, tzinfo=UTC))
    assert not tomorrow.met


@pytest.mark.rule("SIG-11", "LIC-13")
def test_a_licence_that_was_given_outlives_a_policy_by_the_days_of_grace(
    sqlite_house: House, clock: FixedClock
) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house, review_in_days=0)
    licence = a_licence(sqlite_house, organisation)

    def holds() -> bool:
        with sqlite_house.reading(hub()) as ctx:
            return queries.still_holds(ctx, licence.id).complete

    clock.move(timedelta(days=28))
    assert holds()
    assert not answers(sqlite_house, licence.person_id, organisation).complete
    clock.move(timedelta(days=1))
    assert not holds()


@pytest.mark.rule("LIC-1")
def test_training_and_vetting_hold_through_their_last_day(sqlite_house: House, clock: FixedClock) -> None:
    organisation = an_organisation(sqlite_house)
    person = a_person(sqlite_house, organisation)
    last_day = date(2026, 11, 30)
    with acting(sqlite_house, hub("hub_coordinator")) as ctx:
        use_cases.record_vetting(ctx, person, level="NPPV 3", holds_until=last_day)
        use_cases.record_training(ctx, person, module="elearning", done_on=date(2026, 11, 21), valid_until=last_day)

    clock.move(timedelta(days=9))
    assert answers(sqlite_house, person, organisation).complete
    assert item(sqlite_house, person, organisation, "vetting").until == datetime(2026, 12, 1, tzinfo=UTC)
    clock.move(timedelta(days=1))
    missing = answers(sqlite_house, person, organisation).missing
    assert {each.code for each in missing} == {"vetting", "training.elearning"}


@pytest.mark.rule("LIC-1")
def test_another_hub_asks_for_other_things_by_data_alone(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house)
    policy = sqlite_house.the(Policy)
    asked = replace(
        policy,
        licences=replace(
            policy.licences, required_policies=("retention",), required_training=("first-aid",), required_contacts=()
        ),
        signatories=replace(policy.signatories, required_instruments=("op",)),
    )
    with sqlite_house.reading(hub()) as ctx:
        facts = standings(ctx.session, ctx.now(), [organisation], policy=asked)[organisation]
        found = (
            *eligibility.of_organisation(facts, asked, ctx.now(), given=False),
            *eligibility.of_person(Holder(), "alex@swale.gov.uk", facts, asked, ctx.now()),
        )

    assert [each.code for each in found] == ["op", "policy.retention", "training.first-aid", "email", "vetting"]


@pytest.mark.rule("LIC-2")
@pytest.mark.parametrize(
    ("email", "met"),
    [
        ("alex@swale.gov.uk", True),
        ("alex@housing.swale.gov.uk", True),
        ("alex@planning.swale.gov.uk", False),
        ("alex@notswale.gov.uk", False),
        ("alex@swale.gov.uk.example", False),
        ("alex@gmail.com", False),
    ],
)
def test_an_address_is_official_at_a_registered_domain_itself(email: str, met: bool) -> None:
    # A personal provider never counts, however it came to be registered.
    domains = ["swale.gov.uk", "housing.swale.gov.uk", "gmail.com"]

    assert eligibility.official(email, domains, Policy.load(REPOSITORY / "policies")) is met


@pytest.mark.rule("ROL-4")
def test_a_delegate_sees_the_checklist_of_their_own_people_only(sqlite_house: House) -> None:
    ours, theirs = an_organisation(sqlite_house), an_organisation(sqlite_house, "medway")
    ours_too = a_person(sqlite_house, ours)
    stranger = a_person(sqlite_house, theirs, "kim@medway.gov.uk")

    assert answers(sqlite_house, ours_too, ours, partner(ours)).complete
    for person, organisation in ((stranger, ours), (stranger, theirs), (ours_too, theirs)):
        with pytest.raises(NotFound):
            answers(sqlite_house, person, organisation, partner(ours))


@pytest.mark.rule("ROL-4", "LIC-1")
def test_a_delegate_sees_the_checklist_of_whoever_they_asked_for(sqlite_house: House) -> None:
    ours = an_organisation(sqlite_house, domains=["nhs.net"])
    lender = an_organisation(sqlite_house, "lender", domains=["nhs.net"])
    person = a_person(sqlite_house, lender, "kim@nhs.net")

    a_request(sqlite_house, ours, "kim@nhs.net")

    assert answers(sqlite_house, person, ours, partner(ours)).complete
