"""What reporting looks up: events told before, the people they are about, and the licences that are thereby used."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from audit.append import Receipt
from audit.models import AuditEntry
from compliance.identity.addresses import normalise
from compliance.identity.models import Person
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from compliance.kernel.ids import parse_id
from compliance.licences.models import Licence
from compliance.licences.rotas.turns import IN_USE
from signatories.models import Organisation

from .models import ReportedAccess


@dataclass(frozen=True, slots=True)
class Before:
    """An event as it was told before: the keyed hash of what it said, and its receipt."""

    fingerprint: str
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Whose:
    """Somebody in our registers, and whom they work for."""

    person_id: UUID
    organisation_id: UUID | None


def told_before(ctx: Context, client_id: str, event_ids: Collection[str]) -> dict[str, Before]:
    """Those of these events that this client has told already, by their id."""
    known = (
        select(ReportedAccess.event_id, ReportedAccess.fingerprint, ReportedAccess.number, AuditEntry.hash)
        .join(AuditEntry, AuditEntry.number == ReportedAccess.number)
        .where(ReportedAccess.client_id == client_id, ReportedAccess.event_id.in_(event_ids))
    )
    return {
        event_id: Before(fingerprint, Receipt(number, hash_.hex()))
        for event_id, fingerprint, number, hash_ in ctx.session.execute(known)
    }


def people(ctx: Context, named: Collection[str]) -> dict[str, Whose]:
    """Whom each of these names means, our id or a registered address, closed accounts among them; nobody for the rest.

    They and their organisations are held until the commit, as the rows that will point at them do: whoever holds
    the log's head waits for nobody.
    """
    ids = {name: parse_id(name) for name in named if "@" not in name}
    addresses = {name: address for name in named if "@" in name and (address := _normal(name)) is not None}
    wanted = or_(
        Person.id.in_({each for each in ids.values() if each is not None}), Person.email.in_(set(addresses.values()))
    )
    rows = ctx.session.execute(
        select(Person.id, Person.email, Person.organisation_id)
        .where(wanted)
        .order_by(Person.id)
        .with_for_update(read=True, key_share=True)
    ).all()
    _hold(ctx, {row.organisation_id for row in rows if row.organisation_id is not None})
    by_id = {row.id: Whose(row.id, row.organisation_id) for row in rows}
    by_address = {row.email: by_id[row.id] for row in rows}
    found: dict[str, Whose | None] = {name: by_id.get(each) for name, each in ids.items() if each is not None}
    found |= {name: by_address.get(address) for name, address in addresses.items()}
    return {name: whose for name, whose in found.items() if whose is not None}


def licences_used(ctx: Context, signed_in: Mapping[UUID, datetime]) -> dict[UUID, datetime]:
    """The licences that these people's sign-ins were a use of, each with the last of them (LIC-8).

    Those in use now that had begun by then: a sign-in is to the case system, and so by every licence somebody has.
    """
    if not signed_in:
        return {}
    held = select(Licence.id, Licence.person_id, Licence.activated_at).where(Licence.person_id.in_(signed_in), IN_USE)
    return {
        licence_id: signed_in[person_id]
        for licence_id, person_id, since in ctx.session.execute(held)
        if since is not None and since <= signed_in[person_id]
    }


def _hold(ctx: Context, organisation_ids: Collection[UUID]) -> None:
    held = select(Organisation.id).where(Organisation.id.in_(organisation_ids)).order_by(Organisation.id)
    ctx.session.execute(held.with_for_update(read=True, key_share=True)).all()


def _normal(address: str) -> str | None:
    try:
        return normalise(address)
    except Invalid:
        return None
