"""A house that keeps a journal, and copies of its store to turn it back to."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from compliance.app import house_of
from compliance.kernel.context import House
from tests.builders.identity import logged
from tests.witnesses.conftest import Copies, Past


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where it keeps it."""
    made = tmp_path / "journal"
    made.mkdir()
    return made


@pytest.fixture
def kept_house(request: pytest.FixtureRequest, folder: Path) -> House:
    """The house of `app`, or of `sqlite_app` where a test asks for that, with a journal."""
    name = "sqlite_app" if "sqlite_app" in request.fixturenames else "app"
    house = house_of(request.getfixturevalue(name))
    house.settings = replace(house.settings, journal=folder)
    return house


@pytest.fixture
def past(kept_house: House, tmp_path: Path, request: pytest.FixtureRequest) -> Past:
    """Copies of its store."""
    server = lambda: request.getfixturevalue("postgres_databases").server  # noqa: E731
    return Past(kept_house, Copies(kept_house.settings.database_url, tmp_path, server))


def again(house: House) -> list[tuple[str, str]]:
    """What was done again, and how, in its order."""
    said = [json.loads(entry.detail) for entry in logged(house, "restore.done_again")]
    return [(each["what"], each["kind"]) for each in said]
