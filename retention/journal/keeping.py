"""Keeping the journal and the store at one: what the log says is written down, and what the store forgot is done again.

The journal's last line is either in the log, and then all of them are, or it is not: then the store was turned back,
and every line after the last one that the log has was forgotten. What is done again goes into the journal with its new
entries, so that a start after that finds the two agreed. Every thing is done in a transaction of its own, and what is
done is not done twice: who is killed in the middle begins anew and ends where they would have (RET-12).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.kernel.context import Context, House, worker
from compliance.kernel.errors import Refusal
from compliance.kernel.jobs import Stopping
from compliance.kernel.secrets import KeyRing

from . import copied, disposed
from .doing import Done, Forgotten, Way
from .events import DoneAgain, RestoreSettled
from .folder import Folder
from .lines import Line

log = structlog.get_logger("compliance.journal")

ACTOR = worker("after-restore")
LAST = frozenset({"organisation.withdrew"})
"""What is done again after everything else, for it sees to what the others have left."""


@dataclass(frozen=True)
class Kept:
    """What came of it: how many lines were added, how many the store had forgotten, and how each was done again."""

    added: int = 0
    forgotten: int = 0
    exactly: int = 0
    denied: int = 0
    to_look: int = 0


def folder_of(house: House) -> Folder | None:
    """The journal; None where none is configured."""
    path = house.settings.journal
    return Folder(path, house.the(KeyRing)) if path is not None else None


def keep(
    house: House,
    *,
    then: Callable[[House], None] = lambda house: None,
    stopping: Stopping | None = None,
    most: int | None = None,
) -> Kept:
    """Bring the journal up to the log, and, where the store was turned back, do again what it forgot, before that.

    `then` is called once all of that is done and before it is said to be. Raises Broken, OutOfReach, and what the store
    raises; then nothing may be served. `most` entries are added, and some more, where it is given: the others are the next time's.
    """
    folder = folder_of(house)
    if folder is None:
        return Kept()
    with folder.turn():
        known, forgotten = _compared(house, folder)
        settled = _done_again(house, forgotten, then) if forgotten else Kept()
        added = _brought_up(house, folder, known.number if known else -1, stopping or Stopping(), most)
    return Kept(added, settled.forgotten, settled.exactly, settled.denied, settled.to_look)


def _compared(house: House, folder: Folder) -> tuple[Line | None, list[Line]]:
    """The last line that the log has, and those after it, in their order."""
    folder.last()
    forgotten: list[Line] = []
    with house.engine.connect() as connection:
        for line in folder.backwards():
            if copied.is_known(connection, line):
                return line, forgotten[::-1]
            forgotten.append(line)
    return None, forgotten[::-1]


def _brought_up(house: House, folder: Folder, number: int, stopping: Stopping, most: int | None) -> int:
    """Add what the log says after this entry; how many lines that were."""
    ring, added = house.the(KeyRing), 0
    while not stopping.told and (most is None or added < most):
        last, mark = folder.last()
        with house.engine.connect() as connection:
            found = copied.since(connection, ring, number, (last.place if last else 0) + 1)
        if not found:
            return added
        folder.add(found, after=mark)
        number, added = found[-1].number, added + len(found)
    return added


def _done_again(house: House, forgotten: list[Line], then: Callable[[House], None]) -> Kept:
    log.warning("the store was turned back", first=forgotten[0].number, forgotten=len(forgotten))
    everything, ways = Forgotten(forgotten), Counter[Way]()
    for line in _in_order(forgotten):
        done = _one(house, line, everything)
        if done is not None:
            ways[done.way] += 1
    with house.work(ACTOR) as ctx:
        disposed.call_off_what_waits(ctx)
    then(house)
    kept = Kept(0, len(forgotten), ways[Way.EXACTLY], ways[Way.DENIED], ways[Way.TO_LOOK])
    with house.work(ACTOR) as ctx:
        record(
            ctx,
            RestoreSettled(
                subject=ctx.new_id(), first=min(line.number for line in forgotten), forgotten=kept.forgotten,
                done=kept.exactly + kept.denied, denied=kept.denied, to_look=kept.to_look,
            ),
        )  # fmt: skip
    return kept


def _one(house: House, line: Line, everything: Forgotten) -> Done | None:
    """Do one thing again; what cannot be done as the store stands is said to be for a person to do."""
    try:
        with house.work(ACTOR) as ctx:
            done = copied.again()[line.event](ctx, line, everything)
            if done is not None:
                _say(ctx, line, done)
            return done
    except (Refusal, IntegrityError, LookupError, ValueError) as problem:
        log.error("not done again", entry=line.number, what=line.event, problem=type(problem).__name__)
    with house.work(ACTOR) as ctx:
        _say(ctx, line, Done(Way.TO_LOOK))
    return Done(Way.TO_LOOK)


def _say(ctx: Context, line: Line, done: Done) -> None:
    record(
        ctx,
        DoneAgain(
            subject=line.thing, what=line.event, kind=done.way.value, entry=line.number, mark=line.hash,
            things=done.things, reference=line.reference, organisation=line.organisation_id,
        ),
    )  # fmt: skip


def _in_order(forgotten: Iterable[Line]) -> list[Line]:
    """What is to be done again, in the order in which it happened, without what was taken back since."""
    left: list[Line] = []
    again = copied.again()
    for line in forgotten:
        if line.event in copied.TAKEN_BACK:
            taken = copied.TAKEN_BACK[line.event]
            left = [each for each in left if not (each.event in taken and each.subject == line.subject)]
        if line.event in again:
            left.append(line)
    return sorted(left, key=lambda line: line.event in LAST)
