"""The demo's year of counts: who comes to meetings, does what was agreed, and sends research in time (GOV-1, GOV-2)."""

from __future__ import annotations

from datetime import date

from compliance.governance.facts import use_cases as facts
from compliance.governance.facts.rules import Told
from compliance.governance.figures import spans
from compliance.governance.figures.report import kind_named
from compliance.governance.growth import jobs as growth
from compliance.governance.reports import use_cases as reports
from compliance.kernel.clock import london_date
from compliance.kernel.context import Actor, Holding
from compliance.kernel.jobs import Stopping
from policies.values import Policy

from .demo_stage import Somebody, Stage

MONTHS = 12
PACK = "steering_pack"

WELL, LATE, ABSENT = (9, 1, 12, 1, 20, 19), (8, 2, 10, 5, 18, 11), (3, 7, 6, 6, 9, 8)
"""Meetings attended and missed, actions done and overdue, research due and sent, in a usual month."""

PARTNERS = {
    "swale": ("mid-kent", LATE),
    "kmpt": ("medway", ABSENT),
    "sateda": ("mid-kent", WELL),
    "kent-police": ("west-kent", WELL),
    "medway": ("medway", WELL),
}
"""Who is counted in which area, and how they usually do."""


def a_year_is_counted(stage: Stage, client_id: str) -> None:
    """The case system reports each month that is over, for those partners that are on the register."""
    program = Actor("client", client_id, holdings=frozenset({Holding("case_system")}))
    with stage.house.reading(program) as ctx:
        most = ctx.the(Policy).sharing.facts_most
    told = [
        fact
        for code, (area, usual) in PARTNERS.items()
        for back in range(1, MONTHS + 1)
        for fact in _month(stage, code, area, usual, back)
    ]
    for first in range(0, len(told), most):
        with stage.house.work(program) as ctx:
            facts.report(ctx, told[first : first + most])


def months_are_counted(stage: Stage) -> None:
    """Each month that is over, as the scheduler counts it in the night after its end."""
    for job in growth.JOBS:
        job.go(stage.house, Stopping())


def the_pack_is_issued(stage: Stage, manager: Somebody) -> None:
    """The manager issues the pack of the last quarter that is over."""
    with stage.as_(manager) as ctx:
        kind = kind_named(ctx, PACK)
        report = reports.count(ctx, PACK, spans.written(kind, spans.last_whole(kind, london_date(ctx.now()))))
    with stage.as_(manager) as ctx:
        reports.issue(ctx, report)


def _month(stage: Stage, code: str, area: str, usual: tuple[int, ...], back: int) -> list[Told]:
    """One partner's month: as usual, a little better or worse from one to the next."""
    today = london_date(stage.clock.now())
    place = today.year * 12 + today.month - 1 - back
    month, sways = date(place // 12, place % 12 + 1, 1), (back * 7 + len(code)) % 3 - 1
    attended, missed, done, overdue, due, sent = usual
    counts = {
        "meetings_attended": max(0, attended + sways),
        "meetings_missed": missed,
        "actions_set": done + overdue + 3,
        "actions_done": max(0, done + sways),
        "actions_overdue": overdue,
        "research_due": due,
        "research_sent": max(0, min(due, sent + sways)),
    }
    organisation = stage.organisation_id(code)
    return [Told(organisation, area, f"{month:%Y-%m}", counter, count) for counter, count in counts.items()]
