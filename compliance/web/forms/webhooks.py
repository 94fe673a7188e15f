"""What people fill in about the addresses that changes of rights are sent to (DEC-4)."""

from __future__ import annotations

from compliance.changes.webhooks.rules import TYPES

from .fields import Line, OneOfMany, Prose, Several
from .plain import Needed, PlainForm
from .register import Question

STATE_WORDS = {
    "failing": "Takes nothing",
    "unsigned": "Waits for its secret",
    "well": "Well",
    "ended": "Turned off",
}
"""How an address fares."""

TYPE_WORDS = {
    "account.": "Accounts locked, opened and closed",
    "case.": "Closed MARACs",
    "case_access.": "Access of one person to single cases",
    "client.": "Programs let in and turned off",
    "invitation.": "First passwords and resets",
    "licence.": "Licences given, rested and ended",
    "organisation.": "Organisations and their areas",
    "password.": "Passwords set and ended",
    "person.": "People",
    "policy.": "The policy itself",
    "right.": "Ends that come by time alone",
    "role.": "Roles given and ended",
    "rota.": "Turns of rotas",
    "signature.": "Signatures",
    "standing.": "Where an organisation stands, by its dates",
    "withdrawal.": "Withdrawals of organisations",
}
"""What each beginning of a type tells of."""


class WebhookQuestion(Question):
    search = Line("Search by name or address")
    state = OneOfMany("State", choices=[("", "All states"), *STATE_WORDS.items()])


class DeliveryQuestion(Question):
    kind = OneOfMany("Of what", choices=[("", "Everything"), *TYPE_WORDS.items()])
    taken = OneOfMany("Which", choices=[("", "All"), ("no", "Those not taken")])


class NewWebhook(PlainForm):
    name = Line("What stands behind the address?", [Needed("Say what stands behind the address.")])
    url = Line(
        "Address",
        [Needed("Enter the address.")],
        description="Begins with https://. Addresses inside our own network are called only where whoever runs this service allows it.",
    )
    types = Several(
        "Which changes are to be sent there?",
        choices=[(one, TYPE_WORDS[one]) for one in TYPES],
        description="Choose none to have all of them sent. Whoever stands by these alone needs all of them.",
    )
    reason = Prose(
        "Why is it needed?", [Needed("Say why it is needed.")], description="Whoever decides on it reads this."
    )
