"""How the log is asked."""

from __future__ import annotations

from .fields import Day, Line, OneOfMany
from .register import Question


class LogQuestion(Question):
    who = Line("Person", description="Name or e-mail address")
    organisation = OneOfMany("Organisation")
    event = OneOfMany("What happened")
    outcome = OneOfMany("Outcome")
    reference = Line("Reference", description="As the case system gave it")
    since = Day("From")
    until = Day("To")
