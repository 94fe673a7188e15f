"""A batch of events with one bad one: its place is named, nothing that was sent is repeated, and nothing is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from audit.models import LogHead
from compliance.accesses.reporting.models import ReportedAccess
from compliance.app import house_of
from tests.builders.api import is_problem
from tests.builders.decisions import CaseSystem
from tests.builders.identity import every
from tests.builders.licences import a_person, an_organisation
from tests.builders.reporting import PATH, an_event, tells, the_teller

EVENT = json.dumps(an_event()).encode()
SHAPED = (
    EVENT, b'{"events": null}', b'{"events": {}}', b'{"events": [[]]}', b'{"events": [1]}',
    b'{"events": [' + EVENT + b'], "more": 1}', b'{"events": [' + EVENT.replace(b'"e-1"', b'"\\ud800"') + b"]}",
)  # fmt: skip
"""Bodies that can be read, and have the wrong shape."""

NASTY = "Zq7\u0000\u202e\r\n\u001b[31m\u2028x"


@pytest.fixture
def teller(sqlite_app: Flask) -> CaseSystem:
    """A client that may report what Alex of Swale does."""
    house = house_of(sqlite_app)
    a_person(house, an_organisation(house))
    return the_teller(sqlite_app)


def raw(teller: CaseSystem, body: bytes, content_type: str = "application/json") -> TestResponse:
    headers = {"Authorization": f"Bearer {teller.token}"}
    return teller.app.test_client().post(PATH, data=body, headers=headers, content_type=content_type)


def taken(teller: CaseSystem) -> tuple[int, int]:
    """How many events were taken, and how many entries the log counts."""
    house = house_of(teller.app)
    return len(every(house, ReportedAccess)), every(house, LogHead)[0].size


BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({"at": "2026-11-21T10:05:01Z"}, "at"),
    ({"at": "2126-11-21T10:00:00Z"}, "at"),
    ({"at": "1970-01-01T00:00:00Z"}, "at"),
    ({"at": "2026-10-21T09:59:59Z"}, "at"),
    ({"at": "2026-11-21T09:17:00"}, "at"),
    ({"at": "2026-11-21 09:17:00Z"}, "at"),
    ({"at": "2026-11-21T09:17Z"}, "at"),
    ({"at": "2026-11-20"}, "at"),
    ({"at": "20261121T100000Z"}, "at"),
    ({"at": "2026-02-30T10:00:00Z"}, "at"),
    ({"at": "2026-11-21T10:00:60Z"}, "at"),
    ({"at": "0001-01-01T00:00:00+14:00"}, "at"),
    ({"at": "9999-12-31T23:59:59-14:00"}, "at"),
    ({"at": "2026-11-21T1٠:00:00Z"}, "at"),
    ({"at": 1795298615}, "at"),
    ({"at": {"$date": 0}}, "at"),
    ({"at": None}, "at"),
    ({"person": "nobody@swale.gov.uk"}, "person"),
    ({"person": "00000000-0000-0000-0000-000000000000"}, "person"),
    ({"person": "alex"}, "person"),
    ({"person": "@"}, "person"),
    ({"person": "alex@swale.gov.uk, robin@swale.gov.uk"}, "person"),
    ({"person": "' OR 1=1 --"}, "person"),
    ({"person": ""}, "person"),
    ({"person": None}, "person"),
    ({"person": ["alex@swale.gov.uk"]}, "person"),
    ({"person": "a" * 255}, "person"),
    ({"id": None}, "id"),
    ({"id": ""}, "id"),
    ({"id": 7}, "id"),
    ({"id": "e 1"}, "id"),
    ({"id": "é"}, "id"),
    ({"id": "x" * 65}, "id"),
    ({"kind": "sign_out"}, "kind"),
    ({"kind": "VIEW"}, "kind"),
    ({"kind": None}, "kind"),
    ({"kind": 1}, "kind"),
    ({"outcome": "mixed"}, "outcome"),
    ({"outcome": True}, "outcome"),
    ({"reference": None}, "reference"),
    ({"reference": "x" * 256}, "reference"),
    ({"reference": 5}, "reference"),
    ({"kind": "disclosure"}, "recipient"),
    ({"recipient": "The court"}, "recipient"),
    ({"kind": "disclosure", "recipient": "x" * 201}, "recipient"),
    ({"purpose": "curiosity"}, "purpose"),
    ({"purpose": 5}, "purpose"),
    ({"action": "case.frame"}, "action"),
    ({"address": "192.0.2.256"}, "address"),
    ({"address": "fe80::1%eth0"}, "address"),
    ({"address": "swale.gov.uk"}, "address"),
    ({"address": 3221225985}, "address"),
    ({"involved": "yes"}, "involved"),
    ({"involved": 1}, "involved"),
    ({"records": -1}, "records"),
    ({"records": 1.5}, "records"),
    ({"records": "4"}, "records"),
    ({"records": True}, "records"),
    ({"records": 2**31}, "records"),
    ({"records": 10**30}, "records"),
    ({"colour": "red"}, "colour"),
    ({"organisation": "dover"}, "organisation"),
    ({"client_id": "msc_0"}, "client_id"),
    *(({name: NASTY}, name) for name in ("id", "person", "action", "reference", "purpose", "recipient", "address")),
    *(
        ({"kind": "disclosure", "recipient": f"The{each}court"}, "recipient")
        for each in ("\n", "\r\n", "\u2028", "\u2029", "\u0085", "\x1b[2J", "\x00", "\u202e", "\ud800", "\ufeff")
    ),
)  # fmt: skip


@pytest.mark.rule("AUD-1")
def test_each_bad_event_is_pointed_at_and_nothing_of_its_batch_is_taken(teller: CaseSystem) -> None:
    before = taken(teller)
    for said, member in BAD:
        sent = an_event(2) | said
        sent = {name: value for name, value in sent.items() if value is not None or name == "colour"}
        reply = tells(teller, an_event(1), sent, an_event(3))

        document = is_problem(reply, 422)
        pointers = [error["pointer"] for error in document["errors"]]
        assert f"#/events/1/{member}" in pointers, (said, pointers)
        assert all(pointer.startswith("#/events/1/") for pointer in pointers), (said, pointers)
        assert not any(
            isinstance(value, str) and len(value) > 5 and value in reply.text
            for name, value in said.items() if name not in ("kind", "outcome")
        ), reply.text  # fmt: skip
    assert taken(teller) == before


@pytest.mark.rule("AUD-1")
def test_every_bad_event_of_a_batch_is_named_at_once_up_to_fifty(teller: CaseSystem) -> None:
    some = is_problem(tells(teller, an_event(1, person="x"), an_event(2), an_event(3, reference=None)), 422)
    many = is_problem(tells(teller, *(an_event(n, person="x") for n in range(80))), 422, "events-refused")

    assert [error["pointer"] for error in some["errors"]] == ["#/events/0/person", "#/events/2/reference"]
    assert len(many["errors"]) == 50


@pytest.mark.rule("AUD-1")
@pytest.mark.parametrize("other", [{}, {"reference": "C-2"}])
def test_an_id_that_stands_twice_in_a_batch_is_refused(teller: CaseSystem, other: dict[str, Any]) -> None:
    reply = tells(teller, an_event(1), an_event(2), an_event(1, **other))

    document = is_problem(reply, 422, "events-refused")
    assert [error["pointer"] for error in document["errors"]] == ["#/events/2/id"]
    assert taken(teller)[0] == 0


@pytest.mark.rule("AUD-1")
def test_a_batch_has_one_event_at_the_least_and_a_thousand_at_most(teller: CaseSystem) -> None:
    nothing = is_problem(tells(teller), 422)
    too_many = is_problem(tells(teller, *(an_event(n) for n in range(1001))), 422, "too-many-events")

    assert [error["pointer"] for error in (*nothing["errors"], *too_many["errors"])] == ["#/events", "#/events"]
    assert taken(teller)[0] == 0
    assert tells(teller, *(an_event(n) for n in range(1000))).status_code == 201
    assert taken(teller)[0] == 1000


@pytest.mark.rule("AUD-1")
def test_a_body_that_can_be_read_two_ways_or_none_is_not_guessed_at(teller: CaseSystem) -> None:
    event, before = EVENT, taken(teller)
    for body in (
        b"", b"{", b"[]", b"null", event, b'{"events": null}', b'{"events": {}}', b'{"events": [[]]}', b'{"events": [1]}',
        b'{"events": [' + event + b'], "events": []}', b'{"events": [' + event + b'], "more": 1}',
        b'{"events": [' + event.replace(b'"id"', b'"id": "e-9", "id"') + b"]}",
        b'{"events": [' + event.replace(b'"id"', b'"i\\u0064": "e-9", "id"') + b"]}",
        b'{"events": [' + event.replace(b'"e-1"', b'"\\ud800"') + b"]}",
        b'{"events": [' + event.replace(b'"C-1"', b"NaN") + b"]}",
        b'{"events": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", b'{"events": [' + event + b"]}\xff",
        ('{"events": [' + event.decode() + "]}").encode("utf-16"),
    ):  # fmt: skip
        is_problem(raw(teller, body), 400 if body not in SHAPED else 422)
    is_problem(raw(teller, b'{"events": [' + event + b"]}", "text/plain"), 415)
    is_problem(raw(teller, b'{"events": [' + event.replace(b'"C-1"', b'"' + b"x" * 1_000_000 + b'"') + b"]}"), 413)
    assert taken(teller) == before
