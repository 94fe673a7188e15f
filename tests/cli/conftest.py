"""Installations for the commands: one on a fresh store, and one demonstration for all that look at it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from compliance.app import create_app, house_of
from compliance.kernel.context import operator
from compliance.kernel.secrets import create_key_file
from compliance.kernel.settings import REPOSITORY, Settings
from signatories.seed import load_register
from tests.support.databases import Fresh
from tests.support.installation import Installation
from tests.support.programs import CaseSystem
from tests.support.store import migrated


@pytest.fixture
def installation(sqlite_url: Fresh, tmp_path: Path) -> Installation:
    """Keys and a migrated store; nobody and nothing in it."""
    made = Installation(tmp_path / "var", database_url=sqlite_url(migrated))
    create_key_file(made.var / "keys.json")
    return made


@dataclass
class Demo:
    """A demonstration that runs, known by nothing but its `demo.json`."""

    installation: Installation

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads((self.installation.var / "demo.json").read_text())
        return told

    @property
    def people(self) -> list[dict[str, Any]]:
        return list(self.told["people"])

    def someone(self, **like: Any) -> dict[str, Any]:
        """The first person of whom all of this is told."""
        return next(one for one in self.people if all(one[key] == value for key, value in like.items()))

    def case_system(self) -> CaseSystem:
        client = self.told["client"]
        return CaseSystem(self.told["base_url"], client["id"], client["secret"])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`compliance demo up`, in a directory of its own; stopped afterwards."""
    installation = Installation(tmp_path_factory.mktemp("demo"))
    installation.does("demo", "up", "--port", str(installation.port))
    try:
        yield Demo(installation)
    finally:
        installation.does("demo", "down")


def seeded_store(url: str) -> None:
    """Bring the database up, and take the register in."""
    migrated(url)
    with tempfile.TemporaryDirectory() as directory:
        keys = Path(directory) / "keys.json"
        create_key_file(keys)
        settings = Settings(url, "http://127.0.0.1:8000", keys, REPOSITORY / "policies", Path(directory))
        house = house_of(create_app(settings))
        with house.work(operator("tests")) as ctx:
            load_register(ctx)
        house.engine.dispose()


@pytest.fixture
def seeded(sqlite_url: Fresh, tmp_path: Path) -> Installation:
    """The same with the register in its store, and so with a log."""
    made = Installation(tmp_path / "var", database_url=sqlite_url(seeded_store))
    create_key_file(made.var / "keys.json")
    return made
