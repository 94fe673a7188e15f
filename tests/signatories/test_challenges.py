"""*Checked and challenged at any given point*: entries are doubted, and corrected by new ones or left (SIG-3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from audit.models import AuditEntry
from compliance.identity.errors import FreshCodeNeeded
from compliance.kernel.clock import FixedClock, london_date
from compliance.kernel.context import Context, House, Origin
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.licences.rules import Status
from compliance.notices.models import Notice
from signatories import evidence, use_cases
from signatories import queries as register
from signatories.challenges import queries
from signatories.challenges import use_cases as challenging
from signatories.challenges.corrections import Correction
from signatories.challenges.errors import (
    AlreadyChallenged,
    BringsBack,
    ChallengeOver,
    EntryReplaced,
    NoSuchRemedy,
    OwnChallenge,
    OwnEntry,
)
from signatories.challenges.models import Challenge
from signatories.challenges.rules import NEXT, Entry, Remedy, State, Step, after, crosses
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
    stranger_id,
    the_instruments,
    withdraws,
)
from tests.support.together import together

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


@pytest.mark.rule("SIG-3")
@pytest.mark.parametrize(("state", "step"), product(State, Step))
def test_only_an_open_challenge_can_be_decided(state: State, step: Step) -> None:
    if state is State.OPEN:
        assert after(state, step) is NEXT[state, step]
        return
    with pytest.raises(ChallengeOver):
        after(state, step)


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


@pytest.mark.rule("SIG-3", "ROL-4")
def test_an_organisation_challenges_its_own_entries_and_anothers_do_not_exist(sqlite_house: House) -> None:
    swale, entry, _ = a_paper(sqlite_house)
    other = an_organisation(sqlite_house, "oasis")
    stranger = someone(sqlite_house, "authorised_signatory", organisation_id=other)
    for who in (stranger, someone(sqlite_house, "escalation_contact", organisation_id=other)):
        with sqlite_house.work(*who) as ctx, pytest.raises(NotFound):
            challenging.raise_challenge(ctx, "signature", entry.id, grounds="Not so.")
    for role in ("delegate", "steering_member"):
        with sqlite_house.work(*someone(sqlite_house, role)) as ctx, pytest.raises(Forbidden):
            challenging.raise_challenge(ctx, "signature", entry.id, grounds="Not so.")

    made = challenges(sqlite_house, entry.id, by=someone(sqlite_house, "escalation_contact", organisation_id=swale))

    assert (made.raised_for_id, made.status) == (swale, "open")
    with sqlite_house.work(*stranger) as ctx:
        with pytest.raises(NotFound):
            queries.visible(ctx, made.id)
        assert queries.challenges(ctx).rows == ()
        with pytest.raises(NotFound):
            challenging.dismiss(ctx, made.id, reasons="Never mind.")
    with sqlite_house.work(*a_signer(sqlite_house, swale)) as ctx, pytest.raises(Forbidden):
        challenging.dismiss(ctx, made.id, reasons="Never mind.")


@pytest.mark.rule("SIG-3", "ROL-3")
def test_neither_the_challenger_nor_who_recorded_the_entry_decides(sqlite_house: House) -> None:
    _, entry, recorder = a_paper(sqlite_house)
    challenger = someone(sqlite_house, "hub_manager")
    doubted = challenges(sqlite_house, entry.id, by=challenger)

    for who, refusal in (
        (challenger, OwnChallenge),
        (recorder, OwnEntry),
        (someone(sqlite_house, "ig_officer"), Forbidden),
    ):
        with sqlite_house.work(*who) as ctx:
            with pytest.raises(refusal):
                challenging.dismiss(ctx, doubted.id, reasons="It is right.")
            with pytest.raises(refusal):
                challenging.uphold(ctx, doubted.id, reasons="It is wrong.", remedy=Remedy.STRIKE_OUT)

    second = someone(sqlite_house, "hub_supervisor")
    new = upholds(sqlite_house, doubted.id, by=second, name="Robyn Vale").corrected_by_id
    assert new is not None
    again = challenges(sqlite_house, new, by=challenger)
    with sqlite_house.work(*second) as ctx, pytest.raises(OwnEntry):
        challenging.dismiss(ctx, again.id, reasons="It is right now.")


@pytest.mark.rule("SIG-3")
def test_it_is_dismissed_with_reasons_and_can_be_raised_again(sqlite_house: House, clock: FixedClock) -> None:
    _, entry, _ = a_paper(sqlite_house)
    doubted = challenges(sqlite_house, entry.id)
    with pytest.raises(AlreadyChallenged):
        challenges(sqlite_house, entry.id)
    decider = someone(sqlite_house, "hub_supervisor")
    with sqlite_house.work(*decider) as ctx, pytest.raises(Invalid):
        challenging.dismiss(ctx, doubted.id, reasons=" ")
    with sqlite_house.work(*decider) as ctx:
        challenging.dismiss(ctx, doubted.id, reasons="The paper was read again.")

    kept = the(sqlite_house, Challenge, doubted.id)
    assert (kept.status, kept.reasons, kept.decided_by) == ("dismissed", "The paper was read again.", decider.actor.id)
    assert (kept.decided_at, kept.corrected_by_id) == (clock.now(), None)
    assert the(sqlite_house, Signature, entry.id).superseded_at is None
    with pytest.raises(ChallengeOver):
        upholds(sqlite_house, doubted.id, name="Robyn Vale")
    challenges(sqlite_house, entry.id)


@pytest.mark.rule("SIG-3", "IDN-6")
def test_upholding_takes_a_fresh_code(sqlite_house: House) -> None:
    _, entry, _ = a_paper(sqlite_house)
    doubted = challenges(sqlite_house, entry.id)
    manager = someone(sqlite_house, "hub_manager").actor

    with sqlite_house.work(manager, Origin()) as ctx, pytest.raises(FreshCodeNeeded):
        challenging.uphold(ctx, doubted.id, reasons="It is wrong.", remedy=Remedy.STRIKE_OUT)


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


@pytest.mark.rule("SIG-3", "GOV-5")
def test_who_challenged_whose_it_is_and_who_can_decide_are_written_to(sqlite_house: House) -> None:
    swale, entry, recorder = a_paper(sqlite_house)
    signer, challenger = a_signer(sqlite_house, swale), someone(sqlite_house, "ig_officer")
    doubted = challenges(sqlite_house, entry.id, by=challenger)

    assert letters(sqlite_house) == {
        ("challenge_raised", signer.actor.id), ("challenge_raised", challenger.actor.id),
        ("challenge_waits", recorder.actor.id),
    }  # fmt: skip
    upholds(sqlite_house, doubted.id, remedy=Remedy.STRIKE_OUT)
    assert {("challenge_decided", signer.actor.id), ("challenge_decided", challenger.actor.id)} <= letters(sqlite_house)


def letters(house: House) -> set[tuple[str, str]]:
    with house.reading(COMMAND) as ctx:
        rows = ctx.session.scalars(select(Notice).where(Notice.kind.like("challenge%")))
        return {(row.kind, str(row.person_id)) for row in rows}


@pytest.mark.rule("SIG-3")
def test_challenges_are_listed_searched_filtered_and_sorted(sqlite_house: House, clock: FixedClock) -> None:
    versions = the_instruments(sqlite_house)
    made = []
    for code in ("swale", "oasis", "cgl"):
        one = an_organisation(sqlite_house, code)
        paper = records_paper(sqlite_house, someone(sqlite_house, "hub_supervisor"), one, versions["op"])
        clock.move(timedelta(minutes=1))
        made.append(challenges(sqlite_house, paper.id).id)
    upholds(sqlite_house, made[0], remedy=Remedy.STRIKE_OUT)
    with sqlite_house.reading(*someone(sqlite_house, "ig_officer")) as ctx:

        def ids(**asked: Any) -> list[int]:
            return [made.index(row.challenge.id) for row in queries.challenges(ctx, **asked).rows]

        assert ids() == [2, 1, 0]
        assert (ids(status="open"), ids(status="upheld"), ids(search="oas")) == ([2, 1], [0], [1])
        assert (ids(sort="organisation"), ids(search="paper SAYS")) == ([2, 1, 0], [2, 1, 0])
        first = queries.challenges(ctx, sort="organisation", limit=2)
        assert ids(sort="organisation", limit=2, after=first.after) == [0]
        with pytest.raises(Invalid):
            ids(status="asleep")
        with pytest.raises(NotFound):
            queries.visible(ctx, stranger_id())


@pytest.mark.rule("SIG-3", "ROL-3")
def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(house: House) -> None:
    _, entry, _ = a_paper(house)
    for _ in range(5):
        doubted = challenges(house, entry.id)
        deciders = [someone(house, "hub_manager"), someone(house, "hub_supervisor")]

        def names(name: str, doubted_id: UUID = doubted.id) -> Callable[[Context], Challenge]:
            return lambda ctx: corrects(ctx, doubted_id, name)

        ends = together(house, list(zip(deciders, (names("Robyn Vale"), names("Robert Vale")), strict=True)))

        assert sorted(ends) == ["ChallengeOver", "done"]
        kept = the(house, Challenge, doubted.id)
        with house.reading(COMMAND) as ctx:
            placed = ctx.session.scalars(select(Signature).where(Signature.corrects_id == entry.id)).all()
        assert [row.id for row in placed] == [kept.corrected_by_id]
        assert kept.decided_by == deciders[ends.index("done")].actor.id
        entry = placed[0]


def corrects(ctx: Context, challenge_id: UUID, name: str) -> Challenge:
    """Each round says something new, so that it is never a correction to what is there already."""
    said = Correction(name=f"{name} {ctx.new_id().hex[:4]}")
    return challenging.uphold(ctx, challenge_id, reasons="Read again.", remedy=Remedy.CORRECT, correction=said)


@pytest.mark.rule("SIG-3")
def test_of_two_who_challenge_one_entry_at_once_one_is_told_that_it_is_challenged(house: House) -> None:
    _, entry, _ = a_paper(house)

    ends = together(
        house,
        [
            (someone(house, "hub_manager"), lambda ctx: doubts(ctx, entry.id)),
            (someone(house, "ig_officer"), lambda ctx: doubts(ctx, entry.id)),
        ],
    )

    assert sorted(ends) == ["AlreadyChallenged", "done"]


def doubts(ctx: Any, entry_id: UUID) -> None:
    challenging.raise_challenge(ctx, "signature", entry_id, grounds="Not so.")
