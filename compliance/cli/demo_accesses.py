"""The demo's ordinary weeks: what made-up people did in the case system, as it reported it (AUD-1).

Mostly office hours on cases of their own; now and then a late evening, a refusal, a download, and one disclosure
to a court. Told a month at a time at the most, since older events are not taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from random import Random

from compliance.accesses.reporting import use_cases as reporting
from compliance.accesses.reporting.rules import Kind, Outcome, Told
from compliance.kernel.clock import LONDON, london_date
from compliance.kernel.context import Actor, Holding, Origin

from .demo_stage import ADDRESS, Somebody, Stage

CASES = tuple(f"KM-2026-{number:04}" for number in range(401, 431))
IN_A_CALL = 500
_SATURDAY = 5
_MORNING, _EVENING = time(9, 5), time(20, 40)


def ordinary_weeks(stage: Stage, client_id: str, people: Sequence[Somebody], *, days: int) -> None:
    """The case system reports what these people did on the working days of so many days before now, today left out."""
    dice = Random(f"{len(people)} people, {days} days")  # noqa: S311 - the story is made up
    events = [event for person in people for event in _of(stage, person, days, dice)]
    program = Actor("client", client_id, holdings=frozenset({Holding("case_system")}))
    for begin in range(0, len(events), IN_A_CALL):
        with stage.house.work(program, Origin(ADDRESS)) as ctx:
            reporting.report(ctx, events[begin : begin + IN_A_CALL])


def _of(stage: Stage, person: Somebody, days: int, dice: Random) -> Iterator[Told]:
    own = dice.sample(CASES, 6)
    where = f"198.51.100.{dice.randrange(10, 250)}"
    for ago in range(days, 0, -1):
        day = london_date(stage.clock.now()) - timedelta(days=ago)
        if day.weekday() >= _SATURDAY or not dice.randrange(3):
            continue
        late = not dice.randrange(15)
        at = datetime.combine(day, _EVENING if late else _MORNING, LONDON) + timedelta(minutes=dice.randrange(12))
        name = f"{person.id.hex[:8]}-{day:%Y%m%d}"
        yield Told(f"{name}-0", Kind.SIGN_IN, person.email, at, action="case_system.use", address=where)
        for number in range(1, 2 if late else dice.randrange(2, 6)):
            at += timedelta(minutes=dice.randrange(3, 50))
            yield _one(f"{name}-{number}", person, at, dice.choice(own), where, dice)


def _one(name: str, person: Somebody, at: datetime, reference: str, where: str, dice: Random) -> Told:
    chance = dice.randrange(60)
    if chance == 0:
        return Told(name, Kind.DISCLOSURE, person.email, at, reference=reference, purpose="legal_proceedings",
                    recipient="The county court", address=where, involved=True)  # fmt: skip
    if chance < 3:
        return Told(name, Kind.VIEW, person.email, at, Outcome.REFUSED, "case.view", reference, address=where)
    if chance < 12:
        return Told(name, Kind.DOWNLOAD, person.email, at, Outcome.DONE, "minutes.download", reference, "meeting",
                    address=where, involved=True)  # fmt: skip
    purpose = dice.choice(("preparing", "meeting", "action"))
    return Told(name, Kind.VIEW, person.email, at, Outcome.DONE, "case.view", reference, purpose,
                address=where, involved=True)  # fmt: skip
