"""Password, then code; and nothing opens in between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compliance.identity import queries, totp, use_cases
from compliance.identity.errors import SignInOver
from compliance.identity.models import Failures, SpentStep
from compliance.kernel.context import NOBODY, House, Origin
from tests.builders.identity import (
    PASSWORD,
    a_person,
    accepted,
    an_account,
    at_work,
    enrolled,
    every,
    half_open,
    logged,
    signed_in,
)  # fmt: skip

HALF_A_MINUTE = timedelta(seconds=30)
HERE = Origin("192.0.2.10")


def give(house: House, opened, code: str):
    with house.work(NOBODY, HERE) as ctx:
        return use_cases.give_code(ctx, opened.session_id, code)


def stage_of(house: House, token: str) -> str | None:
    with house.reading(NOBODY) as ctx:
        current = queries.session(ctx, token)
        return current.stage if current else None


@pytest.mark.rule("IDN-3", "IDN-6", "AUD-1")
def test_a_right_password_and_a_right_code_open_a_sign_in_under_a_new_token(house: House, clock) -> None:
    account = an_account(house)
    clock.move(HALF_A_MINUTE)

    first = use_cases.sign_in(house, HERE, email=f" {account.email.upper()} ", password=PASSWORD)
    assert first.opened is not None
    assert (first.opened.stage, stage_of(house, first.opened.token)) == ("code", "code")

    second = give(house, first.opened, totp.code_at(account.secret, clock.now()))
    assert second.opened is not None
    assert (second.opened.stage, stage_of(house, second.opened.token)) == ("whole", "whole")
    assert stage_of(house, first.opened.token) is None
    assert second.opened.session_id == first.opened.session_id
    assert [entry.whence for entry in logged(house, "sign_in.done")][-1] == "192.0.2.10"


@pytest.mark.rule("IDN-4")
def test_a_wrong_password_and_every_kind_of_wrong_name_get_the_same_answer(house: House) -> None:
    account = an_account(house)

    wrong = use_cases.sign_in(house, HERE, email=account.email, password="Not-the-password-1")

    assert wrong == use_cases.Outcome(None)
    for email in ("nobody@kent.example.org", "not an address", "\x00", "\ud800", ""):
        assert use_cases.sign_in(house, HERE, email=email, password=PASSWORD) == wrong


@pytest.mark.rule("IDN-3")
def test_no_code_is_accepted_twice_nor_one_before_the_last(sqlite_house: House, clock) -> None:
    account = an_account(sqlite_house)
    clock.move(2 * HALF_A_MINUTE)
    code = totp.code_at(account.secret, clock.now())
    earlier = totp.code_at(account.secret, clock.now() - HALF_A_MINUTE)

    assert give(sqlite_house, half_open(sqlite_house, account), code).opened is not None

    assert give(sqlite_house, half_open(sqlite_house, account), code).opened is None
    assert give(sqlite_house, half_open(sqlite_house, account), earlier).opened is None
    clock.move(HALF_A_MINUTE)
    assert signed_in(sqlite_house, account).stage == "whole"


@pytest.mark.rule("IDN-3")
def test_the_code_that_enrolled_the_app_is_spent(sqlite_house: House, clock) -> None:
    account = an_account(sqlite_house)

    outcome = give(sqlite_house, half_open(sqlite_house, account), totp.code_at(account.secret, clock.now()))

    assert outcome.opened is None
    assert [row.step for row in every(sqlite_house, SpentStep)] == [int(clock.now().timestamp()) // 30]


@pytest.mark.rule("IDN-3")
def test_a_code_of_somebody_elses_app_opens_nothing(sqlite_house: House, clock) -> None:
    account, other = an_account(sqlite_house), an_account(sqlite_house)
    clock.move(HALF_A_MINUTE)

    outcome = give(sqlite_house, half_open(sqlite_house, account), totp.code_at(other.secret, clock.now()))

    assert outcome.opened is None


@pytest.mark.rule("IDN-3")
def test_once_an_app_is_enrolled_a_password_alone_cannot_enrol_another(sqlite_house: House) -> None:
    account = an_account(sqlite_house)
    opened = half_open(sqlite_house, account)

    assert opened.stage == "code"
    with sqlite_house.work(NOBODY) as ctx, pytest.raises(SignInOver):
        use_cases.start_enrolment(ctx, opened.session_id)
    with sqlite_house.work(NOBODY) as ctx, pytest.raises(SignInOver):
        use_cases.confirm_enrolment(ctx, opened.session_id, "123456")


@pytest.mark.rule("IDN-3")
def test_a_secret_is_shown_again_to_the_sign_in_that_asked_and_to_no_other(sqlite_house: House, clock) -> None:
    person = a_person(sqlite_house)
    mine = accepted(sqlite_house, person)
    with sqlite_house.work(NOBODY) as ctx:
        shown = use_cases.start_enrolment(ctx, mine.session_id)
    with sqlite_house.work(NOBODY) as ctx:
        assert use_cases.start_enrolment(ctx, mine.session_id) == shown

    thief = use_cases.sign_in(sqlite_house, HERE, email=person.email, password=PASSWORD).opened
    assert thief is not None
    assert thief.stage == "enrol"
    with sqlite_house.work(NOBODY) as ctx:
        assert use_cases.start_enrolment(ctx, thief.session_id).secret != shown.secret
    with sqlite_house.work(NOBODY) as ctx, pytest.raises(SignInOver):
        use_cases.confirm_enrolment(ctx, mine.session_id, totp.code_at(shown.secret, clock.now()))


@pytest.mark.rule("IDN-3", "IDN-4")
def test_a_wrong_first_code_enrols_nothing_and_counts(sqlite_house: House) -> None:
    opened = accepted(sqlite_house, a_person(sqlite_house))
    with sqlite_house.work(NOBODY) as ctx:
        use_cases.start_enrolment(ctx, opened.session_id)

    with sqlite_house.work(NOBODY) as ctx:
        assert use_cases.confirm_enrolment(ctx, opened.session_id, "000 000x") is None

    assert [row.count for row in every(sqlite_house, Failures)] == [1]
    assert stage_of(sqlite_house, opened.token) == "enrol"


@pytest.mark.rule("IDN-3")
def test_a_half_open_sign_in_does_nothing_but_its_own_next_step(sqlite_house: House) -> None:
    account = an_account(sqlite_house)
    opened = half_open(sqlite_house, account)
    as_owner = at_work(sqlite_house, account.person).actor

    with sqlite_house.work(as_owner, Origin(session_id=opened.session_id)) as ctx, pytest.raises(SignInOver):
        use_cases.change_password(ctx, current=PASSWORD, new="Brown-Otter-52-swims")
    with sqlite_house.work(as_owner, HERE) as ctx, pytest.raises(SignInOver):
        use_cases.freshen(ctx, opened.session_id, "123456")


@pytest.mark.rule("IDN-3")
def test_nobody_gives_a_code_for_somebody_elses_sign_in(sqlite_house: House, clock) -> None:
    account, other = an_account(sqlite_house), an_account(sqlite_house)
    clock.move(HALF_A_MINUTE)
    opened = half_open(sqlite_house, account)

    with sqlite_house.work(*at_work(sqlite_house, other.person)) as ctx, pytest.raises(SignInOver):
        use_cases.give_code(ctx, opened.session_id, totp.code_at(account.secret, clock.now()))


@pytest.mark.rule("IDN-3", "LIC-3")
def test_enrolling_says_so_once_for_the_rooms_that_wait_for_it(sqlite_house: House) -> None:
    person = a_person(sqlite_house)
    enrolled(sqlite_house, accepted(sqlite_house, person))

    assert [entry.subject_id for entry in logged(sqlite_house, "authenticator.enrolled")] == [str(person.id)]


@pytest.mark.rule("AUD-1")
def test_the_log_tells_attempts_on_one_name_from_those_on_another_and_holds_no_name(sqlite_house: House) -> None:
    for email in ("ann@kent.example.org", "Ann@Kent.example.org ", "ben@kent.example.org"):
        use_cases.sign_in(sqlite_house, HERE, email=email, password="Not-the-password-1")

    details = [entry.detail for entry in logged(sqlite_house, "sign_in.failed")]
    marks = [detail.partition('"mark":"')[2][:16] for detail in details]
    assert marks[0] == marks[1] != marks[2]
    assert not any("ann" in detail or "kent" in detail for detail in details)
