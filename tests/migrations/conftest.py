"""Stores that migrations may be run on, and the application in front of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from compliance.app import create_app, house_of
from compliance.kernel.settings import REPOSITORY, Settings
from tests.migrations.stores import lived_in
from tests.support.databases import Fresh


@pytest.fixture
def engine(database_url: Fresh, key_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """A store with nothing in it at all, on each database; `upgrade()` and `downgrade()` go to it."""
    yield from _in_front_of(database_url(), key_file, tmp_path)


@pytest.fixture
def used(database_url: Fresh, key_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """A store at the newest migration with something in most tables, entered as its owner."""
    yield from _in_front_of(database_url(lived_in), key_file, tmp_path)


def _in_front_of(url: str, key_file: Path, tmp_path: Path) -> Iterator[Engine]:
    app: Flask = create_app(Settings(url, "http://127.0.0.1:8000", key_file, REPOSITORY / "policies", tmp_path))
    with app.app_context():
        yield house_of(app).engine
    house_of(app).engine.dispose()
