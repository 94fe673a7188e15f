"""What people fill in about a rota: its name, and rows of day, from, to and person (LIC-6)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from compliance.kernel.errors import FieldError, Invalid, Refusal
from compliance.licences.rotas.rules import DAY, DAYS, MOST_TURNS, Turn, clock

from .fields import Line, OneOf, OneOfMany
from .plain import Needed, PlainForm

MEMBERS = ("weekday", "begins", "ends", "licence_id")
MORE = 4
"""Empty rows that are offered beyond those that are filled in."""

_NAMED = {"midday": DAY // 2, "noon": DAY // 2}
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(am|pm)?")


@dataclass(frozen=True)
class Choice:
    """Somebody who can be given a turn."""

    licence_id: UUID
    says: str


class Timetable(PlainForm):
    """A name and any number of rows, of which empty ones are passed over; made by `timetable`."""

    rows: int = 0
    name = Line(
        "Name of the rota",
        [Needed("Enter a name for the rota, such as the team that shares the seat.")],
        description="For example, Duty desk. Do not name a victim.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._row_of: list[int] = []
        super().__init__(*args, **kwargs)

    @property
    def lines(self) -> list[list[Any]]:
        """The fields of each row, in the order of `MEMBERS`."""
        return [[self[f"{member}_{row}"] for member in MEMBERS] for row in range(self.rows)]

    def fill(self, turns: Sequence[Turn]) -> None:
        """Show these turns."""
        for row, turn in enumerate(turns):
            shown = (str(turn.weekday), clock(turn.begins), clock(turn.ends), str(turn.licence_id))
            for member, value in zip(MEMBERS, shown, strict=True):
                self[f"{member}_{row}"].data = value

    def turns(self) -> list[Turn]:
        """The turns that were typed; raises Invalid with what cannot be understood, beside its row."""
        turns, problems = [], []
        self._row_of = []
        for row, line in enumerate(self.lines):
            if not any((field.data or "").strip() for field in line):
                continue
            values = [_understood(member, field.data or "") for member, field in zip(MEMBERS, line, strict=True)]
            wrong = [
                FieldError(f"/{member}_{row}", value)
                for member, value in zip(MEMBERS, values, strict=True)
                if isinstance(value, str)
            ]
            problems += wrong
            if not wrong:
                weekday, begins, ends, licence_id = values
                turns.append(Turn(weekday, begins, ends, licence_id))
                self._row_of.append(row)
        if problems:
            raise Invalid("Some rows cannot be understood.", fields=tuple(problems))
        return turns

    def tell(self, refusal: Refusal) -> None:
        """As any form, but that a turn's errors go to the row in which it was typed."""
        refusal.fields = tuple(FieldError(self._place(each.pointer), each.detail) for each in refusal.fields)
        super().tell(refusal)

    def _place(self, pointer: str) -> str:
        _, _, number, member = (*pointer.split("/"), "", "", "", "")[:4]
        return f"/{member}_{self._row_of[int(number)]}" if member and number.isdigit() else pointer


def timetable(rows: int, choices: Sequence[Choice]) -> Timetable:
    """A form with so many rows, in which each of these people can be given a turn."""
    rows = min(rows, MOST_TURNS + MORE)
    days = [("", "Choose a day"), *((str(number), name) for number, name in enumerate(DAYS))]
    people = [("", "Choose a person"), *((str(each.licence_id), each.says) for each in choices)]
    fields: dict[str, Any] = {"rows": rows}
    for row in range(rows):
        fields[f"weekday_{row}"] = OneOfMany("Day", choices=days)
        fields[f"begins_{row}"] = Line("From")
        fields[f"ends_{row}"] = Line("To")
        fields[f"licence_id_{row}"] = OneOfMany("Person", choices=people)
    made: Timetable = type("Timetable", (Timetable,), fields)()
    return made


class Ending(PlainForm):
    keeps = OneOf("Who keeps the seat?", [Needed("Choose who keeps the seat.")])


FATES = [("end", "It ends"), ("own_seat", "It goes on, with a free seat of its own")]
"""What becomes of a licence that leaves a rota; the second is the hub's to give."""


class LettingGo(PlainForm):
    then = OneOf(
        "What becomes of their licence?",
        [Needed("Choose what becomes of their licence.")],
        choices=FATES,
        default="end",
    )


def _understood(member: str, typed: str) -> Any:
    """What was typed as the turn has it; words for what to do where it cannot be understood."""
    text = typed.strip().lower().replace(" ", "")
    if member == "weekday":
        return int(text) if text else "Choose the day."
    if member == "licence_id":
        return UUID(text) if text else "Choose the person."
    minute = _minute(text, ending=member == "ends")
    if minute is None:
        return f"Enter when it {'begins' if member == 'begins' else 'ends'}, such as 9am, 17:30 or midnight."
    return minute


def _minute(text: str, *, ending: bool) -> int | None:
    if text == "midnight":
        return DAY if ending else 0
    if text in _NAMED:
        return _NAMED[text]
    found = _TIME.fullmatch(text)
    if found is None or not text.isascii():
        return None
    hours, minutes, half = int(found[1]), int(found[2] or 0), found[3]
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half == "pm" else 0)
    if minutes > 59 or hours * 60 + minutes > DAY:
        return None
    return hours * 60 + minutes
