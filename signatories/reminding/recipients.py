"""Who at an organisation is written to: people by their role, and the key contacts that the hub holds (LIC-10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from compliance.identity.models import Person, RoleHeld
from compliance.identity.queries import still_held
from compliance.kernel.context import Context
from signatories.models import KeyContact


@dataclass(frozen=True)
class Recipient:
    """Somebody with an address. `mark` tells them from everybody else: a letter is written once for each mark."""

    mark: UUID
    name: str
    address: str
    person_id: UUID | None = None


def recipients(
    ctx: Context, organisation_ids: Collection[UUID], *, roles: Collection[str], contacts: Collection[str]
) -> dict[UUID, list[Recipient]]:
    """Those with these roles, whose account is not closed, and these kinds of contact: each address once.

    Where an organisation has none of them, whoever of its key contacts there is.
    """
    named: dict[UUID, list[tuple[bool, Recipient]]] = defaultdict(list)
    people = (
        select(Person.organisation_id, Person.id, Person.full_name, Person.email)
        .where(
            Person.organisation_id.in_(organisation_ids),
            Person.closed_at.is_(None),
            Person.id.in_(select(RoleHeld.person_id).where(RoleHeld.role.in_(roles), still_held(ctx.now()))),
        )
        .order_by(Person.email)
    )
    for employer, person_id, name, email in ctx.session.execute(people):
        if employer is not None:
            named[employer].append((True, Recipient(person_id, name, email, person_id)))
    rung = (
        select(KeyContact.organisation_id, KeyContact.id, KeyContact.kind, KeyContact.name, KeyContact.email, Person.id)
        .outerjoin(Person, Person.email == KeyContact.email)
        .where(KeyContact.organisation_id.in_(organisation_ids), KeyContact.ended_at.is_(None))
        .order_by(KeyContact.since, KeyContact.id)
    )
    for organisation_id, contact_id, kind, name, email, person_id in ctx.session.execute(rung):
        named[organisation_id].append((kind in contacts, Recipient(contact_id, name, email, person_id)))
    return {one: _each_address_once(found) for one, found in named.items()}


def _each_address_once(found: list[tuple[bool, Recipient]]) -> list[Recipient]:
    wanted = [each for is_wanted, each in found if is_wanted] or [each for _, each in found]
    by_address: dict[str, Recipient] = {}
    for each in wanted:
        by_address.setdefault(each.address.casefold(), each)
    return list(by_address.values())
