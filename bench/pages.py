"""The main pages on a large hub: server time of each, as whoever uses it is answered (AUD-1)."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from audit.append import append, take_turn
from audit.models import Moment
from audit.personal import Private
from compliance.app import create_app, house_of
from compliance.identity import totp
from compliance.identity import use_cases as identity
from compliance.identity.models import Person, SignIn
from compliance.kernel.context import NOBODY, House, Origin, operator
from compliance.kernel.db import WRITES
from compliance.kernel.settings import Settings
from compliance.licences.models import Licence
from signatories.models import Organisation

from .population import populate
from .stand import a_hub

ORGANISATIONS = 300
PEOPLE = 5_000
ENTRIES = 1_000_000
TIMES = 60
WARM = 5
AT_ONCE = 10_000
PASSWORD = "Correct-horse-battery-9"
CASE_SYSTEM = "case-system-bench"

Address = Callable[[], str]

SPREAD = (
    ("decision.answered", 900), ("decisions.answered", 30), ("session.opened", 25), ("licence.viewed", 15),
    ("register.viewed", 10), ("licences.viewed", 10), ("sign_in.failed", 5), ("licence.requested", 2),
    ("licence.approved", 2), ("licence.suspended", 1),
)  # fmt: skip
"""Of a thousand entries, how many are what: most are answers to the case system."""


@dataclass(frozen=True)
class Page:
    """A page and the 95th percentile of its server time, in milliseconds."""

    name: str
    p95_ms: float


def measure(*, organisations: int = ORGANISATIONS, people: int = PEOPLE, entries: int = ENTRIES) -> Iterator[Page]:
    """Fill a hub to this size, then ask for each of its main pages again and again."""
    with a_hub() as store:
        ids = populate(house_of(store), people, organisations=organisations)
        write_log(house_of(store), ids, entries)
        yield from ask(create_app(Settings.from_environment()), entries)


def ask(app: Flask, entries: int) -> Iterator[Page]:
    """Each page, for another organisation, person or case each time where it shows one."""
    house = house_of(app)
    with house.reading(operator("bench")) as ctx:
        partners = list(ctx.session.scalars(select(Organisation.id)))
        licences = list(ctx.session.scalars(select(Licence.id).limit(TIMES)))
        ids = [str(one) for one in ctx.session.scalars(select(Licence.person_id))]
    people = len(ids)
    dice = random.Random(3)
    of_manager: dict[str, Address] = {
        "home of the hub manager": lambda: "/",
        "register": lambda: "/register",
        "organisation": lambda: f"/organisations/{dice.choice(partners)}",
        "licences": lambda: "/licences",
        "licences, searched": lambda: f"/licences?search=person+{dice.randrange(people)}",
        "licences, by last use": lambda: "/licences?sort=used",
        "licence": lambda: f"/licences/{dice.choice(licences)}",
        "capacity": lambda: "/licences/capacity",
        "capacity by area, two years": lambda: "/licences/capacity?by=area&months=24",
        "what would free a seat": lambda: "/licences/capacity/what-if?rotas=yes",
        "people": lambda: "/people",
        "people, by organisation": lambda: "/people?sort=organisation",
        "people, searched": lambda: f"/people?search=person+{dice.randrange(people)}",
        "a person": lambda: f"/people/{dice.choice(ids)}",
    }
    of_officer: dict[str, Address] = {
        "audit log": lambda: "/audit",
        "  by a person": lambda: f"/audit?who=person.{dice.randrange(people)}@",
        "  by a name that many have": lambda: "/audit?who=person",
        "  by a program": lambda: f"/audit?who={CASE_SYSTEM}",
        "  by organisation": lambda: f"/audit?organisation={dice.choice(partners)}",
        "  by organisation and a rare outcome": lambda: f"/audit?organisation={dice.choice(partners)}&outcome=refused",
        "  by reference": lambda: f"/audit?reference=C-{dice.randrange(entries // 10)}",
        "  by what happened": lambda: "/audit?event=licence.suspended",
        "  by all that begins so": lambda: "/audit?event=licence.",
        "  by person and what happened": lambda: f"/audit?who=person.{dice.randrange(people)}@&event=licence.",
        "  by a rare outcome": lambda: "/audit?outcome=refused",
        "  by an outcome there is none of": lambda: "/audit?outcome=mixed",
        "  by days": lambda: f"/audit?{_days(house)}",
        "  by an address that many have": lambda: "/audit?address=198.51.100.7",
        "  by an address nobody has": lambda: "/audit?address=203.0.113.9",
        "a person's day": lambda: f"/audit/people/{dice.choice(ids)}/day?on={_day(house, dice)}",
        "a case's readers": lambda: f"/audit/references?reference=C-{dice.randrange(entries // 10)}",
    }
    of_contact: dict[str, Address] = {
        "audit log of one's own organisation": lambda: "/audit",
        "  by what happened": lambda: "/audit?event=licence.suspended",
        "  by an outcome there is none of": lambda: "/audit?outcome=mixed",
    }
    yield from _each(_browser(app, "hub_manager"), of_manager)
    yield from _each(_browser(app, "ig_officer"), of_officer)
    yield from _each(_browser(app, "escalation_contact", partners[0]), of_contact)


def write_log(house: House, people: Sequence[str], count: int, *, seed: int = 5) -> None:
    """A log of this length, spread over the year before now, in its true form: numbered, hashed, encoded."""
    dice, works_for = random.Random(seed), _employers(house)
    for first in range(0, count, AT_ONCE):
        entries = _drafts(house, dice, people, works_for, range(first, min(first + AT_ONCE, count)), count)
        with house.engine.execution_options(**{WRITES: True}).begin() as connection:
            append(connection, take_turn(connection, len(entries)), entries)


def drafts(house: House, people: Sequence[str], count: int, *, seed: int = 5) -> list[dict[str, Any]]:
    """So many entries, not written yet, of all kinds and spread over the year before now."""
    return _drafts(house, random.Random(seed), people, _employers(house), range(count), count)


def _employers(house: House) -> dict[str, str]:
    with house.reading(operator("bench")) as ctx:
        employed = select(Person.id, Person.organisation_id)
        return {str(one): str(of) for one, of in ctx.session.execute(employed)}


def _drafts(
    house: House, dice: random.Random, people: Sequence[str], works_for: Mapping[str, str], numbers: range, count: int
) -> list[dict[str, Any]]:
    names, weights = zip(*SPREAD, strict=True)
    end, apart = house.clock.now(), timedelta(days=365) / count
    happened = dice.choices(names, weights, k=len(numbers))
    return [
        _entry(dice, end - apart * (count - number), name, people, works_for, count)
        for number, name in zip(numbers, happened, strict=True)
    ]


def _entry(
    dice: random.Random, at: datetime, name: str, people: Sequence[str], works_for: Mapping[str, str], count: int
) -> dict[str, Any]:
    """One entry: an answer to the case system about somebody, or what somebody did in the service."""
    person = dice.choice(people)
    answer = name.startswith("decision")
    batch = name == "decisions.answered"
    outcome = ("permit", "permit", "permit", "deny")[dice.randrange(4)] if answer else "done"
    return {
        "at": Moment.write(at),
        "event": name,
        "outcome": "refused" if name == "sign_in.failed" else outcome,
        "actor_kind": "client" if answer else "person",
        "actor_id": CASE_SYSTEM if answer else person,
        "actor_organisation": None if answer else works_for[person],
        "actor_roles": "case_system" if answer else "licence_holder",
        "subject_kind": None if batch else "person",
        "subject_id": None if batch else person,
        "organisation": None if batch else works_for[person],
        "reference": f"C-{dice.randrange(max(1, count // 10))}" if answer and not batch else None,
        "rules": "LIC-6" if outcome == "deny" else None,
        "purpose": None,
        "address": "192.0.2.7" if answer else None,
        "request_id": str(UUID(int=dice.getrandbits(128), version=4)),
        "session_id": None if answer else person,
        "state_version": 1,
        "policy_version": "bench",
        "detail": '["case.view","mid-kent"]' if answer else "{}",
        "private": None if answer else Private("198.51.100.7"),
    }


def _browser(app: Flask, role: str, organisation_id: UUID | None = None) -> FlaskClient:
    """Somebody with this role, signed in to the end, who has said why they read the log."""
    house = house_of(app)
    with house.work(operator("bench")) as ctx:
        _, token = identity.invite_person(
            ctx,
            full_name="Ben Chmark",
            email=f"{role}.{house.clock.now().timestamp():.0f}@bench.example",
            organisation_id=organisation_id,
            hub_team=role.startswith("hub_"),
            roles=[role],
        )
    with house.work(NOBODY, Origin("127.0.0.1")) as ctx:
        opened = identity.accept_invitation(ctx, token, password=PASSWORD)
    with house.work(NOBODY, Origin("127.0.0.1", session_id=opened.session_id)) as ctx:
        enrolment = identity.start_enrolment(ctx, opened.session_id)
        code = totp.code_at(enrolment.secret, ctx.now())
    with house.work(NOBODY, Origin("127.0.0.1", session_id=opened.session_id)) as ctx:
        whole = identity.confirm_enrolment(ctx, opened.session_id, code)
    if whole is None:
        raise RuntimeError("the code of a new authenticator was not taken")
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(update(SignIn).where(SignIn.id == opened.session_id).values(reads_for="service_check"))
    client = app.test_client()
    client.set_cookie("session", whole.token)
    return client


def _each(browser: FlaskClient, pages: Mapping[str, Address]) -> Iterator[Page]:
    for name, address in pages.items():
        times = []
        for time_ in range(WARM + TIMES):
            where = address()
            began = time.perf_counter()
            answer = browser.get(where)
            took = time.perf_counter() - began
            if answer.status_code != HTTPStatus.OK:
                raise RuntimeError(f"{where} was answered with {answer.status_code}")
            if time_ >= WARM:
                times.append(took)
        yield Page(name, statistics.quantiles(times, n=20)[-1] * 1000)


def _day(house: House, dice: random.Random) -> date:
    """Some day of the last year."""
    return house.clock.now().date() - timedelta(days=dice.randrange(1, 360))


def _days(house: House) -> str:
    """A span of two days half a year ago, as the form sends it."""
    since = house.clock.now().date() - timedelta(days=180)
    until = since + timedelta(days=1)
    days = {"since": since, "until": until}
    return "&".join(
        f"{name}-{part}={getattr(day, part)}" for name, day in days.items() for part in ("day", "month", "year")
    )
