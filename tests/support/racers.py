"""Approvers in threads of several processes, who all begin at the same moment, round after round."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier
from threading import Thread
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from compliance.app import furnished, house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import Actor, Context, Holding, House, Origin
from compliance.kernel.db import WRITES
from compliance.kernel.errors import Refusal
from compliance.kernel.settings import Settings
from compliance.licences.models import Licence
from compliance.licences.rules import HOLDS_A_SEAT, Status

PROCESSES = 2
_PATIENCE = 120

Attempt = Callable[[Context, UUID], object]
"""How one of them tries to give a licence."""


@dataclass
class Rounds:
    """What came of it: seats taken after each round, how often somebody got one, and how the others were refused."""

    taken: list[int] = field(default_factory=list)
    done: int = 0
    refused: dict[str, int] = field(default_factory=dict)


def race(settings: Settings, at: datetime, licences: Sequence[UUID], attempt: Attempt, *, rounds: int) -> Rounds:
    """Let one approver for each of these licences race for as many rounds; after each, what was taken is free again."""
    # Forked, since a thousand rounds cost less than what each process would import. Whoever calls this has let go of
    # the store first: each process opens it anew.
    fork = multiprocessing.get_context("fork")
    together, told = fork.Barrier(len(licences)), fork.Queue()
    shares = [licences[number::PROCESSES] for number in range(PROCESSES)]
    processes = [
        fork.Process(target=_approvers, args=(settings, at, share, attempt, rounds, together, told, not number))
        for number, share in enumerate(shares)
    ]
    for process in processes:
        process.start()
    whole = Rounds()
    for _ in licences:
        taken, done, refused = told.get(timeout=_PATIENCE * 5)
        whole.taken += taken
        whole.done += done
        for name, times in refused.items():
            whole.refused[name] = whole.refused.get(name, 0) + times
    for process in processes:
        process.join(timeout=_PATIENCE)
    return whole


def _approvers(
    settings: Settings, at: datetime, licences: Sequence[UUID], attempt: Attempt, rounds: int,
    together: Barrier, told: Any, judges: bool,
) -> None:  # fmt: skip
    house = house_of(furnished(settings, FixedClock(at)))
    threads = [
        Thread(target=_approver, args=(house, licence, attempt, rounds, together, told, judges and not number))
        for number, licence in enumerate(licences)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house.engine.dispose()


def _approver(
    house: House, licence: UUID, attempt: Attempt, rounds: int, together: Barrier, told: Any, judges: bool
) -> None:
    who = Actor("person", str(UUID(int=licence.int ^ 1)), None, frozenset({Holding("hub_manager")}), hub_team=True)
    origin = Origin(fresh_until=house.clock.now() + timedelta(minutes=5))
    taken: list[int] = []
    done = 0
    refused: dict[str, int] = {}
    try:
        for _ in range(rounds):
            together.wait(_PATIENCE)
            try:
                with house.work(who, origin) as ctx:
                    attempt(ctx, licence)
                done += 1
            except Refusal as refusal:
                refused[type(refusal).__name__] = refused.get(type(refusal).__name__, 0) + 1
            together.wait(_PATIENCE)
            if judges:
                taken.append(_taken_and_freed(house))
    except Exception as problem:
        together.abort()
        refused[repr(problem)[:200]] = 1
        raise
    finally:
        told.put((taken, done, refused))


def _taken_and_freed(house: House) -> int:
    """How many seats are taken; and all of them are free again, past the use cases, as nobody but a test could."""
    holds = Licence.status.in_(HOLDS_A_SEAT)
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        counted = store.execute(select(func.count()).select_from(Licence).where(holds)).scalar_one()
        store.execute(
            update(Licence.__table__)  # type: ignore[arg-type]
            .where(holds)
            .values(status=Status.REQUESTED, activated_at=None, decided_at=None, decided_by=None)
        )
    return counted
