"""What people fill in about outages of the case system, and the passphrase of their packs (GOV-3)."""

from __future__ import annotations

from compliance.governance.outages.rules import Kind

from .fields import Day, Line, OneOf, OneOfMany, Prose, Tick
from .plain import Needed, PlainForm
from .withdrawing import TimeOfDay

KINDS = {Kind.REFERRAL: "A referral", Kind.RESEARCH: "Research", Kind.ACTION: "An action plan"}
_NO_NAMES = "Do not name a victim, child or perpetrator."


class Press(PlainForm):
    """A button: nothing is filled in."""


class Declare(PlainForm):
    what = Prose(
        "What is known of it?",
        [Needed("Say what is known.")],
        description=f"Everybody of the hub reads it here. {_NO_NAMES}",
    )
    day = Day("Expected back on", description="Leave empty where nobody can say.")
    clock = TimeOfDay("Expected back at", description="Such as 17:30.")


class Expect(PlainForm):
    day = Day("Expected back on")
    clock = TimeOfDay("Expected back at", description="Such as 17:30.")


class TakenByHand(PlainForm):
    kind = OneOf("What was taken by hand?", [Needed("Choose what it is.")], choices=list(KINDS.items()))
    reference = Line(
        "Its number or reference",
        [Needed("Enter its number or reference.")],
        description=f"As it stands on the offline form. {_NO_NAMES}",
    )
    organisation_id = OneOfMany("From which organisation?", [Needed("Choose the organisation.")])
    area = OneOfMany("For which area?", [Needed("Choose the area.")])


class LeaveOut(PlainForm):
    reason = Prose("Why is it not entered?", [Needed("Say why.")], description=_NO_NAMES)


class NameHolder(PlainForm):
    person_id = OneOfMany("Who is to hold the passphrase?", [Needed("Choose somebody.")])


class Turn(PlainForm):
    lost = Tick("The present one is lost, or somebody knows it who should not")
