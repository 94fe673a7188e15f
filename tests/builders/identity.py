"""People for tests: made by the same use cases that make them in service, with only what the test is about."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import NamedTuple, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from audit.models import AuditEntry
from compliance.identity import queries, totp, use_cases
from compliance.identity.models import Person
from compliance.identity.use_cases import Opened, signing_in
from compliance.kernel.context import NOBODY, Actor, House, Origin, operator
from compliance.kernel.secrets import KeyRing
from compliance.notices.models import Notice
from compliance.notices.rules import is_useless
from signatories.models import Organisation

Row = TypeVar("Row")

PASSWORD = "Grey-Heron-41-flies"
COMMAND = operator("tests")
WHY = "Their work asks for it."


class Acting(NamedTuple):
    """Somebody at work: `with house.work(*someone)`. Their last code is fresh."""

    actor: Actor
    origin: Origin


@dataclass(frozen=True)
class Account:
    """An account with both its keys."""

    person: Person
    secret: str
    password: str = PASSWORD

    @property
    def email(self) -> str:
        return self.person.email


def an_employer(house: House, name: str = "Harbour Refuge") -> UUID:
    """An organisation that people can work for, and nothing more about it."""
    new_id = uuid4()
    code = f"{name.lower().replace(' ', '-')}-{new_id.hex[:6]}"
    values = {"code": code, "name": name, "sector": "voluntary", "kind": "standing", "takes_licences": True}
    with house.engine.begin() as connection:
        connection.execute(insert(Organisation).values(id=new_id, revision=1, created_at=house.clock.now(), **values))
    return new_id


def a_person(
    house: House,
    *roles: str,
    full_name: str = "Wren Alder",
    email: str | None = None,
    organisation_id: UUID | None = None,
    hub_team: bool | None = None,
) -> Person:
    """An account that has set no password. Hub roles make a hub account, partners' roles an employer."""
    if hub_team is None:
        hub_team = any(role.startswith("hub_") for role in roles)
    if organisation_id is None and {"delegate", "authorised_signatory", "escalation_contact"} & set(roles):
        organisation_id = an_employer(house)
    with house.work(COMMAND) as ctx:
        person = use_cases.add_person(
            ctx,
            full_name=full_name,
            email=email or f"p{uuid4().hex[:12]}@kent.example.org",
            organisation_id=organisation_id,
            hub_team=hub_team,
        )
        for role in roles:
            use_cases.grant_role(ctx, person.id, role=role, reason=WHY)
    return person


def at_work(house: House, person: Person, *, fresh: bool = True) -> Acting:
    """This person, signed in elsewhere to the end."""
    with house.reading(NOBODY) as ctx:
        actor = queries.actor_for(ctx, person)
        minutes = ctx.now() + queries.fresh_for(ctx)
    return Acting(actor, Origin("192.0.2.10", session_id=uuid4(), fresh_until=minutes if fresh else None))


def someone(house: House, *roles: str, organisation_id: UUID | None = None, fresh: bool = True) -> Acting:
    """Somebody new with these roles, at work."""
    return at_work(house, a_person(house, *roles, organisation_id=organisation_id), fresh=fresh)


def a_link(house: House, person: Person) -> str:
    """A link by which this person sets a first password: its token."""
    with house.work(COMMAND) as ctx:
        token = use_cases.invite(ctx, person.id)
    return token or a_mailed_link(house, person)


def letters(house: House, person: Person | UUID, kind: str | None = None) -> list[dict[str, str]]:
    """The letters to this person that wait, opened: `subject` and `body` of each, and `kind`, in the order written."""
    person_id = person if isinstance(person, UUID) else person.id
    ring = house.the(KeyRing)
    return [
        json.loads(ring.open(row.words, place=f"notices.words:{row.id}")) | {"kind": row.kind}
        for row in sorted(every(house, Notice), key=lambda row: row.written_at)
        if row.person_id == person_id and row.words is not None and kind in (None, row.kind)
        if not is_useless(row.useless_at, house.clock.now())
    ]


def a_mailed_link(house: House, person: Person | UUID) -> str:
    """The token of the newest link that was mailed to this person."""
    found = re.findall(r"/invitation/(\S+)", " ".join(letter["body"] for letter in letters(house, person)))
    return str(found[-1])


def accepted(house: House, person: Person, password: str = PASSWORD) -> Opened:
    """A first password set: the sign-in that waits for an app."""
    token = a_link(house, person)
    with house.work(NOBODY) as ctx:
        return use_cases.accept_invitation(ctx, token, password=password)


def an_account(
    house: House,
    *roles: str,
    full_name: str = "Wren Alder",
    email: str | None = None,
    organisation_id: UUID | None = None,
    hub_team: bool | None = None,
) -> Account:
    """An account whose owner has set a password and enrolled an app."""
    person = a_person(
        house, *roles, full_name=full_name, email=email, organisation_id=organisation_id, hub_team=hub_team
    )
    return Account(person, enrolled(house, accepted(house, person)))


def enrolled(house: House, opened: Opened) -> str:
    """An app enrolled in this sign-in: its secret."""
    with house.work(NOBODY) as ctx:
        secret = use_cases.start_enrolment(ctx, opened.session_id).secret
    with house.work(NOBODY) as ctx:
        assert use_cases.confirm_enrolment(ctx, opened.session_id, totp.code_at(secret, ctx.now()))
    return secret


def half_open(house: House, account: Account, origin: Origin | None = None) -> Opened:
    """A sign-in after a right password, without the cost of its hash."""
    origin = origin or Origin("192.0.2.10")
    with house.work(NOBODY, origin) as ctx:
        asked = signing_in.ask(ctx, account.email)
        outcome = signing_in.settle(ctx, signing_in.Checked(asked, right=True))
    assert outcome.opened is not None
    return outcome.opened


def signed_in(house: House, account: Account, origin: Origin | None = None) -> Opened:
    """A whole sign-in. The app's present code must not be spent: move the clock by 30 seconds in between."""
    opened = half_open(house, account, origin)
    with house.work(NOBODY, origin) as ctx:
        code = totp.code_at(account.secret, ctx.now())
        outcome = use_cases.give_code(ctx, opened.session_id, code)
    assert outcome.opened is not None
    return outcome.opened


def every(house: House, kind: type[Row]) -> list[Row]:
    """Every row of a kind, as it is kept: `every(house, Password)`."""
    with house.reading(NOBODY) as ctx:
        return list(ctx.session.execute(select(kind)).scalars())


def logged(house: House, event: str) -> list[AuditEntry]:
    """The log's entries of one event, in order: `logged(house, "account.locked")`."""
    with house.reading(NOBODY) as ctx:
        wanted = select(AuditEntry).where(AuditEntry.event == event).order_by(AuditEntry.number)
        return list(ctx.session.execute(wanted).scalars())
