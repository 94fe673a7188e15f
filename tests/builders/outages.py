"""A register worth packing: two areas, holders of every kind, contacts with telephones, somebody invited to a closed MARAC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from compliance.governance.outages import archive, packing
from compliance.governance.outages.models import OutagePassphrase
from compliance.governance.outages.packing import Packed
from compliance.kernel.context import Actor, House, operator, worker
from compliance.kernel.secrets import KeyRing
from compliance.licences import use_cases
from compliance.licences.models import Licence
from compliance.licences.rules import Kind
from signatories.models import KeyContact
from tests.builders.licences import a_licence, acting, an_organisation, rows_made, seats

PASSPHRASE = "harbour lantern copper thistle"
MAKER: Actor = operator("tests")


@dataclass(frozen=True)
class Registered:
    """What the register was made to hold."""

    swale: UUID
    standing: Licence
    invited: Licence


def a_register(house: House) -> Registered:
    """Swale in Mid-Kent and Medway: one standing licence, one by invite; the first is invited to a closed MARAC."""
    seats(house)
    swale = an_organisation(house, "swale")
    standing = a_licence(house, swale, "ada@swale.gov.uk", areas=("mid-kent", "medway"))
    invited = a_licence(house, swale, "ben@swale.gov.uk", kind=Kind.BY_INVITE, areas=("medway",), cases=("C-1",))
    with house.work(operator("tests")) as ctx:
        contact = ctx.session.scalars(
            select(KeyContact).where(KeyContact.organisation_id == swale, KeyContact.kind == "escalation")
        ).one()
        contact.telephone = "01795 000 111"
        rows_made(ctx, contact)
    with acting(house) as ctx:
        use_cases.invite_to_case(
            ctx, reference="KM-2026-0042", person_id=standing.person_id, closed=True,
            until=ctx.now() + timedelta(days=7),
        )  # fmt: skip
    return Registered(swale, standing, invited)


def a_passphrase(house: House, words: str = PASSPHRASE, *, number: int = 1) -> None:
    """A passphrase that was made: packs from now on are sealed with it."""
    with house.work(MAKER) as ctx:
        new_id = ctx.new_id()
        sealed = house.the(KeyRing).seal(words.encode(), place=f"outage_passphrases.words:{new_id}")
        row = OutagePassphrase(
            id=new_id, number=number, words=sealed, why="first", made_by=MAKER.id, made_at=ctx.now()
        )  # fmt: skip
        rows_made(ctx, row)


def a_kept_pack(house: House) -> Packed:
    """A pack made, sealed, kept and registered, as the scheduler does it."""
    with house.reading(worker("tests")) as ctx:
        prepared = packing.prepare(ctx)
    packed = packing.seal(house, prepared)
    with house.work(worker("tests")) as ctx:
        packing.register(ctx, packed)
    return packed


def a_pack(house: House) -> bytes:
    """The pack of the register as it stands, not sealed."""
    with house.reading(MAKER) as ctx:
        return archive.build(ctx)
