"""Having a signature certified (SIG-2)."""

from __future__ import annotations

from uuid import UUID

from audit.record import record
from compliance.kernel.context import Context
from compliance.papers.documents import Document

from . import queries
from .document import certificate
from .events import SignatureCertified


def certify(ctx: Context, signature_id: UUID) -> Document:
    """What is certified of a signature, to be set and signed once this unit of work is over; that it left is recorded.

    Raises NotFound for another organisation's (ROL-4), EvidenceAltered where the row is not what the log sealed.
    """
    found = queries.certified(ctx, signature_id)
    document = certificate(ctx, found)

    record(
        ctx,
        SignatureCertified(
            subject=signature_id,
            organisation=found.signature.organisation_id,
            instrument=found.version.instrument.code,
            version=found.version.id,
            entry=found.entry.number if found.entry else None,
        ),
    )
    return document
