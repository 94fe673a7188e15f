"""A process that comes up while its store is away: whatever it is asked first, nobody is permitted anything (DEC-3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from compliance.app import create_app, house_of
from tests.builders.api import is_problem
from tests.builders.decisions import MANY, ONE, a_question, the_case_system


@pytest.mark.rule("DEC-3", "AUD-2")
@pytest.mark.parametrize("store", ["sqlite:////nowhere/store.db", "postgresql+psycopg://nobody@127.0.0.1:1/none"])
@pytest.mark.parametrize(("path", "body"), [(ONE, a_question()), (MANY, {"evaluations": [a_question(), a_question()]})])
def test_the_first_decision_of_a_process_is_to_be_asked_for_again(
    sqlite_app: Flask, store: str, path: str, body: dict[str, Any]
) -> None:
    system = the_case_system(sqlite_app)
    settings = replace(house_of(sqlite_app).settings, database_url=store, wait_seconds=1)

    reply = replace(system, app=create_app(settings, house_of(sqlite_app).clock)).post(path, body)

    said = is_problem(reply, 503, "unavailable")
    assert said["rule"] == "DEC-3"
    assert reply.headers["Retry-After"]
