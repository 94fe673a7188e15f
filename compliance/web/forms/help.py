"""What people fill in to ask for help, and what the hub does about it (GOV-6)."""

from __future__ import annotations

from compliance.governance.support.rules import Matter

from .fields import Day, Line, OneOf, OneOfMany, Prose
from .plain import Needed, PlainForm
from .register import Question

MATTERS = {
    Matter.LOCAL_IT: "Local IT of their organisation",
    Matter.THIS_SERVICE: "This service, or the hub",
    Matter.SUPPLIER: "The case system’s supplier",
}

_NO_NAMES = "Do not name a victim, child or perpetrator, nor a case."


class HelpQuestion(Question):
    search = Line("Search by number, person or organisation")
    which = OneOfMany("Which requests?")


class Ask(PlainForm):
    about = OneOf("What is it about?", [Needed("Choose what it is about.")])
    words = Prose(
        "What happens?",
        [Needed("Say what happens.")],
        description=f"What you did, what you saw, and since when. {_NO_NAMES}",
    )


class LogCall(Ask):
    """What somebody asked for by telephone or letter."""

    who = Line("Who asked?", [Needed("Enter who asked.")], description="Their name, as they gave it.")
    organisation_id = OneOfMany("For which organisation?")
    verified_by = OneOf("How was it seen that it was them?", [Needed("Choose how it was seen.")])


class Sort(PlainForm):
    matter = OneOf("Whose matter is it?", [Needed("Choose whose matter it is.")], choices=list(MATTERS.items()))


class PassOn(PlainForm):
    ticket = Line(
        "What does the supplier call it?",
        [Needed("Enter the supplier’s ticket.")],
        description="Report it in the supplier’s system first. Then enter the number of the ticket that it gave you.",
    )


class EndHelp(PlainForm):
    outcome = Prose(
        "What came of it?",
        [Needed("Say what came of it.")],
        description=f"Whoever asked here reads it. {_NO_NAMES}",
    )


class NameContact(PlainForm):
    person_id = OneOfMany("Who?", [Needed("Choose a member of the hub.")])
    ends_on = Day(
        "Last day",
        description="For cover, such as during a leave. Leave empty if you do not know one. For example, 27 3 2027.",
    )


class EndContact(PlainForm):
    """Nothing is filled in: somebody is no support contact any more."""
