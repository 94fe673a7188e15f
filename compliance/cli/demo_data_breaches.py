"""The demo's scene of a personal-data breach: the ICO was told in time, the people too, and something is still to follow (BRE-3)."""

from __future__ import annotations

from datetime import timedelta

from compliance.breaches import use_cases as breaches
from compliance.breaches.notifying import queries, use_cases
from compliance.breaches.notifying.rules import Decision, PeopleDecision, Risk
from compliance.breaches.notifying.use_cases import Known, Told
from compliance.breaches.reporting import Report
from compliance.breaches.rules import Kind

from .demo_stage import Somebody, Stage

WHAT = "A list of this week’s cases went by e-mail to somebody of the same name at another firm."


def one_is_told(stage: Stage, manager: Somebody, officer: Somebody) -> None:
    """A list went to a wrong address: the officer assesses it, the manager decides, and the ICO and the people are told."""
    with stage.as_(officer) as ctx:
        aware_at = ctx.now() - timedelta(hours=20)
        incident = breaches.report(ctx, Report(Kind.DATA_BREACH.value, WHAT, aware_at=aware_at))
        found = queries.of_incident(ctx, incident.id)
        if found is None:
            return
        breach_id = found.breach.id
        known = Known(
            risk=Risk.HIGH.value, categories=("identity", "location", "children"), people=14,
            facts=f"{WHAT} They read it, rang, and deleted it.",
            effects="Fourteen people could be found by somebody who should not know where they live.",
            remedy="It was deleted, and they confirmed it in writing. Lists go out by the case system alone from now on.",
        )  # fmt: skip
        use_cases.assess(ctx, breach_id, known, assessment=0)
    with stage.as_(manager) as ctx:
        reasons = "Where people at high risk live is the most dangerous thing that we hold."
        use_cases.decide(ctx, breach_id, Decision.NOTIFY, reasons=reasons, assessment=1)
        use_cases.decide_people(ctx, breach_id, PeopleDecision.TELL, reasons=reasons, assessment=1)
        told = Told(
            ctx.now(),
            more_to_follow=True,
            words="By its form. How many records it was is to follow.",
            reference="IC-0331",
        )
        use_cases.tell_regulator(ctx, breach_id, told, assessment=1)
        how = "By their IDVAs, in person and where it was safe."
        use_cases.people_told(ctx, breach_id, at=ctx.now(), words=how)
        use_cases.partners_told(
            ctx, breach_id, at=ctx.now(), words="Every partner whose information was on the list, by telephone."
        )
