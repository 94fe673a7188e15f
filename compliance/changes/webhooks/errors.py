"""How a change of where changes are sent is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict


class EndpointOver(Conflict):
    code = "webhook-over"
    rule = "DEC-4"
    detail = "Nothing is sent to this address any more. Propose it anew if it is to be used again."


class EndpointKnown(Conflict):
    code = "webhook-known"
    rule = "DEC-4"
    detail = "Changes are sent to this address already. Use what is there, or turn it off first."


class TooManyEndpoints(Conflict):
    code = "webhook-too-many"
    rule = "DEC-4"
    detail = "Changes are sent to as many addresses as may be. Turn one off first."


class NoSecretYet(Conflict):
    code = "webhook-no-secret"
    rule = "IDN-5"
    detail = "Nothing can be signed for this address yet. Make its secret first."


class SecretsOverlap(Conflict):
    code = "webhook-secrets-overlap"
    rule = "IDN-5"
    detail = "Two secrets sign for this address at the moment. Wait until the earlier one has ended, then make another."
