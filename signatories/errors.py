"""How the register of signatories says no, by name."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Forbidden, Invalid


class NotOpened(Conflict):
    code = "version-not-opened"
    rule = "SIG-2"
    detail = "Open this version and read it in this session, then sign it. Nobody signs a text they have not opened."


class NotInForce(Conflict):
    code = "version-replaced"
    rule = "SIG-4"
    detail = "A newer version is in force. Open that one and answer for it instead."


class AlreadySigned(Conflict):
    code = "signature-already-made"
    rule = "SIG-2"
    detail = "This version is already signed for this organisation. There is nothing more to do."


class AlreadyRefused(Conflict):
    code = "refusal-already-recorded"
    rule = "SIG-5"
    detail = "A refusal of this instrument is already recorded. It ends when the organisation signs."


class ReturnsByVersionInForce(Conflict):
    code = "rejoin-by-version-in-force"
    rule = "SIG-9"
    detail = "The organisation has withdrawn. It comes back only by signing the version that is in force today."


class ReturnNeedsAnother(Forbidden):
    code = "rejoin-needs-another"
    rule = "ROL-3"
    detail = "You recorded this organisation's withdrawal. Ask another member of the hub to record its return on paper."


class NothingToWithdraw(Conflict):
    code = "withdrawal-nothing-signed"
    rule = "SIG-6"
    detail = "The organisation has no signature of this instrument to withdraw. Name only what it has signed."


class AlreadyAcknowledged(Conflict):
    code = "duties-already-acknowledged"
    rule = "SIG-7"
    detail = "The organisation has already acknowledged the duties that stay with it."


class DocumentAltered(Conflict):
    code = "version-altered"
    rule = "SIG-2"
    detail = "The stored file is not the one that was published, so it cannot be signed. Tell the MARAC Hub Team."


class OrganisationExists(Conflict):
    code = "organisation-exists"
    rule = "SIG-1"
    detail = "An organisation with this code is already in the register."


class VersionExists(Conflict):
    code = "version-exists"
    rule = "SIG-4"
    detail = "A version with this label, or one that takes effect on the same day or later, is already published."


class InstrumentExists(Conflict):
    code = "instrument-exists"
    rule = "SIG-1"
    detail = "An instrument with this code is already in the register."


class DomainExists(Conflict):
    code = "domain-exists"
    rule = "LIC-2"
    detail = "This domain is already registered for the organisation."


class NotOwnDomain(Invalid):
    code = "domain-not-own"
    rule = "LIC-2"
    detail = "This can never be an organisation's own domain. Use the domain of its official e-mail addresses."


class ContactEnded(Conflict):
    code = "contact-ended"
    rule = "LIC-10"
    detail = "This contact has already been ended."
