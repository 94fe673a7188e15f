"""How leaving says no, by name."""

from __future__ import annotations

from compliance.kernel.errors import Conflict


class AlreadyAnnounced(Conflict):
    code = "withdrawal-already-announced"
    rule = "SIG-6"
    detail = "A withdrawal is announced already. Call that one off first, to change when or from what."


class InEffect(Conflict):
    code = "withdrawal-in-effect"
    rule = "SIG-9"
    detail = "This withdrawal is in effect. The organisation comes back only by signing the version in force."


class CalledOff(Conflict):
    code = "withdrawal-called-off"
    rule = "SIG-6"
    detail = "This withdrawal was called off. To withdraw the organisation, record a new one."


class ChangedSince(Conflict):
    code = "withdrawal-changed-since"
    rule = "SIG-6"
    detail = "What would end has changed since it was shown. Look at it again, then confirm."


class NoDraft(Conflict):
    code = "withdrawal-not-begun"
    rule = "SIG-6"
    detail = "What you filled in is not here any more. Fill it in again, with the letter."
