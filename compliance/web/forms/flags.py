"""What people fill in to report a concern about access, and to review what was raised (AUD-6, AUD-7)."""

from __future__ import annotations

from wtforms import HiddenField

from compliance.accesses.flags.rules import REASONS, Step

from .fields import Line, OneOf, OneOfMany, Prose
from .plain import Needed, PlainForm
from .register import Question

FINDS = {
    Step.EXPLAIN: "It is explained: there was a reason",
    Step.FIND_BREACH: "It is a breach: there was no good reason",
}


class FlagQuestion(Question):
    search = Line("Search by person, organisation, reviewer or case reference")
    which = OneOfMany("Which flags?")
    raised_by = OneOfMany("Raised by", name="rule")


class Concern(PlainForm):
    person = Line(
        "Whose access are you worried about?",
        description="Their work e-mail address if you know it, else their name. Leave empty if you do not know.",
    )
    reference = Line(
        "Which case?",
        description="Only the case reference, such as MC-1042. Do not name a victim, child or perpetrator.",
    )
    when = Line("When was it?", description="As well as you know: for example, last Tuesday afternoon.")
    words = Prose(
        "What worries you?",
        [Needed("Say what worries you.")],
        description="What you saw or heard, in your own words. Do not name a victim, child or perpetrator.",
    )


class Review(PlainForm):
    accesses = HiddenField()
    step = OneOf("What did you find?", [Needed("Choose what you found.")], choices=list(FINDS.items()))
    reason = OneOfMany("Why?", [Needed("Choose the reason.")])
    words = Prose(
        "What did you find out, and from whom?",
        [Needed("Say what you found out.")],
        description="Kept sealed, and read only by those who may see this flag. Do not name a victim, child or perpetrator.",
    )

    @staticmethod
    def reasons(said: dict[str, str]) -> list[tuple[str, str]]:
        """Every reason once, those that explain first; which goes with which finding the use case decides."""
        every = dict.fromkeys(reason.value for reasons in REASONS.values() for reason in reasons)
        return [("", "Choose one"), *((code, said[code]) for code in every)]


class HandOver(PlainForm):
    reviewer = OneOfMany("Who reviews it from now on?", [Needed("Choose somebody.")])
