"""What the hub fills in about accounts."""

from __future__ import annotations

from compliance.identity.rules import Compromise

from .fields import Day, Email, Line, OneOf, OneOfMany, Prose, Several
from .plain import Needed, PlainForm


class Invite(PlainForm):
    full_name = Line("Full name", [Needed("Enter the person’s full name.")])
    email = Email("Work e-mail address", [Needed("Enter the person’s work e-mail address.")])
    organisation_id = OneOfMany("Whom do they work for?", [Needed("Choose whom they work for.")])
    team = OneOf(
        "Are they a member of the MARAC Hub Team?",
        [Needed("Say whether they belong to the MARAC Hub Team.")],
        choices=[("no", "No, they work for a partner"), ("yes", "Yes, this is a hub account")],
        default="no",
    )
    roles = Several(
        "Roles",
        description="Leave all empty for somebody who will only hold a licence. Hub roles are for hub accounts only.",
    )
    reason = Prose("Why do they need these roles?", description="Leave empty where you give none.")


class Grant(PlainForm):
    role = OneOf("Which role?", [Needed("Choose the role.")])
    reason = Prose("Why do they need it?", [Needed("Say why they need the role.")])
    ends_on = Day("Last day", description="Leave empty if it has none. For example, 27 3 2027.")


class EndRole(PlainForm):
    reason = Prose("Why does it end?", [Needed("Say why the role ends.")])


class Reset(PlainForm):
    identity_check = Prose(
        "How did you verify who they are?",
        [Needed("Say how you verified who they are.")],
        description="For example: rang the number held for the organisation’s escalation contact, who confirmed it.",
    )


class Recovery(Reset):
    """A reset's question, and what was lost: the second person reads both."""

    reason = Prose(
        "What did they lose?",
        [Needed("Say what they lost.")],
        description="For example: the phone with their authenticator app was stolen. The second person reads this too.",
    )


class Compromised(PlainForm):
    reason = OneOf(
        "Why may somebody else know their password?",
        [Needed("Say why somebody else may know the password.")],
        choices=[
            (Compromise.TRICKED.value, "They entered it on a page that was not ours"),
            (Compromise.TOLD.value, "They told it to somebody"),
            (Compromise.SEEN.value, "Somebody saw them type it, or found it written down"),
            (Compromise.STOLEN.value, "A device that keeps it is lost or infected"),
            (Compromise.LISTED.value, "It is in a list of stolen passwords"),
        ],
    )


class Confirm(PlainForm):
    """Nothing to fill in: only a decision to make."""
