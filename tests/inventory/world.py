"""A small Kent with everybody in it who may come, whose store can be put back as it was after each attempt."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from audit.models import AuditEntry
from audit.sealing import seal_all
from compliance.app import house_of
from compliance.changes.webhooks import use_cases as webhooks
from compliance.identity import use_cases as identity
from compliance.identity.access_tokens import SCOPES
from compliance.identity.clients import use_cases as clients
from compliance.identity.clients.rules import Registration
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import Actor, House, Origin
from tests.builders import identity as people
from tests.builders import licences
from tests.builders import signatories as partners
from tests.builders.api import Caller, Calls

from . import callers
from .belongings import Belongings, nothing, of_a_partner
from .callers import COME_TO_PAGES, PEOPLE

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Whose(StrEnum):
    """Whose thing is asked for: the caller's own organisation's, one's that works in the same area, one's elsewhere,
    or nobody's, because it does not exist."""

    OWN = "own"
    SAME_AREA = "same area"
    OTHER = "other"
    ABSENT = "absent"


@dataclass
class World:
    """The application, everybody who may call it, and what there is to ask for."""

    app: Flask
    path: Path
    callers: dict[str, Caller] = field(default_factory=dict)
    actors: dict[str, tuple[Actor, Origin]] = field(default_factory=dict)
    things: dict[Whose, Belongings] = field(default_factory=dict)
    version: UUID = field(default_factory=uuid4)
    policy_change: UUID = field(default_factory=uuid4)
    _forms: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def house(self) -> House:
        return house_of(self.app)

    def keep(self) -> None:
        """Remember the store as it is now."""
        _copy(self.path, self._kept)

    def put_back(self) -> None:
        """Make the store what it was when it was last kept."""
        _copy(self._kept, self.path)

    def at_a_browser(self, caller: str) -> tuple[FlaskClient, str]:
        """A browser of this caller's, as if just opened on a page, and what its forms prove with that they are ours."""
        client = self.app.test_client()
        token = self.callers[caller].token
        if token:
            client.set_cookie("session", token)
        if caller not in self._forms:
            found = _TOKEN.search(client.get("/", follow_redirects=True).text)
            cookie = client.get_cookie("form")
            self._forms[caller] = (cookie.value if cookie else "", found[1] if found else "")
        cookie_value, proof = self._forms[caller]
        client.set_cookie("form", cookie_value)
        return client, proof

    @property
    def _kept(self) -> Path:
        return self.path.with_suffix(".kept")


def a_world(app: Flask, clock: FixedClock, path: Path) -> World:
    """Three partners with the same belongings, the first home to every partner's role; codes given a moment ago."""
    world, calls = World(app, path), Calls(app, clock)
    house = calls.house
    partners.the_instruments(house)
    licences.seats(house, standing=50, by_invite=50)
    world.things[Whose.OWN] = home = of_a_partner(house, "swale", "mid-kent")
    world.things[Whose.SAME_AREA] = of_a_partner(house, "maidstone", "mid-kent")
    world.things[Whose.OTHER] = of_a_partner(house, "dover", "east-kent")
    world.things[Whose.ABSENT] = nothing()
    world.version = partners.a_version(house, "op", "2", resign_by=date(2027, 3, 1))

    accounts = callers.accounts(house, home.organisation, home.withdrawn)
    # The code each gave when they enrolled is spent; one minute later the next one is good, and fresh for everybody.
    clock.move(timedelta(minutes=1))
    for name, account in accounts.items():
        world.callers[name] = callers.signed_in(app, house, name, account)
    for role in PEOPLE:
        world.actors[role] = people.at_work(house, accounts[role].person)
    callers.fall(house, accounts)
    callers.say_why_they_read(house)
    document = f"/api/v1/instruments/versions/{world.version}/document"
    assert world.callers["authorised_signatory"].get(document).status_code == 200
    with house.work(*people.someone(house, "hub_manager")) as ctx:
        oasis = Registration("Oasis", ("decisions",))
        clients.propose_client(ctx, oasis, public_keys="", with_secret=True, reason=people.WHY)
        webhooks.propose_endpoint(ctx, name="Oasis", url="https://oasis.example.org/", reason=people.WHY)
        world.policy_change = identity.propose_policy_change(ctx, "password.history", 15, reason=people.WHY).id
    world.callers["program"] = calls.a_program(SCOPES)
    world.callers["program_of_another_scope"] = calls.a_program(["retention"])
    world.callers["nobody"] = calls.nobody()
    seal_all(house)
    for whose in (Whose.OWN, Whose.SAME_AREA, Whose.OTHER):
        world.things[whose].entry = _entry_of(house, world.things[whose].organisation)
    world.keep()
    for name in COME_TO_PAGES:
        world.at_a_browser(name)
    world.put_back()
    return world


def _entry_of(house: House, organisation: UUID) -> int:
    """An entry of the log that is this organisation's."""
    wanted = select(func.min(AuditEntry.number)).where(AuditEntry.organisation == str(organisation))
    with house.engine.connect() as connection:
        return int(connection.execute(wanted).scalar_one())


def _copy(source: Path, target: Path) -> None:
    """Copy through SQLite itself, whatever still stands in a write-ahead log, under whoever has it open."""
    with closing(sqlite3.connect(source)) as out_of, closing(sqlite3.connect(target)) as into:
        out_of.backup(into)
