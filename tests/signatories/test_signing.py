"""Signing a version, on screen and on paper, and refusing to."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from audit.models import AuditEntry
from compliance.identity.errors import FreshCodeNeeded
from compliance.identity.models import SignIn
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, Origin
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from signatories import evidence, queries, use_cases
from signatories.errors import (
    AlreadySigned,
    DocumentAltered,
    NotInForce,
    NotOpened,
)
from signatories.models import KeptForGood, Opening, Signature, Upload
from tests.builders.identity import someone
from tests.builders.signatories import (
    COMMAND,
    a_pdf,
    a_signatory,
    a_signer,
    a_version,
    an_organisation,
    opens_and_signs,
    records_paper,
    sign,
    signs,
    state_of,
    stranger_id,
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


@pytest.mark.rule("SIG-2", "SIG-1")
def test_a_person_authorised_opens_the_version_and_signs_it_and_the_register_changes_at_once(house: House) -> None:
    versions = the_instruments(house)
    swale = an_organisation(house)

    signs(house, swale, "op")
    assert state_of(house, swale, "op") == "signed"
    assert state_of(house, swale, "isa") == "unsigned"

    signs(house, swale, "isa")
    with house.reading(COMMAND) as ctx:
        standing = queries.standing(ctx, swale)
        assert (standing.signatory, standing.failing, standing.until) == (True, (), None)
        assert queries.signable(ctx, swale) == []
        assert queries.current_version(ctx, "op", date(2026, 11, 21)).id == versions["op"]  # type: ignore[union-attr]


@pytest.mark.rule("SIG-2")
def test_the_evidence_is_kept_whole_and_sealed_in_the_log_without_a_name(
    sqlite_house: House, swale: UUID, versions: dict[str, UUID], clock: FixedClock
) -> None:
    signer = a_signer(sqlite_house, swale)
    made = opens_and_signs(sqlite_house, signer, swale, versions["op"], name="Robin Vale")

    with sqlite_house.reading(COMMAND) as ctx:
        kept = ctx.session.get_one(Signature, made)
        entry = ctx.session.scalars(select(AuditEntry).where(AuditEntry.event == "instrument.signed")).one()
        version = queries.version(ctx, versions["op"])
    assert (kept.signed_name, kept.signed_role, kept.method) == ("Robin Vale", "Head of housing", "online")
    assert (kept.signed_at, kept.session_id, kept.address) == (
        clock.now(), signer.origin.session_id, signer.origin.address,
    )  # fmt: skip
    assert kept.document_sha256 == version.sha256
    assert evidence.seal(kept) in entry.detail
    assert version.sha256 in entry.detail
    assert "Robin" not in entry.detail
    assert entry.session_id == str(signer.origin.session_id)


@pytest.mark.rule("SIG-2", "IDN-6")
def test_signing_needs_a_fresh_code(sqlite_house: House, swale: UUID, versions: dict[str, UUID]) -> None:
    signer = someone(sqlite_house, "authorised_signatory", organisation_id=swale, fresh=False)
    with sqlite_house.work(*signer) as ctx:
        use_cases.open_version(ctx, versions["op"])

    with pytest.raises(FreshCodeNeeded):
        sign(sqlite_house, signer, swale, versions["op"])

    assert state_of(sqlite_house, swale, "op") == "unsigned"


@pytest.mark.rule("SIG-2")
def test_a_version_nobody_opened_cannot_be_signed_nor_one_opened_in_another_session_or_by_another_or_before_signing_out(
    sqlite_house: House, swale: UUID, versions: dict[str, UUID], clock: FixedClock
) -> None:
    signer, colleague = a_signer(sqlite_house, swale), a_signer(sqlite_house, swale)

    with pytest.raises(NotOpened):
        sign(sqlite_house, signer, swale, versions["op"])
    with sqlite_house.work(*signer) as ctx:
        use_cases.open_version(ctx, versions["isa"])
    with pytest.raises(NotOpened):
        sign(sqlite_house, signer, swale, versions["op"])
    with sqlite_house.work(*signer) as ctx:
        use_cases.open_version(ctx, versions["op"])
    later = signer._replace(origin=Origin("192.0.2.10", session_id=uuid4(), fresh_until=clock.now() + DAY))
    with pytest.raises(NotOpened):
        sign(sqlite_house, later, swale, versions["op"])
    with pytest.raises(NotOpened):
        sign(sqlite_house, signer._replace(actor=colleague.actor), swale, versions["op"])
    with sqlite_house.work(COMMAND) as ctx:
        ctx.session.add(
            SignIn(
                id=signer.origin.session_id, person_id=signer.actor.person_id, token="t", opened_at=clock.now(),
                seen_at=clock.now(), ended_at=clock.now(),
            )
        )  # fmt: skip
    with pytest.raises(NotOpened):
        sign(sqlite_house, signer, swale, versions["op"])

    assert state_of(sqlite_house, swale, "op") == "unsigned"


@pytest.mark.rule("SIG-2")
def test_opening_gives_the_very_file_and_opening_again_counts_anew(
    sqlite_house: House, swale: UUID, versions: dict[str, UUID], clock: FixedClock
) -> None:
    signer = a_signer(sqlite_house, swale)
    with sqlite_house.work(*signer) as ctx:
        use_cases.open_version(ctx, versions["op"])
    clock.move(timedelta(minutes=1))
    with sqlite_house.work(*signer) as ctx:
        document = use_cases.open_version(ctx, versions["op"])

    assert (document.content, document.media_type) == (a_pdf("op 1"), "application/pdf")
    with sqlite_house.reading(COMMAND) as ctx:
        assert ctx.session.scalars(select(Opening.opened_at)).all() == [clock.now()]


@pytest.mark.rule("SIG-2")
def test_a_file_changed_behind_our_back_can_be_neither_opened_nor_signed(
    sqlite_house: House, swale: UUID, versions: dict[str, UUID]
) -> None:
    signer = a_signer(sqlite_house, swale)
    with sqlite_house.work(*signer) as ctx:
        use_cases.open_version(ctx, versions["op"])
    with sqlite_house.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER uploads_not_rewritten")
        connection.execute(update(Upload).values(content=a_pdf("Other terms")))

    with pytest.raises(DocumentAltered):
        sign(sqlite_house, signer, swale, versions["op"])
    with pytest.raises(DocumentAltered), sqlite_house.work(*signer) as ctx:
        use_cases.open_version(ctx, versions["op"])


@pytest.mark.rule("ROL-4")
def test_another_organisations_signer_meets_nothing_there(
    sqlite_house: House, swale: UUID, versions: dict[str, UUID]
) -> None:
    dover = an_organisation(sqlite_house, "dover")
    signer = a_signer(sqlite_house, dover)
    with sqlite_house.work(*signer) as ctx:
        use_cases.open_version(ctx, versions["op"])

    for organisation_id in (swale, stranger_id()):
        with pytest.raises(NotFound):
            sign(sqlite_house, signer, organisation_id, versions["op"])
        with pytest.raises(NotFound), sqlite_house.work(*signer) as ctx:
            use_cases.refuse_to_sign(ctx, organisation_id, versions["op"], reasons="No")
        with pytest.raises(NotFound):
            withdraws(sqlite_house, organisation_id, by=signer)
    with pytest.raises(NotFound):
        sign(sqlite_house, signer, dover, stranger_id())


@pytest.mark.rule("SIG-2", "ROL-1")
def test_nobody_but_the_authorised_person_signs(sqlite_house: House, swale: UUID, versions: dict[str, UUID]) -> None:
    for role in ("hub_manager", "hub_supervisor", "delegate", "ig_officer"):
        other = someone(sqlite_house, role, organisation_id=swale)
        with pytest.raises(Forbidden), sqlite_house.work(*other) as ctx:
            use_cases.open_version(ctx, versions["op"])
        with pytest.raises(Forbidden):
            sign(sqlite_house, other, swale, versions["op"])


@pytest.mark.rule("SIG-2")
def test_a_name_or_a_role_that_is_none_is_refused(sqlite_house: House, swale: UUID, versions: dict[str, UUID]) -> None:
    signer = a_signer(sqlite_house, swale)
    with sqlite_house.work(*signer) as ctx:
        use_cases.open_version(ctx, versions["op"])

    bad = [("name", " "), ("name", "R" * 201), ("name", "Robin\u202eelaV"), ("role", ""), ("role", "Head\0"),
           ("role", "\ud800")]  # fmt: skip
    for field, value in bad:
        with pytest.raises(Invalid) as refused:
            sign(sqlite_house, signer, swale, versions["op"], **{field: value})
        assert refused.value.fields[0].pointer == f"/{field}"


@pytest.mark.rule("SIG-2")
def test_a_version_is_signed_once(sqlite_house: House, swale: UUID, versions: dict[str, UUID]) -> None:
    signs(sqlite_house, swale, "op")

    with pytest.raises(AlreadySigned):
        opens_and_signs(sqlite_house, a_signer(sqlite_house, swale), swale, versions["op"])
    with pytest.raises(AlreadySigned):
        records_paper(sqlite_house, someone(sqlite_house, "hub_supervisor"), swale, versions["op"])


@pytest.mark.rule("SIG-2")
def test_what_was_signed_is_never_rewritten_and_never_deleted(
    sqlite_house: House, swale: UUID, versions: dict[str, UUID]
) -> None:
    made = opens_and_signs(sqlite_house, a_signer(sqlite_house, swale), swale, versions["op"])

    with pytest.raises(KeptForGood), sqlite_house.work(COMMAND) as ctx:
        ctx.session.get_one(Signature, made).signed_name = "Somebody Else"
    with pytest.raises(KeptForGood), sqlite_house.work(COMMAND) as ctx:
        ctx.session.delete(ctx.session.get_one(Signature, made))


@pytest.mark.rule("SIG-4")
def test_a_new_version_leaves_the_old_signature_until_its_day_is_over_and_then_the_organisation_is_lapsed(
    house: House, clock: FixedClock
) -> None:
    the_instruments(house)
    swale = a_signatory(house)
    a_version(house, "op", "2", resign_by=date(2026, 11, 25))

    with house.reading(COMMAND) as ctx:
        line = queries.standing(ctx, swale).of("op")
    assert line.in_force
    assert line.until is not None
    assert line.until.isoformat() == "2026-11-26T00:00:00+00:00"

    clock.move(line.until - clock.now() - timedelta(microseconds=1))
    assert state_of(house, swale, "op") == "signed"
    clock.move(timedelta(microseconds=1))
    with house.reading(COMMAND) as ctx:
        assert queries.standing(ctx, swale).failing == ("SIG-4",)

    signs(house, swale, "op")
    assert state_of(house, swale, "op") == "signed"


@pytest.mark.rule("SIG-4")
def test_a_replaced_version_can_no_longer_be_answered_for(
    sqlite_house: House, swale: UUID, versions: dict[str, UUID]
) -> None:
    signer = a_signer(sqlite_house, swale)
    a_version(sqlite_house, "op", "2", resign_by=date(2026, 12, 25))

    with pytest.raises(NotInForce):
        opens_and_signs(sqlite_house, signer, swale, versions["op"])
    with pytest.raises(NotInForce), sqlite_house.work(*signer) as ctx:
        use_cases.refuse_to_sign(ctx, swale, versions["op"], reasons="No")
    with pytest.raises(NotInForce):
        records_paper(sqlite_house, someone(sqlite_house, "hub_supervisor"), swale, versions["op"])
