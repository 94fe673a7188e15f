"""Those who share, ask for re-use, disclose; and what each of them does, with only what a test is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from compliance.kernel.context import Context, House
from compliance.sharing import use_cases as sharing
from compliance.sharing.disclosures import use_cases as disclosures
from compliance.sharing.disclosures.models import Disclosure
from compliance.sharing.models import SharingDecision
from compliance.sharing.reuse import use_cases as reuse
from compliance.sharing.reuse.models import ReuseRequest
from tests.builders.identity import Acting, an_employer, someone

REASON = "It is needed to keep somebody safe, and they asked for it."


@dataclass(frozen=True)
class Cast:
    """A supplier and an asker with their people, and those of the hub."""

    supplier_id: UUID
    asker_id: UUID
    supplier: Acting
    second: Acting
    asker: Acting
    coordinator: Acting
    supervisor: Acting
    manager: Acting
    officer: Acting


def a_cast(house: House) -> Cast:
    """Everybody who takes part."""
    supplier, asker = an_employer(house, "Harbour Refuge"), an_employer(house, "Ferry Lane Housing")
    return Cast(
        supplier, asker, someone(house, "delegate", organisation_id=supplier),
        someone(house, "escalation_contact", organisation_id=supplier),
        someone(house, "delegate", organisation_id=asker), someone(house, "hub_coordinator"),
        someone(house, "hub_supervisor"), someone(house, "hub_manager"), someone(house, "ig_officer"),
    )  # fmt: skip


def me(who: Acting) -> UUID:
    """Whose account somebody acts by."""
    assert who.actor.person_id is not None
    return who.actor.person_id


def decided(house: House, who: Acting, **more: Any) -> SharingDecision:
    """A decision to share, for case C-1 unless told."""
    said: dict[str, Any] = {"reference": "C-1", "decision": "share", "basis": "public_task", "words": REASON} | more
    with house.work(*who) as ctx:
        return sharing.decide(ctx, sharing.Decided(**said))


def asked(house: House, cast: Cast | None, who: Acting | None = None, **more: Any) -> ReuseRequest:
    """A request to the supplier by the asker's delegate, unless told; without a cast, both are told."""
    said: dict[str, Any] = {"reference": "C-1", "purpose": "family_court", "words": REASON} | more
    if cast is not None:
        said = {"supplier_id": cast.supplier_id} | said
    asker = who or (cast.asker if cast is not None else None)
    assert asker is not None
    with house.work(*asker) as ctx:
        return reuse.ask(ctx, reuse.Asked(**said))


def again(house: House, who: Acting, request: ReuseRequest) -> reuse.Opened:
    """The request, as this person reads it now."""
    with house.work(*who) as ctx:
        return reuse.view(ctx, request.id)


def answer(ctx: Context, request_id: UUID, step: str, **more: Any) -> Any:
    """One step upon a request, with its reason."""
    return getattr(reuse, step)(ctx, request_id, words=REASON, **more)


def wanted(house: House, who: Acting, **more: Any) -> Disclosure:
    """A disclosure of minutes to the Parole Board for case C-1, asked for by this person, unless told otherwise."""
    said: dict[str, Any] = {
        "reference": "C-1", "body": "parole_board", "recipient": "The Parole Board, panel 7", "material": "minutes",
        "words": REASON,
    } | more  # fmt: skip
    with house.work(*who) as ctx:
        return disclosures.ask(ctx, disclosures.Wanted(**said))
