"""A scene of the demo: a support contact is named, and three people ask for help (GOV-6)."""

from __future__ import annotations

from compliance.governance.support import use_cases
from compliance.governance.support.rules import Matter
from compliance.governance.support.use_cases import Caller

from .demo_stage import Somebody, Stage


def people_ask_for_help(stage: Stage, hub: dict[str, Somebody], holder: Somebody) -> None:
    """One matter is with the supplier, one was the partner's own, and one nobody has looked at yet."""
    manager, coordinator = hub["hub_manager"], hub["hub_coordinator"]
    with stage.as_(manager) as ctx:
        use_cases.name_contact(ctx, coordinator.id)

    with stage.as_(holder) as ctx:
        slow = use_cases.ask(
            ctx, about="case_system", words="The list of my cases has stayed empty since this morning."
        ).id
    with stage.as_(coordinator) as ctx:
        use_cases.sort(ctx, slow, matter=Matter.SUPPLIER)
    with stage.as_(coordinator) as ctx:
        use_cases.pass_on(ctx, slow, ticket="SUP-4411")

    caller = Caller("Reception, second floor", "called_back", stage.organisation_id("swale"))
    with stage.as_(coordinator) as ctx:
        local = use_cases.log_call(
            ctx, caller, about="signing_in", words="The page does not open on the computers of the front desk."
        ).id
    with stage.as_(coordinator) as ctx:
        use_cases.sort(ctx, local, matter=Matter.LOCAL_IT)
    with stage.as_(coordinator) as ctx:
        use_cases.end(ctx, local, outcome="Their own IT let the address through.")

    with stage.as_(holder) as ctx:
        use_cases.ask(ctx, about="how_to", words="Where do I find who else of my organisation holds a licence?")
