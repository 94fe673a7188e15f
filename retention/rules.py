"""How long a record is kept at the least, when it is reviewed, and why: dates in, dates out (OP 1.5; RET-1, RET-2, RET-10, RET-11).

A date is a calendar date in London (`compliance.kernel.clock.london_date` makes one of an instant), so clocks that
change, weekends and bank holidays move nothing. A period is whole years and ends on the same date of a later year: on
that day it is over, and not before. Where that is a 29 February that the year does not have, it is the next day.

Who is inside the service hands in the policy in force; who asks from outside goes by the files that come with it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from compliance.kernel.clock import said_day
from policies.keeping import RetentionValues
from policies.values import Policy, packaged

from .errors import (
    BeyondDates,
    BornInTheFuture,
    BornTooLongAgo,
    EventBeforeOpening,
    EventInTheFuture,
    Group3TooEarly,
    KeptLonger,
    NoGroup,
    OpenedInTheFuture,
    ReviewBeforeOpening,
    UnknownEvent,
    UnknownGroup,
)

GROUPS = (1, 2, 3)
"""The groups of OP 1.5, the most serious first."""

BY_AGE = 1
"""The group whose records are kept until the subject reaches an age; the others wait for a clear period."""

REVIEWED_EARLY = 3
"""The group whose first review comes before its minimum period is over (RET-11)."""


class Status(StrEnum):
    """Where a record stands: kept, being disposed of since the case system was told to, or disposed of (RET-8)."""

    KEPT = "kept"
    INSTRUCTED = "instructed"
    DISPOSED = "disposed"


class Start(StrEnum):
    """What a minimum period is counted from; `unknown`: a date of birth that nobody knows, so there is no end."""

    BIRTH = "birth"
    UNKNOWN = "unknown"
    EVENT = "event"
    OPENING = "opening"


@dataclass(frozen=True)
class Facts:
    """All that a record's dates follow from. `groups` are all that it was ever put into: it takes the longest (RET-1).

    `last_relevant_on` is None where nothing relevant happened since the opening; `born_on` where nobody knows.
    """

    groups: frozenset[int]
    opened_on: date
    last_relevant_on: date | None = None
    born_on: date | None = None


@dataclass(frozen=True)
class Minimum:
    """How long a record is kept at the least: by which `group`, counted `from_on`, until `ends_on` (None: keep it).

    `moved`: it would end on a 29 February that the year does not have. In group 1 `ends_on` tells the date of birth.
    """

    group: int
    start: Start
    from_on: date | None
    years: int
    ends_on: date | None
    moved: bool = False


@dataclass(frozen=True)
class Because:
    """One step of how a date is come by: the rule, the date that it leads to if there is one, and the sentence for people."""

    rule: str
    on: date | None
    said: str


def minimum_ends_on(
    group: int,
    *,
    born_on: date | None = None,
    opened_on: date,
    last_relevant_on: date | None,
    policy: Policy | None = None,
) -> date | None:
    """The first day on which a record of this group need not be kept any more; None: no end can be known, so keep it.

    Raises UnknownGroup, EventBeforeOpening and BeyondDates (OP 1.5; RET-1, RET-2).
    """
    return _minimum(group, born_on, opened_on, last_relevant_on, _values(policy)).ends_on


def next_review_on(
    group: int, *, opened_on: date, last_reviewed_on: date | None = None, policy: Policy | None = None
) -> date:
    """The day on which a record of this group is due for review: counted from its last review, the first from its opening.

    Raises UnknownGroup, ReviewBeforeOpening and BeyondDates (OP 1.5; RET-3, RET-11).
    """
    _known(group)
    _dates(opened_on, last_reviewed_on)
    if last_reviewed_on is not None and last_reviewed_on < opened_on:
        raise ReviewBeforeOpening()
    held = _values(policy)
    return _later(last_reviewed_on or opened_on, _review_years(group, held), held)


def minimum(facts: Facts, *, policy: Policy | None = None) -> Minimum:
    """The longest of the minimum periods of a record's groups, and what it follows from (RET-1).

    One without an end is the longest; of two that end on one day it is the more serious group's. Raises NoGroup, and
    as `minimum_ends_on`.
    """
    if not facts.groups:
        raise NoGroup()
    for group in facts.groups:
        _known(group)
    held = _values(policy)
    every = [
        _minimum(group, facts.born_on, facts.opened_on, facts.last_relevant_on, held) for group in sorted(facts.groups)
    ]
    return max(every, key=lambda each: each.ends_on or date.max)


def review_due_on(facts: Facts, last_reviewed_on: date | None = None, *, policy: Policy | None = None) -> date:
    """When a record is due for review: as the group does by which it is kept longest. Raises as `next_review_on` (RET-1, RET-3)."""
    group = minimum(facts, policy=policy).group
    return next_review_on(group, opened_on=facts.opened_on, last_reviewed_on=last_reviewed_on, policy=policy)


def may_propose_disposal(facts: Facts, *, on: date, policy: Policy | None = None) -> bool:
    """Whether a review on this day may propose disposal: its minimum period is over (RET-5, RET-11).

    It says nothing of holds and of whatever is open.
    """
    _dates(on)
    ends_on = minimum(facts, policy=policy).ends_on
    return ends_on is not None and on >= ends_on


def check_disposal(facts: Facts, *, on: date, policy: Policy | None = None) -> None:
    """Raises KeptLonger where a review on this day may not propose disposal, Group3TooEarly in group 3 (RET-5, RET-11)."""
    if may_propose_disposal(facts, on=on, policy=policy):
        return
    kept = minimum(facts, policy=policy)
    if kept.ends_on is None:
        raise KeptLonger("No end of the minimum period can be known, so this record is kept. Retain it.")
    refusal = Group3TooEarly if kept.group == REVIEWED_EARLY else KeptLonger
    raise refusal(
        f"This record has to be kept until {said_day(kept.ends_on)}. Retain it, or put it into another group."
    )


def after_event(facts: Facts, kind: str, happened_on: date, *, policy: Policy | None = None) -> Facts:
    """The same record once an event is known: its clear period begins again on that day, and is never made shorter (RET-1, RET-10).

    An event learnt late, from before the last one that is known, changes nothing. Raises UnknownEvent for a kind that
    restarts nothing, and EventBeforeOpening; that it is not in the future says `check`.
    """
    if kind not in (policy or packaged()).retention_events:
        raise UnknownEvent()
    _dates(happened_on)
    if happened_on < facts.opened_on:
        raise EventBeforeOpening()
    return replace(facts, last_relevant_on=max(happened_on, facts.last_relevant_on or happened_on))


def regrouped(facts: Facts, group: int) -> Facts:
    """The same record in one more group; it keeps those it had, so its period is never made shorter (RET-1). Raises UnknownGroup."""
    _known(group)
    return replace(facts, groups=facts.groups | {group})


def check(facts: Facts, *, today: date, policy: Policy | None = None) -> None:
    """Raises where these facts cannot be, as a record is registered or changed: see `retention.errors` (RET-1).

    A birth after the opening can be: a child may be on a record before it is born.
    """
    _dates(today, facts.opened_on, facts.last_relevant_on, facts.born_on)
    held = _values(policy)
    if facts.opened_on > today:
        raise OpenedInTheFuture()
    if facts.last_relevant_on is not None and facts.last_relevant_on > today:
        raise EventInTheFuture()
    if facts.born_on is not None:
        if facts.born_on > today:
            raise BornInTheFuture()
        if _later(facts.born_on, held.oldest_subject_years, held) <= today:
            raise BornTooLongAgo()
    minimum(facts, policy=policy)


def why(facts: Facts, last_reviewed_on: date | None = None, *, policy: Policy | None = None) -> tuple[Because, ...]:
    """How a record's dates are come by, step by step, for people to read. Raises as `minimum` and `next_review_on`.

    The date of birth is not in it, but the end of group 1 tells it: show it to those alone who may know it.
    """
    kept, held = minimum(facts, policy=policy), _values(policy)
    steps = [Because("RET-1", kept.ends_on, _basis(kept, held))]
    if kept.moved and kept.ends_on is not None:
        said = f"There is no 29 February in {kept.ends_on.year}, so the next day counts: {said_day(kept.ends_on)}."
        steps.append(Because("RET-2", kept.ends_on, said))
    for group in sorted(facts.groups - {kept.group}):
        alone = minimum(replace(facts, groups=frozenset({group})), policy=policy).ends_on
        if alone is not None:
            said = f"It is in group {group} too, which alone would end on {said_day(alone)}. The longer counts."
            steps.append(Because("RET-1", alone, said))
    due = review_due_on(facts, last_reviewed_on, policy=policy)
    years = _review_years(kept.group, held)
    since = f"last on {said_day(last_reviewed_on)}" if last_reviewed_on else f"opened on {said_day(facts.opened_on)}"
    steps.append(
        Because("RET-3", due, f"It is reviewed every {_years(years)}: {since}, so it is due on {said_day(due)}.")
    )
    if kept.ends_on is None or due < kept.ends_on:
        until = f"A review before {said_day(kept.ends_on)}" if kept.ends_on else "As long as that is so, a review"
        rule = "RET-11" if kept.group == REVIEWED_EARLY else "RET-5"
        steps.append(Because(rule, kept.ends_on, f"{until} can retain it or regroup it. It cannot propose disposal."))
    return tuple(steps)


def _basis(kept: Minimum, held: RetentionValues) -> str:
    head = f"Group {kept.group} ({', '.join(_offences(kept.group, held))})"
    if kept.ends_on is None or kept.from_on is None:
        return f"{head}: kept until its subject reaches {kept.years} years of age. The date of birth is not known, so no end can be."
    until, since = said_day(kept.ends_on), said_day(kept.from_on)
    if kept.start is Start.BIRTH:
        return f"{head}: kept until its subject reaches {kept.years} years of age, on {until}."
    last = (
        f"none is known since it was opened on {since}" if kept.start is Start.OPENING else f"the last was on {since}"
    )
    return f"{head}: kept until {_years(kept.years)} are over without a relevant event; {last}, so until {until}."


def _years(number: int) -> str:
    return "1 year" if number == 1 else f"{number} years"


def _minimum(
    group: int, born_on: date | None, opened_on: date, last_relevant_on: date | None, held: RetentionValues
) -> Minimum:
    _known(group)
    _dates(opened_on, last_relevant_on, born_on)
    if last_relevant_on is not None and last_relevant_on < opened_on:
        raise EventBeforeOpening()
    years = _kept_years(group, held)
    if group == BY_AGE:
        if born_on is None:
            return Minimum(group, Start.UNKNOWN, None, years, None)
        return _counted(group, Start.BIRTH, born_on, years, held)
    if last_relevant_on is None:
        return _counted(group, Start.OPENING, opened_on, years, held)
    return _counted(group, Start.EVENT, last_relevant_on, years, held)


def _counted(group: int, start: Start, from_on: date, years: int, held: RetentionValues) -> Minimum:
    ends_on = _later(from_on, years, held)
    return Minimum(group, start, from_on, years, ends_on, moved=ends_on.day != from_on.day)


def _later(day: date, years: int, held: RetentionValues) -> date:
    """The same date so many years later; where the year has no 29 February, so many days after its 28th (RET-2)."""
    year = day.year + years
    if year > date.max.year:
        raise BeyondDates()
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28) + timedelta(days=held.missing_date_days)


def _known(group: object) -> None:
    # True is 1 to Python, and nobody's group.
    if isinstance(group, bool) or not isinstance(group, int) or group not in GROUPS:
        raise UnknownGroup()


def _dates(*given: date | None) -> None:
    """An instant is no date: which day it falls on is decided in London, and that is for whoever has the instant."""
    for each in given:
        if isinstance(each, datetime):
            raise TypeError("hand in a London date, not an instant: compliance.kernel.clock.london_date makes one")


def _values(policy: Policy | None) -> RetentionValues:
    return (policy or packaged()).retention


def _kept_years(group: int, held: RetentionValues) -> int:
    return {1: held.group_1_age_years, 2: held.group_2_clear_years, 3: held.group_3_clear_years}[group]


def _review_years(group: int, held: RetentionValues) -> int:
    return {1: held.group_1_review_years, 2: held.group_2_review_years, 3: held.group_3_review_years}[group]


def _offences(group: int, held: RetentionValues) -> Collection[str]:
    return {1: held.group_1_offences, 2: held.group_2_offences, 3: held.group_3_offences}[group]
