"""What people fill in to have a report counted, and to find one that was issued (GOV-1, GOV-4)."""

from __future__ import annotations

from .fields import Line, OneOfMany
from .plain import PlainForm
from .register import Question


class ReportQuestion(Question):
    kind = OneOfMany("Report")


class Count(Question):
    kind = OneOfMany("Report")
    period = Line("Period", description="A quarter such as 2026Q4, a half year such as 2026H2, or a year such as 2026.")


class Issue(PlainForm):
    """Issue what was counted: nothing is filled in."""
