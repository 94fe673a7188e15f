"""What people fill in to sign, and to refuse."""

from __future__ import annotations

from .fields import Day, Line, Paper, Prose, Tick
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
