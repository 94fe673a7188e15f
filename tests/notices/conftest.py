"""A real mail server on this machine, that can be told to misbehave, and letters to send through it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from compliance.app import furnished, house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.settings import Settings
from tests.support.mail import MailServer

Furnish = Callable[[Settings], House]


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """A mail server that takes everything, until it is told otherwise."""
    with MailServer() as server:
        yield server


@pytest.fixture
def furnish(clock: FixedClock, mail: MailServer) -> Iterator[Furnish]:
    """Another process's house on the same store: with these settings, and the mail server as its way out."""
    made: list[House] = []

    def furnish(settings: Settings, **more: str) -> House:
        whole = {"smtp_url": mail.url, "mail_from": "MARAC Hub <hub@marac.example>"} | more
        made.append(house_of(furnished(replace(settings, **whole), clock)))
        return made[-1]

    yield furnish
    for house in made:
        house.engine.dispose()


@pytest.fixture
def posting(settings: Settings, furnish: Furnish) -> House:
    """A house that sends by the mail server, on each database."""
    return furnish(settings)


@pytest.fixture
def sqlite_posting(sqlite_settings: Settings, furnish: Furnish) -> House:
    """The same on SQLite alone."""
    return furnish(sqlite_settings)
