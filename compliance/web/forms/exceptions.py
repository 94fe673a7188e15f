"""What people fill in beside the rule, for one person and one case (DEC-5, DEC-6)."""

from __future__ import annotations

from .fields import Email, Line, OneOf, OneOfMany, Prose
from .plain import Needed, PlainForm

_REFERENCE = "As the case system writes it, letter for letter. Never a name."


class Open(PlainForm):
    email = Email(
        "To whom is the case opened?",
        [Needed("Enter their work e-mail address.")],
        description="Their work e-mail address. They need a licence in use.",
    )
    reference = Line("Case reference", [Needed("Enter the case reference.")], description=_REFERENCE)
    area = OneOfMany("Area MARAC of the case", [Needed("Choose the area MARAC of the case.")])
    hours = Line("For how many hours, from now?", [Needed("Enter the number of hours.")])
    reason = Prose(
        "Why is it needed now?",
        [Needed("Say why it is needed now.")],
        description="Information governance will read it. Do not name a victim.",
    )

    @property
    def number(self) -> int:
        """The hours that were typed; 0 for what is no number, so that it is refused as one."""
        typed = (self.hours.data or "").strip()
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0


class Review(PlainForm):
    justified = OneOf(
        "Was it justified?",
        [Needed("Choose whether it was justified.")],
        choices=[
            ("yes", "Yes: an emergency needed it"),
            ("no", "No: it was not needed, or it was used for something else"),
        ],
    )
    review = Prose(
        "What did you find?",
        [Needed("Say what you found.")],
        description="What was looked at, and what follows. Do not name a victim.",
    )


class KeepApart(PlainForm):
    email = Email(
        "Who is to be kept from the case?",
        [Needed("Enter their work e-mail address.")],
        description="Their work e-mail address. They are not told.",
    )
    reference = Line("Case reference", [Needed("Enter the case reference.")], description=_REFERENCE)
    grounds = Prose(
        "Why?",
        [Needed("Say why.")],
        description="Kept sealed: only those who may see this entry can read it. Say who they are to the case; do not name a victim.",
    )


class Lift(PlainForm):
    grounds = Prose(
        "Why is there no conflict any more?",
        [Needed("Say why.")],
        description="Kept sealed, for whoever decides.",
    )
