"""What people fill in about complaints of how data is used (COM-9)."""

from __future__ import annotations

from compliance.complaints.data_protection.rules import Channel, Outcome, Progress

from .fields import Day, Line, OneOf, OneOfMany, Prose
from .plain import Needed, PlainForm
from .register import Question

CHANNELS = {
    Channel.LETTER: "By letter",
    Channel.EMAIL: "By e-mail",
    Channel.TELEPHONE: "By telephone",
    Channel.FORM: "By a form on a website",
    Channel.IN_PERSON: "In person",
    Channel.PASSED_ON: "Passed on by a partner",
}
PROGRESS = {
    Progress.ENQUIRY: "An enquiry was made",
    Progress.TOLD: "Whoever complained was told how it stands",
}
OUTCOMES = {
    Outcome.UPHELD: "Upheld: they were right",
    Outcome.PARTLY_UPHELD: "Upheld in part",
    Outcome.NOT_UPHELD: "Not upheld",
    Outcome.TAKEN_BACK: "They took it back",
    Outcome.PASSED_ON: "Passed on to whoever answers for that data",
}

_NO_NAMES = "Do not name a victim, child or perpetrator: give the case reference instead."


class DataComplaintQuestion(Question):
    search = Line("Search by number or organisation")
    which = OneOfMany("Which complaints?")
    organisation = OneOfMany("About")


class DataComplaint(PlainForm):
    received_on = Day(
        "When did it come?",
        [Needed("Enter the day on which it came.")],
        description="The day on which anybody of the partnership got it. The thirty days are counted from the day after.",
    )
    channel = OneOf("How did it come?", [Needed("Choose how it came.")], choices=list(CHANNELS.items()))
    organisation_id = OneOfMany("Which organisation is it about?")
    who = Prose(
        "Who complained, and how are they reached?",
        [Needed("Say who complained, or by which reference they are found.")],
        description=f"Kept sealed. {_NO_NAMES}",
    )
    words = Prose(
        "What do they complain about?",
        [Needed("Say what they complain about.")],
        description=f"In a few sentences. Kept sealed. {_NO_NAMES}",
    )


class Acknowledged(PlainForm):
    acknowledged_on = Day(
        "On which day were they told that it came?", [Needed("Enter the day on which they were told.")]
    )


class Noted(PlainForm):
    kind = OneOf("What was done?", [Needed("Choose what was done.")], choices=list(PROGRESS.items()))
    words = Prose(
        "What exactly?", [Needed("Say what was done.")], description=f"In a few sentences. Kept sealed. {_NO_NAMES}"
    )


class Answered(PlainForm):
    answered_on = Day(
        "On which day were they told what it came to?", [Needed("Enter the day on which they were told.")]
    )
    outcome = OneOf("What did it come to?", [Needed("Choose what it came to.")], choices=list(OUTCOMES.items()))
    words = Prose(
        "What were they told, and what is done about it?",
        [Needed("Say what they were told.")],
        description=f"Kept sealed. {_NO_NAMES}",
    )
