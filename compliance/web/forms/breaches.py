"""What people fill in to report a breach, to take the next step, and to keep what was learned (BRE-1, BRE-2)."""

from __future__ import annotations

from wtforms import HiddenField

from compliance.breaches.rules import Kind, Lesson, Step

from .fields import Day, Line, OneOf, OneOfMany, Prose, Tick
from .plain import Needed, PlainForm
from .register import Question
from .withdrawing import TimeOfDay

KINDS = {
    Kind.DATA_BREACH: "Personal data was lost, changed, or seen by somebody it was not for",
    Kind.SECURITY_INCIDENT: "Something else threatened the case system’s security",
    Kind.FAILURE_TO_SHARE: "Information was not shared that should have been",
    Kind.LEGAL_REQUIREMENTS: "The law on sharing information was not kept to",
    Kind.VICTIMS_NEEDS: "A victim’s needs were ignored",
    Kind.RISK_ASSESSMENT: "A risk was assessed wrongly, or not at all",
}
"""Each kind as whoever reports it would say it (OP 6.6, 10.1)."""

NO_NAMES = "Do not name a victim, child or perpetrator: give the case reference instead."
_SEALED = f"In a few sentences. Kept sealed. {NO_NAMES}"


class BreachQuestion(Question):
    search = Line("Search by number, organisation or case reference")
    which = OneOfMany("Which breaches?")
    kind = OneOfMany("Kind")


class Report(PlainForm):
    kind = OneOf("What happened?", [Needed("Choose what happened.")], choices=list(KINDS.items()))
    words = Prose(
        "In your own words",
        [Needed("Say what happened.")],
        description=f"What happened, and what was done about it so far. {_SEALED}",
    )
    organisation = OneOfMany("Which organisation is it about?")
    reference = Line(
        "Which case?", description="Only the case reference, such as MC-1042. Leave empty if it is about none."
    )
    happened_on = Day("When did it happen?", description="Leave empty if you do not know.")
    happened_at = TimeOfDay("Time it happened", description="UK time, such as 9am or 17:30, if you know it.")
    aware_on = Day("When did you become aware of it?", description="Leave empty if it was just now.")
    aware_at = TimeOfDay(
        "Time you became aware", description="UK time. Without one, it counts from the beginning of that day."
    )
    draft = HiddenField()
    flag = HiddenField()


WORDS = {
    Step.RAISE: ("What do you ask of the partner?", "Ask the partner for what you need. They read this, and not the report itself."),
    Step.ANSWER: ("What did you find, and what have you done?", "The MARAC Hub Team reads this and decides how it goes on."),
    Step.ESCALATE_TO_MANAGER: ("Why is it not resolved?", "The MARAC manager and the partner read this."),
    Step.ESCALATE_TO_STEERING: ("Why is it not resolved?", "The steering group and the partner read this."),
    Step.RESOLVE: ("How was it resolved?", "The partner reads this."),
    Step.CLOSE: ("What came of it?", "The partner and the hub read this."),
}  # fmt: skip
"""What each step asks for, and who reads it."""


class NextStep(PlainForm):
    seen = HiddenField()
    organisation = OneOfMany("Which organisation is it raised with?")
    words = Prose("Words", [Needed("Say so in a few words.")])
    lift = Tick("Let the licences that rest because of it be used again")


class Suspend(PlainForm):
    licence = OneOfMany("Whose licence rests from now on?", [Needed("Choose a licence.")])


class Lessons(PlainForm):
    kind = OneOf(
        "What is it?",
        [Needed("Choose whether it is a lesson or an action.")],
        choices=[
            (Lesson.LESSON, "A lesson: something that was learned"),
            (Lesson.ACTION, "An action: something that somebody does by a day"),
        ],
    )
    words = Prose("In a few words", [Needed("Say what was learned, or what is to be done.")], description=_SEALED)
    owner = OneOfMany("Who does it?")
    due_on = Day("By when?", description="For an action: the last day, such as 14 12 2026.")


class Conduct(PlainForm):
    organisation = OneOfMany("Whose member of staff is it?", [Needed("Choose the organisation that they work for.")])
    reference = Line(
        "Their reference for it",
        [Needed("Enter the reference under which they deal with it.")],
        description="The reference alone, such as HR-2026-114. Neither a name nor anything of the file belongs here.",
    )
