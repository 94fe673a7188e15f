"""What people fill in about disposals and their certificates (RET-8)."""

from __future__ import annotations

from wtforms import HiddenField

from .fields import Day, Line, OneOfMany, Prose
from .plain import Needed, PlainForm
from .register import Question


class ManifestQuestion(Question):
    search = Line("Search by number of a manifest or by reference")
    which = OneOfMany("Which manifests?")


class ReadyQuestion(Question):
    search = Line("Search by reference or kind of record")
    which = OneOfMany("Which records?")
    organisation = OneOfMany("Organisation")
    group = OneOfMany("Group")


class CertificateQuestion(Question):
    search = Line("Search by number or by reference")
    method = OneOfMany("How")
    group = OneOfMany("Group")
    since = Day("Disposed of from")
    until = Day("Disposed of up to")


class ProposeDisposal(PlainForm):
    records = HiddenField()
    reason = Prose(
        "Why are they to be disposed of?",
        [Needed("Say why they are to be disposed of.")],
        description="Whoever agrees reads it. Do not name a victim, child or perpetrator.",
    )


class CallOff(PlainForm):
    """Nothing to fill in: what is called off was shown."""
