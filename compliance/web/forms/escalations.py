"""What people fill in about organisations that do not take part (GOV-2)."""

from __future__ import annotations

from wtforms import HiddenField

from compliance.governance.escalations.rules import About, Level

from .fields import Day, Line, OneOf, OneOfMany, Prose
from .plain import Needed, PlainForm
from .register import Question

LEVELS = {Level.STEERING: "Steering group", Level.TACTICAL: "Tactical group", Level.EXECUTIVE: "Executive group"}
ABOUT = {
    About.ATTENDANCE: "Not at meetings",
    About.ACTIONS: "Actions not done",
    About.RESEARCH: "Research late or not done",
    About.REFERRALS: "Few or no referrals",
    About.OTHER: "Something else",
}

_NO_NAMES = "Do not name a victim, child or perpetrator, nor a case."


class EscalationQuestion(Question):
    search = Line("Search by number or organisation")
    which = OneOfMany("Which escalations?")
    level = OneOfMany("Before which group?")
    about = OneOfMany("About")


class Asks(PlainForm):
    asked = Prose(
        "What does the group ask?",
        [Needed("Say what the group asks.")],
        description=f"The organisation reads it here. {_NO_NAMES}",
    )
    of_whom = Line(
        "Of whom?",
        [Needed("Enter of whom it is asked.")],
        description="The person or the post that is to answer for the organisation.",
    )
    answer_by = Day("Answer by", description="A working day. Leave empty for the usual time.")


class Escalate(Asks):
    """What puts an organisation before the steering group: what happened, and what the group asks."""

    organisation_id = OneOfMany("Which organisation?", [Needed("Choose the organisation.")])
    about = OneOf("What is it about?", [Needed("Choose what it is about.")], choices=list(ABOUT.items()))
    grounds = Prose(
        "What happened?",
        [Needed("Say what happened.")],
        description=f"Figures and dates: which meetings, how many actions. The organisation reads it here. {_NO_NAMES}",
    )


class RaiseHigher(Asks):
    """What puts it before the group above; `level` is the group it stood before when the form was read."""

    level = HiddenField()


class Answer(PlainForm):
    level = HiddenField()
    words = Prose(
        "What does the organisation answer?",
        [Needed("Give the answer.")],
        description=f"The hub and the groups read it here. It cannot be changed afterwards. {_NO_NAMES}",
    )


class End(PlainForm):
    level = HiddenField()
    outcome = Prose(
        "What was agreed or decided?",
        [Needed("Say what was agreed or decided.")],
        description=f"The organisation reads it here. {_NO_NAMES}",
    )
