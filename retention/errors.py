"""How a record's dates, or what is wanted of it too early, are refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from compliance.kernel.errors import Conflict, FieldError, Invalid


class Impossible(Invalid):
    """Something about a record that cannot be so; `pointer` says which of what was sent."""

    rule = "RET-1"
    pointer: ClassVar[str] = ""

    def __init__(self, detail: str | None = None, *, fields: tuple[FieldError, ...] = ()) -> None:
        super().__init__(detail, fields=fields or (FieldError(self.pointer, detail or self.detail),))


@contextmanager
def at(pointer: str, *kinds: type[Impossible]) -> Iterator[None]:
    """Have what is impossible in one of these ways point at the member that was sent, by the name it was sent under."""
    try:
        yield
    except kinds as wrong:
        raise type(wrong)(wrong.words, fields=(FieldError(pointer, wrong.words),)) from None


class UnknownGroup(Impossible):
    code = "retention-unknown-group"
    pointer = "/groups"
    detail = "Give the group of the record: 1, 2 or 3."


class NoGroup(Impossible):
    code = "retention-no-group"
    pointer = "/groups"
    detail = "Give at least one group of the record: 1, 2 or 3."


class BornInTheFuture(Impossible):
    code = "retention-born-in-the-future"
    pointer = "/born_on"
    detail = "The date of birth is in the future. Leave it out if it is not known: the record is kept."


class BornTooLongAgo(Impossible):
    code = "retention-born-too-long-ago"
    pointer = "/born_on"
    detail = "Nobody alive was born so long ago. Leave the date of birth out if it is not known: the record is kept."


class OpenedInTheFuture(Impossible):
    code = "retention-opened-in-the-future"
    pointer = "/opened_on"
    detail = "The record would be opened in the future. Give the day on which it was opened."


class EventBeforeOpening(Impossible):
    code = "retention-event-before-opening"
    pointer = "/last_relevant_on"
    detail = "The relevant event is before the day on which the record was opened. Look at both dates."


class EventInTheFuture(Impossible):
    code = "retention-event-in-the-future"
    pointer = "/last_relevant_on"
    detail = "The relevant event is in the future. Give the day on which it happened."


class ReviewBeforeOpening(Impossible):
    code = "retention-review-before-opening"
    rule = "RET-3"
    pointer = "/last_reviewed_on"
    detail = "The review is before the day on which the record was opened. Look at both dates."


class UnknownEvent(Impossible):
    code = "retention-unknown-event"
    rule = "RET-10"
    pointer = "/kind"
    detail = "No event of this kind makes a clear period begin again. Give one that the policy lists."


class BeyondDates(Impossible):
    code = "retention-beyond-dates"
    rule = "RET-2"
    detail = "The record would end, or be reviewed, after the year 9999. Look at its dates."


class KeptLonger(Conflict):
    """Disposal is proposed before the minimum period is over, or where no end of it can be known."""

    code = "retention-kept-longer"
    rule = "RET-5"
    detail = "This record has to be kept longer. Retain it, or put it into another group."


class Group3TooEarly(KeptLonger):
    """The same in group 3, whose first review is due a year before its minimum period can be over."""

    code = "retention-group-3-too-early"
    rule = "RET-11"
    detail = "A review of group 3 before its minimum period is over can retain the record or regroup it, and not dispose of it."


class RecordDisposed(Conflict):
    code = "retention-disposed"
    rule = "RET-12"
    detail = "This record was disposed of. What was disposed of does not come back under its reference."


class BeingDisposed(Conflict):
    code = "retention-being-disposed"
    rule = "RET-8"
    detail = (
        "The case system was told to dispose of this record, and has to confirm it before anything else is said of it."
    )


class ToldOtherwise(Conflict):
    code = "retention-told-otherwise"
    rule = "RET-1"
    detail = "This event was told before, and otherwise. What was told first stands: give a new event an id of its own."
