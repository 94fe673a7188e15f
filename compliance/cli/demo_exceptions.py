"""The demo's scene beside the rule: one opened case looked at, one that waits, and a conflict of interest (DEC-5, DEC-6)."""

from __future__ import annotations

from compliance.decisions.exceptions import use_cases
from compliance.identity.proposals import use_cases as proposals

from .demo_stage import Somebody, Stage


def a_case_is_opened(stage: Stage, supervisor: Somebody, to: Somebody) -> None:
    """At night a case of another area is opened to somebody; information governance finds that it had to be."""
    with stage.as_(supervisor) as ctx:
        given = use_cases.grant_break_glass(
            ctx, person_id=to.id, reference="KM-2026-0455", area="north-kent", hours=12,
            reason="An emergency MARAC was called at night, and nobody of North Kent could be reached.",
        )  # fmt: skip
    stage.at(17)
    officer = next(each for each in stage.people if each.role == "ig_officer")
    with stage.as_(officer) as ctx:
        use_cases.review_break_glass(
            ctx, given.id, justified=True,
            review="Three documents were opened in two hours, all for the meeting. The rota of North Kent was put right.",
        )  # fmt: skip


def another_waits(stage: Stage, hub: dict[str, Somebody], to: Somebody) -> None:
    """Another was opened and ended early, and waits to be looked at; and somebody is kept from a case by two people."""
    with stage.as_(hub["hub_supervisor"]) as ctx:
        given = use_cases.grant_break_glass(
            ctx, person_id=to.id, reference="KM-2026-0461", area="east-kent", hours=24,
            reason="The family moved this morning, and the meeting of East Kent is this afternoon.",
        )  # fmt: skip
    with stage.as_(hub["hub_manager"]) as ctx:
        use_cases.end_break_glass(ctx, given.id)
    with stage.as_(hub["hub_coordinator"]) as ctx:
        proposal = use_cases.propose_conflict(
            ctx, person_id=to.id, reference="KM-2026-0466", grounds="Their brother-in-law is named in it.",
        )  # fmt: skip
    with stage.as_(hub["hub_supervisor"]) as ctx:
        proposals.approve(ctx, proposal.id, digest=proposal.digest)
