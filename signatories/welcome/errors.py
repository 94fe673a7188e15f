"""What cannot be done with a welcome pack."""

from __future__ import annotations

from compliance.kernel.errors import Conflict


class AlreadyGiven(Conflict):
    """A pack of the same day is recorded already."""

    code = "welcome-already-given"
    rule = "GOV-7"
    detail = "It is recorded already that the organisation was given a pack on this day."


class AlreadyReceived(Conflict):
    """Somebody of the organisation has said so already."""

    code = "welcome-already-received"
    rule = "GOV-7"
    detail = "It is confirmed already that this pack has arrived."
