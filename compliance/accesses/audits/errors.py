"""How an access audit refuses."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Forbidden


class AuditOver(Conflict):
    code = "access-audit-signed-off"
    rule = "AUD-5"
    detail = (
        "This audit is signed off. Nothing of yours was kept: what is found from now on belongs to the next quarter’s."
    )


class AuditOpenAlready(Conflict):
    code = "access-audit-open-already"
    rule = "AUD-5"
    detail = "Somebody else has opened this organisation’s audit of the quarter."


class InTheAudit(Forbidden):
    """Whoever is in an audit does not sign it off."""

    code = "access-audit-own"
    rule = "AUD-5"
    detail = (
        "You are in this audit: you work for the organisation, hold a role or a licence for it, or are among the "
        "people whose accesses it counts. Somebody who is not in it has to sign it off."
    )


class OwnFinding(Forbidden):
    """Nobody approves alone what they found themselves (ROL-3)."""

    code = "access-audit-own-finding"
    rule = "AUD-5"
    detail = "You wrote a finding of this audit. Somebody else has to sign it off, so that two people have looked."
