"""Enrolling a second factor, and taking another: one place for codes at a time, and never none (IDN-3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from compliance.decisions.accounts import accounts
from compliance.identity import queries, totp, use_cases
from compliance.identity.errors import FreshCodeNeeded, SignInOver
from compliance.identity.models import Authenticator, SignIn
from compliance.identity.rules import Method, methods
from compliance.identity.use_cases import Opened
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, House, Origin
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
    signed_in,
)
from tests.builders.second_factors import Device, by_email, by_passkey, letters, named


def within(house: House, account: Account, opened: Opened, *, fresh: bool = True) -> Any:
    """A unit of work of somebody who is signed in."""
    actor, origin = at_work(house, account.person, fresh=fresh)
    return house.work(actor, Origin(origin.address, session_id=opened.session_id, fresh_until=origin.fresh_until))


@pytest.mark.rule("IDN-3")
@pytest.mark.parametrize(
    ("held", "allowed", "hub_team", "usable"),
    [
        ({"app"}, {"passkey", "app", "email"}, False, ["app"]),
        ({"app", "passkey"}, {"passkey", "app", "email"}, False, ["passkey", "app"]),
        ({"email"}, {"passkey", "app"}, False, []),
        ({"email"}, {"passkey", "app", "email"}, True, []),
        ({"passkey"}, {"app"}, False, []),
        (set(), {"passkey", "app", "email"}, False, []),
    ],
)
def test_what_may_be_used_is_what_is_held_and_allowed_the_strongest_first(
    held: set[str], allowed: set[str], hub_team: bool, usable: list[str]
) -> None:
    assert list(methods(held, allowed, hub_team=hub_team)) == usable


@pytest.mark.rule("IDN-3", "LIC-3")
@pytest.mark.parametrize("method", list(Method))
def test_each_way_of_enrolling_makes_the_account_ready_everywhere(house: House, method: Method) -> None:
    named(house)
    person = a_person(house, "ig_officer")
    opened = accepted(house, person)
    with house.reading(NOBODY) as ctx:
        assert not queries.is_ready(ctx, person.id)
        assert [one.enrolled for one in accounts(ctx.session.connection(), ctx.now(), {person.id})] == [False]

    if method is Method.APP:
        enrolled(house, opened)
    elif method is Method.EMAIL:
        by_email(house, opened)
    else:
        by_passkey(house, opened, Device())

    with house.reading(NOBODY) as ctx:
        assert queries.is_ready(ctx, person.id)
        assert [one.enrolled for one in accounts(ctx.session.connection(), ctx.now(), {person.id})] == [True]
        assert [one.enrolled for one in accounts(ctx.session.connection(), ctx.now())] == [True]
    [entry] = logged(house, "authenticator.enrolled")
    assert f'"method":"{method}"' in entry.detail
    account = Account(person, "")
    assert half_open(house, account).stage == "code"


@pytest.mark.rule("IDN-3")
def test_an_app_that_is_only_shown_opens_nothing_and_takes_no_place(sqlite_house: House, clock: FixedClock) -> None:
    account = an_account(sqlite_house, "ig_officer")
    clock.move(timedelta(seconds=60))
    opened = signed_in(sqlite_house, account)
    clock.move(timedelta(seconds=60))
    with within(sqlite_house, account, opened) as ctx:
        shown = use_cases.start_enrolment(ctx, opened.session_id)

    other = half_open(sqlite_house, account)
    with sqlite_house.work(NOBODY) as ctx:
        assert not use_cases.give_code(ctx, other.session_id, totp.code_at(shown.secret, ctx.now())).opened
    with sqlite_house.work(NOBODY) as ctx:
        assert use_cases.give_code(ctx, other.session_id, totp.code_at(account.secret, ctx.now())).opened


@pytest.mark.rule("IDN-3", "IDN-6")
def test_a_new_phone_takes_the_old_ones_place_in_one_step(house: House, clock: FixedClock) -> None:
    account = an_account(house, "ig_officer")
    clock.move(timedelta(seconds=60))
    opened = signed_in(house, account)
    elsewhere = half_open(house, account)
    clock.move(timedelta(seconds=60))
    with within(house, account, opened) as ctx:
        shown = use_cases.start_enrolment(ctx, opened.session_id)
    with within(house, account, opened) as ctx:
        assert use_cases.confirm_enrolment(ctx, opened.session_id, "000000") is None
    assert [row.ended_at for row in every(house, Authenticator)] == [None, None]

    with within(house, account, opened) as ctx:
        changed = use_cases.confirm_enrolment(ctx, opened.session_id, totp.code_at(shown.secret, ctx.now()))

    assert changed is not None
    assert changed.token != opened.token
    [live] = [row for row in every(house, Authenticator) if row.ended_at is None]
    assert live.confirmed_at == clock.now()
    assert "authenticator app" in letters(house, "second_factor_changed")[-1]["body"]
    ended = {row.id: row.end_reason for row in every(house, SignIn)}
    assert ended[elsewhere.session_id] == "factor_changed"
    assert ended[opened.session_id] is None
    clock.move(timedelta(seconds=60))
    again = half_open(house, account)
    with house.work(NOBODY) as ctx:
        assert not use_cases.give_code(ctx, again.session_id, totp.code_at(account.secret, ctx.now())).opened
    with house.work(NOBODY) as ctx:
        assert use_cases.give_code(ctx, again.session_id, totp.code_at(shown.secret, ctx.now())).opened


@pytest.mark.rule("IDN-3", "IDN-6")
def test_another_app_is_shown_with_a_fresh_code_only(sqlite_house: House, clock: FixedClock) -> None:
    account = an_account(sqlite_house, "ig_officer")
    clock.move(timedelta(seconds=60))
    opened = signed_in(sqlite_house, account)

    with within(sqlite_house, account, opened, fresh=False) as ctx, pytest.raises(FreshCodeNeeded):
        use_cases.start_enrolment(ctx, opened.session_id)
    with within(sqlite_house, account, opened, fresh=False) as ctx, pytest.raises(FreshCodeNeeded):
        use_cases.confirm_enrolment(ctx, opened.session_id, "123456")


@pytest.mark.rule("IDN-3")
def test_a_right_password_alone_enrols_nothing_where_a_factor_is_enrolled(sqlite_house: House) -> None:
    named(sqlite_house)
    account = an_account(sqlite_house, "ig_officer")
    opened = half_open(sqlite_house, account)

    for act in (use_cases.start_enrolment, use_cases.send_first_code, use_cases.start_passkey):
        with sqlite_house.work(NOBODY) as ctx, pytest.raises(SignInOver):
            act(ctx, opened.session_id)


@pytest.mark.rule("IDN-3")
def test_a_clock_that_steps_back_opens_no_earlier_code(sqlite_house: House, clock: FixedClock) -> None:
    account = an_account(sqlite_house, "ig_officer")
    clock.move(timedelta(seconds=90))
    signed_in(sqlite_house, account)

    clock.move(timedelta(seconds=-30))
    opened = half_open(sqlite_house, account)
    for seconds in (-30, 0, 30):
        with sqlite_house.work(NOBODY) as ctx:
            code = totp.code_at(account.secret, clock.now() + timedelta(seconds=seconds))
            assert use_cases.give_code(ctx, opened.session_id, code).opened is None

    clock.move(timedelta(seconds=60))
    with sqlite_house.work(NOBODY) as ctx:
        assert use_cases.give_code(ctx, opened.session_id, totp.code_at(account.secret, clock.now())).opened


@pytest.mark.rule("IDN-3", "IDN-4")
@pytest.mark.parametrize("typed", ["", "1" * 10_000, "\x00" * 6, "٠١٢٣٤٥", "½" * 6, "\ud800" * 6])
def test_what_is_no_code_only_fails(sqlite_house: House, typed: str) -> None:
    account = an_account(sqlite_house, "ig_officer")
    opened = half_open(sqlite_house, account)

    with sqlite_house.work(NOBODY) as ctx:
        assert use_cases.give_code(ctx, opened.session_id, typed).opened is None
    assert logged(sqlite_house, "sign_in.failed")[-1].outcome == "refused"
