"""The case system tells what happened in it: durable when answered, each event once, with a receipt (AUD-1, AUD-2)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from audit.models import AuditEntry
from compliance.accesses.reporting.models import ReportedAccess
from compliance.app import house_of
from compliance.identity import use_cases as identity
from compliance.identity.models import Person, ServiceClient
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.db import WRITES
from compliance.licences.models import LastUse
from compliance.licences.rules import Status
from tests.builders.api import is_problem
from tests.builders.identity import every, logged
from tests.builders.licences import a_licence, a_person, an_organisation, seats
from tests.builders.reporting import PATH, again_as, an_event, receipts, tells, the_teller

EVENTS = ("signed_in", "viewed", "downloaded", "exported", "disclosed")
ALL_KINDS = [
    an_event(1, kind="sign_in", reference=None),
    an_event(2, action="case.view", purpose="meeting", involved=True, address="::ffff:192.0.2.7"),
    an_event(3, kind="download", records=4, outcome="refused"),
    an_event(4, kind="export", involved=False),
    an_event(5, kind="disclosure", recipient="The county court", purpose="legal_proceedings"),
]


def entries(house: House) -> list[AuditEntry]:
    """What the log has of the case system's events."""
    found = [entry for event in EVENTS for entry in logged(house, f"case_access.{event}")]
    return sorted(found, key=lambda entry: entry.number)


def rows(house: House) -> list[ReportedAccess]:
    return sorted(every(house, ReportedAccess), key=lambda row: row.number)


@pytest.mark.rule("AUD-1", "AUD-2", "DEC-7")
def test_every_kind_of_event_is_an_entry_and_a_row_and_has_its_receipt(app: Flask) -> None:
    house = house_of(app)
    employer = an_organisation(house)
    person = a_person(house, employer)
    teller = the_teller(app)

    reply = tells(teller, *ALL_KINDS)

    assert reply.status_code == 201
    log = entries(house)
    assert [entry.event for entry in log] == [f"case_access.{event}" for event in EVENTS]
    assert receipts(reply) == [(f"e-{n}", entry.number, entry.hash.hex()) for n, entry in enumerate(log, 1)]
    assert [entry.number for entry in log] == list(range(log[0].number, log[0].number + 5))
    assert {(entry.actor_kind, entry.actor_id) for entry in log} == {("client", teller.client_id)}
    assert {(entry.subject_kind, entry.subject_id) for entry in log} == {("person", str(person))}
    assert {entry.organisation for entry in log} == {str(employer)}
    assert [entry.reference for entry in log] == [None, "C-1", "C-1", "C-1", "C-1"]
    assert [entry.outcome for entry in log] == ["done", "done", "refused", "done", "done"]
    assert [entry.purpose for entry in log] == [None, "meeting", None, None, "legal_proceedings"]
    assert json.loads(log[1].detail) == {
        "action": "case.view", "event_id": "e-2", "happened_at": "2026-11-21 09:30:00+00:00", "involved": True,
        "records": 1,
    }  # fmt: skip
    kept = rows(house)
    assert [row.number for row in kept] == [entry.number for entry in log]
    assert [row.kind for row in kept] == ["sign_in", "view", "download", "export", "disclosure"]
    assert [row.records for row in kept] == [0, 1, 4, 1, 1]
    assert [row.involved for row in kept] == [None, True, None, False, None]
    assert {(row.person_id, row.organisation_id, row.client_id) for row in kept} == {
        (person, employer, teller.client_id)
    }
    assert {row.happened_at for row in kept} == {datetime(2026, 11, 21, 9, 30, tzinfo=UTC)}
    assert {row.out_of_hours for row in kept} == {True}, "a Saturday"
    said = reply.get_json()
    assert said["policy_version"] == log[0].policy_version
    assert said["state_version"] == log[0].state_version


@pytest.mark.rule("AUD-3")
def test_who_it_was_disclosed_to_and_where_somebody_was_stand_apart_from_the_entry(sqlite_app: Flask) -> None:
    house = house_of(sqlite_app)
    a_person(house, an_organisation(house))

    tells(the_teller(sqlite_app), *ALL_KINDS)

    written = "".join(f"{entry.detail}{entry.reference}{entry.address}" for entry in entries(house))
    assert "county court" not in written
    assert "192.0.2.7" not in written
    assert [entry.personal is not None for entry in entries(house)] == [False, True, False, False, True]


@pytest.mark.rule("AUD-1")
def test_a_person_is_named_by_our_id_or_by_their_address_however_it_is_written(sqlite_app: Flask) -> None:
    house = house_of(sqlite_app)
    person = a_person(house, an_organisation(house))

    names = ("Alex@SWALE.gov.uk", "alex@swale.gov.uk", str(person), str(person).upper())
    reply = tells(the_teller(sqlite_app), *(an_event(n, person=name) for n, name in enumerate(names)))

    assert reply.status_code == 201
    assert {row.person_id for row in rows(house)} == {person}


@pytest.mark.rule("AUD-1")
def test_what_somebody_did_before_their_account_was_closed_is_taken(sqlite_app: Flask, clock: FixedClock) -> None:
    house = house_of(sqlite_app)
    person = a_person(house, an_organisation(house))
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        store.execute(update(Person).where(Person.id == person).values(closed_at=clock.now()))

    assert tells(the_teller(sqlite_app), an_event()).status_code == 201


@pytest.mark.rule("AUD-1")
def test_somebody_whom_no_organisation_employs_has_none_in_the_log(sqlite_app: Flask) -> None:
    house = house_of(sqlite_app)
    person = a_person(house, an_organisation(house))
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        store.execute(update(Person).where(Person.id == person).values(organisation_id=None))

    assert tells(the_teller(sqlite_app), an_event()).status_code == 201
    assert [row.organisation_id for row in rows(house)] == [None]


