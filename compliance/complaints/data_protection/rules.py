"""What becomes of a complaint about how data is used, and by when it is acknowledged: tables and dates only (COM-9)."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from compliance.kernel.calendar import Calendar, first_working_day
from compliance.kernel.errors import Refusal

from .errors import AlreadyAcknowledged, AlreadyAnswered, NotAcknowledged


class Status(StrEnum):
    """Where a complaint stands; answered, it is over."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"


class Step(StrEnum):
    """What can be done about one."""

    ACKNOWLEDGE = "acknowledge"
    NOTE = "note"
    ANSWER = "answer"


NEXT: dict[tuple[Status, Step], Status] = {
    (Status.RECEIVED, Step.ACKNOWLEDGE): Status.ACKNOWLEDGED,
    (Status.RECEIVED, Step.NOTE): Status.RECEIVED,
    (Status.ACKNOWLEDGED, Step.NOTE): Status.ACKNOWLEDGED,
    (Status.ACKNOWLEDGED, Step.ANSWER): Status.ANSWERED,
}
"""Every step there is."""

REFUSED: dict[tuple[Status, Step], type[Refusal]] = {
    (Status.RECEIVED, Step.ANSWER): NotAcknowledged,
    (Status.ACKNOWLEDGED, Step.ACKNOWLEDGE): AlreadyAcknowledged,
    (Status.ANSWERED, Step.ACKNOWLEDGE): AlreadyAnswered,
    (Status.ANSWERED, Step.NOTE): AlreadyAnswered,
    (Status.ANSWERED, Step.ANSWER): AlreadyAnswered,
}
"""And how each of the others is refused."""


class Channel(StrEnum):
    """How a complaint came."""

    LETTER = "letter"
    EMAIL = "email"
    TELEPHONE = "telephone"
    FORM = "form"
    IN_PERSON = "in_person"
    PASSED_ON = "passed_on"


class Progress(StrEnum):
    """What was done meanwhile: an enquiry made, or the person told how it stands."""

    ENQUIRY = "enquiry"
    TOLD = "told"


class Outcome(StrEnum):
    """What a complaint came to."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    NOT_UPHELD = "not_upheld"
    TAKEN_BACK = "taken_back"
    PASSED_ON = "passed_on"


class Standing(StrEnum):
    """What a list says of a complaint on a day."""

    TO_ACKNOWLEDGE = "to_acknowledge"
    OVERDUE = "overdue"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"


def after(status: Status, step: Step) -> Status:
    """Where a complaint stands after a step; raises AlreadyAcknowledged, NotAcknowledged, AlreadyAnswered."""
    try:
        return NEXT[status, step]
    except KeyError:
        raise REFUSED[status, step]() from None


def acknowledge_by(received_on: date, days: int, calendar: Calendar) -> date:
    """The last day on which a complaint is acknowledged (DPA 2018 section 164A); raises BeyondCalendar.

    So many days counted from the day after it came, weekends and holidays with them; only where the last of them is
    no working day does it run on to the next that is.
    """
    return first_working_day(received_on + timedelta(days=days), calendar)


def standing(status: Status, acknowledge_by: date, today: date) -> Standing:
    """How a complaint stands on a day: overdue where nobody has acknowledged it in time."""
    if status is Status.RECEIVED:
        return Standing.OVERDUE if today > acknowledge_by else Standing.TO_ACKNOWLEDGE
    return Standing(status.value)


def was_late(acknowledge_by: date, acknowledged_on: date | None) -> bool:
    """Whether it was acknowledged after its last day."""
    return acknowledged_on is not None and acknowledged_on > acknowledge_by


def called(year: int, number: int) -> str:
    """What people call a complaint by: *DP-2026-3*."""
    return f"DP-{year}-{number}"
