"""How placing or lifting a hold is refused."""

from __future__ import annotations

from compliance.kernel.errors import Conflict


class HoldLifted(Conflict):
    code = "hold-lifted"
    rule = "RET-6"
    detail = "Somebody has already lifted this hold. Nothing of yours was kept."


class AlreadyHeld(Conflict):
    code = "already-held"
    rule = "RET-6"
    detail = "The same is held on the same ground already. Look at that hold, and move its review date if it has to last longer."


class HeldBack(Conflict):
    """Something was to be done to a record that a hold forbids."""

    code = "held-back"
    rule = "RET-6"
    detail = "A hold is on this record. It is not disposed of until every hold on it is lifted."
