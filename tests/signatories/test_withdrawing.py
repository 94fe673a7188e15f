"""Leaving: what ends, what stays, and the register of who left."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select

from audit.guard import Unrecorded
from audit.models import AuditEntry
from compliance.identity.models import SignIn
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.licences.models import Licence
from signatories import queries, rules, uploads, use_cases
from signatories.errors import AlreadyAcknowledged, NothingToWithdraw
from signatories.models import KeptForGood, Signature, Upload, Withdrawal
from tests.builders.identity import a_person, someone
from tests.builders.signatories import (
    COMMAND,
    a_docx,
    a_jpeg,
    a_pdf,
    a_png,
    a_signatory,
    a_signer,
    a_version,
    an_organisation,
    signs,
    state_of,
    stranger_id,
    the_instruments,
    withdraws,
)


@pytest.fixture
def swale(sqlite_house: House) -> UUID:
    the_instruments(sqlite_house)
    return a_signatory(sqlite_house)


def a_sign_in(house: House, organisation_id: UUID) -> UUID:
    """Somebody of the organisation is signed in."""
    person = a_person(house, organisation_id=organisation_id, hub_team=False)
    now, session_id = house.clock.now(), uuid4()
    with house.work(COMMAND) as ctx:
        ctx.session.add(
            SignIn(id=session_id, person_id=person.id, token=str(session_id), opened_at=now, seen_at=now, whole_at=now)
        )
    return session_id


def an_active_licence(house: House, organisation_id: UUID) -> UUID:
    """Somebody of the organisation holds a licence, however they came by it."""
    person = a_person(house, organisation_id=organisation_id, hub_team=False)
    now, licence_id = house.clock.now(), uuid4()
    with house.engine.begin() as connection:
        connection.execute(
            Licence.__table__.insert().values(  # type: ignore[attr-defined]
                id=licence_id, revision=1, person_id=person.id, organisation_id=organisation_id, kind="standing",
                status="active", reason="-", requested_by="-", requested_at=now, activated_at=now,
            )
        )  # fmt: skip
    return licence_id


@pytest.mark.rule("SIG-6")
def test_in_one_transaction_the_signatures_the_sessions_and_the_licences_end(house: House, clock: FixedClock) -> None:
    the_instruments(house)
    swale, dover = a_signatory(house, "swale"), a_signatory(house, "dover")
    theirs, others = a_sign_in(house, swale), a_sign_in(house, dover)
    licences = [an_active_licence(house, swale) for _ in range(2)]
    clock.move(timedelta(hours=1))

    made = withdraws(house, swale)

    with house.reading(COMMAND) as ctx:
        ended = ctx.session.scalars(select(Signature).where(Signature.organisation_id == swale)).all()
        kept = ctx.session.get_one(Withdrawal, made.id)
        assert [(signature.ended_at, signature.end_reason) for signature in ended] == [(clock.now(), "withdrawn")] * 2
        assert ctx.session.get_one(SignIn, theirs).ended_at == clock.now()
        assert ctx.session.get_one(SignIn, others).ended_at is None
        assert {ctx.session.get_one(Licence, each).end_reason for each in licences} == {"withdrawn"}
        assert (kept.people_removed, kept.licences_ended, kept.effective_at) == (2, 2, clock.now())
        assert queries.standing(ctx, swale).failing == ("SIG-6",)
        assert queries.standing(ctx, dover).signatory
        assert queries.standing(ctx, swale, at=clock.now() - timedelta(microseconds=1)).signatory


@pytest.mark.rule("SIG-6", "AUD-2")
def test_when_the_log_cannot_be_written_nothing_has_ended(sqlite_house: House, swale: UUID) -> None:
    session_id = a_sign_in(sqlite_house, swale)
    manager = someone(sqlite_house, "hub_manager")
    with sqlite_house.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE audit_entries RENAME TO elsewhere")

    with pytest.raises(Exception, match="audit_entries"):
        withdraws(sqlite_house, swale, by=manager)

    with sqlite_house.reading(COMMAND) as ctx:
        assert ctx.session.get_one(SignIn, session_id).ended_at is None
        assert ctx.session.scalar(select(func.count()).select_from(Withdrawal)) == 0
        assert queries.standing(ctx, swale).signatory


@pytest.mark.rule("SIG-6")
def test_a_withdrawal_from_one_instrument_leaves_the_other_but_the_organisation_is_outside(
    sqlite_house: House, swale: UUID
) -> None:
    withdraws(sqlite_house, swale, instruments=["op"])

    assert (state_of(sqlite_house, swale, "op"), state_of(sqlite_house, swale, "isa")) == ("withdrawn", "signed")
    with sqlite_house.reading(COMMAND) as ctx:
        assert queries.withdrawn(ctx) == {swale}


@pytest.mark.rule("SIG-6")
def test_the_organisations_own_signer_may_withdraw_it_and_nobody_below_the_hub_manager(
    sqlite_house: House, swale: UUID
) -> None:
    for role in ("hub_supervisor", "delegate", "ig_officer"):
        with pytest.raises(Forbidden):
            withdraws(sqlite_house, swale, by=someone(sqlite_house, role, organisation_id=swale))

    withdraws(sqlite_house, swale, by=a_signer(sqlite_house, swale))

    assert state_of(sqlite_house, swale, "op") == "withdrawn"


@pytest.mark.rule("SIG-6", "ROL-4")
def test_an_organisation_that_is_not_there_or_not_ones_own_cannot_be_withdrawn(
    sqlite_house: House, swale: UUID
) -> None:
    signer = a_signer(sqlite_house, an_organisation(sqlite_house, "dover"))

    for organisation_id in (swale, stranger_id()):
        with pytest.raises(NotFound):
            withdraws(sqlite_house, organisation_id, by=signer)


@pytest.mark.rule("SIG-6")
def test_it_names_instruments_there_are(sqlite_house: House, swale: UUID) -> None:
    for instruments in ([], ["nothing"], ["op", "nothing"]):
        with pytest.raises(Invalid) as refused:
            withdraws(sqlite_house, swale, instruments=instruments)
        assert refused.value.fields[0].pointer == "/instruments"


@pytest.mark.rule("SIG-6")
def test_nobody_withdraws_what_is_not_signed_nor_twice(sqlite_house: House, swale: UUID) -> None:
    dover = an_organisation(sqlite_house, "dover")
    signs(sqlite_house, dover, "op")

    with pytest.raises(NothingToWithdraw):
        withdraws(sqlite_house, dover)
    withdraws(sqlite_house, swale)
    with pytest.raises(NothingToWithdraw):
        withdraws(sqlite_house, swale)


@pytest.mark.rule("SIG-6", "SIG-4")
def test_a_lapsed_organisation_may_still_withdraw(sqlite_house: House, swale: UUID, clock: FixedClock) -> None:
    a_version(sqlite_house, "op", "2", resign_by=date(2026, 11, 21))
    clock.move(timedelta(days=1))
    assert state_of(sqlite_house, swale, "op") == "lapsed"

    withdraws(sqlite_house, swale)

    assert state_of(sqlite_house, swale, "op") == "withdrawn"


@pytest.mark.rule("SIG-6")
def test_a_letter_of_the_thirteenth_century_or_of_tomorrow_is_refused(sqlite_house: House, swale: UUID) -> None:
    for day in (date(1250, 6, 1), date(1, 1, 1), date(2026, 11, 22), date(9999, 12, 31)):
        with pytest.raises(Invalid) as refused:
            withdraws(sqlite_house, swale, letter_on=day)
        assert refused.value.fields[0].pointer == "/letter_on"

    assert state_of(sqlite_house, swale, "op") == "signed"


@pytest.mark.rule("SIG-6")
def test_a_letter_that_is_none_is_refused_whatever_its_name(sqlite_house: House, swale: UUID) -> None:
    letters = {
        "a program": b"MZ\x90\x00" + b"\0" * 100,
        "two things at once": a_pdf() + a_docx(),
        "nothing": b"",
        "one letter too long": a_pdf("x" * 10485760),
        "40 MB": b"%PDF-1.4" + b"\0" * 40_000_000,
    }
    for letter in letters.values():
        with pytest.raises(Invalid) as refused:
            withdraws(sqlite_house, swale, letter=letter)
        assert refused.value.fields[0].pointer == "/letter"

    with sqlite_house.reading(COMMAND) as ctx:
        assert queries.standing(ctx, swale).signatory
        assert ctx.session.scalar(select(func.count()).select_from(Upload)) == 2


@pytest.mark.rule("SIG-6")
def test_a_letter_is_kept_whole_under_a_name_without_folders_and_with_its_true_ending(
    sqlite_house: House, swale: UUID, clock: FixedClock
) -> None:
    letters = [
        ("letter.pdf", a_pdf(), "letter.pdf"),
        ("LETTER.JPG", a_jpeg(), "LETTER.JPG"),
        ("letter.exe", a_docx(), "letter.exe.docx"),
        ("../../etc/passwd", a_png(), "passwd.png"),
        ("C:\\Letters\\ours.png", a_png(), "ours.png"),
        ('a"; filename=x.exe', a_pdf(), 'a"; filename=x.exe.pdf'),
    ]
    for name, content, kept in letters:
        with sqlite_house.work(COMMAND) as ctx:
            upload = uploads.receive(ctx, file_name=name, content=content)
        assert (upload.file_name, upload.content, upload.size) == (kept, content, len(content))

    for name in ("", "folder/", "a\nb.pdf", "x" * 300, "\u202efdp.exe"):
        with pytest.raises(Invalid), sqlite_house.work(COMMAND) as ctx:
            uploads.receive(ctx, file_name=name, content=a_pdf())


@pytest.mark.rule("SIG-6", "AUD-1")
def test_reading_a_letter_is_recorded_and_for_those_who_may(sqlite_house: House, swale: UUID) -> None:
    made = withdraws(sqlite_house, swale)

    with sqlite_house.work(*someone(sqlite_house, "hub_coordinator")) as ctx:
        letter = use_cases.read_letter(ctx, made.id)
    assert letter.content == a_pdf()
    with sqlite_house.reading(COMMAND) as ctx:
        assert "withdrawal.letter_read" in ctx.session.scalars(select(AuditEntry.event)).all()
    with pytest.raises(Forbidden), sqlite_house.work(*a_signer(sqlite_house, swale)) as ctx:
        use_cases.read_letter(ctx, made.id)


@pytest.mark.rule("SIG-7")
def test_the_duties_that_stay_are_acknowledged_with_the_withdrawal_or_later_once(
    sqlite_house: House, swale: UUID, clock: FixedClock
) -> None:
    made = withdraws(sqlite_house, swale, acknowledged_by=None)
    assert made.duties_acknowledged_at is None
    clock.move(timedelta(days=2))
    signer = a_signer(sqlite_house, swale)

    with sqlite_house.work(*signer) as ctx:
        use_cases.acknowledge_duties(ctx, made.id, by="Robin Vale")
    with pytest.raises(AlreadyAcknowledged), sqlite_house.work(*signer) as ctx:
        use_cases.acknowledge_duties(ctx, made.id, by="Another")

    with sqlite_house.reading(COMMAND) as ctx:
        kept = queries.withdrawal(ctx, made.id)
    assert (kept.duties_acknowledged_by, kept.duties_acknowledged_at) == ("Robin Vale", clock.now())


@pytest.mark.rule("SIG-7", "ROL-4")
def test_another_organisation_acknowledges_nothing(sqlite_house: House, swale: UUID) -> None:
    made = withdraws(sqlite_house, swale, acknowledged_by=None)
    other = a_signer(sqlite_house, an_organisation(sqlite_house, "dover"))

    for withdrawal_id in (made.id, stranger_id()):
        with pytest.raises(NotFound), sqlite_house.work(*other) as ctx:
            use_cases.acknowledge_duties(ctx, withdrawal_id, by="Robin Vale")


@pytest.mark.rule("SIG-8", "SIG-7")
def test_the_register_of_withdrawals_says_who_left_what_when_why_and_by_whose_hand(house: House) -> None:
    the_instruments(house)
    swale = a_signatory(house)
    manager = someone(house, "hub_manager")
    made = withdraws(house, swale, by=manager)

    with house.work(*someone(house, "ig_officer")) as ctx:
        (row,) = use_cases.view_withdrawals(ctx)
    assert (row.organisation, row.letter, row.recorded_by) == ("Swale", "letter.pdf", "Wren Alder")
    assert (row.withdrawal.id, row.withdrawal.instruments) == (made.id, "isa op")
    assert row.withdrawal.reasons == "We no longer take part."
    assert "continues to comply" in rules.DUTIES
    with pytest.raises(Forbidden), house.work(*a_signer(house, swale)) as ctx:
        use_cases.view_withdrawals(ctx)


@pytest.mark.rule("SIG-8")
def test_a_withdrawal_its_letter_and_its_reasons_are_never_deleted_or_rewritten(
    sqlite_house: House, swale: UUID
) -> None:
    made = withdraws(sqlite_house, swale)

    for kind, row_id in ((Withdrawal, made.id), (Upload, made.letter_id)):
        with pytest.raises(KeptForGood), sqlite_house.work(COMMAND) as ctx:
            ctx.session.delete(ctx.session.get_one(kind, row_id))
    with pytest.raises(KeptForGood), sqlite_house.work(COMMAND) as ctx:
        queries.withdrawal(ctx, made.id).reasons = "None at all"
    with pytest.raises(Unrecorded), sqlite_house.work(COMMAND) as ctx:
        ctx.session.execute(delete(Withdrawal))


@pytest.mark.rule("SIG-6", "AUD-1")
def test_the_log_says_that_it_withdrew_and_neither_why_nor_who_wrote(sqlite_house: House, swale: UUID) -> None:
    made = withdraws(sqlite_house, swale)

    with sqlite_house.reading(COMMAND) as ctx:
        entry: Any = ctx.session.scalars(select(AuditEntry).where(AuditEntry.event == "organisation.withdrew")).one()
    assert (entry.subject_id, entry.organisation) == (str(made.id), str(swale))
    assert "no longer" not in entry.detail
    assert "Vale" not in entry.detail
