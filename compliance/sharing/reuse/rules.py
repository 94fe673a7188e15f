"""The path of a request for re-use, and by when it is answered: a table and dates (SHA-2)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from compliance.kernel.calendar import Calendar, add_working_days
from policies.permissions import Permission
from policies.sharing_groups import SharingValues

from .errors import NoSuchAnswer


class Status(StrEnum):
    """Where a request stands. `relied_on`: an overriding reason was relied on, whatever the supplier said or would have said."""

    OPEN = "open"
    PERMITTED = "permitted"
    REFUSED = "refused"
    RELIED_ON = "relied_on"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What can be done with a request."""

    PERMIT = "permit"
    REFUSE = "refuse"
    RELY = "rely"
    WITHDRAW = "withdraw"


NEXT: dict[tuple[Status, Step], Status] = {
    (Status.OPEN, Step.PERMIT): Status.PERMITTED,
    (Status.OPEN, Step.REFUSE): Status.REFUSED,
    (Status.OPEN, Step.RELY): Status.RELIED_ON,
    (Status.OPEN, Step.WITHDRAW): Status.WITHDRAWN,
    (Status.REFUSED, Step.RELY): Status.RELIED_ON,
}
"""Every step there is: an answer stays, but a refusal does not stand in the way of an overriding reason (OP 1.5)."""

TAKEN_WITH: dict[Step, Permission] = {
    Step.PERMIT: Permission.REUSE_ANSWER,
    Step.REFUSE: Permission.REUSE_ANSWER,
    Step.RELY: Permission.REUSE_OVERRIDE,
    Step.WITHDRAW: Permission.REUSE_ASK,
}
"""The permission that a step takes: answers are the supplier's own, and a withdrawal is whose request it is."""


def after(status: Status, step: Step) -> Status:
    """Where a request stands after a step; raises NoSuchAnswer where there is none."""
    try:
        return NEXT[status, step]
    except KeyError:
        raise NoSuchAnswer() from None


def answer_by(day: date, terms: SharingValues, calendar: Calendar) -> date:
    """The last day of the answer to what is asked on this London date; raises BeyondCalendar."""
    return add_working_days(day, terms.reuse_working_days, calendar)
