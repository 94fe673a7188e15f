"""The doors that are tried: each a question to the case system, and the mood the service is in when it asks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .moods import ENDS, HONEST, MOODS, REFUSES

MANY = 1_000
"""Doors that have to stay shut, unless told otherwise."""

CONTROL = 20
"""Doors that have to open, as the service permits it: a case system that never opens proves nothing."""

_WAYS = (("case.view", "case"), ("case.list", "case"), ("minutes.download", "minutes"), ("action.update", "action"))


@dataclass(frozen=True)
class Door:
    """What a person wants to do to what; the service's mood; and whether the door may open."""

    person: str
    action: str
    type: str
    reference: str
    mood: str
    may_open: bool = False


def doors(many: int = MANY) -> Iterator[Door]:
    """So many that have to stay shut, in every mood by turns, with those that have to open among them."""
    shut = [mood for mood in MOODS if mood not in (HONEST, ENDS)]
    # The moods that are waited for take their seconds: each comes up less often than those that answer at once.
    slow = {"says nothing", "says yes too late", "says yes a byte at a time"}
    quick = [mood for mood in shut if mood not in slow]
    every = max(1, many // CONTROL)
    for number in range(many):
        if number % every == 0:
            yield _door(number, HONEST, may_open=True)
        mood = sorted(slow)[number // 100 % len(slow)] if number % 100 == 50 else quick[number % len(quick)]
        yield _door(number, mood)
    yield _door(many, REFUSES)


def ending() -> Door:
    """The door that is opened for a second, and has to be shut when that is over."""
    return _door(10**6, ENDS, may_open=True)


def _door(number: int, mood: str, *, may_open: bool = False) -> Door:
    action, type_ = _WAYS[number % len(_WAYS)]
    return Door(
        f"person-{number % 7}@kit.example", action, type_, f"KIT-{'OPEN-' if may_open else ''}{number}", mood, may_open
    )
