"""How a person, a password or a link is refused, by name."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Forbidden, Invalid, NotFound


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


class FreshCodeNeeded(Forbidden):
    code = "fresh-code-needed"
    rule = "IDN-6"
    detail = "Enter a new code from your authenticator app first: this act asks for one."


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


class OwnAccount(Forbidden):
    code = "account-own"
    rule = "ROL-3"
    detail = "Nobody resets their own account. Ask another member of the hub to verify who you are."


class AccountAbove(Forbidden):
    """Whoever resets an account could become its holder, so nobody resets one that reaches further than they may grant."""

    code = "account-above"
    rule = "ROL-1"
    detail = "An account with a role over the whole hub is reset by the MARAC hub manager."


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
