"""How a step of a complaint about data is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict


class AlreadyAcknowledged(Conflict):
    code = "data-complaint-acknowledged"
    rule = "COM-9"
    detail = "This complaint has been acknowledged already. Nothing of yours was kept: look at when."


class NotAcknowledged(Conflict):
    code = "data-complaint-not-acknowledged"
    rule = "COM-9"
    detail = "Acknowledge this complaint first, then answer it: both can be done on one day."


class AlreadyAnswered(Conflict):
    code = "data-complaint-answered"
    rule = "COM-9"
    detail = "This complaint has been answered, and its record is closed. Nothing of yours was kept."
