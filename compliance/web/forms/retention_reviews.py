"""What people fill in about reviews of records (RET-4, RET-7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from flask import request
from wtforms import HiddenField

from policies.keeping import RetentionQuestion
from retention.reviews.rules import Answer, Decision, Trigger

from .fields import Day, Line, OneOf, OneOfMany, Prose, Several
from .plain import Needed, PlainForm
from .register import Question

TRIGGERS = {
    Trigger.NEW_INFORMATION: "New information came in",
    Trigger.REGROUP: "It may belong to another group",
    Trigger.SUBJECT_REQUEST: "Whom it is about asks for it",
    Trigger.AUTHORITY: "An authority, a court or a review asks for it",
}
DECISIONS = {
    Decision.RETAIN: "Retain it",
    Decision.REGROUP: "Retain it, in one more group",
    Decision.DISPOSE: "Propose its disposal: somebody else has to agree",
}
ANSWERS = {Answer.YES: "Yes", Answer.NO: "No", Answer.UNKNOWN: "Not known"}

TO_BE_CONFIRMED = "To be confirmed by the information governance officer."


class ReviewQuestion(Question):
    search = Line("Search by reference or kind of record")
    which = OneOfMany("Which reviews?")
    organisation = OneOfMany("Organisation")
    reviewer = OneOfMany("Reviewer")
    group = OneOfMany("Group")
    due = Day("Fell due up to", description="For example, 31 12 2026.")


class AskReview(PlainForm):
    reference = Line(
        "Which record?", [Needed("Enter the reference of the record.")], description="As the case system calls it."
    )
    trigger = OneOf(
        "Why is it to be reviewed?", [Needed("Choose why it is to be reviewed.")], choices=list(TRIGGERS.items())
    )


class HandReviewOver(PlainForm):
    reviewer = OneOfMany("Who decides it from now on?", [Needed("Choose somebody.")])


class Assessment(PlainForm):
    """The end of a review; the questions come before it, one field each (`assessing`)."""

    revision = HiddenField()
    decision = OneOf(
        "What does the review end in?", [Needed("Choose what the review ends in.")], choices=list(DECISIONS.items())
    )
    group = OneOfMany("Which group, if it goes into one more?")
    next_on = Day("Next review, if it is to be sooner than the rule says", description="Leave empty to go by the rule.")
    reason = Prose(
        "Why?",
        [Needed("Say why.")],
        description="Kept sealed. Do not name a victim, child or perpetrator.",
    )

    @property
    def answers(self) -> dict[str, str]:
        """What was answered, by the code of each question."""
        return {name.removeprefix(_BEFORE): field.data or "" for name, field in self._fields.items() if _is_one(name)}

    @property
    def questions(self) -> list[OneOf]:
        """The fields of the questions, in their order."""
        return [field for name, field in self._fields.items() if _is_one(name)]


class Together(Assessment):
    """The same for several reviews of like records."""

    reviews = Several("Which reviews?", [Needed("Choose at least one review.")])

    def offer(self, choices: list[tuple[str, str]]) -> None:
        """What can be chosen; what was sent and is open no more is said to be so when it is decided."""
        known = {value for value, _ in choices}
        sent = request.form.getlist("reviews") if request.method == "POST" else []
        self.reviews.choices = [*choices, *((value, value) for value in sent if value not in known)]


A = TypeVar("A", bound=Assessment)

_BEFORE = "answer_"


def _is_one(name: str) -> bool:
    return name.startswith(_BEFORE)


def assessing(kind: type[A], questions: Mapping[str, RetentionQuestion]) -> A:
    """A form of this kind that asks these questions, each with its mark until it is confirmed (RET-4)."""
    fields = {
        f"{_BEFORE}{code}": OneOf(
            each.asks,
            [Needed("Answer this question.")],
            choices=list(ANSWERS.items()),
            description="" if each.confirmed else TO_BE_CONFIRMED,
        )
        for code, each in questions.items()
    }
    form: A = type(kind.__name__, (kind,), fields)()
    form.group.choices = [("", "No other group"), ("1", "Group 1"), ("2", "Group 2"), ("3", "Group 3")]
    return form
