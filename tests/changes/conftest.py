"""What the tests of changes have in common: programs that follow them."""

from __future__ import annotations

import pytest
from flask import Flask

from compliance.kernel.clock import FixedClock
from tests.builders.api import Calls


@pytest.fixture
def calls(app: Flask, clock: FixedClock) -> Calls:
    """Callers of the whole application, on each database."""
    return Calls(app, clock)


@pytest.fixture
def sqlite_calls(sqlite_app: Flask, clock: FixedClock) -> Calls:
    """The same on SQLite alone."""
    return Calls(sqlite_app, clock)
