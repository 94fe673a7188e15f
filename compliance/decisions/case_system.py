"""May this person use the case system at all, now? The question that signing in to it stands on (DEC-1, LIC-8)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from compliance.kernel.context import House, Origin

from .book import Verdict
from .desk import Desk
from .questions import Asked, Question

ACTION = "case_system.use"
TYPE = "case_system"


def may_use(house: House, client_id: str, person_id: UUID, origin: Origin) -> Verdict:
    """Decided as any question of this program's is, and written down with it; a permit counts as use.

    Raises NoAnswer, and CallerEnded for a program that was ended.
    """
    question = Question(str(person_id), ACTION, TYPE, client_id, client_id)
    asked = Asked(client_id, [question], origin.address, origin.request_id)
    return house.the(Desk).ask(asked).verdicts[0]


def rights(verdict: Verdict) -> dict[str, Any]:
    """What a program is told that somebody may do, by a permit: for whom, where, by which licence."""
    right = verdict.right
    if right is None:
        return {}
    return {"org": right.organisation_code, "areas": sorted(right.areas), "licence": right.licence_id}
