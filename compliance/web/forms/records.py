"""What people fill in to find records, and to hold them (RET-1, RET-6)."""

from __future__ import annotations

from wtforms import HiddenField

from retention.holds.rules import Reach

from .fields import Day, Line, OneOf, OneOfMany, Prose
from .plain import Needed, PlainForm
from .register import Question

REACHES = {
    Reach.RECORD: "One record",
    Reach.SUBJECT: "Every record about one person",
    Reach.ORGANISATION: "Every record of one organisation",
    Reach.KIND: "Every record of one kind",
}
_NO_NAMES = "Kept sealed. Do not name a victim, child or perpetrator."


class RecordQuestion(Question):
    search = Line("Search by reference or kind of record")
    which = OneOfMany("Which records?")
    group = OneOfMany("Group")
    organisation = OneOfMany("Organisation")
    due = OneOfMany("Next review")
    ends = OneOfMany("Minimum period ends")


class HoldQuestion(Question):
    search = Line("Search by what is held")
    which = OneOfMany("Which holds?")
    ground = OneOfMany("Ground")
    reach = OneOfMany("What it names")


class PlaceHold(PlainForm):
    ground = OneOf("Why is it to be kept?", [Needed("Choose the ground.")])
    reach = OneOf("What is held?", [Needed("Choose what is held.")], choices=list(REACHES.items()))
    value = Line(
        "Its reference, the reference of the person, or the kind",
        description="As the case system calls it. Leave empty for an organisation.",
    )
    organisation = OneOfMany("The organisation", description="Only where every record of one organisation is held.")
    reason = Prose("What for?", [Needed("Say what for.")], description=_NO_NAMES)
    review_on = Day(
        "When is it to be looked at again?", [Needed("Enter when it is to be looked at again.")],
        description="For example, 21 5 2027. It stays in force until somebody lifts it.",
    )  # fmt: skip
    counted = HiddenField()


class KeepHold(PlainForm):
    review_on = Day(
        "When is it to be looked at again?", [Needed("Enter when it is to be looked at again.")],
        description="For example, 21 5 2027.",
    )  # fmt: skip


class LiftHold(PlainForm):
    reason = Prose("Why?", [Needed("Say why.")], description=_NO_NAMES)
