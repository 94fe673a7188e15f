"""Where an organisation stands with an instrument, from facts alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatories import rules
from signatories.rules import GRAVITY, InstrumentCell, SignatureFact, State, VersionFact

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    return START + day * DAY


FIRST = VersionFact(uuid4(), "1", on(0), None)
SECOND = VersionFact(uuid4(), "2", on(100), on(130))
THIRD = VersionFact(uuid4(), "3", on(200), on(230))
VERSIONS = (FIRST, SECOND, THIRD)


def signed(version: VersionFact, day: int, *, ended: int | None = None) -> SignatureFact:
    return SignatureFact(
        uuid4(),
        version.id,
        version.label,
        "Robin Vale",
        "Head",
        "online",
        on(day),
        None if ended is None else on(ended),
    )


def judged(day: int, *signatures: SignatureFact, refused: bool = False, withdrawn: int | None = None) -> InstrumentCell:
    return rules.judge(
        VERSIONS,
        signatures,
        refused=refused,
        withdrawals=() if withdrawn is None else (on(withdrawn),),
        at=on(day),
    )


@pytest.mark.rule("SIG-1")
@pytest.mark.parametrize(
    ("day", "state"), [(9, State.UNSIGNED), (10, State.SIGNED), (129, State.SIGNED), (130, State.LAPSED)]
)
def test_a_signature_counts_from_the_instant_it_was_made(day: int, state: State) -> None:
    assert judged(day, signed(FIRST, 10)).state is state


@pytest.mark.rule("SIG-4")
def test_the_old_signature_holds_until_the_resign_by_day_is_over_and_says_so() -> None:
    cell = judged(110, signed(FIRST, 10))

    assert (cell.state, cell.until, cell.rule) == (State.SIGNED, on(130), None)


@pytest.mark.rule("SIG-4")
def test_after_it_an_unsigned_organisation_is_lapsed_and_a_third_version_does_not_revive_it() -> None:
    assert judged(130, signed(FIRST, 10)).rule == "SIG-4"
    assert judged(210, signed(FIRST, 10)).state is State.LAPSED


@pytest.mark.rule("SIG-4")
def test_signing_again_late_mends_it() -> None:
    assert judged(150, signed(FIRST, 10), signed(SECOND, 140)).state is State.SIGNED


@pytest.mark.rule("SIG-4")
def test_a_version_signed_in_advance_counts_from_the_day_it_takes_effect() -> None:
    early = signed(SECOND, 50)

    assert judged(60, early) == InstrumentCell(State.UNSIGNED, until=on(100), signature=early)
    assert judged(100, early).state is State.SIGNED


@pytest.mark.rule("SIG-4")
def test_old_and_new_signature_together_reach_without_a_gap() -> None:
    cell = judged(60, signed(FIRST, 10), signed(SECOND, 50))

    assert (cell.until, cell.version) == (on(230), "1")
    assert judged(120, signed(FIRST, 10), signed(SECOND, 50)).version == "2"


@pytest.mark.rule("SIG-4")
def test_the_newest_version_has_no_end() -> None:
    assert judged(400, signed(THIRD, 210)).until is None


@pytest.mark.rule("SIG-5")
def test_a_refusal_beats_a_signature_that_would_still_hold() -> None:
    cell = judged(110, signed(FIRST, 10), refused=True)

    assert (cell.state, cell.rule, cell.in_force) == (State.REFUSED, "SIG-5", False)


@pytest.mark.rule("SIG-6", "SIG-9")
def test_a_withdrawal_holds_until_a_signature_made_after_it() -> None:
    before, after = signed(FIRST, 10, ended=20), signed(FIRST, 40)

    assert judged(19, before).state is State.SIGNED
    assert judged(20, before, withdrawn=20).rule == "SIG-6"
    assert judged(41, before, after, withdrawn=20).state is State.SIGNED
    assert judged(60, before, after, withdrawn=50).state is State.WITHDRAWN


@pytest.mark.rule("SIG-6", "SIG-9")
def test_a_signature_older_than_the_withdrawal_never_counts_even_if_nobody_ended_it() -> None:
    assert judged(30, signed(FIRST, 10), withdrawn=20).state is State.WITHDRAWN


@pytest.mark.rule("SIG-5", "SIG-6")
def test_withdrawn_is_worse_than_refused() -> None:
    assert judged(30, signed(FIRST, 10, ended=20), refused=True, withdrawn=20).state is State.WITHDRAWN


@pytest.mark.rule("SIG-1")
def test_each_state_but_signed_names_the_rule_that_fails_and_the_worst_one_speaks_for_the_whole() -> None:
    assert {state: InstrumentCell(state).rule for state in State} == {
        State.SIGNED: None, State.UNSIGNED: "SIG-1", State.LAPSED: "SIG-4", State.REFUSED: "SIG-5",
        State.WITHDRAWN: "SIG-6",
    }  # fmt: skip
    assert set(GRAVITY) == set(State)
    assert rules.gravest([State.SIGNED, State.LAPSED]) is State.LAPSED


SIGNATURES = st.lists(
    st.tuples(st.sampled_from(VERSIONS), st.integers(0, 300), st.none() | st.integers(0, 300)), max_size=6
)


@pytest.mark.rule("SIG-1", "SIG-4")
@given(SIGNATURES, st.integers(0, 300), st.booleans(), st.none() | st.integers(0, 300))
def test_nothing_changes_before_until_unless_somebody_acts(
    made: list[tuple[VersionFact, int, int | None]], day: int, refused: bool, withdrawn: int | None
) -> None:
    # Whoever acted later than `day` had not acted yet.
    known = [
        signed(version, at, ended=None if end is None or end > day else end) for version, at, end in made if at <= day
    ]
    past = withdrawn if withdrawn is not None and withdrawn <= day else None
    now = judged(day, *known, refused=refused, withdrawn=past)

    for later in range(day, 320):
        if now.until is not None and on(later) >= now.until:
            break
        assert judged(later, *known, refused=refused, withdrawn=past).state is now.state
    if now.until is not None:
        assert now.until > on(day)


@pytest.mark.rule("SIG-2")
def test_the_seal_over_the_evidence_changes_with_every_part_of_it() -> None:
    held = {
        "document": "ab", "name": "Robin Vale", "role": "Head", "at": START, "method": rules.Method.ONLINE,
        "session": UUID(int=1), "address": "192.0.2.1",
    }  # fmt: skip
    other = {
        "document": "ac", "name": "Robin Dale", "role": "Lead", "at": START + DAY, "method": rules.Method.PAPER,
        "session": UUID(int=2), "address": None,
    }  # fmt: skip
    seals = {rules.evidence(**(held | {part: other[part]})) for part in held}  # type: ignore[arg-type]

    assert len(seals | {rules.evidence(**held)}) == len(held) + 1  # type: ignore[arg-type]


@pytest.mark.rule("SIG-6")
@pytest.mark.parametrize(
    ("day", "believed"), [("1250-06-01", False), ("2003-03-31", False), ("2003-04-01", True), ("2026-11-21", True),
                          ("2026-11-22", False), ("9999-12-31", False)]
)  # fmt: skip
def test_a_paper_bears_a_date_between_the_first_marac_and_today(day: str, believed: bool) -> None:
    assert rules.believable(datetime.fromisoformat(day).date(), datetime(2026, 11, 21, tzinfo=UTC).date()) is believed


@pytest.mark.rule("SIG-6")
@pytest.mark.parametrize(
    ("day", "state", "until"),
    [(49, State.SIGNED, 50), (50, State.WITHDRAWN, None), (51, State.WITHDRAWN, None)],
)
def test_an_announced_withdrawal_takes_effect_by_itself(day: int, state: State, until: int | None) -> None:
    cell = judged(day, signed(FIRST, 10), withdrawn=50)

    assert (cell.state, cell.until) == (state, None if until is None else on(until))
    assert (cell.withdraws_at, cell.withdrawn_at) == ((on(50), None) if day < 50 else (None, on(50)))


@pytest.mark.rule("SIG-6")
def test_whatever_ends_a_signature_first_is_how_far_it_can_be_relied_on() -> None:
    lapses = judged(100, signed(FIRST, 10), withdrawn=140)
    leaves = judged(100, signed(FIRST, 10), withdrawn=120)
    refused = judged(100, signed(FIRST, 10), refused=True, withdrawn=120)

    assert (lapses.until, leaves.until) == (on(130), on(120))
    assert (refused.state, refused.until) == (State.REFUSED, on(120))


@pytest.mark.rule("SIG-6", "SIG-9")
def test_who_came_back_can_announce_to_leave_again() -> None:
    cell = rules.judge(VERSIONS, [signed(FIRST, 60)], refused=False, withdrawals=(on(50), on(90)), at=on(70))

    assert (cell.state, cell.until, cell.withdraws_at) == (State.SIGNED, on(90), on(90))
