"""*Checked and challenged at any given point*: entries are doubted, and somebody else decides (SIG-3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from compliance.identity.errors import FreshCodeNeeded
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import Context, House, Origin
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.notices.models import Notice
from signatories.challenges import queries
from signatories.challenges import use_cases as challenging
from signatories.challenges.corrections import Correction
from signatories.challenges.errors import (
    AlreadyChallenged,
    ChallengeOver,
    OwnChallenge,
    OwnEntry,
)
from signatories.challenges.models import Challenge
from signatories.challenges.rules import NEXT, Remedy, State, Step, after
from signatories.models import Signature
from tests.builders.challenges import challenges, upholds
from tests.builders.identity import Acting, someone
from tests.builders.signatories import (
    COMMAND,
    a_signer,
    an_organisation,
    records_paper,
    stranger_id,
    the_instruments,
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
