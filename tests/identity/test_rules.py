"""The tables of identity: pure values in, values out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from compliance.identity import rules
from compliance.identity.rules import Limits, Stage
from policies.access import HUB_ROLES, ROLES

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
LIMITS = Limits(half_open=timedelta(minutes=10), idle=timedelta(minutes=15), whole=timedelta(hours=8))
A_MOMENT = timedelta(microseconds=1)


@pytest.mark.rule("IDN-3", "IDN-2")
@pytest.mark.parametrize(
    ("whole", "enrolled", "allowed", "must_renew", "stage"),
    [
        (False, False, False, False, Stage.ENROL),
        (False, False, False, True, Stage.ENROL),
        (False, True, True, False, Stage.CODE),
        (False, True, False, False, Stage.CODE),
        (False, True, True, True, Stage.CODE),
        (True, True, True, True, Stage.RENEW),
        (True, True, False, True, Stage.ENROL),
        (True, True, False, False, Stage.ENROL),
        (True, True, True, False, Stage.WHOLE),
    ],
)
def test_a_sign_in_is_whole_only_after_both_factors_and_with_a_password_in_date(
    whole: bool, enrolled: bool, allowed: bool, must_renew: bool, stage: Stage
) -> None:
    assert rules.stage(whole=whole, enrolled=enrolled, allowed=allowed, must_renew=must_renew) is stage


@pytest.mark.rule("IDN-6")
@pytest.mark.parametrize(
    ("opened", "seen", "whole", "live"),
    [
        (timedelta(0), timedelta(0), True, True),
        (timedelta(hours=1), timedelta(minutes=15) - A_MOMENT, True, True),
        (timedelta(hours=1), timedelta(minutes=15), True, False),
        (timedelta(hours=8) - A_MOMENT, timedelta(0), True, True),
        (timedelta(hours=8), timedelta(0), True, False),
        (timedelta(minutes=10) - A_MOMENT, timedelta(0), False, True),
        (timedelta(minutes=10), timedelta(0), False, False),
    ],
)
def test_a_sign_in_lasts_to_its_last_instant_and_no_longer(
    opened: timedelta, seen: timedelta, whole: bool, live: bool
) -> None:
    assert rules.is_live(NOW, LIMITS, opened_at=NOW - opened, seen_at=NOW - seen, whole=whole) is live


@pytest.mark.rule("IDN-4")
def test_answers_come_later_from_the_third_failure_on_and_never_later_than_the_slowest() -> None:
    waits = [rules.wait_seconds(failures, slow_from=3, slowest=4) for failures in range(1, 8)]

    assert waits == [0, 0, 1, 2, 4, 4, 4]
    assert rules.wait_seconds(10**9, slow_from=3, slowest=4) == 4


@pytest.mark.rule("IDN-4")
def test_the_tenth_failure_locks() -> None:
    assert [rules.locks(failures, limit=10) for failures in (9, 10, 11)] == [False, True, True]


@pytest.mark.rule("IDN-4")
@pytest.mark.parametrize(
    ("address", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        (None, "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_one_source_cannot_pass_for_many(address: str | None, counted_as: str) -> None:
    assert rules.source(address) == counted_as


@pytest.mark.rule("ROL-1")
@pytest.mark.parametrize("role", ROLES)
def test_hub_roles_are_for_hub_accounts_and_partners_roles_for_partners(role: str) -> None:
    partners = role in {"authorised_signatory", "delegate", "escalation_contact"}
    oversight = role in {"ig_officer", "steering_member", "executive_chair"}

    assert rules.may_hold(role, hub_team=True) is (role in HUB_ROLES or oversight)
    assert rules.may_hold(role, hub_team=False) is (partners or oversight)


@pytest.mark.rule("IDN-2")
def test_a_password_expires_ninety_days_after_it_was_set() -> None:
    assert rules.password_until(NOW, 90) == datetime(2027, 2, 19, 10, 0, tzinfo=UTC)
