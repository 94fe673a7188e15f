"""How long a sign-in lasts, and what ends it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from compliance.identity import devices, queries, sign_ins, totp, use_cases
from compliance.identity.errors import FreshCodeNeeded, SignInOver
from compliance.identity.models import KnownDevice, SignIn
from compliance.identity.rules import Stage
from compliance.identity.use_cases import sessions
from compliance.kernel.context import NOBODY, House, Origin, operator
from compliance.kernel.db import WRITES
from compliance.kernel.errors import NotFound, Refusal
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
def test_a_sign_in_of_before_the_clock_stepped_back_opens_nothing(sqlite_house: House, clock, account) -> None:
    opened = signed_in(sqlite_house, account)

    clock.move(-timedelta(minutes=1))
    assert stands(sqlite_house, opened.token), "two of our machines may differ so much"
    clock.move(-timedelta(seconds=1))
    assert not stands(sqlite_house, opened.token)


@pytest.mark.rule("IDN-6")
def test_a_code_of_before_the_clock_stepped_back_is_not_fresh(sqlite_house: House, clock, account) -> None:
    opened = signed_in(sqlite_house, account)
    far_off = clock.now() + timedelta(hours=2)
    with sqlite_house.engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(update(SignIn).values(fresh_at=far_off))

    with sqlite_house.reading(NOBODY) as ctx:
        current = queries.session(ctx, opened.token)

    assert current is not None
    assert current.fresh_until is None


@pytest.mark.rule("IDN-6")
def test_one_sees_where_one_is_signed_in_and_nobody_elses(sqlite_house: House, clock, account) -> None:
    half_open(sqlite_house, an_account(sqlite_house))
    desk = signed_in(sqlite_house, account, Origin("192.0.2.10", device="", agent="Firefox/140.0"))
    half_open(sqlite_house, account, Origin("203.0.113.9"))
    clock.move(timedelta(minutes=9))
    visit(sqlite_house, desk.token)

    here = Origin("192.0.2.10", session_id=desk.session_id)
    with sqlite_house.reading(at_work(sqlite_house, account.person).actor, here) as ctx:
        first, *others = sign_ins.standing(ctx, account.person.id)

    assert (first.id, first.agent, first.is_here, first.is_known) == (desk.session_id, "Firefox/140.0", True, True)
    assert (first.opened_at, first.seen_at) == (clock.now() - timedelta(minutes=9), clock.now())
    assert [(each.is_whole, each.is_known, each.address) for each in others] == [
        (False, False, "203.0.113.9"),
        (True, False, None),  # the one at which the app was enrolled
    ]


@pytest.mark.rule("IDN-6", "ROL-4")
def test_one_ends_ones_own_sign_ins_and_no_other(sqlite_house: House, clock, account) -> None:
    other = an_account(sqlite_house)
    clock.move(HALF_A_MINUTE)
    mine, theirs = signed_in(sqlite_house, account), signed_in(sqlite_house, other)

    for wrong in (theirs.session_id, uuid4()):
        with sqlite_house.work(*at_work(sqlite_house, account.person)) as ctx, pytest.raises(NotFound):
            use_cases.end_own_session(ctx, wrong)
    with sqlite_house.work(*at_work(sqlite_house, account.person)) as ctx:
        use_cases.end_own_session(ctx, mine.session_id)

    assert (stands(sqlite_house, mine.token), stands(sqlite_house, theirs.token)) == (False, True)


@pytest.mark.rule("IDN-6", "ROL-4")
def test_the_hub_ends_somebodys_sign_ins_and_their_browsers_are_strange(sqlite_house: House, clock, account) -> None:
    opened = signed_in(sqlite_house, account, Origin("192.0.2.10", device=""))

    for nobody in (someone(sqlite_house, "ig_officer"), someone(sqlite_house, "delegate")):
        with sqlite_house.work(*nobody) as ctx, pytest.raises(Refusal):
            use_cases.end_sessions_of(ctx, account.person.id)
    with sqlite_house.work(*someone(sqlite_house, "hub_supervisor")) as ctx:
        assert use_cases.end_sessions_of(ctx, account.person.id) == 2

    assert not stands(sqlite_house, opened.token)
    assert {entry.actor_kind for entry in logged(sqlite_house, "session.ended")} == {"person"}
    assert {row.end_reason for row in every(sqlite_house, SignIn)} == {"by_the_hub"}
    assert every(sqlite_house, KnownDevice)[0].ended_at == clock.now()


@pytest.mark.rule("IDN-6")
@pytest.mark.parametrize("agent", ["Fire\x00fox\r\n/1", "x" * 5_000, "", "\u202eFirefox"])
def test_what_a_browser_calls_itself_is_kept_clean_and_short(agent: str) -> None:
    kept = devices.agent(agent)

    assert kept is None or (kept.isprintable() and len(kept) <= 200)


@pytest.mark.rule("IDN-6")
def test_sensitive_acts_ask_for_a_fresh_code(sqlite_house: House) -> None:
    stale = someone(sqlite_house, "hub_manager", fresh=False)
    person = an_account(sqlite_house).person

    with sqlite_house.work(*stale) as ctx, pytest.raises(FreshCodeNeeded):
        use_cases.grant_role(ctx, person.id, role="ig_officer", reason="Their work.")
    with sqlite_house.work(*stale) as ctx, pytest.raises(FreshCodeNeeded):
        use_cases.reset_account(ctx, person.id, identity_check="Rang back on the number we hold.")
