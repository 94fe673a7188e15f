"""What people fill in to leave: the letter, when, and that they have seen what ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from typing import Any

from wtforms import HiddenField, StringField
from wtforms.utils import unset_value

from .fields import Day, Line, OneOf, OneOfMany, Paper, Prose, Several, Tick
from .fields import Line as TextInput
from .plain import Needed, PlainForm
from .register import Question

_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>am|pm)?", re.IGNORECASE)


class TimeOfDay(StringField):
    """A time by the clock in London: `9am`, `1:30pm` or `13:30`; nonsense is kept as typed and said to be nonsense."""

    widget = TextInput.widget

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Sequence[Any] | None = None) -> None:
        super().process(formdata, data, extra_filters)
        typed = (self.data or "").strip() if isinstance(self.data, str) else ""
        self.at = _read(typed)
        if typed and self.at is None:
            self.process_errors = [*self.process_errors, "Enter a time of day, such as 9am or 17:30."]


class Withdraw(PlainForm):
    instruments = Several(
        "What does the organisation withdraw from?", [Needed("Choose what the organisation withdraws from.")]
    )
    letter = Paper("Letter to the MARAC manager", description="PDF, DOCX, PNG or JPEG, at most 10 MB.")
    letter_on = Day("Date of the letter", [Needed("Enter the date of the letter.")])
    reasons = Prose(
        "Reasons given in the letter",
        [Needed("Give the reasons, as the letter states them.")],
        description="Do not name a victim or a case.",
    )
    acknowledged_by = Line(
        "Who acknowledges the duties that stay?",
        description="Full name and role of the person in the organisation who acknowledges them. You can leave this "
        "empty and record it later.",
    )


class When(PlainForm):
    when = OneOf("When does it take effect?", [Needed("Choose whether it takes effect now or at a time.")])
    on = Day("Day it takes effect", description="For example, 3 12 2026.")
    at = TimeOfDay("Time it takes effect", description="UK time, such as 9am or 17:30.")
    which = OneOf("Which of the two?")


class Confirm(PlainForm):
    shown = HiddenField()
    understood = Tick("I have seen what ends, and for whom", [Needed("Confirm that you have seen what ends.")])


class Acknowledge(PlainForm):
    by = Line(
        "Who acknowledges them?",
        [Needed("Enter the full name and role of whoever acknowledges the duties.")],
        description="Full name and role in the organisation.",
    )


class CallOff(PlainForm):
    """Nothing to fill in: the button says it."""


class WithdrawalQuestion(Question):
    search = Line("Search by organisation or reason")
    state = OneOfMany("State")


def _read(typed: str) -> time | None:
    found = _CLOCK.fullmatch(typed)
    if found is None:
        return None
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), (found["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif found["minute"] is None:
        return None
    return time(hour, minute) if hour < 24 and minute < 60 else None
