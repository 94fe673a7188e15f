"""What people fill in when they read a quarter's access audit (AUD-5)."""

from __future__ import annotations

from compliance.accesses.audits.reports import KINDS

from .fields import Line, OneOf, OneOfMany, Prose
from .plain import Needed, PlainForm
from .register import Question


class AuditQuestion(Question):
    search = Line("Search by organisation")
    quarter = OneOfMany("Quarter")
    state = OneOfMany("State")


class Finding(PlainForm):
    kind = OneOf(
        "What did you find?",
        [Needed("Choose what you found.")],
        choices=[(kind.value, said) for kind, said in KINDS.items()],
    )
    person_id = OneOfMany("Whose access?", description="One of the people in this audit, or nobody in particular.")
    words = Prose(
        "In a few words",
        [Needed("Say what you found, and what is to be done.")],
        description="At most 1,000 characters. Do not name a victim, a child or a perpetrator. It cannot be changed later.",
    )


class SignOff(PlainForm):
    conclusion = Prose(
        "What do you conclude?",
        [Needed("Say what you conclude.")],
        description="What the quarter shows, and what follows from the findings. It cannot be changed later.",
    )
