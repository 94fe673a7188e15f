"""What is kept of a signature, sealed: compute it from the row and compare it with the log (SIG-2)."""

from __future__ import annotations

from . import rules
from .models import Signature
from .rules import Method


def seal(signature: Signature, *, scan: str | None = None) -> str:
    """The seal over a signature's evidence as its entry in the log holds it; `scan` is the SHA-256 of the scan."""
    return rules.evidence(
        document=signature.document_sha256,
        name=signature.signed_name,
        role=signature.signed_role,
        at=signature.signed_at,
        method=Method(signature.method),
        session=signature.session_id,
        address=signature.address,
        scan=scan,
    )
