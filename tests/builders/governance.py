"""An organisation with something in every register, and its evidence as somebody is shown it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from compliance.governance import use_cases
from compliance.governance.packs import Pack, Part
from compliance.kernel.context import House
from compliance.licences.rules import Status
from tests.builders.identity import Acting, someone
from tests.builders.licences import a_licence, an_organisation, seats

KEPT = (
    "Standing", "Signatures and withdrawals", "Challenges", "Policies", "ISA checks", "Key contacts", "Licences",
    "Training and vetting", "Reviews", "Breaches", "Complaints",
)  # fmt: skip


def an_active_partner(house: House) -> UUID:
    """A signatory with two licences, one active and one that rests, and all that LIC-1 asks for."""
    seats(house)
    organisation_id = an_organisation(house)
    a_licence(house, organisation_id, "alex@swale.gov.uk")
    a_licence(house, organisation_id, "=cmd@swale.gov.uk", status=Status.SUSPENDED)
    return organisation_id


def seen(house: House, organisation_id: UUID, as_at: datetime | None = None, *, by: Acting | None = None) -> Pack:
    """The pack as somebody is shown it: an information governance officer unless told."""
    with house.work(*(by or someone(house, "ig_officer"))) as ctx:
        return use_cases.view_evidence(ctx, organisation_id, as_at=as_at)


def part(pack: Pack, code: str) -> Part:
    return next(each for each in pack.parts if each.code == code)
