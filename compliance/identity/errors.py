"""How a person, a password or a link is refused, by name."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Throttled
from policies.refusals import ToldOtherwise

from .events import SignInFromRefusedCountry


class PersonExists(Conflict):
    code = "person-exists"
    rule = "LIC-12"
    detail = "There is already an account with this e-mail address."


class HasPassword(Conflict):
    """A first link is for a first password; a lost one goes the way of a reset, with the identity verified."""

    code = "person-has-password"
    rule = "IDN-4"
    detail = (
        "This person has set a password already. If they cannot sign in, verify who they are and reset the account."
    )


class InvitationOver(NotFound):
    """Used, ended, withdrawn and never made are told apart by nobody."""

    code = "invitation-over"
    rule = "IDN-8"
    detail = "This link cannot be used. Links open once, for 72 hours. Ask the MARAC Hub Team for a new one."


class PasswordNotGoodEnough(Invalid):
    code = "password-not-good-enough"
    rule = "IDN-1"
    detail = "Choose another password. Each thing that is wrong with this one is listed."


class SignInOver(NotFound):
    """The sign-in does not exist, has ended, or stands at another step."""

    code = "sign-in-over"
    rule = "IDN-6"
    detail = "This sign-in is over, or already one step further. Sign in again."


class FailedAmongMany(Throttled):
    """It was wrong and is counted, whatever was wrong with it; only that it is said at once and not after a while."""

    code = "failed-among-many"
    rule = "IDN-4"
    detail = "That was not right, and many others failed at the same time. Wait a while, then try again."


class TooManyAtOnce(Throttled):
    """Nothing was looked at, and nothing counts."""

    code = "too-many-at-once"
    rule = "IDN-4"
    detail = "Too many people are signing in just now. Nothing was tried: wait a moment, then try again."


class FreshCodeNeeded(Forbidden):
    code = "fresh-code-needed"
    rule = "IDN-6"
    detail = "Give your second factor again first, such as a new code: this act asks for it."


class EmailCodesOver(Conflict):
    """One sign-in has so many codes and so many tries; another begins with the password."""

    code = "email-codes-over"
    rule = "IDN-3"
    detail = "No more codes can be sent in this sign-in. Sign out, then sign in again to get a new one."


class NoSuchPasskey(NotFound):
    code = "passkey-unknown"
    rule = "IDN-3"
    detail = "There is no such passkey on your account, or it has ended already."


class LastFactor(Conflict):
    code = "second-factor-last"
    rule = "IDN-3"
    detail = "This is your only second factor. Add another one first, then end this one."


class NoSuchRole(Invalid):
    code = "role-unknown"
    rule = "ROL-1"
    detail = "Choose a role that can be given to somebody."


class RoleForHubTeamOnly(Conflict):
    code = "role-for-hub-team-only"
    rule = "ROL-1"
    detail = "Hub roles are for the hub team's own accounts, never for a participating agency."


class RoleForPartnersOnly(Conflict):
    code = "role-for-partners-only"
    rule = "ROL-1"
    detail = "Members of the hub team hold no partner's role."


class RoleOutsideOrganisation(Invalid):
    """A partner's role reaches its holder's own organisation and no other (ROL-4)."""

    code = "role-outside-organisation"
    rule = "ROL-4"
    detail = "This role is held for the organisation the person works for, and for no other."


class OwnRole(Forbidden):
    code = "role-own"
    rule = "ROL-3"
    detail = "Nobody gives a role to themselves. Ask another member of the hub."


class RoleAlreadyHeld(Conflict):
    code = "role-already-held"
    rule = "ROL-1"
    detail = "This person holds that role already."


class RoleOver(Conflict):
    code = "role-over"
    rule = "ROL-1"
    detail = "This role has ended already."


class LastManager(Conflict):
    """Without a manager nobody could let anybody in, or give a role, but whoever holds the machine."""

    code = "role-last-manager"
    rule = "ROL-1"
    detail = "This is the last MARAC manager. Give the role to somebody else first, then take this one back."


class AccountClosed(Conflict):
    code = "account-closed"
    rule = "ROL-1"
    detail = "This account is closed. It is given no role."


class OwnAccount(Forbidden):
    code = "account-own"
    rule = "ROL-3"
    detail = "Nobody resets or recovers their own account. Ask another member of the hub to verify who you are."


class AccountAbove(Forbidden):
    """Whoever resets an account could become its holder, so nobody resets one that reaches further than they may grant."""

    code = "account-above"
    rule = "ROL-1"
    detail = "An account with a role over the whole hub is reset by the MARAC hub manager."


class OwnPassword(Forbidden):
    code = "password-own"
    rule = "IDN-2"
    detail = "This is your own password. Change it now: that ends every other sign-in of yours."


class NoPasswordYet(Conflict):
    code = "password-none"
    rule = "IDN-2"
    detail = "This person has no password at present: they have not used their link yet."


class UnknownCompromise(Invalid):
    code = "compromise-unknown"
    rule = "IDN-2"
    detail = "Say why somebody else may know the password."

    def __init__(self) -> None:
        super().__init__(fields=(FieldError("/reason", self.detail),))


class ClientOver(Conflict):
    code = "client-over"
    rule = "DEC-3"
    detail = "This service client has been ended already."


class PolicyAlreadySo(Conflict):
    code = "policy-already-so"
    rule = "IDN-9"
    detail = "This is the value in force already. There is nothing to change."


class NotTheValueInForce(Conflict):
    code = "policy-changed-meanwhile"
    rule = "IDN-9"
    detail = (
        "Another value is in force by now than the one this proposal would change. Refuse it, and propose it again "
        "if it is still wanted."
    )


class FromRefusedCountry(ToldOtherwise):
    """Said alike for every name, since it is said before anybody looks at the name."""

    code = "sign-in-refused-country"
    rule = "IDN-7"
    detail = (
        "Nobody signs in from the country that you seem to be in. If you use a private network (VPN) that leads "
        "through another country, leave it and try again; otherwise ring the MARAC Hub Team."
    )

    def __init__(self, country: str) -> None:
        self.country = country
        super().__init__()

    def event(self, door: str) -> SignInFromRefusedCountry:
        return SignInFromRefusedCountry(country=self.country, door=door)
