"""What people fill in to publish a version, to record a review, and to ask the lists beside them."""

from __future__ import annotations

from .fields import Day, Line, OneOf, OneOfMany, Paper, Prose
from .plain import Needed, PlainForm
from .register import Question

_YES_NO = [("yes", "Yes"), ("no", "No")]


class Publish(PlainForm):
    label = Line("Version", [Needed("Enter the number or name of the version.")], description="For example, 2 or 2.1.")
    file = Paper("The text of the version", [Needed("Choose the file.")], description="PDF or DOCX, at most 10 MB.")
    effective_on = Day(
        "Takes effect on", [Needed("Enter the day on which it takes effect.")], description="Today or later."
    )
    resign_by = Day(
        "To be signed by",
        description="The last day on which an earlier signature holds. Only a first version may have none.",
    )


class Review(PlainForm):
    held_on = Day("When was the review held?", [Needed("Enter the day on which it was held.")])
    useful = OneOf("Is the instrument useful?", [Needed("Choose whether it is useful.")], choices=_YES_NO)
    fit_for_purpose = OneOf(
        "Is it fit for its purpose?", [Needed("Choose whether it is fit for its purpose.")], choices=_YES_NO
    )
    issues = Prose(
        "Emerging issues",
        [Needed("Say what issues came up, or that there were none.")],
        description="Do not name a victim or a case. Write ‘None’ if there were none.",
    )
    decision = OneOf(
        "What does the review conclude?",
        [Needed("Choose whether it is extended or terminated.")],
        choices=[("extend", "Extend: it goes on"), ("terminate", "Terminate: it should end")],
    )
    reasons = Prose("Reasons", [Needed("Give the reasons.")])


class AssuranceQuestion(Question):
    search = Line("Search by name")
    sector = OneOfMany("Sector")
    state = OneOfMany("State")
