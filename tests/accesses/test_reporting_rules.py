"""What an event has to say, and when it is out of hours: no store, no clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from compliance.accesses.reporting.rules import Kind, Outcome, Terms, Told, out_of_hours, problems
from compliance.kernel.calendar import Calendar

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TERMS = Terms(
    now=NOW, late_days=31, early_seconds=300, purpose_needed_for=(), purposes=("meeting", "quality"),
    actions=("case.view",), office_from_hour=7, office_until_hour=19, calendar=Calendar(date(2027, 12, 31)),
)  # fmt: skip
VIEW = Told("e-1", Kind.VIEW, "alex@swale.gov.uk", NOW, reference="C-1")


def wrong(told: Told, terms: Terms = TERMS) -> list[str]:
    return [member for member, _ in problems(told, terms)]


@pytest.mark.rule("AUD-1")
@pytest.mark.parametrize(
    ("changes", "members"),
    [
        ({}, []),
        ({"kind": Kind.SIGN_IN}, []),
        ({"kind": Kind.SIGN_IN, "reference": None}, []),
        *(({"kind": kind, "reference": None}, ["reference"]) for kind in (Kind.VIEW, Kind.DOWNLOAD, Kind.EXPORT)),
        ({"kind": Kind.DISCLOSURE}, ["recipient"]),
        ({"kind": Kind.DISCLOSURE, "recipient": "The court"}, []),
        ({"kind": Kind.DISCLOSURE, "recipient": "The court", "reference": None}, ["reference"]),
        *(({"kind": kind, "recipient": "The court"}, ["recipient"]) for kind in Kind if kind is not Kind.DISCLOSURE),
        ({"purpose": "meeting"}, []),
        ({"purpose": "curiosity"}, ["purpose"]),
        ({"action": "case.view"}, []),
        ({"action": "case.frame"}, ["action"]),
        ({"at": NOW + timedelta(seconds=300)}, []),
        ({"at": NOW + timedelta(seconds=301)}, ["at"]),
        ({"at": NOW - timedelta(days=31)}, []),
        ({"at": NOW - timedelta(days=31, seconds=1)}, ["at"]),
        ({"at": datetime(1970, 1, 1, tzinfo=UTC)}, ["at"]),
        ({"at": datetime(9999, 12, 31, tzinfo=UTC), "reference": None, "purpose": "x"}, ["at", "reference", "purpose"]),
    ],
)
def test_what_an_event_has_to_say_depends_on_what_happened(changes: dict[str, object], members: list[str]) -> None:
    assert wrong(replace(VIEW, **changes)) == members


@pytest.mark.rule("AUD-1")
def test_a_hub_may_ask_for_the_purpose_that_the_law_no_longer_asks_for() -> None:
    terms = replace(TERMS, purpose_needed_for=("disclosure",))
    disclosure = replace(VIEW, kind=Kind.DISCLOSURE, recipient="The court")

    assert wrong(VIEW, terms) == []
    assert wrong(disclosure, terms) == ["purpose"]
    assert wrong(replace(disclosure, purpose="meeting"), terms) == []


@pytest.mark.rule("AUD-5")
@pytest.mark.parametrize(
    ("at", "out"),
    [
        ("2026-11-20T06:59:59+00:00", True),  # Friday, winter: London is UTC
        ("2026-11-20T07:00:00+00:00", False),
        ("2026-11-20T18:59:59+00:00", False),
        ("2026-11-20T19:00:00+00:00", True),
        ("2026-06-19T06:00:00+00:00", False),  # Friday, summer: seven o'clock in London
        ("2026-06-19T05:59:59+00:00", True),
        ("2026-06-19T18:00:00+00:00", True),
        ("2026-11-21T10:00:00+00:00", True),  # Saturday
        ("2026-12-25T10:00:00+00:00", True),  # Christmas Day, a Friday
        ("2026-12-28T10:00:00+00:00", True),  # the substitute for Boxing Day
        ("2026-12-29T10:00:00+00:00", False),
        ("2026-11-20T23:30:00-05:00", True),  # Saturday in London
        ("2028-11-17T10:00:00+00:00", False),  # a Friday that is beyond the calendar: a weekday is a working day
        ("2028-12-25T10:00:00+00:00", False),  # and so is a bank holiday that nobody knows yet
        ("2028-11-18T10:00:00+00:00", True),  # a Saturday is none
    ],
)
def test_out_of_hours_is_judged_in_london_on_its_working_days(at: str, out: bool) -> None:
    assert out_of_hours(datetime.fromisoformat(at), TERMS) is out


def test_the_same_event_says_the_same_however_it_is_spelt_and_another_does_not() -> None:
    elsewhere = replace(VIEW, at=NOW.astimezone(timezone(timedelta(hours=-5))))
    others = (
        {"kind": Kind.EXPORT}, {"person": "x"}, {"at": NOW + timedelta(microseconds=1)}, {"outcome": Outcome.REFUSED},
        {"action": "case.view"}, {"reference": "C-2"}, {"purpose": "meeting"}, {"recipient": "C"}, {"address": "::1"},
        {"involved": False}, {"records": 1},
    )  # fmt: skip

    assert elsewhere.content == VIEW.content
    assert len({VIEW.content, *(replace(VIEW, **other).content for other in others)}) == len(others) + 1
    assert replace(VIEW, involved=True).content != replace(VIEW, involved=False).content


def test_one_record_is_touched_where_nothing_is_said_and_none_by_signing_in() -> None:
    assert VIEW.touched == 1
    assert replace(VIEW, records=0).touched == 0
    assert replace(VIEW, kind=Kind.SIGN_IN).touched == 0
