"""The demo's scene of sharing: decisions, a request that waits and one that was overridden, and a disclosure (SHA-1 to SHA-4)."""

from __future__ import annotations

from uuid import UUID

from compliance.sharing import use_cases as sharing
from compliance.sharing.disclosures import use_cases as disclosures
from compliance.sharing.reuse import use_cases as reuse
from compliance.sharing.statement import use_cases as statement

from .demo_stage import Somebody, Stage

REFERENCE = "KM-2026-0412"


def information_is_shared(stage: Stage, partner: Somebody, coordinator: Somebody, manager: Somebody) -> None:
    """All of it, between the partner of Swale and the hub."""
    _is_shared(stage, partner, coordinator)
    _is_asked_for_again(stage, coordinator, manager, stage.organisation_id("swale"))
    _is_disclosed(stage, partner, manager)


def _is_shared(stage: Stage, partner: Somebody, coordinator: Somebody) -> None:
    """One decision each way, and the statement acknowledged by the hub."""
    with stage.as_(partner) as ctx:
        sharing.decide(
            ctx, sharing.Decided(REFERENCE, "share", "public_task", "The school needs to know who may collect them.")
        )
    with stage.as_(coordinator) as ctx:
        said = "The landlord asked for more than they need to change a lock."
        sharing.decide(ctx, sharing.Decided("KM-2026-0345", "not_share", "not_necessary", said))
        statement.acknowledge(ctx, 1)


def _is_asked_for_again(stage: Stage, coordinator: Somebody, manager: Somebody, supplier_id: UUID) -> None:
    """A request that its supplier is to answer, and one on which an overriding reason was relied."""
    with stage.as_(coordinator) as ctx:
        said = "The dates of contact, for a statement to the family court."
        reuse.ask(ctx, reuse.Asked(REFERENCE, supplier_id, "family_court", said))
        other = reuse.ask(
            ctx, reuse.Asked("KM-2026-0345", supplier_id, "child_protection", "What was seen at the last visit.")
        )
    with stage.as_(manager) as ctx:
        reuse.rely(ctx, other.id, reason="child_protection", words="A child was at risk the same night.")


def _is_disclosed(stage: Stage, partner: Somebody, manager: Somebody) -> None:
    """Something that a manager authorised, and something that waits for one."""
    with stage.as_(partner) as ctx:
        made = disclosures.ask(
            ctx, disclosures.Wanted(REFERENCE, "court", "The county court", "summary", "By its order of this week.")
        )
        disclosures.ask(
            ctx,
            disclosures.Wanted(
                REFERENCE, "dbs", "The barring team", "confirmation", "They asked whether it was heard."
            ),
        )
    with stage.as_(manager) as ctx:
        disclosures.authorise(ctx, made.id, words="Within the order, and no more than it asks for.")
