"""How a licence is refused, by name."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Forbidden, Invalid


class NoSuchStep(Conflict):
    code = "licence-no-such-step"
    rule = "LIC-3"
    detail = "The licence is not in a state that allows this step. Look at it again: somebody may have acted first."


class NotEligible(Conflict):
    code = "licence-not-eligible"
    rule = "LIC-1"
    detail = "The checklist is not complete. Each missing item says what is needed and who can mend it."


class OwnLicence(Forbidden):
    code = "licence-own"
    rule = "ROL-3"
    detail = "Nobody decides on a licence for themselves or on a request of their own. Ask another member of the hub."


class AlreadyLicensed(Conflict):
    code = "licence-already-held"
    rule = "LIC-12"
    detail = "This person already has a licence, or a request for one, for this organisation."


class NoSeat(Conflict):
    code = "licence-no-seat"
    rule = "LIC-5"
    detail = "Every seat of the contract is taken. End or reallocate an unused licence first."


class NotAnOfficialAddress(Invalid):
    code = "licence-address"
    rule = "LIC-2"
    detail = "Use an address at one of the organisation's registered domains. Personal e-mail is never accepted."


class ByInviteNeeds(Invalid):
    code = "licence-by-invite-needs"
    rule = "LIC-7"
    detail = "A by-invite licence names the cases it is for and the day on which it ends."


class OrganisationOutside(Conflict):
    code = "licence-organisation-outside"
    rule = "SIG-6"
    detail = "The organisation has withdrawn. It signs the version in force again before anyone can be licensed."


class TakesNoLicences(Conflict):
    code = "licence-organisation-takes-none"
    rule = "SIG-13"
    detail = "This organisation takes part through the hub and holds no licences. Ask the MARAC Hub Team."


class AccountClosed(Conflict):
    code = "licence-account-closed"
    rule = "LIC-4"
    detail = "The account at this address is closed. Ask the MARAC Hub Team to open it again first."


class LicenceOver(Conflict):
    code = "licence-over"
    rule = "LIC-7"
    detail = "The last day of this licence has passed. Ask for a new one with a new end date."


class NoSeatToPass(Conflict):
    code = "licence-no-seat-to-pass"
    rule = "LIC-9"
    detail = "A seat passes from a licence that holds one to a request of the same kind. Choose two such licences."


class SeatIsShared(Conflict):
    code = "licence-seat-shared"
    rule = "LIC-6"
    detail = "Others share this seat by a rota. Let this person go from the rota, or end the rota, first."


class SameLicence(Conflict):
    code = "licence-nothing-moves"
    rule = "LIC-4"
    detail = "The new licence would be the same as the old one. Change its organisation or its areas."


class OwnRecord(Forbidden):
    code = "licence-own-record"
    rule = "ROL-3"
    detail = "Nobody records their own training or vetting. Ask another member of the hub."


class NoLiveLicence(Conflict):
    code = "case-invitation-no-licence"
    rule = "LIC-7"
    detail = "Only somebody with an active licence can be invited to a case. Ask for a licence for them first."


class AlreadyInvited(Conflict):
    code = "case-invitation-already"
    rule = "LIC-7"
    detail = "This person is invited to this case already. End that invitation first to change it."
