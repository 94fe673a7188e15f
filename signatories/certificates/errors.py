"""How certificates are refused, by name."""

from __future__ import annotations

from compliance.kernel.errors import Conflict


class EvidenceAltered(Conflict):
    code = "evidence-altered"
    rule = "SIG-2"
    detail = (
        "What is stored of this signature is not what the log sealed, so nothing is certified. Tell the MARAC Hub Team."
    )
