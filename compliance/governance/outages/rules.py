"""What applies while the case system is down, and how a declared outage moves: tables and times only (GOV-3)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from compliance.kernel.calendar import Calendar, add_working_days
from compliance.kernel.clock import london_date
from compliance.kernel.errors import Refusal
from policies.outage_groups import OutageStep

from .errors import BackAlready, OutageOver, StillDown

_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aeiou"


class Kind(StrEnum):
    """What is taken by hand during an outage, and entered into the case system afterwards (App. L)."""

    REFERRAL = "referral"
    RESEARCH = "research"
    ACTION = "action"


class Why(StrEnum):
    """Why there is another passphrase."""

    FIRST = "first"
    TURNED = "turned"
    LOST = "lost"
    HOLDER_LEFT = "holder_left"


class Standing(StrEnum):
    """How a declared outage stands: the case system is down, is back with a list to finish, or all is done."""

    DOWN = "down"
    BACK = "back"
    CLOSED = "closed"


class Step(StrEnum):
    """What can be done about a declared outage."""

    EXPECT = "expect"
    TAKE = "take"
    END = "end"
    CLOSE = "close"


NEXT: Mapping[tuple[Standing, Step], Standing] = {
    (Standing.DOWN, Step.EXPECT): Standing.DOWN,
    (Standing.DOWN, Step.TAKE): Standing.DOWN,
    (Standing.DOWN, Step.END): Standing.BACK,
    (Standing.BACK, Step.TAKE): Standing.BACK,
    (Standing.BACK, Step.CLOSE): Standing.CLOSED,
}
"""Every step there is. What was taken by hand is still written on the list after the case system is back."""

REFUSED: Mapping[tuple[Standing, Step], type[Refusal]] = {
    (Standing.DOWN, Step.CLOSE): StillDown,
    (Standing.BACK, Step.EXPECT): BackAlready,
    (Standing.BACK, Step.END): BackAlready,
    (Standing.CLOSED, Step.EXPECT): OutageOver,
    (Standing.CLOSED, Step.TAKE): OutageOver,
    (Standing.CLOSED, Step.END): OutageOver,
    (Standing.CLOSED, Step.CLOSE): OutageOver,
}
"""And how each of the others is refused."""


def after(standing: Standing, step: Step) -> Standing:
    """How it stands after a step; raises StillDown, BackAlready, OutageOver."""
    try:
        return NEXT[standing, step]
    except KeyError:
        raise REFUSED[standing, step]() from None


def standing(*, ended: bool, closed: bool) -> Standing:
    """How an outage stands."""
    if closed:
        return Standing.CLOSED
    return Standing.BACK if ended else Standing.DOWN


def steps_now(
    steps: Iterable[OutageStep], began_at: datetime, until: datetime, calendar: Calendar, *, over: bool = False
) -> list[OutageStep]:
    """The steps of App. L that apply to an outage from `began_at` that lasts, or is expected to last, until `until`.

    One that is `over` has the steps that come afterwards, and no others. Raises BeyondCalendar.
    """
    if over:
        return [step for step in steps if step.afterwards]
    return [step for step in steps if not step.afterwards and _applies(step, began_at, until, calendar)]


def _applies(step: OutageStep, began_at: datetime, until: datetime, calendar: Calendar) -> bool:
    if step.working_days:
        return london_date(until) > add_working_days(london_date(began_at), step.working_days, calendar)
    lasted = until - began_at
    started = lasted > timedelta(hours=step.hours) if step.hours else True
    return started and not (step.until_hours and lasted > timedelta(hours=step.until_hours))


def transcribe_by(back_at: datetime, days: int, calendar: Calendar) -> datetime:
    """The instant whose London day is the last on which the list is finished: so many working days after it was back."""
    last = add_working_days(london_date(back_at), days, calendar)
    return back_at + timedelta(days=(last - london_date(back_at)).days)


def new_passphrase(words: int) -> str:
    """So many made-up words of four letters, which can be said over the telephone: some twelve bits of chance each."""
    return " ".join(
        "".join(secrets.choice(letters) for letters in (_CONSONANTS, _VOWELS, _CONSONANTS, _VOWELS))
        for _ in range(words)
    )


def called(year: int, number: int) -> str:
    """What people call an outage by: *O-2026-1*."""
    return f"O-{year}-{number}"
