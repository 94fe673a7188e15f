"""How the log is asked, and why whoever asks reads it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from compliance.kernel.clock import end_of, showing, start_of

from .fields import Day, Line, OneOf, OneOfMany
from .plain import Needed, PlainForm
from .register import Question
from .withdrawing import TimeOfDay


class LogQuestion(Question):
    who = Line("Person (name or e-mail)")
    organisation = OneOfMany("Organisation")
    event = OneOfMany("What happened")
    outcome = OneOfMany("Outcome")
    reference = Line("Case or record reference")
    address = Line("Network address")
    since = Day("From")
    since_at = TimeOfDay("From what time", description="UK time, such as 9am.")
    until = Day("To")
    until_at = TimeOfDay("To what time", description="UK time, such as 17:30.")

    def span(self) -> tuple[datetime | None, datetime | None] | None:
        """From when until when, the second exclusive; None where it cannot be said, and the form says why."""
        for name in ("since", "until"):
            if self._fields[f"{name}_at"].at is not None and self._fields[name].data is None:
                self.tell_at(name, "Enter the day too: a time alone could be any day’s.")
                return None
        since = _instant(self.since.data, self.since_at.at, last=False)
        until = _instant(self.until.data, self.until_at.at, last=True)
        for name, instant in (("since", since), ("until", until)):
            if instant is None and self._fields[name].data is not None:
                self.tell_at(f"{name}_at", "No clock showed this time on that day: the hour was left out.")
                return None
        return since, until


def _instant(day: date | None, at: time | None, *, last: bool) -> datetime | None:
    """The beginning of the day or of the minute, or the end of it; None for no day, and for a time that there was not."""
    if day is None:
        return None
    if at is None:
        return end_of(day) if last else start_of(day)
    shown = showing(day, at)
    if not shown:
        return None
    return shown[-1] + timedelta(minutes=1) if last else shown[0]


class Purpose(PlainForm):
    purpose = OneOf("Why do you read the audit log?", [Needed("Choose why you read the log.")])
    matter = Line(
        "Reference, if there is one",
        description="The number of the flag, complaint, breach or request, such as CMP-2026-014. Never a name.",
    )


class KeepSearch(PlainForm):
    name = Line("What do you call this search?", [Needed("Enter a name for the search.")])


class PersonQuestion(Question):
    who = Line("Person (name or e-mail)")
    day = Day("Day", description="Today, if you leave it empty.")


class DayQuestion(Question):
    day = Day("Another day")
    what = OneOfMany("What to show")


class CaseQuestion(Question):
    reference = Line("Case or record reference")
    search = Line("Search by person or organisation")
