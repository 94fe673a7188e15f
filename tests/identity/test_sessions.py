"""How long a sign-in lasts, and what ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compliance.identity import queries, totp, use_cases
from compliance.identity.errors import FreshCodeNeeded, SignInOver
from compliance.identity.models import SignIn
from compliance.identity.rules import Stage
from compliance.identity.use_cases import sessions
from compliance.kernel.context import NOBODY, House, Origin, operator
from tests.builders.identity import an_account, an_employer, at_work, every, half_open, logged, signed_in, someone

HALF_A_MINUTE = timedelta(seconds=30)


@pytest.fixture
def account(sqlite_house: House, clock):
    account = an_account(sqlite_house)
    clock.move(HALF_A_MINUTE)
    return account


def stands(house: House, token: str) -> bool:
    with house.reading(NOBODY) as ctx:
        return queries.session(ctx, token) is not None


def visit(house: House, token: str) -> bool:
    with house.work(NOBODY) as ctx:
        return queries.session(ctx, token) is not None


@pytest.mark.rule("IDN-6")
def test_fifteen_minutes_without_a_request_end_a_sign_in(sqlite_house: House, clock, account) -> None:
    opened = signed_in(sqlite_house, account)

    clock.move(timedelta(minutes=14, seconds=59))
    assert visit(sqlite_house, opened.token)
    clock.move(timedelta(minutes=14, seconds=59))
    assert visit(sqlite_house, opened.token)
    clock.move(timedelta(minutes=15))
    assert not visit(sqlite_house, opened.token)


@pytest.mark.rule("IDN-6")
def test_eight_hours_end_a_sign_in_however_busy_it_was(sqlite_house: House, clock, account) -> None:
    opened = signed_in(sqlite_house, account)

    for _ in range(47):
        clock.move(timedelta(minutes=10))
        assert visit(sqlite_house, opened.token)
    clock.move(timedelta(minutes=10))

    assert not visit(sqlite_house, opened.token)


@pytest.mark.rule("IDN-3", "IDN-6")
def test_a_sign_in_without_its_code_is_over_after_ten_minutes(sqlite_house: House, clock, account) -> None:
    opened = half_open(sqlite_house, account)

    clock.move(timedelta(minutes=10))

    assert not stands(sqlite_house, opened.token)
    with sqlite_house.work(NOBODY) as ctx, pytest.raises(SignInOver):
        use_cases.give_code(ctx, opened.session_id, totp.code_at(account.secret, clock.now()))


@pytest.mark.rule("IDN-6")
def test_that_a_sign_in_was_seen_is_kept_once_a_minute(sqlite_house: House, clock, account) -> None:
    opened = signed_in(sqlite_house, account)
    began = clock.now()

    clock.move(timedelta(seconds=59))
    visit(sqlite_house, opened.token)
    assert every(sqlite_house, SignIn)[-1].seen_at == began
    clock.move(timedelta(seconds=1))
    visit(sqlite_house, opened.token)
    assert every(sqlite_house, SignIn)[-1].seen_at == clock.now()


@pytest.mark.rule("IDN-6", "IDN-5")
def test_a_token_has_256_bits_and_only_its_fingerprint_is_kept(sqlite_house: House, account) -> None:
    opened, other = half_open(sqlite_house, account), half_open(sqlite_house, account)

    assert opened.token != other.token
    assert len(opened.token.removeprefix("mss_")) == 43
    assert not {opened.token, other.token} & {row.token for row in every(sqlite_house, SignIn)}
    assert not stands(sqlite_house, every(sqlite_house, SignIn)[-1].token)
    assert not stands(sqlite_house, opened.token[:-1])


@pytest.mark.rule("IDN-6", "AUD-1")
def test_signing_out_ends_this_sign_in_and_no_other(sqlite_house: House, clock, account) -> None:
    opened = signed_in(sqlite_house, account)
    clock.move(HALF_A_MINUTE)
    other = signed_in(sqlite_house, account)

    for _ in range(2):
        with sqlite_house.work(NOBODY) as ctx:
            use_cases.sign_out(ctx, opened.session_id)

    assert not stands(sqlite_house, opened.token)
    assert stands(sqlite_house, other.token)
    assert [entry.subject_id for entry in logged(sqlite_house, "session.ended")] == [str(opened.session_id)]


@pytest.mark.rule("IDN-6", "SIG-6")
def test_the_sign_ins_of_an_organisations_people_end_together_and_nobody_elses(house: House, clock) -> None:
    leaving, staying = an_employer(house), an_employer(house)
    theirs = [an_account(house, organisation_id=leaving) for _ in range(2)]
    ours = an_account(house, organisation_id=staying)
    clock.move(HALF_A_MINUTE)
    opened = [signed_in(house, account) for account in (*theirs, ours)]

    with house.work(operator("tests")) as ctx:
        ended = use_cases.end_sessions(ctx, organisation_id=leaving, reason="withdrawn")

    assert ended == 4  # at the first sign-in of each they enrolled, the second is `opened`
    assert [stands(house, each.token) for each in opened] == [False, False, True]
    assert {row.end_reason for row in every(house, SignIn)} == {"withdrawn", None}


@pytest.mark.rule("IDN-6")
def test_to_end_sessions_one_says_whose(sqlite_house: House) -> None:
    with sqlite_house.work(operator("tests")) as ctx, pytest.raises(ValueError, match="whose"):
        use_cases.end_sessions(ctx, reason="withdrawn")


@pytest.mark.rule("IDN-6")
def test_a_sign_in_that_ended_meanwhile_is_not_moved_on(sqlite_house: House, clock, account) -> None:
    opened = half_open(sqlite_house, account)
    with sqlite_house.work(NOBODY) as ctx:
        use_cases.sign_out(ctx, opened.session_id)

    with sqlite_house.work(NOBODY) as ctx, pytest.raises(SignInOver):
        use_cases.give_code(ctx, opened.session_id, totp.code_at(account.secret, clock.now()))


@pytest.mark.rule("IDN-6", "SIG-6")
def test_a_sign_in_that_ends_while_its_code_is_looked_at_stays_ended(sqlite_house: House, account) -> None:
    opened = half_open(sqlite_house, account)

    with sqlite_house.work(NOBODY) as ctx:
        current = sessions.standing(ctx, opened.session_id, Stage.CODE)
        use_cases.end_sessions(ctx, person_id=account.person.id, reason="withdrawn")
        with pytest.raises(SignInOver):
            sessions.step_up(ctx, current, Stage.WHOLE, whole_at=ctx.now())


@pytest.mark.rule("IDN-6")
def test_a_code_is_fresh_for_five_minutes_and_can_be_given_again(sqlite_house: House, clock, account) -> None:
    opened = signed_in(sqlite_house, account)

    def fresh() -> bool:
        with sqlite_house.reading(NOBODY) as ctx:
            current = queries.session(ctx, opened.token)
        assert current is not None
        actor = at_work(sqlite_house, account.person).actor
        with sqlite_house.reading(actor, Origin(fresh_until=current.fresh_until)) as ctx:
            try:
                queries.require_fresh(ctx)
            except FreshCodeNeeded:
                return False
        return True

    assert fresh()
    clock.move(timedelta(minutes=5))
    assert not fresh()
    with sqlite_house.work(NOBODY) as ctx:
        again = use_cases.freshen(ctx, opened.session_id, totp.code_at(account.secret, clock.now())).opened
    assert again is not None
    assert not stands(sqlite_house, opened.token)
    opened = again
    assert fresh()


@pytest.mark.rule("IDN-6")
def test_sensitive_acts_ask_for_a_fresh_code(sqlite_house: House) -> None:
    stale = someone(sqlite_house, "hub_manager", fresh=False)
    person = an_account(sqlite_house).person

    with sqlite_house.work(*stale) as ctx, pytest.raises(FreshCodeNeeded):
        use_cases.grant_role(ctx, person.id, role="ig_officer", reason="Their work.")
    with sqlite_house.work(*stale) as ctx, pytest.raises(FreshCodeNeeded):
        use_cases.reset_account(ctx, person.id, identity_check="Rang back on the number we hold.")
