"""How an exception is refused, by name."""

from __future__ import annotations

from compliance.kernel.errors import Conflict, Forbidden


class BreakGlassForOneself(Forbidden):
    code = "break-glass-for-oneself"
    rule = "ROL-3"
    detail = "Nobody opens a case to themselves. Ask the MARAC manager or another supervisor."


class OpenAlready(Conflict):
    code = "break-glass-open-already"
    rule = "DEC-5"
    detail = "This case is open to this person already. End that first if it should last for another time."


class NothingToStandOn(Conflict):
    """Break-glass stands in for an area or an invitation, never for a licence."""

    code = "break-glass-no-licence"
    rule = "DEC-5"
    detail = (
        "This person has no licence in use, and break-glass does not stand in for one. "
        "Choose somebody who has, or see to their licence first."
    )


class KeptFromCase(Conflict):
    code = "break-glass-conflict"
    rule = "DEC-6"
    detail = "A conflict of interest keeps this person from this case, and break-glass does not open it to them."


class BreakGlassOver(Conflict):
    code = "break-glass-over"
    rule = "DEC-5"
    detail = "This has ended already."


class StillOpen(Conflict):
    code = "break-glass-still-open"
    rule = "DEC-5"
    detail = "The case is still open to the person. Look at it when it is over, or have it ended first."


class ReviewedAlready(Conflict):
    code = "break-glass-reviewed-already"
    rule = "DEC-5"
    detail = "Somebody has looked at this already, and said what they found."


class OwnBreakGlass(Forbidden):
    code = "break-glass-own"
    rule = "ROL-3"
    detail = "You opened this case, or it was opened to you. Somebody else has to look at it."


class ConflictOfOneself(Forbidden):
    code = "conflict-of-oneself"
    rule = "ROL-3"
    detail = "Nobody sets this for themselves. Tell the MARAC manager, a supervisor or a co-ordinator."


class ConflictSetAlready(Conflict):
    code = "conflict-set-already"
    rule = "DEC-6"
    detail = "This person is kept from this case already."


class ConflictLifted(Conflict):
    code = "conflict-lifted"
    rule = "DEC-6"
    detail = "This conflict of interest was lifted already."
