"""The case system registers its records and says what happened; their dates follow (RET-1, RET-10)."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask

from compliance.app import house_of
from retention.models import RetentionEvent
from tests.builders.api import is_problem
from tests.builders.identity import every, logged
from tests.builders.retention import RECORDS, a_keeper, a_record, an_event, records


def points_at(problem: dict[str, Any]) -> set[str]:
    """The members that a problem points at."""
    return {error["pointer"].removeprefix("#/").partition("/")[0] for error in problem["errors"]}


@pytest.mark.rule("RET-1", "RET-3")
def test_a_record_is_registered_and_its_dates_follow_from_its_group(app: Flask) -> None:
    keeper = a_keeper(app)

    reply = keeper.put(f"{RECORDS}/R-1", a_record(2, kind="referral", subject="S-9"))

    assert reply.status_code == 201, reply.text
    assert reply.get_json() == {
        "reference": "R-1", "kind": "referral", "groups": [2], "status": "kept", "opened_on": "2020-03-05",
        "last_relevant_on": None, "minimum_ends_on": "2030-03-05", "next_review_on": "2030-03-05",
    }  # fmt: skip
    kept = records(house_of(app))["R-1"]
    assert (kept.minimum_ends_on, kept.subject) == (date(2030, 3, 5), "S-9")
    [entry] = logged(house_of(app), "retention_record.registered")
    assert (entry.subject_id, entry.reference) == (str(kept.id), "R-1")


@pytest.mark.rule("RET-1")
def test_a_date_of_birth_is_sealed_and_neither_it_nor_what_tells_it_is_in_the_log(app: Flask) -> None:
    keeper = a_keeper(app)

    reply = keeper.put(f"{RECORDS}/R-1", a_record(1, born_on="1984-02-29"))

    assert reply.get_json()["minimum_ends_on"] == "2084-02-29"
    kept = records(house_of(app))["R-1"]
    assert kept.born_on is not None
    assert b"1984" not in kept.born_on
    [entry] = logged(house_of(app), "retention_record.registered")
    assert "minimum_ends_on" not in json.loads(entry.detail)
    assert "84-02-29" not in entry.detail


@pytest.mark.rule("RET-1")
def test_without_a_date_of_birth_a_record_of_group_1_has_no_end_until_one_is_known(app: Flask) -> None:
    keeper = a_keeper(app)
    assert keeper.put(f"{RECORDS}/R-1", a_record(1)).get_json()["minimum_ends_on"] is None

    reply = keeper.put(f"{RECORDS}/R-1", a_record(1, born_on="1990-07-01"))

    assert (reply.status_code, reply.get_json()["minimum_ends_on"]) == (200, "2090-07-01")
    [entry] = logged(house_of(app), "retention_record.corrected")
    assert json.loads(entry.detail)["fields"] == ["born_on"]


@pytest.mark.rule("RET-1")
def test_a_group_once_given_stays_and_the_longest_counts(app: Flask) -> None:
    keeper = a_keeper(app)
    keeper.put(f"{RECORDS}/R-1", a_record(2))

    reply = keeper.put(f"{RECORDS}/R-1", a_record(3))

    assert reply.get_json()["groups"] == [2, 3]
    assert reply.get_json()["minimum_ends_on"] == "2030-03-05"


@pytest.mark.rule("RET-1")
def test_the_same_said_again_changes_nothing_and_enters_nothing(app: Flask) -> None:
    keeper = a_keeper(app)
    for status in (201, 200, 200):
        assert keeper.put(f"{RECORDS}/R-1", a_record(3)).status_code == status

    assert records(house_of(app))["R-1"].revision == 1
    assert logged(house_of(app), "retention_record.corrected") == []


@pytest.mark.rule("RET-1", "RET-10")
def test_an_event_begins_the_clear_period_again_and_one_learnt_late_shortens_nothing(app: Flask) -> None:
    keeper = a_keeper(app)
    keeper.put(f"{RECORDS}/R-1", a_record(3))

    ends = [
        keeper.post(f"{RECORDS}/R-1/events", an_event(number, happened_on=day)).get_json()["minimum_ends_on"]
        for number, day in enumerate(("2021-06-01", "2024-02-29", "2020-05-01"))
    ]

    assert ends == ["2027-06-01", "2030-03-01", "2030-03-01"]
    assert len(every(house_of(app), RetentionEvent)) == 3


@pytest.mark.rule("RET-1")
def test_the_same_event_told_twice_is_one_and_told_otherwise_is_refused(app: Flask) -> None:
    keeper = a_keeper(app)
    keeper.put(f"{RECORDS}/R-1", a_record(3))
    path = f"{RECORDS}/R-1/events"
    assert [keeper.post(path, an_event()).status_code for _ in range(2)] == [201, 200]

    is_problem(keeper.post(path, an_event(happened_on="2021-06-02")), 409, "retention-told-otherwise")

    assert len(logged(house_of(app), "retention_record.told")) == 1


@pytest.mark.rule("RET-1", "RET-2", "RET-10")
@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"groups": [4]}, "retention-unknown-group"),
        ({"groups": [0, 1]}, "retention-unknown-group"),
        ({"groups": []}, "invalid"),
        ({"groups": [True]}, "invalid"),
        ({"groups": ["1"]}, "invalid"),
        ({"born_on": "2026-11-22"}, "retention-born-in-the-future"),
        ({"born_on": "1900-01-01", "groups": [1]}, None),
        ({"opened_on": "2026-11-22"}, "retention-opened-in-the-future"),
        ({"organisation_id": "00000000-0000-4000-8000-000000000000"}, "invalid"),
        ({"subject": " "}, "invalid"),
        ({"kind": "a kind of\u0000"}, "invalid"),
        ({"name": "Somebody"}, "invalid"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(sqlite_app: Flask, said: dict[str, object], code: str) -> None:
    reply = a_keeper(sqlite_app).put(f"{RECORDS}/R-1", a_record() | said)

    if code is None:
        assert reply.status_code == 201
        return
    pointed = points_at(is_problem(reply, 422, code))
    assert pointed
    assert pointed <= set(said)
    assert records(house_of(sqlite_app)) == {}


@pytest.mark.rule("RET-1", "RET-10")
@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"kind": "change_of_address"}, 422, "retention-unknown-event"),
        ({"happened_on": "2020-03-04"}, 422, "retention-event-before-opening"),
        ({"happened_on": "2026-11-22"}, 422, "retention-event-in-the-future"),
        ({"event_id": ""}, 422, "invalid"),
        ({"event_id": "x" * 65}, 422, "invalid"),
    ],
)
def test_an_event_that_cannot_be_is_refused(sqlite_app: Flask, said: dict[str, str], status: int, code: str) -> None:
    keeper = a_keeper(sqlite_app)
    keeper.put(f"{RECORDS}/R-1", a_record())

    refused = is_problem(keeper.post(f"{RECORDS}/R-1/events", an_event() | said), status, code)

    assert points_at(refused) == set(said)

    assert every(house_of(sqlite_app), RetentionEvent) == []


def test_nothing_happens_on_a_record_that_there_is_not(sqlite_app: Flask) -> None:
    is_problem(a_keeper(sqlite_app).post(f"{RECORDS}/R-7/events", an_event()), 404, "not-found")
