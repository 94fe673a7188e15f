"""Who may do what to whose: both files of the matrix are tried whole, and nothing that can be done is missing."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from policies.permissions import Permission
from tests.inventory import matrix
from tests.inventory.answers import MEANS, YES
from tests.inventory.attempts import ATTEMPTS, Act, Door, whose_of
from tests.inventory.callers import CALLERS, FALLEN
from tests.inventory.doors import api_doors
from tests.inventory.matrix import API, PAGES, Lines
from tests.inventory.pages import page_doors
from tests.inventory.world import Whose, World

ITS_OWN = re.compile(r"(?<=/entries/)\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
KEPT: dict[str, Lines] = {path.name: matrix.read(path) for path in (API, PAGES)}
MEND = "`python -m tests.inventory.observe` shows the lines that are missing; read them, then run it with --keep"


def operations(name: str) -> list[str]:
    """Every operation of a file, once."""
    return list(dict.fromkeys(operation for operation, _whose in KEPT[name]))


@pytest.mark.rule("ROL-1", "ROL-2", "ROL-4", "DEC-3", "DEC-4", "SIG-6", "IDN-2", "IDN-3", "IDN-4")
@pytest.mark.parametrize("operation", operations(API.name))
def test_each_caller_of_the_api_is_answered_as_the_matrix_says(world: World, operation: str) -> None:
    assert wrong(matrix.observe(API, world, operation), API.name) == {}


@pytest.mark.rule("ROL-1", "ROL-2", "ROL-4", "DEC-3", "DEC-4", "SIG-6", "IDN-2", "IDN-3", "IDN-4")
@pytest.mark.parametrize("operation", operations(PAGES.name))
def test_each_visitor_of_a_page_is_answered_as_the_matrix_says(world: World, operation: str) -> None:
    assert wrong(matrix.observe(PAGES, world, operation), PAGES.name) == {}


def wrong(observed: Lines, name: str) -> dict[str, str]:
    """Where what is answered is not what the file says."""
    return {
        f"{operation}, {whose}, {caller}": f"answers {word!r}, {name} says {KEPT[name][operation, whose][caller]!r}"
        for (operation, whose), line in observed.items()
        for caller, word in line.items()
        if word != KEPT[name][operation, whose][caller]
    }


@pytest.mark.rule("ROL-4")
@pytest.mark.parametrize("operation", [each for each in ATTEMPTS if isinstance(ATTEMPTS[each], Door)])
def test_what_is_another_organisations_answers_in_the_same_bytes_as_what_does_not_exist(
    world: World, operation: str
) -> None:
    attempt, expected = ATTEMPTS[operation], KEPT[API.name]
    assert isinstance(attempt, Door)
    for caller in CALLERS:
        if Whose.OTHER not in whose_of(operation) or expected[operation, "other"][caller] != "not there":
            continue
        other, absent = (attempt.answer(world, caller, whose) for whose in (Whose.OTHER, Whose.ABSENT))

        assert other.status == absent.status
        assert ITS_OWN.sub("an id", other.text) == ITS_OWN.sub("an id", absent.text), f"{caller} can tell them apart"
        assert dict(other.headers).keys() == dict(absent.headers).keys()


def test_every_door_of_the_api_and_every_page_stands_in_the_matrix(sqlite_app: Flask) -> None:
    tried = {operation.partition("?")[0] for operation in ATTEMPTS}
    doors = [door.operation for door in api_doors(sqlite_app) if not door.open and door.operation not in tried]
    assert doors == [], "add an attempt in tests/inventory/attempts.py; then " + MEND

    for path in (API, PAGES):
        there = matrix.there(path, sqlite_app)
        lines = {line for operation, whose in there.items() for line in matrix.lines_of(operation, whose)}
        assert lines - set(KEPT[path.name]) == set(), MEND
        assert set(KEPT[path.name]) - lines == set(), f"{path.name} names what is not there: " + MEND


def test_every_permission_stands_in_the_matrix(sqlite_app: Flask) -> None:
    asked = {permission for door in api_doors(sqlite_app) for permission in door.permissions}
    asked |= {permission for route in page_doors(sqlite_app).values() for permission in route.permissions}
    asked |= {attempt.permission for attempt in ATTEMPTS.values() if isinstance(attempt, Act)}

    missing = set(Permission) - asked
    assert missing == set(), "no door asks for it: add an Act in tests/inventory/attempts.py"


ONLY_AFTER = {
    "POST /licences/<licence_id>/waiting": "the last seat is taken: tests/web/test_waiting.py",
    "POST /licences/<licence_id>/offer": "a seat was offered: tests/web/test_waiting.py",
    "POST /licences/<licence_id>/offer/acceptance": "a seat was offered: tests/web/test_waiting.py",
    "POST /licences/<licence_id>/offer/refusal": "a seat was offered: tests/web/test_waiting.py",
    "POST /licences/bulk": "a spreadsheet was chosen: tests/web/test_bulk.py",
    "POST /licences/bulk/answers.<form>": "a spreadsheet was looked at: tests/web/test_bulk.py",
    "POST /licences/bulk/requests": "a spreadsheet was looked at: tests/web/test_bulk.py",
    "POST /training/list": "a spreadsheet was chosen: tests/web/test_training_lists.py",
    "POST /training/list/answers.<form>": "a spreadsheet was looked at: tests/web/test_training_lists.py",
    "POST /training/list/records": "a spreadsheet was looked at: tests/web/test_training_lists.py",
    "GET /organisations/<organisation_id>/withdrawal/when": "the letter was sent in: tests/web/test_withdrawing.py",
    "POST /organisations/<organisation_id>/withdrawal/when": "the letter was sent in: tests/web/test_withdrawing.py",
    "GET /organisations/<organisation_id>/withdrawal/check": "the instant was chosen: tests/web/test_withdrawing.py",
    "POST /audit/searches/<search_id>/end": "one kept a search: tests/web/test_audit_log.py",
    "GET /flags/<flag_id>/review": "one is the flag's reviewer: tests/web/test_flags.py",
    "POST /flags/<flag_id>/review": "one is the flag's reviewer: tests/web/test_flags.py",
    "use case: open an access audit": "a quarter is over, and the scheduler does it: tests/accesses/test_opening_audits.py",
    "use case: report what happened in the case system": "a program does it: tests/accesses/test_reporting_served.py",
    "POST /outages/new": "no other outage lasts: tests/web/test_outages.py",
    "POST /outages/<outage_id>/close": "all of it is written up: tests/web/test_outages.py",
    "POST /outages/passphrase/turn": "the page says which one stands: tests/web/test_outages.py",
    "POST /outages/holders/new": "somebody of the hub is chosen: tests/web/test_outages.py",
    "POST /outages/holders/<person_id>/end": "three hold it: tests/governance/test_outages.py",
    "GET /outages/passphrase": "one is named to hold it: tests/web/test_outages.py",
    "POST /help/contacts/new": "somebody of the hub is chosen: tests/governance/test_support.py",
    "GET /help/<request_id>/supplier": "one is named to pass them on: tests/web/test_help.py",
    "POST /help/<request_id>/supplier": "one is named to pass them on: tests/web/test_help.py",
    "use case: keep what a month came to": "a month is over, and the scheduler does it: tests/governance/test_growth.py",
    "use case: remind of an escalation": "an answer is nearly due, and the scheduler does it: tests/governance/test_escalations.py",
    "use case: remind of a complaint about data": "its day is near, and the scheduler does it: tests/complaints/test_data_complaints.py",
    "use case: remind of a complaint": "a stage is nearly over, and the scheduler does it: tests/complaints/test_telling.py",
    "use case: remind of a breach": "a step is nearly due, and the scheduler does it: tests/breaches/test_path.py",
    "use case: remind of a request for re-use": "an answer is nearly due, and the scheduler does it: tests/sharing/test_reuse.py",
    "use case: report what the case system counted": "a program does it: tests/governance/test_facts.py",
    "use case: register what the case system keeps": "a program does it: tests/retention/test_registering.py",
    "use case: confirm that a record was disposed of": "a program does it: tests/retention/test_disposing.py",
    "use case: make the review of a record that fell due": "it fell due, and the scheduler does it: tests/retention/test_reviewing.py",
    "use case: remind of the review of a record": "its day is near, and the scheduler does it: tests/retention/test_reviewing.py",
    "use case: tell the case system what is to go": "the waiting time is over, and the scheduler does it: tests/retention/test_disposing.py",
    "use case: ask after a disposal": "it was not confirmed, and the scheduler does it: tests/retention/test_chasing.py",
    "use case: dispose of a record of our own": "its time is over, and the scheduler does it: tests/retention/test_own_records.py",
    "use case: remind of a hold": "its day is near, and the scheduler does it: tests/retention/test_holds.py",
    "use case: remind of a flag": "a flag is nearly due, and the scheduler does it: tests/accesses/test_reviewing.py",
}
"""What lets nobody in who comes to it first: the step before it, and the tests that take both."""


def test_every_permission_lets_somebody_in_and_keeps_somebody_out(sqlite_app: Flask) -> None:
    guarded = {(API.name, door.operation) for door in api_doors(sqlite_app) if door.permissions}
    guarded |= {(API.name, name) for name, attempt in ATTEMPTS.items() if isinstance(attempt, Act)}
    guarded |= {(PAGES.name, name) for name, route in page_doors(sqlite_app).items() if route.permissions}

    for name, operation in sorted(guarded):
        answers = {word for (each, _), line in KEPT[name].items() if each == operation for word in line.values()}
        assert (YES in answers) != (operation in ONLY_AFTER), (
            f"nobody is let into {operation}: does what the matrix sends along do?"
        )
        assert answers & {"no", "not there"}, f"nobody is kept out of {operation}"


@pytest.mark.rule("DEC-4", "IDN-2", "IDN-3", "IDN-4", "SIG-6", "LIC-3")
def test_whose_right_has_ended_or_not_begun_is_shown_nothing_of_anybody_elses() -> None:
    """Half a sign-in, an expired password, a lock: nothing at all but the way on. An ended role: no more than the least of roles."""
    own = {"DELETE /sessions/current", "GET /sessions/current", "POST /sign-out"}
    for name, lines in KEPT.items():
        for (operation, whose), line in lines.items():
            for caller in ("nobody", "locked", "half_signed_in", "password_expired"):
                if line[caller] == YES:
                    way_on = operation in own or "/sign-in/" in operation
                    assert way_on, f"{name}: {caller} may {operation} ({whose})"
            for caller in ("role_ended", "licence_suspended"):
                if line[caller] == YES:
                    least = line["executive_chair"]
                    assert least == YES, f"{name}: {caller} may {operation} ({whose})"


def test_the_matrix_says_nothing_but_what_is_explained() -> None:
    said = {word for lines in KEPT.values() for line in lines.values() for word in line.values()}

    assert said <= set(MEANS)
    assert set(FALLEN) <= set(CALLERS)
