"""A served service for the story: two processes that answer and the scheduler, on a fresh store with the register."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import create_engine, update

from compliance.identity.models import SignIn, SpentStep
from compliance.kernel.secrets import create_key_file
from tests.story.steps import WIDE, Looker, Somebody
from tests.support.databases import Fresh
from tests.support.installation import Installation
from tests.support.programs import STEP_SECONDS
from tests.support.store import migrated

A_WHILE = timedelta(minutes=6)
STEPS_IN_A_WHILE = int(A_WHILE.total_seconds()) // STEP_SECONDS


@dataclass
class Story:
    """The service at work, and the browsers before it."""

    installation: Installation
    database_url: str
    new_page: Callable[..., Page]
    looker: Looker = field(default_factory=Looker)
    people: list[Somebody] = field(default_factory=list)

    def somebody(self, name: str, email: str, **browser: object) -> Somebody:
        """Another person, at a browser that nobody used before."""
        page = self.new_page(**{"viewport": WIDE} | browser)
        self.people.append(Somebody(page, self.installation.base_url, self.looker, name, email))
        return self.people[-1]

    def invited_by_command(self, name: str, email: str, *words: str) -> str:
        """The operator makes an account from the shell: its single-use link, and nothing else, is printed."""
        link = self.installation.does("people", "invite", "--name", name, "--email", email, *words)
        assert re.fullmatch(rf"{self.installation.base_url}/invitation/[\w-]+", link)
        return link

    def a_while_passes(self) -> None:
        """Six minutes go by, without waiting: every code that somebody gave is that much longer ago (IDN-6)."""
        engine = create_engine(self.database_url)
        with engine.begin() as connection:
            stale = datetime.now(UTC) - A_WHILE
            connection.execute(update(SignIn).where(SignIn.fresh_at > stale).values(fresh_at=stale))
            connection.execute(update(SpentStep).values(step=SpentStep.step - STEPS_IN_A_WHILE))
        engine.dispose()
        for phone in {somebody.phone for somebody in self.people if somebody.phone}:
            phone.a_while_passes(STEPS_IN_A_WHILE)


@pytest.fixture
def story(database_url: Fresh, tmp_path: Path, new_page: Callable[..., Page]) -> Iterator[Story]:
    """The service on each database. The pages are the same on both, so axe looks at them on one."""
    url = database_url(migrated)
    with _served(url, tmp_path) as installation:
        yield Story(installation, url, new_page, Looker(looks=url.startswith("sqlite")))


@pytest.fixture
def sqlite_story(sqlite_url: Fresh, tmp_path: Path, new_page: Callable[..., Page]) -> Iterator[Story]:
    """The service on SQLite alone."""
    url = sqlite_url(migrated)
    with _served(url, tmp_path) as installation:
        yield Story(installation, url, new_page)


@contextmanager
def _served(url: str, directory: Path) -> Iterator[Installation]:
    installation = Installation(directory / "var", database_url=url)
    create_key_file(installation.var / "keys.json")
    installation.does("db", "seed")
    with installation.served(workers=2):
        yield installation
