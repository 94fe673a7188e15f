"""What people fill in to challenge an entry of the register, and to decide on a challenge (SIG-3)."""

from __future__ import annotations

from .fields import Day, Line, OneOf, Prose
from .plain import Needed, PlainForm


class Raise(PlainForm):
    grounds = Prose(
        "What is wrong with this entry?",
        [Needed("Say what is wrong, and how you know.")],
        description="Say how you know. Whoever decides, and the organisation, will read it. Do not name a victim or a case.",
    )


class Uphold(PlainForm):
    remedy = OneOf("How is it put right?", [Needed("Choose how the entry is put right.")])
    name = Line("Who signed?", description="Full name. Leave empty what is right already.")
    role = Line("Their role")
    signed_on = Day("Day on the paper")
    letter_on = Day("Date of the letter", description="Leave empty what is right already.")
    letter_reasons = Prose("Reasons given in the letter")
    reasons = Prose(
        "Why is the challenge right?",
        [Needed("Give your reasons.")],
        description="The challenger and the organisation will read them.",
    )


class Dismiss(PlainForm):
    reasons = Prose(
        "Why does the entry stay as it is?",
        [Needed("Give your reasons.")],
        description="The challenger and the organisation will read them.",
    )
