"""Break-glass and conflicts of interest, made by those who would make them in service (DEC-5, DEC-6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from compliance.decisions.exceptions import use_cases
from compliance.decisions.exceptions.models import BreakGlass, Conflict
from compliance.identity.proposals import use_cases as proposals
from compliance.identity.proposals.models import Proposal
from compliance.kernel.context import House
from tests.builders.identity import Acting, every, someone

WHY = "An imminent-harm emergency MARAC was called."
GROUNDS = "A relative of theirs is in it."


def opened(house: House, person_id: UUID, reference: str = "C-1", who: Acting | None = None, **more: Any) -> BreakGlass:
    """The case, opened to this person by a supervisor, for a day in mid-Kent unless told."""
    asked: dict[str, Any] = {"area": "mid-kent", "hours": 24, "reason": WHY} | more
    with house.work(*(who or someone(house, "hub_supervisor"))) as ctx:
        return use_cases.grant_break_glass(ctx, person_id=person_id, reference=reference, **asked)


def proposed(house: House, person_id: UUID, reference: str = "C-1", who: Acting | None = None) -> Proposal:
    """The proposal to keep this person from the case."""
    with house.work(*(who or someone(house, "hub_coordinator"))) as ctx:
        return use_cases.propose_conflict(ctx, person_id=person_id, reference=reference, grounds=GROUNDS)


def agreed(house: House, proposal: Proposal, who: Acting | None = None) -> None:
    """A second person, a supervisor unless told, agrees."""
    with house.work(*(who or someone(house, "hub_supervisor"))) as ctx:
        proposals.approve(ctx, proposal.id, digest=proposal.digest)


def kept(house: House, person_id: UUID, reference: str = "C-1", *who: Acting) -> Conflict:
    """The conflict, set by two people: by these, where told."""
    first, second = who or (None, None)
    agreed(house, proposed(house, person_id, reference, first), second)
    found: Conflict = next(
        each for each in every(house, Conflict) if (each.person_id, each.reference) == (person_id, reference)
        and each.lifted_at is None
    )  # fmt: skip
    return found


def lifted(house: House, conflict: Conflict, *who: Acting) -> None:
    """Two people let its person near the case again."""
    first, second = who or (None, None)
    with house.work(*(first or someone(house, "hub_coordinator"))) as ctx:
        proposal = use_cases.propose_lifting(ctx, conflict.id, grounds="It was a namesake.")
    agreed(house, proposal, second)