@pytest.mark.rule("AUD-2", "DEC-7")
def test_an_event_told_again_has_its_first_receipt_and_no_new_entry(app: Flask, clock: FixedClock) -> None:
    house = house_of(app)
    a_person(house, an_organisation(house))
    teller = the_teller(app)
    first = tells(teller, an_event(1), an_event(2))

    again = tells(teller, an_event(2, outcome="done", at="2026-11-21T04:30:00.000-05:00"))
    mixed = tells(teller, an_event(3), an_event(1))
    clock.move(timedelta(days=40))
    late = tells(again_as(teller), an_event(1))

    assert (again.status_code, receipts(again)) == (200, receipts(first)[1:])
    assert mixed.status_code == 201
    assert receipts(mixed)[1] == receipts(first)[0]
    assert (late.status_code, receipts(late)) == (200, receipts(first)[:1]), "long after it could be reported anew"
    assert [row.event_id for row in rows(house)] == ["e-1", "e-2", "e-3"]
    assert len(entries(house)) == 3


@pytest.mark.rule("AUD-1", "AUD-2")
def test_an_event_that_said_something_else_before_is_refused_with_all_of_its_batch(sqlite_app: Flask) -> None:
    house = house_of(sqlite_app)
    a_person(house, an_organisation(house))
    teller = the_teller(sqlite_app)
    tells(teller, an_event(1))

    others: tuple[dict[str, Any], ...] = (
        {"kind": "export"}, {"reference": "C-2"}, {"at": "2026-11-21T09:30:01Z"}, {"outcome": "refused"},
        {"purpose": "meeting"}, {"address": "192.0.2.9"}, {"involved": False}, {"records": 2}, {"action": "case.view"},
        {"kind": "disclosure", "recipient": "The court"},
    )  # fmt: skip
    for other in others:
        said = is_problem(tells(teller, an_event(2), an_event(1, **other)), 409, "event-told-differently")
        assert [error["pointer"] for error in said["errors"]] == ["#/events/1/id"]
    assert [row.event_id for row in rows(house)] == ["e-1"]


def test_two_clients_may_call_their_events_the_same(sqlite_app: Flask) -> None:
    house = house_of(sqlite_app)
    a_person(house, an_organisation(house))

    first = tells(the_teller(sqlite_app), an_event())
    second = tells(the_teller(sqlite_app), an_event(reference="C-2"))

    assert (first.status_code, second.status_code) == (201, 201)
    assert receipts(first) != receipts(second)


@pytest.mark.rule("LIC-8")
def test_a_sign_in_is_a_use_of_every_licence_that_had_begun(app: Flask, clock: FixedClock) -> None:
    house = house_of(app)
    seats(house)
    swale = a_licence(house, an_organisation(house), status=Status.ACTIVE)
    resting = a_licence(house, an_organisation(house, "dover"), "robin@dover.gov.uk", status=Status.SUSPENDED)
    clock.move(timedelta(hours=3))
    at = clock.now() - timedelta(minutes=5)
    assert swale.activated_at is not None
    before = swale.activated_at - timedelta(minutes=1)
    teller = the_teller(app)

    def uses() -> dict[Any, datetime]:
        return {row.licence_id: row.used_at for row in every(house, LastUse)}

    def signs_in(number: int, at: datetime, **said: Any) -> None:
        event = an_event(number, kind="sign_in", reference=None, at=at, **said)
        assert tells(teller, event).status_code == 201

    assert tells(teller, an_event(1, at=at)).status_code == 201
    signs_in(2, at, outcome="refused")
    signs_in(3, at, person="robin@dover.gov.uk")
    signs_in(4, before)
    assert uses() == {}, "neither a view, nor a refusal, nor a licence that rests or had not begun"

    signs_in(5, at)
    assert uses() == {swale.id: at}
    signs_in(6, at - timedelta(minutes=30))
    assert uses() == {swale.id: at}, "a use never moves back"
    signs_in(7, clock.now() + timedelta(seconds=200))
    assert uses() == {swale.id: clock.now()}, "nor beyond now"
    assert resting.id not in uses()


@pytest.mark.rule("DEC-4")
def test_a_client_that_was_ended_reports_nothing_more(sqlite_app: Flask) -> None:
    house = house_of(sqlite_app)
    a_person(house, an_organisation(house))
    teller = the_teller(sqlite_app)
    (client,) = every(house, ServiceClient)
    with house.work(operator("test")) as ctx:
        identity.end_client(ctx, client.id)

    reply = tells(teller, an_event())

    is_problem(reply, 401, "not-authenticated")
    assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"]
    assert rows(house) == []


@pytest.mark.rule("DEC-3")
def test_only_a_token_with_the_scope_opens_it(sqlite_app: Flask) -> None:
    nobody = sqlite_app.test_client().post(PATH, json={"events": [an_event()]})
    other = tells(the_teller(sqlite_app, "decisions"), an_event())
    forged = the_teller(sqlite_app)
    forged.token = forged.token[:-8] + "AAAAAAAA"

    is_problem(nobody, 401, "not-authenticated")
    assert nobody.headers["WWW-Authenticate"] == 'Bearer realm="marac"'
    is_problem(other, 403, "insufficient-scope")
    assert 'error="insufficient_scope", scope="access-events:write"' in other.headers["WWW-Authenticate"]
    refused = tells(forged, an_event())
    is_problem(refused, 401, "not-authenticated")
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
