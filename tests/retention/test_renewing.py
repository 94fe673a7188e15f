"""Dates follow the policy: reckoned anew in portions, once, and whatever ends sooner is named in the log (RET-1)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from uuid import UUID

import pytest

from compliance.app import furnished, house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, Origin, worker
from compliance.kernel.jobs import Run, Stopping, run_now
from compliance.kernel.settings import Settings
from policies.values import Policy
from retention import renewing
from retention.jobs import RENEW
from retention.reckoning import version
from retention.use_cases import Registered, register
from tests.builders.identity import Acting, every, logged, someone
from tests.builders.retention import KEEPER, fallen_due, kept, other_values, records, reviews
from tests.support.together import together

A_WORKER = Acting(worker(RENEW.name), Origin())


def shorter(house: House, years: int = 8) -> None:
    """Group 2 is kept for fewer years from now on."""
    other_values(house, group_2_clear_years=years)


def named(house: House, what: str) -> list[str]:
    """The ids that entries of the log name under this, in all of them."""
    return [each for entry in logged(house, "retention_records.reckoned") for each in json.loads(entry.detail)[what]]


@pytest.mark.rule("RET-1")
def test_dates_follow_the_policy_and_whatever_ends_sooner_is_named(house: House) -> None:
    kept(house, "two", opened_on=date(2020, 3, 5))
    kept(house, "three", group=3, opened_on=date(2022, 3, 5))
    kept(house, "one", group=1, opened_on=date(2020, 3, 5), born_on=date(2001, 2, 3))
    ids = {name: record.id for name, record in records(house).items()}
    assert run_now(house, RENEW) == Run()

    shorter(house)
    assert run_now(house, RENEW) == Run(3, 3)

    now = records(house)
    assert now["two"].minimum_ends_on == date(2028, 3, 5)
    assert now["three"].minimum_ends_on == date(2028, 3, 5)
    assert {record.reckoned_by for record in now.values()} == {version(house.the(Policy))}
    assert named(house, "sooner") == [str(ids["two"])]
    assert sorted(named(house, "others")) == sorted([str(ids["one"]), str(ids["three"])])
    [entry] = logged(house, "retention_records.reckoned")
    detail = json.loads(entry.detail)
    assert (detail["records"], detail["moved"], detail["untold"]) == (3, 1, 1)
    assert run_now(house, RENEW) == Run(), "what is done is done once"


@pytest.mark.rule("RET-1", "RET-3")
def test_a_review_falls_due_by_the_new_policy_and_one_that_is_open_stays(house: House) -> None:
    someone(house, "ig_officer")
    kept(house, "open", opened_on=date(2016, 11, 20))
    kept(house, "soon", opened_on=date(2018, 11, 20))
    before = fallen_due(house)
    assert list(before) == ["open"]

    other_values(house, group_2_review_years=8)
    run_now(house, RENEW)

    assert records(house)["soon"].next_review_on == date(2026, 11, 20)
    assert sorted(fallen_due(house)) == ["open", "soon"]
    assert reviews(house)["open"].id == before["open"].id
    assert len(every(house, type(before["open"]))) == 2


@pytest.mark.rule("RET-1")
def test_what_is_being_disposed_of_or_is_gone_is_left_alone(house: House) -> None:
    for number, status in enumerate(("instructed", "disposed")):
        kept(house, f"R-{number}")
        with house.work(KEEPER) as ctx:
            record, _ = register(ctx, f"R-{number}", Registered([2], date(2016, 11, 20), kind="other"))
            record.status = status
    before = {name: record.reckoned_by for name, record in records(house).items()}

    shorter(house)
    assert run_now(house, RENEW) == Run()
    assert {name: record.reckoned_by for name, record in records(house).items()} == before


@pytest.mark.rule("RET-1")
def test_it_goes_on_where_it_was_stopped(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renewing, "AT_ONCE", 2)
    monkeypatch.setattr(renewing.renew_some, "__kwdefaults__", {"after": None, "limit": 2})
    for number in range(7):
        kept(house, f"R-{number}")
    shorter(house)

    told = Stopping()
    told.tell()
    assert renewing.renew(house, told, name=RENEW.name, most=10) == Run()
    assert renewing.renew(house, Stopping(), name=RENEW.name, most=2) == Run(4, 4)
    assert renewing.renew(house, Stopping(), name=RENEW.name, most=10) == Run(3, 3)
    assert len(named(house, "sooner")) == len(set(named(house, "sooner"))) == 7


@pytest.mark.rule("RET-1")
def test_one_that_cannot_be_reckoned_steps_aside_and_the_rest_go_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewing.renew_some, "__kwdefaults__", {"after": None, "limit": 2})
    for number in range(5):
        kept(house, f"R-{number}", opened_on=date(2016, 11, 20) + timedelta(days=number))
    shorter(house)
    wrong, write = records(house)["R-1"].id, renewing.reckoning.write

    def refuse(ctx: object, record: object, facts: object) -> None:
        if getattr(record, "id", None) == wrong:
            raise renewing.rules.BeyondDates()
        write(ctx, record, facts)  # type: ignore[arg-type]

    monkeypatch.setattr(renewing.reckoning, "write", refuse)
    assert run_now(house, RENEW) == Run(5, 4, 1)
    assert str(wrong) not in named(house, "sooner")
    assert run_now(house, RENEW) == Run(1, 0, 1)


@pytest.mark.rule("RET-1")
def test_several_that_reckon_at_once_reckon_each_record_once(
    house: House, settings: Settings, clock: FixedClock
) -> None:
    other = house_of(furnished(settings, clock))
    for number in range(40):
        kept(house, f"R-{number}", opened_on=date(2016, 11, 20) + timedelta(days=number))
    shorter(house)
    shorter(other)

    ends = together(house, [(A_WORKER, lambda ctx: renewing.renew_some(ctx, limit=40)) for _ in range(4)])
    assert ends == ["done"] * 4
    while run_now(other, RENEW).found:
        pass
    other.engine.dispose()

    once: list[str] = named(house, "sooner")
    assert sorted(map(UUID, once)) == sorted(record.id for record in records(house).values())
