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
from tests.support.mail import MailServer
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
    mail: MailServer
    looker: Looker = field(default_factory=Looker)
    people: list[Somebody] = field(default_factory=list)

    def somebody(self, name: str, email: str, **browser: object) -> Somebody:
        """Another person, at a browser that nobody used before."""
        page = self.new_page(**{"viewport": WIDE} | browser)
        self.people.append(Somebody(page, self.installation.base_url, self.looker, name, email))
        return self.people[-1]

    def invited_by_command(self, name: str, email: str, *words: str) -> str:
        """The operator makes an account from the shell: its single-use link goes to the person's own mail."""
        said = self.installation.does("people", "invite", "--name", name, "--email", email, *words)
        assert said == f"The link is on its way to {email}."
        return self.the_link_to(email)

    def the_link_to(self, email: str) -> str:
        """The single-use link in the mail of this person: its message holds no other address."""
        came = self.mail.waits_for(email, says="/invitation/")
        (link,) = re.findall(r"https?://\S+", came.body)
        assert re.fullmatch(rf"{self.installation.base_url}/invitation/[\w-]+", link)
        return str(link)

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
    with MailServer() as mail, _served(url, tmp_path, mail) as installation:
        yield Story(installation, url, new_page, mail, Looker(looks=url.startswith("sqlite")))


@pytest.fixture
def sqlite_story(sqlite_url: Fresh, tmp_path: Path, new_page: Callable[..., Page]) -> Iterator[Story]:
    """The service on SQLite alone."""
    url = sqlite_url(migrated)
    with MailServer() as mail, _served(url, tmp_path, mail) as installation:
        yield Story(installation, url, new_page, mail)


@contextmanager
def _served(url: str, directory: Path, mail: MailServer) -> Iterator[Installation]:
    by_mail = {"SMTP_URL": mail.url, "COMPLIANCE_MAIL_FROM": "MARAC Hub <hub@marac.example>"}
    installation = Installation(directory / "var", database_url=url, more=by_mail)
    create_key_file(installation.var / "keys.json")
    installation.does("db", "seed")
    with installation.served(workers=2):
        yield installation
