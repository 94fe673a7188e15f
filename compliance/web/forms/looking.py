"""What people fill in to find their way in the register of signatories, as it stands or as it was."""

from __future__ import annotations

from .fields import Day, Line, OneOf, OneOfMany
from .register import Question
from .withdrawing import TimeOfDay

THEN, NOW = "then", "now"


class RegisterQuestion(Question):
    search = Line("Search by name or signatory")
    sector = OneOfMany("Sector")
    area = OneOfMany("Area MARAC")
    state = OneOfMany("State")
    as_at = Day("Day", description="For example, 30 3 2025. The register as it was at the end of that day.")
    as_at_time = TimeOfDay("Time, if it matters", description="UK time, such as 9am or 17:30.")
    known = OneOf(
        "What counts?",
        choices=[
            (THEN, "What the register said then"),
            (NOW, "What is known today of what held then, with every correction since"),
        ],
        default=THEN,
    )


class ChallengeQuestion(Question):
    search = Line("Search by organisation or grounds")
    state = OneOfMany("State")
