"""What an upheld challenge does to an entry and to the rights that stand on it: a new entry, or none (SIG-3, SIG-9)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from audit.models import AuditEntry
from compliance.kernel.clock import FixedClock, london_date
from compliance.kernel.context import House
from compliance.kernel.errors import Invalid
from compliance.licences.rules import Status
from signatories import evidence, use_cases
from signatories import queries as register
from signatories.challenges.errors import (
    BringsBack,
    EntryReplaced,
    NoSuchRemedy,
)
from signatories.challenges.models import Challenge
from signatories.challenges.rules import Entry, Remedy, crosses
from signatories.models import Signature, SigningRefusal, Upload, Withdrawal
from signatories.withdrawals import queries as leaving
from tests.builders import licences as licensing
from tests.builders.challenges import A_DAY_BEFORE, challenges, corrected, struck_out, upholds
from tests.builders.identity import Acting, someone
from tests.builders.signatories import (
    COMMAND,
    a_signer,
    a_version,
    an_organisation,
    opens_and_signs,
    records_paper,
    signs,
    state_of,
    the_instruments,
    withdraws,
)

DAY = timedelta(days=1)


def the(house: House, kind: type[Any], entry_id: UUID) -> Any:
    with house.reading(COMMAND) as ctx:
        return ctx.session.get_one(kind, entry_id)


def a_paper(house: House, code: str = "swale", **given: Any) -> tuple[UUID, Signature, Acting]:
    """An organisation, its signature of the protocol on paper, and who recorded it."""
    versions = the_instruments(house)
    organisation = an_organisation(house, code)
    recorder = someone(house, "hub_supervisor")
    return organisation, records_paper(house, recorder, organisation, versions["op"], **given), recorder


@pytest.mark.rule("SIG-9")
@pytest.mark.parametrize(
    ("old", "new", "across"), [(1, 2, False), (1, 3, False), (1, 4, True), (3, 4, True), (4, 3, True), (4, 9, False)]
)
def test_a_correction_crosses_a_withdrawal_when_only_one_of_the_days_is_after_it(
    old: int, new: int, across: bool
) -> None:
    assert crosses(date(2026, 1, old), date(2026, 1, new), [date(2026, 1, 3)]) is across


@pytest.mark.rule("SIG-3", "SIG-1")
def test_an_upheld_challenge_puts_a_new_entry_in_the_place_of_the_old_one(house: House, clock: FixedClock) -> None:
    organisation, old, _ = a_paper(house)
    clock.move(DAY)
    new_id = corrected(house, old.id, name="Robyn Vale", role="Director", signed_on=A_DAY_BEFORE)

    new, old = the(house, Signature, new_id), the(house, Signature, old.id)
    assert (new.signed_name, new.signed_role, london_date(new.signed_at)) == ("Robyn Vale", "Director", A_DAY_BEFORE)
    assert (new.corrects_id, new.recorded_at, new.superseded_at) == (old.id, clock.now(), None)
    assert (new.scan_id, new.version_id, new.document_sha256) == (old.scan_id, old.version_id, old.document_sha256)
    assert (old.signed_name, old.superseded_at) == ("Robin Vale", clock.now())
    with house.reading(COMMAND) as ctx:
        cell = register.facts(ctx)[organisation].instruments["op"]
        assert (cell.state, cell.signed_name, cell.signed_role) == ("signed", "Robyn Vale", "Director")
        lines = register.history(ctx, organisation)
    told = [(line.name, line.superseded_at, line.corrects_id) for line in lines]
    assert told == [("Robin Vale", clock.now(), None), ("Robyn Vale", None, old.id)]


@pytest.mark.rule("SIG-2", "SIG-3")
def test_a_corrected_signature_is_sealed_anew_in_the_log(sqlite_house: House) -> None:
    _, old, _ = a_paper(sqlite_house)
    new = the(sqlite_house, Signature, corrected(sqlite_house, old.id, name="Robyn Vale"))

    with sqlite_house.reading(COMMAND) as ctx:
        scan = ctx.session.get_one(Upload, new.scan_id).sha256
        entry = ctx.session.scalars(select(AuditEntry).where(AuditEntry.subject_id == str(new.id))).one()
    assert entry.event == "instrument.signature_corrected"
    assert evidence.seal(new, scan=scan) in entry.detail
    assert str(old.id) in entry.detail
    assert "Robyn" not in entry.detail


@pytest.mark.rule("SIG-3", "LIC-13", "DEC-4")
def test_a_struck_out_signature_ends_the_right_at_that_commit(house: House) -> None:
    licensing.seats(house)
    organisation = licensing.an_organisation(house)
    licence = licensing.a_licence(house, organisation)
    with house.reading(COMMAND) as ctx:
        entry = ctx.session.scalars(select(Signature).where(Signature.organisation_id == organisation)).first()
    assert entry is not None

    struck_out(house, entry.id)

    again = licensing.again(house, licence.id)
    assert (again.status, again.suspension) == (Status.SUSPENDED, "eligibility")
    with house.reading(COMMAND) as ctx:
        assert not register.standing(ctx, organisation).signatory


@pytest.mark.rule("SIG-3", "LIC-13")
def test_a_struck_out_refusal_lets_the_licences_wake(sqlite_house: House, clock: FixedClock) -> None:
    versions = the_instruments(sqlite_house)
    swale = an_organisation(sqlite_house)
    signs(sqlite_house, swale)
    clock.move(DAY)
    second = a_version(sqlite_house, "op", "2", resign_by=date(2027, 1, 31))
    with sqlite_house.work(*someone(sqlite_house, "hub_manager")) as ctx:
        refusal = use_cases.refuse_to_sign(ctx, swale, second, reasons="Not ours.").id
    assert state_of(sqlite_house, swale, "op") == "refused"

    struck_out(sqlite_house, refusal, kind=Entry.REFUSAL)

    assert state_of(sqlite_house, swale, "op") == "signed"
    assert the(sqlite_house, SigningRefusal, refusal).reasons == "Not ours."
    assert versions["op"] != second


@pytest.mark.rule("SIG-3", "SIG-5")
def test_a_refusal_that_a_struck_out_signature_had_answered_stands_again(
    sqlite_house: House, clock: FixedClock
) -> None:
    the_instruments(sqlite_house)
    swale = an_organisation(sqlite_house)
    signs(sqlite_house, swale)
    second = a_version(sqlite_house, "op", "2", effective_on=date(2026, 11, 22), resign_by=date(2027, 1, 31))
    with sqlite_house.work(*someone(sqlite_house, "hub_manager")) as ctx:
        use_cases.refuse_to_sign(ctx, swale, second, reasons="Not ours.")
    clock.move(DAY)
    mistaken = records_paper(sqlite_house, someone(sqlite_house, "hub_supervisor"), swale, second)
    assert state_of(sqlite_house, swale, "op") == "signed"
    clock.move(DAY)

    struck_out(sqlite_house, corrected(sqlite_house, mistaken.id, name="Robyn Vale"))

    assert state_of(sqlite_house, swale, "op") == "refused"
    before = clock.now() - timedelta(hours=1)
    with sqlite_house.reading(COMMAND) as ctx:
        then = register.facts(ctx, [swale], at=before)[swale].instruments["op"]
    assert (then.state, then.signed_name) == ("signed", "Robin Vale")


@pytest.mark.rule("SIG-9", "SIG-3")
def test_a_correction_never_brings_a_withdrawn_organisation_back(house: House, clock: FixedClock) -> None:
    versions = the_instruments(house)
    swale = an_organisation(house)
    paper = records_paper(house, someone(house, "hub_supervisor"), swale, versions["op"])
    signs(house, swale, "isa")
    clock.move(DAY)
    withdraws(house, swale)
    clock.move(3 * DAY)
    doubted = challenges(house, paper.id)

    with pytest.raises(BringsBack):
        upholds(house, doubted.id, signed_on=london_date(clock.now()))
    new = upholds(house, doubted.id, name="Robyn Vale").corrected_by_id

    assert new is not None
    assert the(house, Signature, new).ended_at is not None
    assert state_of(house, swale, "op") == "withdrawn"


@pytest.mark.rule("SIG-9", "SIG-8", "SIG-3")
def test_of_a_withdrawal_only_what_is_written_of_it_is_corrected(sqlite_house: House, clock: FixedClock) -> None:
    the_instruments(sqlite_house)
    swale = a_signatory_again(sqlite_house)
    old = withdraws(sqlite_house, swale)
    clock.move(DAY)
    doubted = challenges(sqlite_house, old.id, kind=Entry.WITHDRAWAL)
    with pytest.raises(NoSuchRemedy):
        upholds(sqlite_house, doubted.id, remedy=Remedy.STRIKE_OUT)
    with pytest.raises(Invalid):
        upholds(sqlite_house, doubted.id, name="Robyn Vale")

    new_id = upholds(sqlite_house, doubted.id, letter_on=A_DAY_BEFORE, letter_reasons="Merged.").corrected_by_id

    assert new_id is not None
    new = the(sqlite_house, Withdrawal, new_id)
    assert (new.letter_on, new.reasons, new.corrects_id) == (A_DAY_BEFORE, "Merged.", old.id)
    assert (new.effective_at, new.people_removed, new.carried_out_at, new.recorded_by, new.letter_id) == (
        old.effective_at, old.people_removed, old.carried_out_at, old.recorded_by, old.letter_id,
    )  # fmt: skip
    assert state_of(sqlite_house, swale, "op") == "withdrawn"
    with sqlite_house.reading(*someone(sqlite_house, "hub_manager")) as ctx:
        stood = {row.withdrawal.id: leaving.stands(row.withdrawal, ctx.now()) for row in leaving.register(ctx)}
    assert stood == {old.id: leaving.Stands.CORRECTED, new.id: leaving.Stands.IN_EFFECT}


def a_signatory_again(house: House) -> UUID:
    """An organisation that signed both instruments, which are there already."""
    swale = an_organisation(house)
    signs(house, swale)
    return swale


@pytest.mark.rule("SIG-3", "SIG-12")
def test_a_wrong_check_of_the_isa_list_is_struck_out_and_due_again(sqlite_house: House) -> None:
    the_instruments(sqlite_house)
    swale = an_organisation(sqlite_house)
    with sqlite_house.work(*someone(sqlite_house, "hub_supervisor")) as ctx:
        check = use_cases.record_isa_check(ctx, swale, found=True).id
    assert due(sqlite_house) == (0, False)

    struck_out(sqlite_house, check, kind=Entry.ISA_CHECK)

    assert due(sqlite_house) == (1, True)
    with pytest.raises(EntryReplaced):
        challenges(sqlite_house, check, kind=Entry.ISA_CHECK)


def due(house: House) -> tuple[int, bool]:
    with house.reading(COMMAND) as ctx:
        return register.isa_checks_waiting(ctx), register.register(ctx)[0].isa.due


@pytest.mark.rule("SIG-3")
def test_a_correction_that_says_nothing_or_nonsense_is_refused_and_changes_nothing(sqlite_house: House) -> None:
    _, entry, _ = a_paper(sqlite_house)
    doubted = challenges(sqlite_house, entry.id)
    manager = someone(sqlite_house, "hub_manager")
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "/name"),
        ({"name": "Robin Vale"}, "/name"),
        ({"name": "\u202eelaV niboR"}, "/name"),
        ({"role": " "}, "/role"),
        ({"signed_on": date(2027, 1, 1)}, "/signed_on"),
        ({"signed_on": date(1999, 1, 1)}, "/signed_on"),
        ({"letter_on": date(2026, 11, 1)}, "/name"),
    ]

    for said, pointer in wrong:
        with pytest.raises(Invalid) as refused:
            upholds(sqlite_house, doubted.id, by=manager, **said)
        assert [field.pointer for field in refused.value.fields] == [pointer]

    assert the(sqlite_house, Challenge, doubted.id).status == "open"
    assert the(sqlite_house, Signature, entry.id).superseded_at is None


@pytest.mark.rule("SIG-3", "SIG-2")
def test_the_time_of_a_signature_made_here_is_no_matter_of_opinion(sqlite_house: House) -> None:
    versions = the_instruments(sqlite_house)
    swale = an_organisation(sqlite_house)
    made = opens_and_signs(sqlite_house, a_signer(sqlite_house, swale), swale, versions["op"])

    with pytest.raises(Invalid):
        corrected(sqlite_house, made, signed_on=A_DAY_BEFORE)
