"""A week of turns, and who has the turn at an instant (LIC-6): values in, values out.

A turn is a weekday and two times that clocks in London show. On the two nights on which they change:

- a time in the hour that is left out in March comes at the instant of the change, so a turn that lies wholly in
  that hour is left out with it;
- a time in the hour that comes twice in October comes the first time it is shown, and not again: whoever has the
  turn when that hour begins to repeat keeps it for the whole of its second showing.

So every boundary happens once, in the order of the timetable, and nobody is ever let in beside another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from uuid import UUID

from compliance.kernel.clock import LONDON, london_date, showing, start_of
from compliance.kernel.errors import FieldError
from compliance.licences.rules import Status, Suspension

DAY = 1440
"""The minutes of a day as clocks show them: 24:00 is the end of the day, whatever its length."""

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

MOST_TURNS = 100
"""Turns of one week: beyond this it is no timetable that people keep in their heads."""

_FARTHEST = 15
"""Days in which every timetable that changes at all has changed: two weeks, one of which may lose a turn in March."""


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """One turn of the week: Monday is 0; `begins` and `ends` are minutes of the London day, the end exclusive."""

    weekday: int
    begins: int
    ends: int
    licence_id: UUID


@lru_cache(maxsize=16384)
def instant_of(day: date, minute: int) -> datetime:
    """The instant at which this minute of the London day comes, by the rule at the head of this module."""
    # The first minute from here on that clocks show at all: in March's missing hour, the one they jump to.
    for each in range(minute, DAY):
        shown = showing(day, time(each // 60, each % 60))
        if shown:
            return shown[0]
    return start_of(day + timedelta(days=1))


def turn_at(turns: Iterable[Turn], instant: datetime) -> Turn | None:
    """Whose turn it is at this instant; None where it is nobody's."""
    day = london_date(instant)
    for turn in turns:
        if turn.weekday == day.weekday() and _spans(turn, day, instant):
            return turn
    return None


def next_change(turns: Sequence[Turn], instant: datetime) -> datetime | None:
    """The next instant at which the seat is somebody else's, or nobody's, or somebody's again; None where never."""
    now = _holder(turns, instant)
    day = london_date(instant)
    for later in range(_FARTHEST):
        of_day = day + timedelta(days=later)
        for at in _boundaries(turns, of_day):
            if at > instant and _holder(turns, at) != now:
                return at
    return None


def next_turn(turns: Sequence[Turn], instant: datetime) -> tuple[datetime, Turn] | None:
    """When the next turn that is another person's than the present one begins, and which; None where there is none."""
    now = _holder(turns, instant)
    day = london_date(instant)
    for later in range(_FARTHEST):
        for at in _boundaries(turns, day + timedelta(days=later)):
            turn = turn_at(turns, at) if at > instant else None
            if turn is not None and turn.licence_id != now:
                return at, turn
    return None


def opens(status: str, suspension: str | None, turns: Sequence[Turn] | None, instant: datetime) -> bool:
    """Whether a licence in this state can be used now; `turns` are its own on its rota, None where it is in none.

    The timetable decides and not the row, which follows a moment later. A rest for any other reason than the
    rota stays a rest, and nobody else is let in meanwhile (LIC-3, LIC-6).
    """
    if turns is None:
        return status == Status.ACTIVE
    return by_turns(status, suspension) and turn_at(turns, instant) is not None


def by_turns(status: str, suspension: str | None) -> bool:
    """Whether nothing but the timetable decides if a licence that is in a rota can be used."""
    return status == Status.ACTIVE or (status == Status.SUSPENDED and suspension == Suspension.ROTA)


def problems(turns: Sequence[Turn]) -> list[FieldError]:
    """What is wrong with a timetable, each at the turn it is about, as `/turns/<number>/<member>`."""
    found = [error for number, turn in enumerate(turns) for error in _wrong(number, turn)]
    if not turns:
        found.append(FieldError("/turns", "Enter at least one turn: a rota with nobody in it shares nothing."))
    if len(turns) > MOST_TURNS:
        found.append(FieldError("/turns", f"Enter {MOST_TURNS} turns or fewer."))
    if found:
        return found
    in_order = sorted(enumerate(turns), key=lambda each: (each[1].weekday, each[1].begins, each[0]))
    for (_, before), (number, turn) in pairwise(in_order):
        if turn.weekday == before.weekday and turn.begins < before.ends:
            says = (
                f"This turn overlaps another on {DAYS[turn.weekday]}, {span(before.begins, before.ends)}. "
                "One person at a time has the seat."
            )
            found.append(FieldError(f"/turns/{number}/begins", says))
    return found


def said(turns: Iterable[Turn]) -> str:
    """Turns as people read them: *Monday, Wednesday 9am to 5pm; Friday 9am to midday*."""
    by_time: dict[tuple[int, int], list[int]] = {}
    for turn in sorted(turns):
        by_time.setdefault((turn.begins, turn.ends), []).append(turn.weekday)
    return "; ".join(
        f"{', '.join(DAYS[weekday] for weekday in weekdays)} {span(*times)}"
        for times, weekdays in sorted(by_time.items(), key=lambda each: (each[1], each[0]))
    )


def span(begins: int, ends: int) -> str:
    """From when to when in the day: *9am to 5pm*, *all day*."""
    return "all day" if (begins, ends) == (0, DAY) else f"{clock(begins)} to {clock(ends)}"


def clock(minute: int) -> str:
    """A minute of the day as people read it: *9am*, *1:30pm*, *midday*, *midnight*."""
    if minute in (0, DAY):
        return "midnight"
    if minute == DAY // 2:
        return "midday"
    hours, minutes = divmod(minute, 60)
    return f"{hours % 12 or 12}{f':{minutes:02}' if minutes else ''}{'am' if hours < 12 else 'pm'}"


def day_and_clock(instant: datetime) -> str:
    """An instant within a week as people read it: *Monday at 9am*."""
    there = instant.astimezone(LONDON)
    return f"{DAYS[there.weekday()]} at {clock(there.hour * 60 + there.minute)}"


def _spans(turn: Turn, day: date, instant: datetime) -> bool:
    return instant_of(day, turn.begins) <= instant < instant_of(day, turn.ends)


def _holder(turns: Iterable[Turn], instant: datetime) -> UUID | None:
    turn = turn_at(turns, instant)
    return turn.licence_id if turn is not None else None


def _boundaries(turns: Iterable[Turn], day: date) -> list[datetime]:
    today = [turn for turn in turns if turn.weekday == day.weekday()]
    return sorted({instant_of(day, minute) for turn in today for minute in (turn.begins, turn.ends)})


def _wrong(number: int, turn: Turn) -> list[FieldError]:
    found = []
    if not 0 <= turn.weekday < len(DAYS):
        found.append(FieldError(f"/turns/{number}/weekday", "Choose a day of the week."))
    if not 0 <= turn.begins < DAY:
        found.append(FieldError(f"/turns/{number}/begins", "Enter when it begins, between 00:00 and 23:59."))
    if not 0 < turn.ends <= DAY:
        found.append(FieldError(f"/turns/{number}/ends", "Enter when it ends, between 00:01 and 24:00."))
    if not found and turn.ends == turn.begins:
        found.append(FieldError(f"/turns/{number}/ends", "A turn lasts a while: enter an end after its beginning."))
    if not found and turn.ends < turn.begins:
        says = "Enter an end after the beginning. A turn past midnight is two turns: one to 24:00, one from 00:00."
        found.append(FieldError(f"/turns/{number}/ends", says))
    return found
