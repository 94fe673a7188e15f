"""Saying no, signing on paper, and coming back after leaving (SIG-2, SIG-5, SIG-9)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from audit.models import AuditEntry
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid
from signatories import evidence, queries, use_cases
from signatories.errors import (
    AlreadyRefused,
    AlreadySigned,
    NotOpened,
    ReturnNeedsAnother,
    ReturnsByVersionInForce,
)
from signatories.models import Signature, SigningRefusal, Upload
from tests.builders.identity import someone
from tests.builders.signatories import (
    COMMAND,
    a_signatory,
    a_signer,
    a_version,
    an_organisation,
    opens_and_signs,
    records_paper,
    sign,
    signs,
    state_of,
    the_instruments,
    withdraws,
)

DAY = timedelta(days=1)


@pytest.fixture
def versions(sqlite_house: House) -> dict[str, UUID]:
    return the_instruments(sqlite_house)


@pytest.fixture
def swale(sqlite_house: House, versions: dict[str, UUID]) -> UUID:
    return an_organisation(sqlite_house)


@pytest.mark.rule("SIG-5")
def test_an_organisation_may_refuse_and_is_no_signatory_until_it_signs_after_all(house: House) -> None:
    versions = the_instruments(house)
    swale = an_organisation(house)
    signer = signs(house, swale, "isa")
    with house.work(*signer) as ctx:
        use_cases.refuse_to_sign(ctx, swale, versions["op"], reasons="Our board has not agreed.")

    with house.reading(COMMAND) as ctx:
        assert queries.standing(ctx, swale).failing == ("SIG-5",)
        assert ctx.session.scalars(select(SigningRefusal.reasons)).one() == "Our board has not agreed."
    with pytest.raises(AlreadyRefused), house.work(*someone(house, "hub_manager")) as ctx:
        use_cases.refuse_to_sign(ctx, swale, versions["op"], reasons="Again")

    signs(house, swale, "op", signer=signer)
    assert state_of(house, swale, "op") == "signed"


@pytest.mark.rule("SIG-5")
def test_refusing_a_new_version_ends_what_the_old_signature_gave(
    sqlite_house: House, versions: dict[str, UUID]
) -> None:
    swale = a_signatory(sqlite_house)
    second = a_version(sqlite_house, "op", "2", resign_by=date(2026, 12, 25))
    with sqlite_house.work(*someone(sqlite_house, "hub_manager")) as ctx:
        use_cases.refuse_to_sign(ctx, swale, second, reasons="They wrote that they will not.")

    assert state_of(sqlite_house, swale, "op") == "refused"


@pytest.mark.rule("SIG-5")
def test_a_signed_version_is_not_refused_and_a_refusal_says_why(
    sqlite_house: House, swale: UUID, versions: dict[str, UUID]
) -> None:
    signer = signs(sqlite_house, swale, "op")

    with pytest.raises(AlreadySigned), sqlite_house.work(*signer) as ctx:
        use_cases.refuse_to_sign(ctx, swale, versions["op"], reasons="No")
    with pytest.raises(Invalid), sqlite_house.work(*signer) as ctx:
        use_cases.refuse_to_sign(ctx, swale, versions["isa"], reasons=" ")
    with pytest.raises(Forbidden), sqlite_house.work(*someone(sqlite_house, "hub_supervisor")) as ctx:
        use_cases.refuse_to_sign(ctx, swale, versions["isa"], reasons="No")


@pytest.mark.rule("SIG-2")
def test_a_paper_signature_is_recorded_by_the_hub_with_its_scan_and_counts_from_its_day(
    house: House, clock: FixedClock
) -> None:
    versions = the_instruments(house)
    swale = an_organisation(house)
    made = records_paper(house, someone(house, "hub_supervisor"), swale, versions["op"])

    with house.reading(COMMAND) as ctx:
        kept = ctx.session.get_one(Signature, made.id)
        scan = ctx.session.get_one(Upload, kept.scan_id)
        entry = ctx.session.scalars(select(AuditEntry).where(AuditEntry.event == "instrument.signed")).one()
        before = queries.standing(ctx, swale, at=clock.now() - 2 * DAY).of("op")
    assert (kept.method, kept.signed_at.isoformat()) == ("paper", "2026-11-20T23:59:59.999999+00:00")
    assert scan.media_type == "image/png"
    assert evidence.seal(kept, scan=scan.sha256) in entry.detail
    assert state_of(house, swale, "op") == "signed"
    assert not before.in_force


@pytest.mark.rule("SIG-2")
def test_a_paper_signature_with_an_impossible_day_or_scan_is_refused(
    sqlite_house: House, swale: UUID, versions: dict[str, UUID]
) -> None:
    supervisor = someone(sqlite_house, "hub_supervisor")
    bad: list[tuple[str, Any, str]] = [
        ("signed_on", date(1250, 6, 1), "/signed_on"), ("signed_on", date(2026, 11, 22), "/signed_on"),
        ("signed_on", date(9999, 12, 31), "/signed_on"), ("scan", b"MZ\x90", "/scan"), ("scan", b"", "/scan"),
        ("scan_name", "a\0.png", "/scan"),
    ]  # fmt: skip
    for field, value, pointer in bad:
        with pytest.raises(Invalid) as refused:
            records_paper(sqlite_house, supervisor, swale, versions["op"], **{field: value})
        assert refused.value.fields[0].pointer == pointer


@pytest.mark.rule("SIG-9")
def test_a_withdrawn_organisation_comes_back_only_by_signing_the_version_in_force(
    house: House, clock: FixedClock
) -> None:
    versions = the_instruments(house)
    swale = a_signatory(house)
    withdraws(house, swale)
    clock.move(DAY)
    coming = a_version(house, "op", "2", effective_on=date(2027, 1, 1), resign_by=date(2027, 1, 31))
    signer = a_signer(house, swale)

    with pytest.raises(ReturnsByVersionInForce):
        opens_and_signs(house, signer, swale, coming)
    with house.reading(COMMAND) as ctx:
        assert {version.id for version in queries.signable(ctx, swale)} == set(versions.values())

    signs(house, swale, "op", signer=signer)
    assert (state_of(house, swale, "op"), state_of(house, swale, "isa")) == ("signed", "withdrawn")
    with house.reading(COMMAND) as ctx:
        assert queries.withdrawn(ctx) == {swale}

    signs(house, swale, "isa", signer=signer)
    with house.reading(COMMAND) as ctx:
        assert queries.standing(ctx, swale).signatory
        assert queries.withdrawn(ctx) == set()


@pytest.mark.rule("SIG-9", "SIG-2")
def test_a_text_opened_before_the_withdrawal_does_not_bring_an_organisation_back(
    sqlite_house: House, versions: dict[str, UUID], clock: FixedClock
) -> None:
    swale = a_signatory(sqlite_house)
    signer = a_signer(sqlite_house, swale)
    with sqlite_house.work(*signer) as ctx:
        use_cases.open_version(ctx, versions["op"])
    clock.move(timedelta(minutes=1))
    withdraws(sqlite_house, swale)

    with pytest.raises(NotOpened):
        sign(sqlite_house, signer, swale, versions["op"])

    assert state_of(sqlite_house, swale, "op") == "withdrawn"


@pytest.mark.rule("ROL-3", "SIG-9")
def test_whoever_recorded_the_withdrawal_does_not_record_the_return(
    sqlite_house: House, versions: dict[str, UUID], clock: FixedClock
) -> None:
    swale = a_signatory(sqlite_house)
    manager = someone(sqlite_house, "hub_manager")
    withdraws(sqlite_house, swale, by=manager)
    clock.move(3 * DAY)
    on_paper = {"signed_on": date(2026, 11, 23)}

    with pytest.raises(ReturnNeedsAnother):
        records_paper(sqlite_house, manager, swale, versions["op"], **on_paper)

    records_paper(sqlite_house, someone(sqlite_house, "hub_supervisor"), swale, versions["op"], **on_paper)
    assert state_of(sqlite_house, swale, "op") == "signed"


@pytest.mark.rule("SIG-9")
def test_a_paper_signed_before_the_withdrawal_or_on_its_day_does_not_bring_it_back(
    sqlite_house: House, versions: dict[str, UUID], clock: FixedClock
) -> None:
    swale = a_signatory(sqlite_house)
    withdraws(sqlite_house, swale)
    clock.move(DAY)
    supervisor = someone(sqlite_house, "hub_supervisor")

    for day in (date(2026, 11, 20), date(2026, 11, 21)):
        with pytest.raises(Invalid):
            records_paper(sqlite_house, supervisor, swale, versions["op"], signed_on=day)
