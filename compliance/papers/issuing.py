"""Handing out a document: set, signed, and under a name that says what it is and of which day (SIG-2, SIG-14)."""

from __future__ import annotations

from compliance.kernel.clock import london_date
from compliance.kernel.context import House
from compliance.kernel.secrets import KeyRing
from compliance.kernel.tables import File

from .documents import Document
from .signing import sign
from .typesetting import Press

MEDIA_TYPE = "application/pdf"


def issue(house: House, document: Document) -> File:
    """The document as a signed PDF. Called with no unit of work open. Raises TooLong and PressBusy."""
    pdf = house.the(Press).set(document)
    key = house.the(KeyRing).papers[0]
    signed = sign(pdf, key, at=document.produced_at, reason=f"As the register had it: {document.address}")
    return File(f"{document.stem}-{london_date(document.produced_at)}.pdf", MEDIA_TYPE, signed)
