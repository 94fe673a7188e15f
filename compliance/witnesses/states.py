"""What is known of each witness: what it took last, and what was the matter when it was last asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from policies.values import Policy

from .models import WitnessState
from .rules import PROVEN, Answer, is_due, is_late


@dataclass(frozen=True)
class State:
    """One witness as it was when it was last asked; `size` 0 where it has taken nothing so far."""

    witness: str
    size: int = 0
    taken_at: datetime | None = None
    tried_at: datetime | None = None
    problem: str | None = None


def of(connection: Connection, witnesses: Sequence[str]) -> list[State]:
    """What is known of these, in their order."""
    rows = connection.execute(select(WitnessState.__table__).where(WitnessState.witness.in_(witnesses)))
    known = {row.witness: State(**row._asdict()) for row in rows}
    return [known.get(witness, State(witness)) for witness in witnesses]


def late(house: House, states: Sequence[State]) -> list[State]:
    """Those of them that have taken nothing for too long."""
    allowed = timedelta(hours=house.the(Policy).audit.witness_late_hours)
    now = house.clock.now()
    return [each for each in states if is_late(each.witness, each.taken_at, each.tried_at, now, allowed=allowed)]


def contradicting(connection: Connection, witnesses: Sequence[str]) -> list[str]:
    """Those that have proven the log to be another than they saw."""
    proven = select(WitnessState.witness).where(
        WitnessState.witness.in_(witnesses), WitnessState.problem.in_(sorted(PROVEN))
    )
    return list(connection.execute(proven).scalars())


def claim(house: House, witness: str, every: timedelta) -> State | None:
    """Have this witness to oneself, if it is due to be asked: of several schedulers one gets it. Else None."""
    now = house.clock.now()
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        (state,) = of(connection, [witness])
        if not is_due(state.tried_at, state.problem, now, every=every):
            return None
        as_it_was = (
            WitnessState.tried_at.is_(None) if state.tried_at is None else WitnessState.tried_at == state.tried_at
        )
        ours = update(WitnessState).where(WitnessState.witness == witness, as_it_was).values(tried_at=now)
        if connection.execute(ours).rowcount:
            return state
    return state if state == State(witness) and _begin(house, witness, {"tried_at": now}) else None


def settle(house: House, answer: Answer) -> None:
    """Put down what came of asking; who was asked for nothing is asked again at the next look."""
    now = house.clock.now()
    values: dict[str, Any] = {"tried_at": now, "problem": answer.problem}
    if answer.took:
        values |= {"size": answer.size, "taken_at": now}
    elif answer.problem is None:
        values |= {"tried_at": None}
    put(house, answer.witness, values)


def put(house: House, witness: str, values: dict[str, Any]) -> None:
    """Put this down of a witness, whether anything was known of it or not."""
    moved = update(WitnessState).where(WitnessState.witness == witness).values(values)
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        if connection.execute(moved).rowcount:
            return
    if not _begin(house, witness, values):
        with house.engine.execution_options(**{WRITES: True}).begin() as connection:
            connection.execute(moved)


def _begin(house: House, witness: str, values: dict[str, Any]) -> bool:
    try:
        with house.engine.execution_options(**{WRITES: True}).begin() as connection:
            connection.execute(insert(WitnessState).values({"witness": witness, "size": 0} | values))
    except IntegrityError:
        return False
    return True
