"""The stage of the demo's story: a house whose clock is moved from scene to scene, and the people on it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pyotp

from compliance.identity import queries as identity_queries
from compliance.identity import use_cases as identity
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import NOBODY, Context, House, Origin, operator
from compliance.kernel.jobs import Stopping
from compliance.notices.sending import send_due
from compliance.notices.ways import Letter, Post
from signatories import queries as register

THE_OPERATOR = operator("demo")
ADDRESS = "127.0.0.1"


@dataclass
class Postbag:
    """The story's post: letters are truly sent, and arrive here."""

    letters: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter, _stopping: Stopping) -> None:
        """Take the letter."""
        self.letters.append(letter)


@dataclass
class Somebody:
    """A made-up person: who they are to the service, and what they sign in with."""

    id: UUID
    full_name: str
    email: str
    role: str
    organisation: str | None = None
    password: str | None = None
    totp_secret: str | None = None
    session_id: UUID | None = None
    licence: UUID | None = None
    refused_by: str | None = None
    listed: bool = True
    areas: list[str] = field(default_factory=list)


class Stage:
    """Where the story is played: a house whose clock is moved from scene to scene."""

    def __init__(self, house: House, now: datetime) -> None:
        self.house = house
        self.now = now
        self.clock = FixedClock(now)
        house.clock = self.clock
        self.postbag = Postbag()
        house.fixtures[Post] = Post(self.postbag)
        self.people: list[Somebody] = []

    def at(self, days_ago: int) -> None:
        """Go to so many days before now, in office hours; 0 is now itself."""
        day = self.now - timedelta(days=days_ago)
        instant = day.replace(hour=10, minute=0, second=0) if days_ago else day
        self.clock.move(instant - self.clock.now())

    @contextmanager
    def as_(self, person: Somebody) -> Iterator[Context]:
        """Act as this person, with a code just given."""
        with self.house.reading(THE_OPERATOR) as ctx:
            actor = identity_queries.actor_for(ctx, identity_queries.person(ctx, person.id))
        fresh = self.clock.now() + timedelta(minutes=5)
        with self.house.work(actor, Origin(ADDRESS, session_id=person.session_id, fresh_until=fresh)) as ctx:
            yield ctx

    @contextmanager
    def as_operator(self) -> Iterator[Context]:
        with self.house.work(THE_OPERATOR) as ctx:
            yield ctx

    def joins(self, full_name: str, email: str, role: str, organisation: str | None = None, **more: Any) -> Somebody:
        """Somebody is invited, answers, and holds this role; that of a licence holder comes with the licence alone."""
        held = () if role == "licence_holder" else (role,)
        organisation_id = self.organisation_id(organisation) if organisation else None
        with self.as_operator() as ctx:
            person, _ = identity.invite_person(
                ctx, full_name=full_name, email=email, organisation_id=organisation_id, roles=held, **more
            )
        somebody = Somebody(person.id, full_name, email, role, organisation)
        self.people.append(somebody)
        self.answers(somebody)
        return somebody

    def the(self, role: str) -> Somebody:
        """The first who joined in this role."""
        return next(each for each in self.people if each.role == role)

    def post_goes(self) -> None:
        """Everything that waits is sent."""
        send_due(self.house, Stopping(), limit=1000)

    def answers(self, person: Somebody, *, enrols: bool = True) -> None:
        """Use the link that came by post: set a password and, unless they stop there, enrol an authenticator app."""
        self.post_goes()
        came = "".join(letter.body for letter in self.postbag.letters if letter.to == person.email)
        token = re.findall(r"/invitation/(\S+)", came)[-1]
        password = a_password()
        with self.house.work(NOBODY, Origin(ADDRESS)) as ctx:
            opened = identity.accept_invitation(ctx, token, password=password)
        person.password, person.session_id = password, opened.session_id
        if not enrols:
            return
        with self.as_(person) as ctx:
            secret = identity.start_enrolment(ctx, opened.session_id).secret
        # The code before the present one, so that the present one is still unspent when somebody tries the demo.
        code = pyotp.TOTP(secret).at(self.clock.now() - timedelta(seconds=30))
        with self.as_(person) as ctx:
            if identity.confirm_enrolment(ctx, opened.session_id, code) is None:
                raise RuntimeError(f"{person.email} could not enrol")
        person.totp_secret = secret

    def organisation_id(self, code: str) -> UUID:
        with self.house.reading(THE_OPERATOR) as ctx:
            return register.organisation_by_code(ctx, code).id


def a_password() -> str:
    """Twelve characters of every kind and then some: unlike any other, and without vowels no word comes about."""
    letters = "bcdfghjkmnpqrstvwxyz"
    parts = ["".join(secrets.choice(letters) for _ in range(5)) for _ in range(3)]
    return f"{parts[0].capitalize()}-{parts[1]}-{parts[2]}-{secrets.randbelow(90) + 10}"
