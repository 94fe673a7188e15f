"""Roles given, agreed on and taken back, by those who would do it in service."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from compliance.identity import use_cases
from compliance.identity.models import RoleHeld
from compliance.identity.proposals import use_cases as proposals
from compliance.identity.proposals.models import Proposal
from compliance.kernel.context import House
from tests.builders.identity import WHY, Acting, every, someone


def grant(
    house: House, who: Acting, person_id: UUID | None, role: str, organisation_id: UUID | None = None, **more: Any
) -> Any:
    """A role given by this person, or the proposal that asks for a second one."""
    assert person_id is not None
    with house.work(*who) as ctx:
        return use_cases.grant_role(
            ctx, person_id, role=role, organisation_id=organisation_id, **({"reason": WHY} | more)
        )


def agree(house: House, proposal: RoleHeld | Proposal, who: Acting | None = None) -> None:
    """A second person, a hub supervisor unless told, agrees to what was asked."""
    assert isinstance(proposal, Proposal)
    with house.work(*(who or someone(house, "hub_supervisor"))) as ctx:
        proposals.approve(ctx, proposal.id, digest=proposal.digest)


def end(house: House, who: Acting, role_held_id: UUID, reason: str = "They have moved on.") -> None:
    """A role taken back."""
    with house.work(*who) as ctx:
        use_cases.end_role(ctx, role_held_id, reason=reason)


def held_by(house: House, person_id: UUID | None) -> list[RoleHeld]:
    """Every role that somebody holds or held."""
    return [held for held in every(house, RoleHeld) if held.person_id == person_id]
