"""What the hub fills in about accounts."""

from __future__ import annotations

from .fields import Email, Line, OneOf, OneOfMany, Prose, Several
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


class Grant(PlainForm):
    role = OneOf("Which role?", [Needed("Choose the role.")])


class Reset(PlainForm):
    identity_check = Prose(
        "How did you verify who they are?",
        [Needed("Say how you verified who they are.")],
        description="For example: rang the number held for the organisation’s escalation contact, who confirmed it.",
    )


class Confirm(PlainForm):
    """Nothing to fill in: only a decision to make."""
