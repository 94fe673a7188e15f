"""Codes by e-mail: for partners, for one sign-in, once, for ten minutes, in five tries."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from compliance.identity import codes, queries, totp, use_cases
from compliance.identity.errors import EmailCodesOver, FreshCodeNeeded, SignInOver
from compliance.identity.models import Authenticator, EmailCode, Failures, Person
from compliance.identity.use_cases import Opened, signing_in
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, House, Origin
from compliance.kernel.db import WRITES
from compliance.notices.models import Notice
from policies.values import Policy
from tests.builders.identity import (
    Account,
    a_person,
    accepted,
    an_account,
    at_work,
    enrolled,
    every,
    half_open,
    logged,
)
from tests.builders.second_factors import an_account_by_email, by_email, letters, mailed_codes


def given(house: House, opened: Opened, code: str) -> Opened | None:
    with house.work(NOBODY, Origin("192.0.2.10")) as ctx:
        return use_cases.give_code(ctx, opened.session_id, code).opened


def another(house: House, opened: Opened) -> str:
    """Another code, a second later, so that it is the letter written last."""
    assert isinstance(house.clock, FixedClock)
    house.clock.move(timedelta(seconds=1))
    with house.work(NOBODY) as ctx:
        use_cases.send_code(ctx, opened.session_id)
    return mailed_codes(house)[-1]


def asked(house: House, account: Account, clock: FixedClock) -> Opened:
    """A right password: the sign-in, whose code is the letter written last."""
    clock.move(timedelta(seconds=1))
    return half_open(house, account)


def other_than(code: str) -> str:
    return f"{(int(code.replace(' ', '')) + 1) % 10**6:06d}"


@pytest.mark.rule("IDN-3")
def test_a_right_password_sends_a_code_which_signs_in(house: House, clock: FixedClock) -> None:
    account = an_account_by_email(house)
    before = len(mailed_codes(house))

    opened = asked(house, account, clock)

    assert opened.stage == "code"
    sent = mailed_codes(house)
    assert len(sent) == before + 1
    done = given(house, opened, sent[-1])
    assert done is not None
    assert done.stage == "whole"
    assert '"method":"email"' in logged(house, "sign_in.done")[-1].detail


@pytest.mark.rule("IDN-3", "IDN-4")
def test_a_wrong_password_sends_nothing(house: House) -> None:
    account = an_account_by_email(house)
    before = len(every(house, Notice))

    with house.reading(NOBODY) as ctx:
        looked = signing_in.ask(ctx, account.email)
    with house.work(NOBODY) as ctx:
        signing_in.settle(ctx, signing_in.Checked(looked, right=False))

    assert len(every(house, Notice)) == before


@pytest.mark.rule("IDN-3", "IDN-5")
def test_the_letter_says_the_code_to_its_owner_and_nothing_else_does(house: House, clock: FixedClock) -> None:
    account = an_account_by_email(house)
    opened = asked(house, account, clock)

    letter = letters(house, "code")[-1]
    [notice] = [row for row in every(house, Notice) if str(row.id) == letter["id"]]
    [kept] = [row for row in every(house, EmailCode) if row.session_id == opened.session_id]
    code = mailed_codes(house)[-1].replace(" ", "")

    assert letter["to"] == account.email
    assert re.search(r"\d{3} \d{3}", letter["subject"]) is None
    assert notice.useless_at == kept.ends_at == clock.now() + timedelta(minutes=10)
    assert re.fullmatch(r"[0-9a-f]{64}", kept.code)
    assert code not in kept.code
    [entry] = [row for row in logged(house, "sign_in.code_sent") if str(opened.session_id) in row.detail]
    assert code not in entry.detail


@pytest.mark.rule("IDN-3")
def test_a_code_opens_once(sqlite_house: House, clock: FixedClock) -> None:
    account = an_account_by_email(sqlite_house)
    opened = asked(sqlite_house, account, clock)
    code = mailed_codes(sqlite_house)[-1]
    assert given(sqlite_house, opened, code)

    with sqlite_house.work(NOBODY) as ctx:
        assert use_cases.freshen(ctx, opened.session_id, code).opened is None


@pytest.mark.rule("IDN-3")
@pytest.mark.parametrize(("minutes", "opens"), [(9, True), (10, False)])
def test_a_code_opens_for_ten_minutes(sqlite_house: House, clock: FixedClock, minutes: int, opens: bool) -> None:
    account = an_account_by_email(sqlite_house)
    opened = asked(sqlite_house, account, clock)
    code = mailed_codes(sqlite_house)[-1]
    sign_in = asked(sqlite_house, account, clock)
    with sqlite_house.engine.execution_options(**{WRITES: True}).begin() as connection:
        # The sign-in itself is half open for ten minutes too: its code is what this is about.
        ends = clock.now() + timedelta(minutes=10) - timedelta(minutes=minutes)
        connection.execute(update(EmailCode).where(EmailCode.session_id == opened.session_id).values(ends_at=ends))

    assert bool(given(sqlite_house, opened, code)) is opens
    assert sign_in.session_id != opened.session_id


@pytest.mark.rule("IDN-3")
def test_a_code_opens_only_the_sign_in_that_asked_for_it(sqlite_house: House, clock: FixedClock) -> None:
    account = an_account_by_email(sqlite_house)
    mine = asked(sqlite_house, account, clock)
    code = mailed_codes(sqlite_house)[-1]
    theirs = asked(sqlite_house, account, clock)

    assert given(sqlite_house, theirs, code) is None
    with sqlite_house.engine.execution_options(**{WRITES: True}).begin() as connection:
        kept = select(EmailCode.code).where(EmailCode.session_id == mine.session_id).scalar_subquery()
        connection.execute(update(EmailCode).where(EmailCode.session_id == theirs.session_id).values(code=kept))
    assert given(sqlite_house, theirs, code) is None  # not even where the store was made to say so
    assert given(sqlite_house, mine, code) is not None


@pytest.mark.rule("IDN-3")
def test_another_code_ends_the_one_before_it(sqlite_house: House, clock: FixedClock) -> None:
    account = an_account_by_email(sqlite_house)
    opened = asked(sqlite_house, account, clock)
    first = mailed_codes(sqlite_house)[-1]
    second = another(sqlite_house, opened)

    assert given(sqlite_house, opened, first) is None
    assert given(sqlite_house, opened, second) is not None


@pytest.mark.rule("IDN-3")
def test_five_tries_are_all_there_are_however_many_codes_were_sent(sqlite_house: House, clock: FixedClock) -> None:
    account = an_account_by_email(sqlite_house)
    opened = asked(sqlite_house, account, clock)
    code = mailed_codes(sqlite_house)[-1]
    for _ in range(3):
        assert given(sqlite_house, opened, other_than(code)) is None
    code = another(sqlite_house, opened)
    for _ in range(2):
        assert given(sqlite_house, opened, other_than(code)) is None

    assert given(sqlite_house, opened, code) is None
    with pytest.raises(EmailCodesOver):
        another(sqlite_house, opened)
    [kept] = [row for row in every(sqlite_house, EmailCode) if row.session_id == opened.session_id]
    assert (kept.tries, kept.sent) == (5, 2)


@pytest.mark.rule("IDN-3")
def test_three_codes_are_all_that_a_sign_in_is_sent(sqlite_house: House, clock: FixedClock) -> None:
    account = an_account_by_email(sqlite_house)
    opened = asked(sqlite_house, account, clock)
    another(sqlite_house, opened)
    another(sqlite_house, opened)

    with pytest.raises(EmailCodesOver):
        another(sqlite_house, opened)


@pytest.mark.rule("IDN-3", "IDN-4")
def test_a_wrong_code_counts_as_any_failure_and_another_code_takes_none_back(
    sqlite_house: House, clock: FixedClock
) -> None:
    account = an_account_by_email(sqlite_house)
    opened = asked(sqlite_house, account, clock)
    code = mailed_codes(sqlite_house)[-1]
    given(sqlite_house, opened, other_than(code))
    another(sqlite_house, opened)
    given(sqlite_house, opened, "no code at all")

    assert [row.count for row in every(sqlite_house, Failures)] == [2]


@pytest.mark.rule("IDN-3", "IDN-4")
def test_ten_wrong_codes_over_several_sign_ins_lock_the_account(sqlite_house: House, clock: FixedClock) -> None:
    account = an_account_by_email(sqlite_house)
    first, last = asked(sqlite_house, account, clock), asked(sqlite_house, account, clock)
    for opened in (first, last):
        for _ in range(5):
            assert given(sqlite_house, opened, "no code") is None

    [person] = every(sqlite_house, Person)
    assert person.locked_at or person.closed_to_strangers_at
    with pytest.raises(SignInOver):
        given(sqlite_house, last, mailed_codes(sqlite_house)[-1])


@pytest.mark.rule("IDN-6")
def test_a_code_before_a_sensitive_act_is_sent_when_asked_for(sqlite_house: House, clock: FixedClock) -> None:
    account = an_account_by_email(sqlite_house)
    opened = asked(sqlite_house, account, clock)
    for _ in range(2):
        another(sqlite_house, opened)
    whole = given(sqlite_house, opened, mailed_codes(sqlite_house)[-1])
    assert whole is not None

    for _ in range(4):
        clock.move(timedelta(minutes=6))
        code = another(sqlite_house, opened)
        with sqlite_house.work(NOBODY) as ctx:
            assert use_cases.freshen(ctx, opened.session_id, other_than(code)).opened is None
        with sqlite_house.work(NOBODY) as ctx:
            assert use_cases.freshen(ctx, opened.session_id, code).opened is not None
    assert '"method":"email"' in logged(sqlite_house, "sign_in.code_repeated")[-1].detail


@pytest.mark.rule("IDN-3")
def test_the_hub_team_gets_no_codes_by_email(sqlite_house: House) -> None:
    opened = accepted(sqlite_house, a_person(sqlite_house, "hub_coordinator"))

    with sqlite_house.work(NOBODY) as ctx, pytest.raises(SignInOver):
        use_cases.send_first_code(ctx, opened.session_id)
    with sqlite_house.work(NOBODY) as ctx, pytest.raises(SignInOver):
        use_cases.confirm_email(ctx, opened.session_id, "123456")
    assert letters(sqlite_house, "code") == []


@pytest.mark.rule("IDN-3")
def test_somebody_whose_codes_come_from_an_app_is_sent_none(sqlite_house: House, clock: FixedClock) -> None:
    account = an_account(sqlite_house, "ig_officer")
    opened = asked(sqlite_house, account, clock)

    with pytest.raises(SignInOver):
        another(sqlite_house, opened)


@pytest.mark.rule("IDN-3", "IDN-9")
def test_where_the_policy_allows_no_codes_by_email_any_more_the_last_one_leads_only_to_another_factor(
    sqlite_house: House, clock: FixedClock
) -> None:
    account = an_account_by_email(sqlite_house)
    policy = sqlite_house.the(Policy)
    stricter = replace(policy, second_factor=replace(policy.second_factor, partner_methods=("passkey", "app")))
    sqlite_house.fixtures[Policy] = stricter

    opened = asked(sqlite_house, account, clock)
    assert opened.stage == "code", "a password alone must not choose what else it takes"
    through = given(sqlite_house, opened, mailed_codes(sqlite_house)[-1])
    assert through is not None
    assert through.stage == "enrol"
    with sqlite_house.work(NOBODY) as ctx, pytest.raises(SignInOver):
        use_cases.send_first_code(ctx, through.session_id)
    enrolled(sqlite_house, through)

    kinds = [(row.kind, row.ended_at is None) for row in every(sqlite_house, Authenticator)]
    assert sorted(kinds) == [("app", True), ("email", False)]
    with sqlite_house.reading(NOBODY) as ctx:
        current = queries.session_by_id(ctx, through.session_id)
    assert current is not None
    assert current.stage == "whole"


@pytest.mark.rule("IDN-3")
def test_the_first_code_has_to_come_from_the_letter(sqlite_house: House) -> None:
    opened = accepted(sqlite_house, a_person(sqlite_house, "ig_officer"))
    with sqlite_house.work(NOBODY) as ctx:
        assert use_cases.confirm_email(ctx, opened.session_id, "000000") is None
    with sqlite_house.work(NOBODY) as ctx:
        use_cases.send_first_code(ctx, opened.session_id)
    code = mailed_codes(sqlite_house)[-1]
    with sqlite_house.work(NOBODY) as ctx:
        assert use_cases.confirm_email(ctx, opened.session_id, other_than(code)) is None
    assert every(sqlite_house, Authenticator) == []

    with sqlite_house.work(NOBODY) as ctx:
        assert use_cases.confirm_email(ctx, opened.session_id, code) is not None
    [address] = every(sqlite_house, Authenticator)
    assert (address.kind, address.secret, address.confirmed_at is not None) == ("email", b"", True)


@pytest.mark.rule("IDN-3", "IDN-6")
def test_codes_by_email_take_the_place_of_an_app_with_a_fresh_code_only(sqlite_house: House, clock: FixedClock) -> None:
    account = an_account(sqlite_house, "ig_officer")
    clock.move(timedelta(seconds=60))
    opened = half_open(sqlite_house, account)
    with sqlite_house.work(NOBODY) as ctx:
        assert use_cases.give_code(ctx, opened.session_id, totp.code_at(account.secret, ctx.now())).opened
    actor, origin = at_work(sqlite_house, account.person)
    stale = Origin(origin.address, session_id=opened.session_id)
    with sqlite_house.work(actor, stale) as ctx, pytest.raises(FreshCodeNeeded):
        use_cases.send_first_code(ctx, opened.session_id)
    with sqlite_house.work(actor, stale) as ctx, pytest.raises(FreshCodeNeeded):
        use_cases.confirm_email(ctx, opened.session_id, "123456")

    fresh = replace(origin, session_id=opened.session_id)
    with sqlite_house.work(actor, fresh) as ctx:
        use_cases.send_first_code(ctx, opened.session_id)
    with sqlite_house.work(actor, fresh) as ctx:
        assert use_cases.confirm_email(ctx, opened.session_id, mailed_codes(sqlite_house)[-1])

    live = [row.kind for row in every(sqlite_house, Authenticator) if row.ended_at is None]
    assert live == ["email"]
    assert "by e-mail" in letters(sqlite_house, "second_factor_changed")[-1]["body"]


@pytest.mark.rule("IDN-3")
def test_codes_are_drawn_from_all_six_digits(sqlite_house: House) -> None:
    drawn = {codes.new_code() for _ in range(2000)}

    assert all(re.fullmatch(r"[0-9]{6}", code) for code in drawn)
    assert len(drawn) > 1980
    assert {code[0] for code in drawn} == set("0123456789")


@pytest.mark.rule("IDN-3", "LIC-3")
def test_an_address_enrolled_is_an_account_enrolled(sqlite_house: House) -> None:
    opened = accepted(sqlite_house, a_person(sqlite_house, "ig_officer"))
    by_email(sqlite_house, opened)

    assert '"method":"email"' in logged(sqlite_house, "authenticator.enrolled")[-1].detail
