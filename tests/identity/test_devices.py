"""A stranger's guesses do not lock a person out of the browsers that are known as their own; and theirs lock all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compliance.identity import devices, queries, totp, use_cases
from compliance.identity.errors import SignInOver
from compliance.identity.models import Failures, KnownDevice, Person, SignIn, SourceFailures
from compliance.identity.use_cases import Opened, Outcome, signing_in
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, House, Origin
from compliance.kernel.errors import Throttled
from compliance.notices.models import Notice
from tests.builders.identity import (
    PASSWORD,
    Account,
    an_account,
    at_work,
    every,
    half_open,
    logged,
    signed_in,
    someone,
)

HALF_A_MINUTE = timedelta(seconds=30)
DESK = "192.0.2.10"


@pytest.fixture
def account(house: House, clock: FixedClock) -> Account:
    account = an_account(house)
    clock.move(HALF_A_MINUTE)
    return account


def known(house: House, account: Account, clock: FixedClock, before: str = "") -> Origin:
    """The person's own browser, after they signed in there to the end."""
    opened = signed_in(house, account, Origin(DESK, device=before))
    clock.move(HALF_A_MINUTE)
    assert opened.device is not None
    return Origin(DESK, device=opened.device)


def tried(house: House, email: str, origin: Origin, *, right: bool = False) -> Outcome:
    with house.work(NOBODY, origin) as ctx:
        return signing_in.settle(ctx, signing_in.Checked(signing_in.ask(ctx, email), right=right))


def strangers_guess(house: House, account: Account, times: int, device: str | None = "") -> None:
    for number in range(times):
        tried(house, account.email, Origin(f"198.51.100.{number}", device=device))


def stands(house: House, opened: Opened) -> bool:
    with house.reading(NOBODY) as ctx:
        return queries.session(ctx, opened.token) is not None


def letters(house: House) -> list[str]:
    return [notice.kind for notice in sorted(every(house, Notice), key=lambda notice: notice.id)]


def the_person(house: House, account: Account) -> Person:
    return next(person for person in every(house, Person) if person.id == account.person.id)


@pytest.mark.rule("IDN-4")
def test_a_strangers_guesses_close_the_account_to_strangers_and_not_to_its_own_browser(
    house: House, clock: FixedClock, account: Account
) -> None:
    desk = known(house, account, clock)
    elsewhere = signed_in(house, account, desk)
    clock.move(HALF_A_MINUTE)

    strangers_guess(house, account, 12)

    person = the_person(house, account)
    assert (person.locked_at, person.closed_to_strangers_at) == (None, clock.now())
    assert stands(house, elsewhere)
    assert tried(house, account.email, Origin("198.51.100.99", device=""), right=True).opened is None
    assert tried(house, account.email, desk, right=True).opened is not None
    assert len(logged(house, "account.closed_to_strangers")) == 1
    assert logged(house, "account.locked") == []
    assert letters(house).count("closed_to_strangers") == 1


@pytest.mark.rule("IDN-4")
def test_whoever_waits_for_a_code_elsewhere_gets_no_further_once_it_is_closed_to_strangers(
    house: House, clock: FixedClock, account: Account
) -> None:
    desk = known(house, account, clock)
    theirs, strangers = half_open(house, account, desk), half_open(house, account, Origin("203.0.113.9", device=""))

    strangers_guess(house, account, 10)

    code = totp.code_at(account.secret, clock.now())
    with house.work(NOBODY) as ctx, pytest.raises(SignInOver):
        use_cases.give_code(ctx, strangers.session_id, code)
    with house.work(NOBODY, desk) as ctx:
        assert use_cases.give_code(ctx, theirs.session_id, code).opened is not None


@pytest.mark.rule("IDN-4")
def test_ten_failures_from_the_known_browser_lock_everywhere_and_it_is_known_no_more(
    house: House, clock: FixedClock, account: Account
) -> None:
    desk = known(house, account, clock)
    elsewhere = signed_in(house, account, desk)

    waits = [tried(house, account.email, desk).wait_seconds for _ in range(10)]

    assert waits == [0, 0, 1, 2, 4, 4, 4, 4, 4, 4]
    assert the_person(house, account).locked_at == clock.now()
    assert not stands(house, elsewhere)
    assert [device.ended_at for device in every(house, KnownDevice)] == [clock.now()]
    assert letters(house).count("account_locked") == 1


