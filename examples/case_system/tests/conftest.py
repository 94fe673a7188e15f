"""The case system beside a real service: processes that answer, a scheduler, and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import *  # noqa: F403
from tests.support.databases import *  # noqa: F403
from tests.support.databases import Fresh

from .town import Town, a_town


@pytest.fixture(scope="module")
def town(sqlite_url_for_module: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One for all tests of a module: each refers cases of its own, and ends nobody's right whom another needs."""
    folder: Path = tmp_path_factory.mktemp("town")
    with a_town(sqlite_url_for_module, folder) as town:
        yield town
