"""Who may do what to whose: the whole of matrix.csv is tried, and nothing that can be done is missing from it."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from flask import Flask

from policies.permissions import Permission
from tests.inventory.attempts import ATTEMPTS, ONE_AND_THE_SAME, OWN_SIGN_IN, Act, Door, comes, whose_of
from tests.inventory.doors import api_doors
from tests.inventory.world import CALLERS, Whose, World

MATRIX = Path(__file__).with_name("matrix.csv")
HEX = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def matrix() -> dict[tuple[str, str], dict[str, str]]:
    """The file: for each operation and whose thing, what each caller is answered with."""
    with MATRIX.open(newline="") as file:
        rows = [[cell.strip() for cell in row] for row in csv.reader(file)]
    head, *rest = rows
    assert head == ["operation", "whose", *CALLERS], "matrix.csv has other columns than there are callers"
    return {(row[0], row[1]): dict(zip(head[2:], row[2:], strict=True)) for row in rest}


def line_of(operation: str, whose: Whose) -> tuple[str, str]:
    return operation, "any" if operation in ONE_AND_THE_SAME else whose.value


@pytest.mark.rule("ROL-1", "ROL-4", "DEC-3")
@pytest.mark.parametrize("operation", ATTEMPTS)
def test_each_role_is_answered_as_the_matrix_says(world: World, operation: str) -> None:
    expected, attempt = matrix(), ATTEMPTS[operation]

    answered = {}
    for whose in whose_of(operation):
        for caller in CALLERS:
            status = attempt(world, caller, whose) if comes(caller, operation) else None
            answered[line_of(operation, whose), caller] = "-" if status is None else str(status)
            if status is not None and status < 300:
                world.put_back()

    wrong = {
        where: f"answers {status}, matrix.csv says {expected[where[0]][where[1]]}"
        for where, status in answered.items()
        if status != expected[where[0]][where[1]]
    }
    assert wrong == {}


@pytest.mark.rule("ROL-4")
@pytest.mark.parametrize("operation", [each for each in ATTEMPTS if isinstance(ATTEMPTS[each], Door)])
def test_what_is_another_organisations_answers_in_the_same_bytes_as_what_does_not_exist(
    world: World, operation: str
) -> None:
    attempt, expected = ATTEMPTS[operation], matrix()
    assert isinstance(attempt, Door)
    for caller in CALLERS:
        if Whose.OTHER not in whose_of(operation) or expected[operation, "other"][caller] != "404":
            continue
        other, absent = (attempt.answer(world, caller, whose) for whose in (Whose.OTHER, Whose.ABSENT))

        assert other.status == absent.status
        assert HEX.sub("an id", other.text) == HEX.sub("an id", absent.text), f"{caller} can tell them apart"
        assert dict(other.headers).keys() == dict(absent.headers).keys()


def test_every_door_of_the_api_stands_in_the_matrix(sqlite_app: Flask) -> None:
    tried = {operation.partition("?")[0] for operation in ATTEMPTS} | OWN_SIGN_IN
    missing = [door.operation for door in api_doors(sqlite_app) if not door.open and door.operation not in tried]

    assert missing == [], "add an attempt in tests/inventory/attempts.py and a line for each whose in matrix.csv"


def test_every_permission_stands_in_the_matrix(sqlite_app: Flask) -> None:
    asked = {permission for door in api_doors(sqlite_app) for permission in door.permissions}
    tried = asked | {attempt.permission for attempt in ATTEMPTS.values() if isinstance(attempt, Act)}

    missing = set(Permission) - tried
    assert missing == set(), "no door of the API asks for it: add an Act in tests/inventory/attempts.py"


def test_every_permission_lets_somebody_in_and_keeps_somebody_out(sqlite_app: Flask) -> None:
    lines = matrix()
    guarded = {door.operation: door.permissions for door in api_doors(sqlite_app) if door.permissions}
    guarded |= {name: (attempt.permission,) for name, attempt in ATTEMPTS.items() if isinstance(attempt, Act)}

    for operation, permissions in guarded.items():
        answers = {status for (name, _whose), line in lines.items() if name == operation for status in line.values()}
        assert answers & {"200", "201"}, f"nobody is let into {operation} ({', '.join(permissions)})"
        assert "403" in answers, f"nobody is kept out of {operation} ({', '.join(permissions)})"


def test_the_matrix_names_nothing_that_is_not_there() -> None:
    there = {line_of(operation, whose) for operation in ATTEMPTS for whose in whose_of(operation)}

    assert set(matrix()) == there