@pytest.mark.rule("IDN-4")
def test_the_two_counters_know_nothing_of_each_other(house: House, clock: FixedClock, account: Account) -> None:
    desk = known(house, account, clock)
    for _ in range(9):
        tried(house, account.email, desk)
    strangers_guess(house, account, 9)
    assert sorted(row.count for row in every(house, Failures)) == [9, 9]

    signed_in(house, account, desk)

    assert [row.count for row in every(house, Failures)] == [9]
    assert (the_person(house, account).locked_at, the_person(house, account).closed_to_strangers_at) == (None, None)
    strangers_guess(house, account, 1)
    assert the_person(house, account).closed_to_strangers_at is not None


@pytest.mark.rule("IDN-4")
def test_codes_from_the_known_browser_count_on_it_too(house: House, clock: FixedClock, account: Account) -> None:
    desk = known(house, account, clock)
    opened = half_open(house, account, desk)

    with house.work(NOBODY, desk) as ctx:
        use_cases.give_code(ctx, opened.session_id, "no code")

    with house.reading(NOBODY) as ctx:
        from_the_desk = signing_in.counters.device_mark(ctx, every(house, KnownDevice)[0].id)
    assert [(row.name, row.count) for row in every(house, Failures)] == [(from_the_desk, 1)]


@pytest.mark.rule("IDN-4")
def test_another_persons_browser_gives_nothing(house: House, clock: FixedClock, account: Account) -> None:
    known(house, account, clock)
    thief = an_account(house)
    clock.move(HALF_A_MINUTE)
    theirs = known(house, thief, clock)

    strangers_guess(house, account, 10, device=theirs.device)

    assert the_person(house, account).closed_to_strangers_at is not None
    assert tried(house, account.email, theirs, right=True).opened is None
    assert the_person(house, thief).closed_to_strangers_at is None
    assert tried(house, thief.email, theirs, right=True).opened is not None


@pytest.mark.rule("IDN-4")
def test_the_known_browser_is_heard_from_an_address_that_is_not_and_does_not_count_for_it(
    house: House, clock: FixedClock, account: Account
) -> None:
    desk = known(house, account, clock)
    for _ in range(3):
        tried(house, account.email, desk)
    assert every(house, SourceFailures) == []

    for number in range(30):
        tried(house, f"n{number}@kent.example.org", Origin(DESK))
    with pytest.raises(Throttled):
        tried(house, account.email, Origin(DESK), right=True)

    opened = tried(house, account.email, desk, right=True).opened
    assert opened is not None
    with house.work(NOBODY, Origin(DESK, device=desk.device, session_id=opened.session_id)) as ctx:
        code = totp.code_at(account.secret, clock.now())
        assert use_cases.give_code(ctx, opened.session_id, code).opened is not None


@pytest.mark.rule("IDN-4")
def test_a_browser_is_known_for_ninety_days_after_it_was_last_used(
    house: House, clock: FixedClock, account: Account
) -> None:
    desk = known(house, account, clock)
    clock.move(timedelta(days=89))
    signed_in(house, account, desk)
    clock.move(timedelta(days=90) - timedelta(seconds=1))
    with house.reading(NOBODY, desk) as ctx:
        assert devices.here(ctx, account.person.id).own is not None

    clock.move(timedelta(seconds=1))
    with house.reading(NOBODY, desk) as ctx:
        assert devices.here(ctx, account.person.id) == devices.STRANGE


@pytest.mark.rule("IDN-4")
def test_a_browser_that_became_known_before_the_clock_stepped_back_is_strange(
    house: House, clock: FixedClock, account: Account
) -> None:
    desk = known(house, account, clock)

    clock.move(-timedelta(hours=2))

    with house.reading(NOBODY, desk) as ctx:
        assert devices.here(ctx, account.person.id) == devices.STRANGE


