"""Two at once upon one breach: a step is never skipped, doubled or lost, and no licence is left resting (BRE-2, BRE-4).

Each race is run three hundred times on each store. A naive version, which looks at the breach without holding it, is
raced too, to show that the race would find it.
"""

from __future__ import annotations

from collections import Counter
from time import sleep
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select, update

from compliance.breaches import suspending
from compliance.breaches.models import Incident, IncidentStep
from compliance.breaches.rules import NEXT, Status, Step, after
from compliance.kernel.context import Context, House
from compliance.kernel.db import WRITES
from compliance.kernel.secrets import KeyRing
from tests.builders.breaches import Cast, a_cast, take
from tests.builders.identity import COMMAND, Acting
from tests.builders.licences import a_licence, again, an_organisation, rows_made, seats
from tests.support.together import Act, together

ROUNDS = 300


def standing(house: House, cast: Cast, status: Status, number: int) -> UUID:
    """A breach that stands here, as a row alone, so that a round costs no more than its race."""
    with house.work(COMMAND) as ctx:
        new_id, step_id, now = ctx.new_id(), ctx.new_id(), ctx.now()
        ring = ctx.the(KeyRing)
        row = Incident(
            id=new_id, year=2026, number=number, kind="victims_needs", status=status.value,
            organisation_id=cast.partner_id, reported_by="-", reported_at=now, aware_at=now,
            words=ring.seal(b"-", place=f"incidents.words:{new_id}"),
        )  # fmt: skip
        rows_made(ctx, row)
        ctx.session.flush()
        step = IncidentStep(
            id=step_id, incident_id=new_id, number=1, step="report", status=status.value, taken_by="-", taken_at=now,
            words=ring.seal(b"-", place=f"incident_steps.words:{step_id}"),
        )  # fmt: skip
        rows_made(ctx, step)
    return new_id


def steps_of(house: House, incident_id: UUID) -> list[IncidentStep]:
    with house.reading(COMMAND) as ctx:
        wanted = select(IncidentStep).where(IncidentStep.incident_id == incident_id)
        return list(ctx.session.scalars(wanted.order_by(IncidentStep.number)))


def taking(incident_id: UUID, step: Step, seen: Status) -> Act:
    return lambda ctx: take(ctx, incident_id, step, seen=seen.value)


def naively(incident_id: UUID, step: Step) -> Act:
    """As a step would be if it looked at the breach without holding it."""

    def go(ctx: Context) -> None:
        status = ctx.session.scalar(select(Incident.status).where(Incident.id == incident_id))
        now = after(Status(status or ""), step)
        sleep(0.2)
        values = {
            "id": uuid4(), "revision": 1, "incident_id": incident_id, "number": 10 + list(Step).index(step),
            "step": step.value, "status": now.value, "taken_by": "-", "taken_at": ctx.now(), "words": b"-",
        }  # fmt: skip
        with ctx.house.engine.execution_options(**{WRITES: True}).begin() as connection:
            connection.execute(insert(IncidentStep).values(**values))
            connection.execute(update(Incident).where(Incident.id == incident_id).values(status=now.value))

    return go


RACES: dict[str, tuple[Status, tuple[tuple[str, Step], ...]]] = {
    "two escalations": (
        Status.RAISED, (("coordinator", Step.ESCALATE_TO_MANAGER), ("manager", Step.ESCALATE_TO_MANAGER)),
    ),
    "escalate against resolve": (
        Status.ANSWERED, (("coordinator", Step.ESCALATE_TO_MANAGER), ("manager", Step.RESOLVE)),
    ),
    "escalate higher against resolve": (
        Status.WITH_MANAGER, (("manager", Step.ESCALATE_TO_STEERING), ("manager", Step.RESOLVE)),
    ),
    "answer against escalate": (
        Status.RAISED, (("partner", Step.ANSWER), ("coordinator", Step.ESCALATE_TO_MANAGER)),
    ),
    "two closings": (Status.WITH_STEERING, (("steering", Step.CLOSE), ("steering", Step.CLOSE))),
}  # fmt: skip
"""Where each race begins, and who does what at the same instant."""


@pytest.mark.rule("BRE-2")
@pytest.mark.parametrize("race", RACES)
def test_of_two_steps_at_once_each_follows_from_the_one_before(house: House, race: str) -> None:
    status, acts = RACES[race]
    cast = a_cast(house)
    seen: Counter[tuple[Step, ...]] = Counter()
    for number in range(ROUNDS):
        incident = standing(house, cast, status, number + 1)
        ends = together(house, [(_who(cast, who), taking(incident, step, status)) for who, step in acts])
        kept = steps_of(house, incident)
        taken = tuple(Step(row.step) for row in kept[1:])
        assert [row.number for row in kept] == list(range(1, len(kept) + 1)), race
        assert ends.count("done") == len(taken), (race, ends, taken)
        assert set(ends) <= {"done", "NoSuchStep", "MovedOn"}, ends
        assert len(taken) == 1, (race, taken)
        stands = status
        for step in taken:
            stands = NEXT[stands, step]
        with house.reading(COMMAND) as ctx:
            assert ctx.session.get_one(Incident, incident).status == stands
        seen[taken] += 1
    assert sum(seen.values()) == ROUNDS


@pytest.mark.rule("BRE-2")
def test_the_race_finds_steps_that_look_without_holding(house: House) -> None:
    cast = a_cast(house)
    incident = standing(house, cast, Status.ANSWERED, 1)
    acts = [
        (cast.coordinator, naively(incident, Step.ESCALATE_TO_MANAGER)),
        (cast.manager, naively(incident, Step.RESOLVE)),
    ]
    # Looking, on SQLite, takes no turn: both look before either writes.
    begun = [
        (who, act) if house.engine.dialect.name != "sqlite" else (who, _apart(house, who, act)) for who, act in acts
    ]
    assert together(house, begun) == ["done", "done"]
    assert len(steps_of(house, incident)) == 3, "resolved and taken to the manager at once"


@pytest.mark.rule("BRE-4")
def test_of_a_suspension_and_the_end_at_once_no_licence_is_left_resting(house: House) -> None:
    seats(house)
    cast = a_cast(house, an_organisation(house))
    licence = a_licence(house, cast.partner_id)
    seen: Counter[tuple[str, ...]] = Counter()
    for number in range(60):
        incident = standing(house, cast, Status.ANSWERED, number + 1)
        ends = together(house, [
            (cast.manager, lambda ctx, of=incident: suspending.suspend(ctx, of, licence.id)),
            (cast.coordinator, lambda ctx, of=incident: take(ctx, of, Step.RESOLVE)),
        ])  # fmt: skip
        seen[tuple(ends)] += 1
        with house.reading(COMMAND) as ctx:
            over = ctx.session.get_one(Incident, incident).status == "resolved"
        assert (again(house, licence.id).status == "active") is over, ends
        assert ends in (["done", "LicencesStillRest"], ["IncidentOver", "done"]), ends
        if not over:
            with house.work(*cast.coordinator) as ctx:
                take(ctx, incident, Step.RESOLVE, lift=True)
        assert again(house, licence.id).status == "active"
    assert sum(seen.values()) == 60


def _who(cast: Cast, name: str) -> Acting:
    found = getattr(cast, name)
    assert isinstance(found, Acting)
    return found


def _apart(house: House, who: Acting, act: Act) -> Act:
    """The same act in a look that begins no writing."""

    def go(_ctx: Context) -> None:
        with house.reading(*who) as looking:
            act(looking)

    return go
