"""Several people at one personal-data breach at once: never two decisions, two first notifications, or a lost assessment (BRE-3)."""

from __future__ import annotations

import pytest

from compliance.breaches.notifying import opening, use_cases
from compliance.breaches.notifying.models import BreachAssessment, DataBreach, NotificationStage
from compliance.breaches.notifying.rules import Risk
from compliance.breaches.notifying.use_cases import Told
from compliance.kernel.context import Context, House
from tests.builders.identity import every, someone
from tests.builders.incidents import a_data_breach, an_incident, as_it_is, assessed, known
from tests.support.together import Act, together

ROUNDS = 30


@pytest.mark.rule("BRE-3", "BRE-6")
def test_decisions_and_assessments_at_once_are_one_after_the_other(house: House) -> None:
    one, two, officer = (someone(house, role) for role in ("hub_manager", "hub_manager", "ig_officer"))
    for _ in range(ROUNDS):
        breach = a_data_breach(house)
        assessed(house, breach, Risk.UNLIKELY, officer)

        ends = together(
            house,
            [(one, _decides(breach, "not_notify")), (two, _decides(breach, "notify")), (officer, _assesses(breach))],
        )

        now = as_it_is(house, breach)
        assert set(ends) <= {"done", "DecidedAlready", "AssessedMeanwhile", "StaleForm"}
        assert now.assessment is not None
        assert now.assessment.number == 1 + (ends[2] == "done")
        if now.breach.decision == "not_notify":
            assert now.assessment.risk == "unlikely", "nobody is left untold on a risk that has grown"


@pytest.mark.rule("BRE-3")
def test_the_ico_is_first_told_once_and_a_clock_is_opened_once(house: House) -> None:
    people = [someone(house, "hub_manager") for _ in range(3)]
    for _ in range(ROUNDS):
        incident = an_incident(house)
        ends = together(house, [(each, lambda ctx: opening.open_clock(ctx, incident.id)) for each in people])  # noqa: B023
        assert sorted(ends) == ["ClockRuns", "ClockRuns", "done"]
        [breach] = [each for each in every(house, DataBreach) if each.incident_id == incident.id]
        assessed(house, breach, Risk.LIKELY, people[0])
        with house.work(*people[0]) as ctx:
            use_cases.decide(ctx, breach.id, "notify", reasons="It is likely.", assessment=1)

        ends = together(house, [(each, _tells(breach)) for each in people])

        assert set(ends) <= {"done", "StaleForm"}
        stages = [row.number for row in every(house, NotificationStage) if row.data_breach_id == breach.id]
        assert sorted(stages) == list(range(1, ends.count("done") + 1))
    assert len(every(house, BreachAssessment)) == ROUNDS


def _decides(breach: DataBreach, decision: str) -> Act:
    return lambda ctx: use_cases.decide(ctx, breach.id, decision, reasons="Because.", assessment=1)


def _assesses(breach: DataBreach) -> Act:
    return lambda ctx: use_cases.assess(ctx, breach.id, known(Risk.HIGH), assessment=1)


def _tells(breach: DataBreach) -> Act:
    def tell(ctx: Context) -> object:
        return use_cases.tell_regulator(ctx, breach.id, Told(at=ctx.now(), more_to_follow=True), assessment=1)

    return tell
