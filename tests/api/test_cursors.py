"""A page's cursor leads on in the list that gave it, as it was given, and nowhere else."""

from __future__ import annotations

import base64
import json
from typing import Any

from tests.builders.api import Calls, is_problem
from tests.builders.licences import an_organisation

ORGANISATIONS, SIGNATORIES = "/api/v1/organisations", "/api/v1/signatories"


def altered(cursor: str, place: int, value: Any) -> str:
    """The cursor with another part in this place."""
    parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    parts[place] = value
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def test_pages_join_into_the_whole_list(sqlite_calls: Calls) -> None:
    for code in ("swale", "dover", "ashford"):
        an_organisation(sqlite_calls.house, code)
    program = sqlite_calls.a_program(["registers:read"])
    whole: Any = program.get(ORGANISATIONS).json
    found, after = [], None
    while True:
        page: Any = program.get(ORGANISATIONS, limit=1, **({"after": after} if after else {})).json
        found += page["items"]
        after = page["next"]
        if after is None:
            break

    assert found == whole["items"]
    assert len(found) >= 3


def test_a_cursor_of_another_list_or_an_altered_one_is_refused(sqlite_calls: Calls) -> None:
    for code in ("swale", "dover"):
        an_organisation(sqlite_calls.house, code)
    program = sqlite_calls.a_program(["registers:read"])
    given: Any = program.get(ORGANISATIONS, limit=1).json["next"]  # type: ignore[index]

    assert program.get(ORGANISATIONS, after=given).status_code == 200
    is_problem(program.get(SIGNATORIES, instrument="op", after=given), 422, "invalid")
    for other in (altered(given, 1, "Z"), altered(given, 0, "0" * 24), altered(given, 0, None), given[:-4], "", "W10"):
        said = is_problem(program.get(ORGANISATIONS, after=other), 422, "invalid")
        assert said["errors"][0]["pointer"] == "#/after"
