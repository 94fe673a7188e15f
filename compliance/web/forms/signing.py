"""What people fill in to sign, to refuse and to withdraw."""

from __future__ import annotations

from .fields import Day, Line, Paper, Prose, Several, Tick
from .plain import Needed, PlainForm


class Sign(PlainForm):
    name = Line("Your full name", [Needed("Enter your full name, as you sign it.")])
    role = Line("Your role in the organisation", [Needed("Enter your role, such as Head of Safeguarding.")])
    agree = Tick(
        "I have read this version and I sign it for the organisation",
        [Needed("Confirm that you have read this version and sign it for the organisation.")],
    )


class PaperSignature(PlainForm):
    name = Line("Who signed?", [Needed("Enter the full name of whoever signed.")])
    role = Line("Their role", [Needed("Enter their role, as it stands on the paper.")])
    signed_on = Day("Date on the paper", [Needed("Enter the date on the paper.")])
    scan = Paper(
        "Scan of the signed paper", [Needed("Choose the scan.")], description="PDF, DOCX, PNG or JPEG, at most 10 MB."
    )


class Refuse(PlainForm):
    reasons = Prose("Why will the organisation not sign?", [Needed("Give the organisation’s reasons.")])


class Withdraw(PlainForm):
    instruments = Several(
        "What does the organisation withdraw from?", [Needed("Choose what the organisation withdraws from.")]
    )
    letter = Paper(
        "Letter to the MARAC manager",
        [Needed("Choose the letter of withdrawal.")],
        description="PDF, DOCX, PNG or JPEG, at most 10 MB.",
    )
    letter_on = Day("Date of the letter", [Needed("Enter the date of the letter.")])
    reasons = Prose(
        "Reasons given in the letter",
        [Needed("Give the reasons, as the letter states them.")],
        description="Do not name a victim or a case.",
    )
    acknowledged_by = Line(
        "Who acknowledges the duties that stay?",
        description="Full name and role of the person in the organisation who acknowledges them.",
    )
    understood = Tick(
        "I understand that this cannot be undone here", [Needed("Confirm that you understand what ends now.")]
    )


class Acknowledge(PlainForm):
    by = Line(
        "Who acknowledges them?",
        [Needed("Enter the full name and role of whoever acknowledges the duties.")],
        description="Full name and role in the organisation.",
    )
