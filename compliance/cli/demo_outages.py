"""A scene of the demo: two people hold what opens the packs, yesterday's outage is half written up, today's pack is made (GOV-3)."""

from __future__ import annotations

from datetime import timedelta

from compliance.governance.outages import holding, packing, use_cases
from compliance.governance.outages.rules import Kind
from compliance.governance.outages.use_cases import Taken

from .demo_stage import Somebody, Stage

_TAKEN = (
    (Kind.REFERRAL, "OFF-1", "swale", "mid-kent", True),
    (Kind.REFERRAL, "OFF-2", "kmpt", "north-kent", True),
    (Kind.RESEARCH, "OFF-3", "medway-adult-social-care", "medway", False),
    (Kind.ACTION, "OFF-4", "swale", "mid-kent", False),
)
"""What was taken by hand, its number on the offline form, from whom, for which area, and whether it is entered by now."""


def the_case_system_was_down(stage: Stage, hub: dict[str, Somebody]) -> None:
    """Two are named to hold the passphrase; five hours without the case system, of whose list half is written up."""
    manager, coordinator = hub["hub_manager"], hub["hub_coordinator"]
    for holder in (hub["hub_supervisor"], coordinator):
        with stage.as_(manager) as ctx:
            holding.name_holder(ctx, holder.id)
    with stage.as_(manager) as ctx:
        holding.turn(ctx, number=0)

    now = stage.clock.now()
    began = now - timedelta(hours=6)
    with stage.as_(coordinator) as ctx:
        it = use_cases.declare(
            ctx, what="The supplier’s data centre lost its power. They telephone every hour.", began_at=began
        ).id
    for after, (kind, reference, organisation, area, entered) in enumerate(_TAKEN, start=1):
        told = Taken(kind, reference, stage.organisation_id(organisation), area, began + timedelta(hours=after))
        with stage.as_(coordinator) as ctx:
            line = use_cases.take(ctx, it, told).id
        if entered:
            with stage.as_(coordinator) as ctx:
                use_cases.settle(ctx, it, line)
    with stage.as_(coordinator) as ctx:
        use_cases.end(ctx, it, back_at=began + timedelta(hours=5))


def the_pack_is_made(stage: Stage, coordinator: Somebody) -> None:
    """Today's pack: sealed, kept, opened as a test, and registered."""
    with stage.as_(coordinator) as ctx:
        prepared = packing.prepare(ctx)
    packed = packing.seal(stage.house, prepared)
    with stage.as_(coordinator) as ctx:
        packing.register(ctx, packed)
