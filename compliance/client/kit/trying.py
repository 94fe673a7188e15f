"""Knocking at a case system's own hook while its service misbehaves, and counting what opened."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field

from .doors import Door, ending
from .moods import HONEST, OFF
from .pretending import Pretender

HOOK_SECONDS = 60.0
AFTER_THE_END_SECONDS = 1.5


class NoHook(Exception):
    """The case system's hook does not answer as it has to; says how it should."""


@dataclass
class Result:
    """What came of it: how many doors were tried, which opened and must not have, which stayed shut though they were permitted."""

    tried: int = 0
    opened: list[Door] = field(default_factory=list)
    stayed_shut: list[Door] = field(default_factory=list)
    never_asked: int = 0

    @property
    def passed(self) -> bool:
        """Nothing opened that had to stay shut, and what was permitted opened."""
        return not self.opened and not self.stayed_shut


def try_doors(
    hook: str, pretender: Pretender, doors: Iterable[Door], tell: Callable[[int], None] = lambda _tried: None
) -> Result:
    """Knock at every door, one after another; `tell` is told how many were tried. Raises NoHook."""
    result = Result()
    for door in doors:
        _knock(hook, pretender, door, result)
        tell(result.tried)
    _ends(hook, pretender, result)
    return result


def _knock(hook: str, pretender: Pretender, door: Door, result: Result) -> None:
    pretender.mood = door.mood
    before = pretender.asked
    with pretender.off() if door.mood == OFF else nullcontext():
        opened = ask(hook, door)
    result.tried += 1
    if opened and not door.may_open:
        result.opened.append(door)
    if not opened and door.may_open:
        result.stayed_shut.append(door)
    if not opened and pretender.asked == before and door.mood != OFF:
        result.never_asked += 1


def _ends(hook: str, pretender: Pretender, result: Result) -> None:
    """A permit that was good for a second, and a service that is off when it is over."""
    door = ending()
    _knock(hook, pretender, door, result)
    time.sleep(AFTER_THE_END_SECONDS)
    late = Door(door.person, door.action, door.type, door.reference, "closes without a word")
    _knock(hook, pretender, late, result)
    pretender.mood = HONEST


def ask(hook: str, door: Door) -> bool:
    """Whether the case system opens this door now; raises NoHook."""
    body = {"person": door.person, "action": door.action, "type": door.type, "reference": door.reference}
    wanted = urllib.request.Request(  # noqa: S310 - the address is whoever's who runs the kit
        hook, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(wanted, timeout=HOOK_SECONDS) as reply:  # noqa: S310
            given = json.loads(reply.read())
    except (urllib.error.URLError, OSError, ValueError) as problem:
        raise NoHook(f"{hook} did not answer: {problem}") from None
    if not isinstance(given, dict) or not isinstance(given.get("opened"), bool):
        raise NoHook(f'{hook} has to answer {{"opened": true}} or {{"opened": false}}')
    opened: bool = given["opened"]
    return opened
