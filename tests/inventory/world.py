"""A small Kent with somebody of every role in it, whose store can be put back as it was after each attempt."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID, uuid4

from flask import Flask

from compliance.app import house_of
from compliance.identity import queries
from compliance.identity.access_tokens import SCOPES
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import Actor, House, Origin
from compliance.licences import use_cases as licence_use_cases
from compliance.licences.rules import Status
from tests.builders import identity as people
from tests.builders import licences
from tests.builders import signatories as partners
from tests.builders.api import Caller, Calls

PEOPLE = (
    "hub_manager", "hub_supervisor", "hub_coordinator", "licence_holder", "authorised_signatory", "delegate",
    "escalation_contact", "ig_officer", "steering_member", "executive_chair",
)  # fmt: skip
CALLERS = ("nobody", *PEOPLE, "program", "program_of_another_scope", "operator")
"""Everybody who may come to a door: each role of a person, the case system with every scope and with another one,
and whoever holds the machine, who comes by commands and through no door."""


class Whose(StrEnum):
    """Whose thing is asked for: the caller's own organisation's, another's, or one that does not exist."""

    OWN = "own"
    OTHER = "other"
    ABSENT = "absent"


@dataclass
class Belongings:
    """What one organisation has: the ids that a door may be asked for."""

    organisation: UUID
    code: str
    active: UUID
    suspended: UUID
    requested: UUID
    person: UUID
    newcomer: UUID
    withdrawn: UUID
    withdrawal: UUID
    invitation: UUID
    role_held: UUID
    entry: int = 0


@dataclass
class World:
    """The application, everybody who may call it, and what there is to ask for."""

    app: Flask
    path: Path
    callers: dict[str, Caller] = field(default_factory=dict)
    actors: dict[str, tuple[Actor, Origin]] = field(default_factory=dict)
    things: dict[Whose, Belongings] = field(default_factory=dict)
    leavers: dict[str, Caller] = field(default_factory=dict)
    version: UUID = field(default_factory=uuid4)

    @property
    def house(self) -> House:
        return house_of(self.app)

    def keep(self) -> None:
        """Remember the store as it is now."""
        _copy(self.path, self._kept)

    def put_back(self) -> None:
        """Make the store what it was when it was last kept."""
        _copy(self._kept, self.path)

    @property
    def _kept(self) -> Path:
        return self.path.with_suffix(".kept")


def a_world(app: Flask, clock: FixedClock, path: Path) -> World:
    """Two partners with the same belongings, one of them home to every partner's role; codes given a moment ago."""
    world, calls = World(app, path), Calls(app, clock)
    house = calls.house
    partners.the_instruments(house)
    licences.seats(house, standing=50, by_invite=50)
    world.things[Whose.OWN] = _belongings(house, "swale")
    world.things[Whose.OTHER] = _belongings(house, "dover")
    world.things[Whose.ABSENT] = _nothing()

    world.version = partners.a_version(house, "op", "2", resign_by=date(2027, 3, 1))

    accounts = {role: _account(house, role, world.things[Whose.OWN]) for role in PEOPLE}
    leaver = people.an_account(house, "authorised_signatory", organisation_id=world.things[Whose.OWN].withdrawn)
    # The code each gave when they enrolled is spent; one minute later the next one is good, and fresh for everybody.
    clock.move(timedelta(minutes=1))
    for role, account in accounts.items():
        world.callers[role] = Caller(app.test_client(), people.signed_in(house, account).token, account)
        world.actors[role] = people.at_work(house, account.person)
    world.leavers["authorised_signatory"] = Caller(app.test_client(), people.signed_in(house, leaver).token, leaver)
    document = f"/api/v1/instruments/versions/{world.version}/document"
    assert world.callers["authorised_signatory"].get(document).status_code == 200
    world.callers["program"] = calls.a_program(SCOPES)
    world.callers["program_of_another_scope"] = calls.a_program(["retention"])
    world.callers["nobody"] = calls.nobody()
    world.keep()
    return world


def _account(house: House, role: str, home: Belongings) -> people.Account:
    """Somebody of this role at home in the first organisation; a hub account works for it as well as any other."""
    if role == "licence_holder":
        account = people.an_account(house, email="holder@swale.gov.uk", organisation_id=home.organisation)
        with licences.acting(house, licences.hub("hub_coordinator")) as ctx:
            for module in ("case-system", "elearning"):
                licence_use_cases.record_training(ctx, account.person.id, module=module, done_on=date(2026, 1, 5))
            licence_use_cases.record_vetting(ctx, account.person.id, level="NPPV 2", holds_until=date(2028, 1, 31))
        licences.a_licence(house, home.organisation, "holder@swale.gov.uk")
        return account
    return people.an_account(house, role, organisation_id=home.organisation)


def _belongings(house: House, code: str) -> Belongings:
    organisation = licences.an_organisation(house, code)

    def licence(status: Status, name: str) -> UUID:
        return licences.a_licence(house, organisation, f"{name}@{code}.gov.uk", status=status).id

    active = licences.a_licence(house, organisation, f"active@{code}.gov.uk")
    gone = licences.an_organisation(house, f"{code}-gone")
    newcomer = people.a_person(house, "delegate", organisation_id=organisation)
    with house.work(*people.someone(house, "hub_manager")) as ctx:
        invitation = licence_use_cases.invite_to_case(
            ctx, reference=f"C-{code}", person_id=active.person_id, closed=True, until=None
        ).id
    withdrawal = partners.withdraws(house, gone, letter_on=date(2026, 11, 20), acknowledged_by=None).id
    with house.reading(people.COMMAND) as ctx:
        held = queries.roles_held(ctx, newcomer.id)[0].id
    return Belongings(
        organisation=organisation,
        code=code,
        active=active.id,
        suspended=licence(Status.SUSPENDED, "suspended"),
        requested=licence(Status.REQUESTED, "requested"),
        person=active.person_id,
        newcomer=newcomer.id,
        withdrawn=gone,
        withdrawal=withdrawal,
        invitation=invitation,
        role_held=held,
    )


def _nothing() -> Belongings:
    """Ids of the right form that nothing has."""
    ids = {each.name: uuid4() for each in fields(Belongings) if each.name not in ("code", "entry")}
    return Belongings(code="nowhere", entry=10**9, **ids)


def _copy(source: Path, target: Path) -> None:
    """Copy through SQLite itself, whatever still stands in a write-ahead log, under whoever has it open."""
    with closing(sqlite3.connect(source)) as out_of, closing(sqlite3.connect(target)) as into:
        out_of.backup(into)
