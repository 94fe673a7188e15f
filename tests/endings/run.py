"""Four workers are asked without pause while rights of every kind end; every answer is held to its ending (DEC-4)."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from audit.models import HEAD, LogHead, RightsChange
from compliance.app import furnished, house_of
from compliance.kernel.context import House
from compliance.kernel.settings import Settings
from tests.support.installation import Installation, await_ready

from .asking import Asked, Line, keep_asking, lines_to
from .judging import End, Judgement, judge
from .kinds import a_world
from .world import Ending, World

WORKERS = 4


@dataclass(frozen=True)
class Wanted:
    """How many endings, and how many decisions at the least around them; `seed` decides their order."""

    endings: int
    decisions: int
    seed: int = 8


@dataclass(frozen=True)
class Outcome:
    """What was found, in how many seconds of asking, by how many workers."""

    judgement: Judgement
    seconds: float
    workers: int


def run(
    directory: Path, database_url: str | None, wanted: Wanted, say: Callable[[str], None] = lambda _line: None
) -> Outcome:
    """Do it below this directory, on SQLite or on the migrated database named."""
    installation = Installation(directory, database_url=database_url)
    installation.does("keys", "create")
    installation.does("db", "upgrade")
    house = house_of(furnished(Settings.from_environment(installation.environment)))
    world = a_world(house, wanted.endings)
    random.Random(wanted.seed).shuffle(world.endings)
    _oldest_first(world)
    say(f"{len(world.asked)} askings, {len(world.endings)} endings")
    # Without the scheduler: its jobs would end rights of their own accord, at instants that nobody here knows.
    with installation._running("serve", "--port", str(installation.port), "--workers", str(WORKERS)):
        await_ready(installation.base_url)
        lines = lines_to(installation.port, WORKERS)
        asked = Asked(world)
        began = time.monotonic()
        ends = _end_them(asked, lines, wanted, say)
        seconds = time.monotonic() - began
        found = judge(asked.answers, _numbered(house, ends))
    house.engine.dispose()
    return Outcome(found, seconds, len(lines))


def _end_them(
    asked: Asked, lines: list[Line], wanted: Wanted, say: Callable[[str], None]
) -> list[tuple[Ending, int, float, float]]:
    """Carry every ending out, and ask each worker about it at once; the others ask all the while."""
    others = lines_to(int(lines[0].connection.port), len(lines))
    askers = [threading.Thread(target=keep_asking, args=(asked, line, seed)) for seed, line in enumerate(others)]
    for asker in askers:
        asker.start()
    done, said = [], time.monotonic()
    try:
        for turn, ending in enumerate(asked.world.endings):
            share = wanted.decisions / len(asked.world.endings)
            asked.turn, asked.enough = turn, share * (turn + 1)
            while asked.decisions < share * turn and not asked.problems:
                time.sleep(0.002)
            begun = time.time()
            at = ending.act()
            ended = time.time()
            version = _version(asked.world.house)
            done.append((ending, -1 if at else version, at or begun, at or ended))
            for line in lines:
                asked.one(line, random.Random(turn).choice(ending.slots))
            if asked.problems:
                break
            if time.monotonic() > said + 2:
                said = time.monotonic()
                say(f"{turn + 1} endings, {asked.decisions:,} decisions")
        asked.enough = wanted.decisions
        while asked.decisions < wanted.decisions and not asked.problems:
            time.sleep(0.01)
    finally:
        asked.over.set()
        for asker in askers:
            asker.join()
        for line in (*lines, *others):
            line.connection.close()
    if asked.problems:
        raise asked.problems[0]
    return done


def _oldest_first(world: World) -> None:
    """Let each change of the policy end one password's life: the oldest is the first, in the places they were given."""
    places = [number for number, each in enumerate(world.endings) if each.kind == "policy changed"]
    in_turn = sorted((world.endings[number] for number in places), key=lambda each: each.slots)
    for number, each in zip(places, in_turn, strict=True):
        world.endings[number] = each


def _version(house: House) -> int:
    with house.engine.connect() as connection:
        return int(connection.execute(select(LogHead.state_version).where(LogHead.id == HEAD)).scalar_one())


def _numbered(house: House, done: list[tuple[Ending, int, float, float]]) -> dict[int, End]:
    """By slot, each ending with the number of its entry: the one by which the state of rights became what it left behind."""
    wanted = select(RightsChange.state_version, func.min(RightsChange.entry)).group_by(RightsChange.state_version)
    with house.engine.connect() as connection:
        entries = {row[0]: row[1] for row in connection.execute(wanted)}
    ends: dict[int, End] = {}
    for ending, version, begun, ended in done:
        one = End(ending.kind, entries.get(version), begun, ended)
        ends |= dict.fromkeys(ending.slots, one)
    return ends
