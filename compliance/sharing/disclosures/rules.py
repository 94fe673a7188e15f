"""The path of a disclosure: nothing leaves before a manager has said so (SHA-3)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from compliance.kernel.calendar import Calendar, add_working_days
from policies.sharing_groups import SharingValues

from .errors import NoSuchStep


class Status(StrEnum):
    """Where a disclosure stands: asked for, authorised, refused, or made."""

    ASKED = "asked"
    AUTHORISED = "authorised"
    REFUSED = "refused"
    MADE = "made"


class Step(StrEnum):
    """What can be done with one."""

    AUTHORISE = "authorise"
    REFUSE = "refuse"
    MAKE = "make"


NEXT: dict[tuple[Status, Step], Status] = {
    (Status.ASKED, Step.AUTHORISE): Status.AUTHORISED,
    (Status.ASKED, Step.REFUSE): Status.REFUSED,
    (Status.AUTHORISED, Step.REFUSE): Status.REFUSED,
    (Status.AUTHORISED, Step.MAKE): Status.MADE,
}
"""Every step there is; what is authorised can still be taken back until it is made."""


def after(status: Status, step: Step) -> Status:
    """Where a disclosure stands after a step; raises NoSuchStep where there is none."""
    try:
        return NEXT[status, step]
    except KeyError:
        raise NoSuchStep() from None


def answer_by(day: date, terms: SharingValues, calendar: Calendar) -> date:
    """The last day of a manager's answer to what is asked on this London date; raises BeyondCalendar."""
    return add_working_days(day, terms.disclosure_working_days, calendar)


def made_wrong(made_on: date, authorised_on: date, today: date) -> str | None:
    """What is wrong with the day on which it was made, in words for whoever says so; None where nothing is."""
    if made_on > today:
        return "This is still to come. Enter the day on which it was disclosed."
    if made_on < authorised_on:
        return "This is before it was authorised. If it was disclosed before, report a breach."
    return None
