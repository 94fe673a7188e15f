"""Everybody who may come to a door: each role, machines, and those whose right to come has ended or not begun."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import update

from compliance.identity.models import Password, Person, RoleHeld, SignIn
from compliance.kernel.context import House
from compliance.licences import use_cases as licence_use_cases
from compliance.licences.models import Licence
from compliance.licences.rules import Status, Suspension
from tests.builders import identity as people
from tests.builders import licences
from tests.builders.api import Caller

PEOPLE = (
    "hub_manager", "hub_supervisor", "hub_coordinator", "licence_holder", "authorised_signatory", "delegate",
    "escalation_contact", "ig_officer", "steering_member", "executive_chair",
)  # fmt: skip
"""Somebody of each role, whose home is the first organisation."""

FALLEN = (
    "half_signed_in", "password_expired", "locked", "role_ended", "licence_suspended", "organisation_withdrawn",
)  # fmt: skip
"""People who hold a token that once opened more, or does not open everything yet.

Half signed in, with an expired password, and locked are hub managers: whatever opens for them would be the most
there is. Of the roles that ended one was taken back and the other is past its last day. The organisation that has
withdrawn is not the first one; its signatory and delegate has signed in anew since.
"""

MACHINES = ("program", "program_of_another_scope", "operator")
"""The case system with every scope and with another one, and whoever holds the machine, who comes by commands."""

COME_TO_PAGES = ("nobody", *PEOPLE, *FALLEN)
CALLERS = (*COME_TO_PAGES, *MACHINES)


def named(caller: str) -> str:
    """A caller as the head of a column says it."""
    return caller.replace("_", " ")


def accounts(house: House, home: UUID, withdrawn: UUID) -> dict[str, people.Account]:
    """Everybody's account; what falls, falls once they have signed in."""
    found = {role: _account(house, role, home) for role in PEOPLE}
    for name in ("half_signed_in", "password_expired", "locked"):
        found[name] = people.an_account(house, "hub_manager", organisation_id=home)
    found["role_ended"] = people.an_account(house, "hub_manager", "ig_officer", organisation_id=home)
    found["licence_suspended"] = _holder(house, home, "resting")
    found["organisation_withdrawn"] = people.an_account(
        house, "authorised_signatory", "delegate", organisation_id=withdrawn
    )
    _change(house, Password, Password.person_id, found["password_expired"], set_at=house.clock.now() - timedelta(400))
    return found


def signed_in(app: Flask, house: House, name: str, account: people.Account) -> Caller:
    """Where each stands: at the code, or signed in to the end."""
    come = people.half_open if name == "half_signed_in" else people.signed_in
    return Caller(app.test_client(), come(house, account).token, account)


def fall(house: House, found: dict[str, people.Account]) -> None:
    """End what has ended for some of them, after they have signed in."""
    now = house.clock.now()
    _change(house, Person, Person.id, found["locked"], locked_at=now)
    _change(house, RoleHeld, RoleHeld.person_id, found["role_ended"], ends_at=now)
    with house.engine.begin() as connection:
        taken_back = update(RoleHeld).where(
            RoleHeld.person_id == found["role_ended"].person.id, RoleHeld.role == "hub_manager"
        )
        connection.execute(taken_back.values(ended_at=now, ends_at=None))
        resting = update(Licence).where(Licence.person_id == found["licence_suspended"].person.id)
        connection.execute(resting.values(status=Status.SUSPENDED, suspension=Suspension.LEAVE))


def say_why_they_read(house: House) -> None:
    """Everybody has said why they would read the log: the matrix asks who may, and not who was asked first."""
    with house.engine.begin() as connection:
        connection.execute(update(SignIn).values(reads_for="service_check"))


def _change(house: House, kind: type, owner: object, account: people.Account, **values: object) -> None:
    with house.engine.begin() as connection:
        connection.execute(update(kind).where(owner == account.person.id).values(**values))  # type: ignore[arg-type]


def _account(house: House, role: str, home: UUID) -> people.Account:
    """Somebody of this role at home in the first organisation; a hub account works for it as well as any other."""
    return _holder(house, home) if role == "licence_holder" else people.an_account(house, role, organisation_id=home)


def _holder(house: House, home: UUID, name: str = "holder") -> people.Account:
    email = f"{name}@swale.gov.uk"
    account = people.an_account(house, email=email, organisation_id=home)
    with licences.acting(house, licences.hub("hub_coordinator")) as ctx:
        for module in ("case-system", "elearning"):
            licence_use_cases.record_training(ctx, account.person.id, module=module, done_on=date(2026, 1, 5))
        licence_use_cases.record_vetting(ctx, account.person.id, level="NPPV 2", holds_until=date(2028, 1, 31))
    licences.a_licence(house, home, email)
    return account
