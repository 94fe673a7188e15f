"""How the log is asked."""

from __future__ import annotations

from .fields import Day, Line, OneOfMany
from .register import Question


class LogQuestion(Question):
    who = Line("Person (name or e-mail)")
    organisation = OneOfMany("Organisation")
    event = OneOfMany("What happened")
    outcome = OneOfMany("Outcome")
    reference = Line("Case or record reference")
    since = Day("From")
    until = Day("To")
