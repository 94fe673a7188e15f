"""The clock of a personal-data breach, whom to tell, and which step follows which: tables and instants, nothing else (BRE-3).

The clock counts elapsed hours: nights, weekends, bank holidays, and the nights on which clocks change, are hours like
any others. So it is reckoned on instants in UTC, and only shown in London time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from compliance.kernel.errors import Refusal

from .errors import DecidedAlready, NotDecidedToTell, ToldAlready

_MINUTE = timedelta(minutes=1)
_A_DAY = 24 * 60
_AN_HOUR = 60


class Risk(StrEnum):
    """How likely a breach is to harm people, as somebody judged it (UK GDPR Articles 33(1) and 34(1))."""

    NOT_KNOWN = "not_known"
    UNLIKELY = "unlikely"
    LIKELY = "likely"
    HIGH = "high"


class Whom(StrEnum):
    """Who can have to be told."""

    REGULATOR = "regulator"
    PEOPLE = "people"
    PARTNERS = "partners"


WHOM: dict[Risk, frozenset[Whom]] = {
    Risk.NOT_KNOWN: frozenset({Whom.REGULATOR, Whom.PARTNERS}),
    Risk.UNLIKELY: frozenset({Whom.PARTNERS}),
    Risk.LIKELY: frozenset({Whom.REGULATOR, Whom.PARTNERS}),
    Risk.HIGH: frozenset({Whom.REGULATOR, Whom.PEOPLE, Whom.PARTNERS}),
}
"""Whom each risk asks to be told. As long as nobody knows better, the regulator is; the partners whose data it is always are."""


class Status(StrEnum):
    """Where telling the regulator stands."""

    STARTED = "started"
    TO_TELL = "to_tell"
    NOT_NOTIFIED = "not_notified"
    NOTIFIED = "notified"


class Step(StrEnum):
    """What can be done about it; `REOPEN` is an assessment after which the reasons for not telling hold no more."""

    ASSESS = "assess"
    REOPEN = "reopen"
    NOTIFY = "notify"
    NOT_NOTIFY = "not_notify"
    TELL = "tell"


NEXT: dict[tuple[Status, Step], Status] = {
    (Status.STARTED, Step.ASSESS): Status.STARTED,
    (Status.STARTED, Step.NOTIFY): Status.TO_TELL,
    (Status.STARTED, Step.NOT_NOTIFY): Status.NOT_NOTIFIED,
    (Status.TO_TELL, Step.ASSESS): Status.TO_TELL,
    (Status.TO_TELL, Step.NOT_NOTIFY): Status.NOT_NOTIFIED,
    (Status.TO_TELL, Step.TELL): Status.NOTIFIED,
    (Status.NOT_NOTIFIED, Step.ASSESS): Status.NOT_NOTIFIED,
    (Status.NOT_NOTIFIED, Step.REOPEN): Status.STARTED,
    (Status.NOT_NOTIFIED, Step.NOTIFY): Status.TO_TELL,
    (Status.NOTIFIED, Step.ASSESS): Status.NOTIFIED,
    (Status.NOTIFIED, Step.TELL): Status.NOTIFIED,
}
"""Every step there is. The first that is told makes it notified, and what follows keeps it so (Article 33(4))."""


class Decision(StrEnum):
    """What can be decided about the regulator."""

    NOTIFY = "notify"
    NOT_NOTIFY = "not_notify"


class PeopleDecision(StrEnum):
    """What can be decided about the people concerned."""

    TELL = "tell"
    NOT_TELL = "not_tell"


class Stands(StrEnum):
    """How a breach stands, as people are shown it."""

    RUNNING = "clock_runs"
    OVER = "clock_over"
    FOLLOWS = "more_to_follow"
    NOTIFIED = "notified"
    NOT_NOTIFIED = "not_notified"


class Todo(StrEnum):
    """What is still to be done about a breach, in the order in which it is shown."""

    ASSESS = "assess"
    DECIDE = "decide"
    TELL = "tell"
    DECIDE_PEOPLE = "decide_people"
    TELL_PEOPLE = "tell_people"
    TELL_PARTNERS = "tell_partners"
    FOLLOW = "follow"


@dataclass(frozen=True)
class Countdown:
    """How long there still is, or for how long it has been over, in whole minutes rounded down."""

    over: bool
    minutes: int

    @property
    def said(self) -> str:
        """As people read it: *1 day, 3 hours and 20 minutes*."""
        days, rest = divmod(self.minutes, _A_DAY)
        hours, minutes = divmod(rest, _AN_HOUR)
        parts = [
            f"{number} {word}{'' if number == 1 else 's'}"
            for number, word in ((days, "day"), (hours, "hour"), (minutes, "minute"))
            if number
        ]
        if not parts:
            return "less than a minute"
        return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def tell_by(aware_at: datetime, hours: int) -> datetime:
    """The last instant at which the regulator is told in time: so many elapsed hours after somebody came to know."""
    return aware_at.astimezone(UTC) + timedelta(hours=hours)


def countdown(now: datetime, until: datetime) -> Countdown:
    """What is left of the clock. At the instant itself nothing is left, and it is not over yet."""
    left = until.astimezone(UTC) - now.astimezone(UTC)
    return Countdown(left < timedelta(0), abs(left) // _MINUTE)


def is_late(told_at: datetime, until: datetime) -> bool:
    """Whether telling the regulator at this instant is late, so that it needs its reasons (BRE-6)."""
    return told_at > until


def status_of(decision: str | None, notified_at: datetime | None) -> Status:
    """Where telling the regulator stands, by what is kept of it."""
    if notified_at is not None:
        return Status.NOTIFIED
    if decision is None:
        return Status.STARTED
    return Status.TO_TELL if decision == Decision.NOTIFY.value else Status.NOT_NOTIFIED


def after(status: Status, step: Step) -> Status:
    """Where it stands after a step; raises ToldAlready, DecidedAlready or NotDecidedToTell for one that there is not."""
    try:
        return NEXT[status, step]
    except KeyError:
        raise _refusal(status, step) from None


def stands(now: datetime, until: datetime, status: Status, more_to_follow: bool | None) -> Stands:
    """How a breach stands at this instant; the clock stops when the regulator is told, or when it is decided not to."""
    if status is Status.NOTIFIED:
        return Stands.FOLLOWS if more_to_follow else Stands.NOTIFIED
    if status is Status.NOT_NOTIFIED:
        return Stands.NOT_NOTIFIED
    return Stands.OVER if is_late(now, until) else Stands.RUNNING


def may_not_notify(risk: Risk) -> bool:
    """Whether a risk lets the regulator go untold: only where harm is unlikely (Article 33(1))."""
    return Whom.REGULATOR not in WHOM[risk]


def reopens(status: Status, risk: Risk) -> bool:
    """Whether an assessment takes away the ground on which it was decided not to tell the regulator."""
    return status is Status.NOT_NOTIFIED and not may_not_notify(risk)


def people_reopen(decision: str | None, told_at: datetime | None, before: Risk | None, risk: Risk) -> bool:
    """Whether it has to be decided again whether people are told: the risk has become high since it was decided not to."""
    if told_at is not None or decision != PeopleDecision.NOT_TELL.value:
        return False
    return Whom.PEOPLE in WHOM[risk] and (before is None or Whom.PEOPLE not in WHOM[before])


def people_wait(risk: Risk | None, decision: str | None, told_at: datetime | None) -> bool:
    """Whether people are still to be told, or it is still to be decided whether they are (Article 34)."""
    if told_at is not None:
        return False
    if decision is None:
        return risk is not None and Whom.PEOPLE in WHOM[risk]
    return decision == PeopleDecision.TELL.value


def to_do(
    status: Status,
    risk: Risk | None,
    *,
    more_to_follow: bool | None,
    people: tuple[str | None, datetime | None],
    partners_told_at: datetime | None,
) -> tuple[Todo, ...]:
    """What is still to be done; `people` is what was decided about them, and when they were told."""
    decision, told_at = people
    waits = people_wait(risk, decision, told_at)
    wanted = {
        Todo.ASSESS: risk is None,
        Todo.DECIDE: risk is not None and status is Status.STARTED,
        Todo.TELL: status is Status.TO_TELL,
        Todo.DECIDE_PEOPLE: waits and decision is None,
        Todo.TELL_PEOPLE: waits and decision is not None,
        Todo.TELL_PARTNERS: partners_told_at is None,
        Todo.FOLLOW: status is Status.NOTIFIED and bool(more_to_follow),
    }
    return tuple(each for each in Todo if wanted[each])


def warning_due(now: datetime, until: datetime, hours: Collection[int], warned: int | None) -> int | None:
    """Which warning is due at this instant: the hours before the end that it is for, 0 when it is over, None for none.

    `warned` is the one that was sent last. What fell due while nobody looked is one warning, the most urgent.
    """
    left = until - now
    reached = [each for each in hours if timedelta(0) <= left <= timedelta(hours=each)]
    due = 0 if left < timedelta(0) else min(reached, default=None)
    return due if due is not None and (warned is None or due < warned) else None


def _refusal(status: Status, step: Step) -> Refusal:
    if step is Step.TELL:
        return NotDecidedToTell()
    return ToldAlready() if status is Status.NOTIFIED else DecidedAlready()