@pytest.mark.rule("IDN-4", "IDN-5")
def test_only_the_fingerprint_of_a_browsers_token_is_kept(house: House, clock: FixedClock, account: Account) -> None:
    desk = known(house, account, clock)

    assert devices.tokens(desk.device) == [desk.device]
    assert every(house, KnownDevice)[0].token not in (desk.device or "")
    assert [entry.subject_id for entry in logged(house, "device.known")] == [str(account.person.id)]


@pytest.mark.rule("IDN-4")
def test_a_duty_desk_is_known_by_each_who_signs_in_there(house: House, clock: FixedClock, account: Account) -> None:
    colleague = an_account(house)
    clock.move(HALF_A_MINUTE)
    first = known(house, account, clock)
    shared = known(house, colleague, clock, before=first.device or "")

    for person in (account.person, colleague.person):
        with house.reading(NOBODY, shared) as ctx:
            assert devices.here(ctx, person.id).own is not None
    with house.reading(NOBODY, first) as ctx:
        assert devices.here(ctx, colleague.person.id).own is None


@pytest.mark.rule("IDN-4", "GOV-5")
def test_somebody_is_told_of_a_sign_in_in_a_browser_not_seen_before_and_not_of_their_own(
    house: House, clock: FixedClock, account: Account
) -> None:
    desk = known(house, account, clock)
    assert letters(house).count("new_device") == 0
    signed_in(house, account, desk)
    assert letters(house).count("new_device") == 0
    clock.move(HALF_A_MINUTE)

    signed_in(house, account, Origin("203.0.113.9", device=""))
    clock.move(HALF_A_MINUTE)
    signed_in(house, account, Origin("203.0.113.9"))

    assert letters(house).count("new_device") == 2


@pytest.mark.rule("IDN-4", "IDN-6")
def test_signing_out_everywhere_ends_every_sign_in_and_forgets_every_browser(
    house: House, clock: FixedClock, account: Account
) -> None:
    desk = known(house, account, clock)
    opened = signed_in(house, account, desk)

    with house.work(at_work(house, account.person).actor, Origin(DESK, session_id=opened.session_id)) as ctx:
        use_cases.sign_out_everywhere(ctx)

    assert {row.end_reason for row in every(house, SignIn)} == {"signed_out_everywhere"}
    with house.reading(NOBODY, desk) as ctx:
        assert devices.here(ctx, account.person.id) == devices.STRANGE
    assert len(logged(house, "device.forgotten")) == 1


@pytest.mark.rule("IDN-4", "IDN-2")
def test_a_password_that_somebody_else_may_know_makes_every_browser_strange(
    house: House, clock: FixedClock, account: Account
) -> None:
    desk = known(house, account, clock)

    with house.work(*someone(house, "hub_manager")) as ctx:
        use_cases.password_compromised(ctx, account.person.id, reason="told")

    with house.reading(NOBODY, desk) as ctx:
        assert devices.here(ctx, account.person.id) == devices.STRANGE


@pytest.mark.rule("IDN-4")
def test_a_reset_opens_an_account_that_was_closed_to_strangers(
    house: House, clock: FixedClock, account: Account
) -> None:
    known(house, account, clock)
    strangers_guess(house, account, 10)

    with house.work(*someone(house, "hub_manager")) as ctx:
        use_cases.reset_account(ctx, account.person.id, identity_check="Rang back on the number we hold.")

    assert the_person(house, account).closed_to_strangers_at is None


@pytest.mark.rule("IDN-4")
@pytest.mark.parametrize(
    "cookie",
    ["msd_short", "x" * 100_000, "msd_" + "a" * 43 + "é", ".".join(["msd_" + "a" * 43] * 50), "mss_" + "a" * 43, "\0"],
)
def test_a_cookie_that_was_made_up_or_is_huge_is_no_browsers(sqlite_house: House, cookie: str) -> None:
    account = an_account(sqlite_house)

    with sqlite_house.reading(NOBODY, Origin(DESK, device=cookie)) as ctx:
        assert devices.here(ctx, account.person.id) == devices.STRANGE
    assert len(devices.tokens(cookie)) <= devices.AT_MOST
    assert use_cases.sign_in(sqlite_house, Origin(DESK, device=cookie), email=account.email, password=PASSWORD).opened
