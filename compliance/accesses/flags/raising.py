"""Raising what the rules found, each occasion once, and moving on in the log: one transaction (AUD-6).

While a flag is open, further accesses of the same occasion are added to it. Once it is decided they raise another,
but for what one person does with one case and was explained: that is left alone for a while.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid5

from sqlalchemy import delete, func, insert, select

from audit.record import record
from compliance.decisions.exceptions.models import Conflict, ConflictAttempt
from compliance.identity.models import Person
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from policies.access import require
from policies.need_to_know import NeedToKnowRule
from policies.permissions import Permission
from policies.values import Policy

from . import letters, reviewers, rules
from .errors import LookedMeanwhile
from .events import FlagGrown, FlagRaised
from .looking import Question, Stretch, in_use, longest_window
from .models import AccessFlag, AccessFlagEntry, FlaggedUpTo, NotedRefusal
from .rules import CONFLICT, Seen, Status, look_of, occasion

_SLACK = timedelta(hours=1)
_ATTEMPTS_MOST = 2_000


@dataclass(frozen=True)
class Attempted:
    """What one person tried with the case a conflict keeps them from, on one London day: so many kinds of action."""

    conflict_id: UUID
    day: date
    actions: int

    def key(self, rule: NeedToKnowRule) -> str:
        return f"{rule.code}:{self.conflict_id}:{self.day}"


def look_on(ctx: Context, stretch: Stretch, questions: Sequence[Question]) -> int:
    """Raise what a stretch of the log gives rise to, and move on past it; how many flags were raised or grew.

    Raises LookedMeanwhile where somebody else went through it first: then nothing is done.
    """
    require(ctx, Permission.FLAG_RAISE)
    place = _turn(ctx)
    if place.number != stretch.first:
        raise LookedMeanwhile()

    place.number = stretch.end
    _note(ctx, stretch)
    return _ask(ctx, stretch, questions) if questions else 0


def attempts(ctx: Context) -> list[Attempted]:
    """What was tried under conflicts of interest and no flag says yet, the newest first (DEC-6)."""
    rule = _conflict_rule(ctx)
    if rule is None:
        return []
    rows = ctx.session.execute(
        select(ConflictAttempt.conflict_id, ConflictAttempt.day, func.count())
        .group_by(ConflictAttempt.conflict_id, ConflictAttempt.day)
        .order_by(ConflictAttempt.day.desc(), ConflictAttempt.conflict_id)
        .limit(_ATTEMPTS_MOST)
    )
    found = [Attempted(conflict_id, day, number) for conflict_id, day, number in rows]
    wanted = select(AccessFlag.key, AccessFlag.accesses, AccessFlag.status)
    known = {
        row.key: row for row in ctx.session.execute(wanted.where(AccessFlag.key.in_([one.key(rule) for one in found])))
    }

    def is_new(one: Attempted) -> bool:
        said = known.get(one.key(rule))
        return said is None or (said.status == Status.OPEN.value and said.accesses < one.actions)

    return [one for one in found if is_new(one)]


def raise_attempt(ctx: Context, attempted: Attempted) -> AccessFlag | None:
    """Ask those who set a conflict of interest, and nobody else, about an attempt; None where that is asked (DEC-6)."""
    require(ctx, Permission.FLAG_RAISE)
    _turn(ctx)
    rule = _conflict_rule(ctx)
    if rule is None:
        return None

    flag = ctx.session.scalars(
        select(AccessFlag).where(AccessFlag.key == attempted.key(rule)).with_for_update()
    ).one_or_none()
    if flag is not None:
        if flag.status == Status.OPEN.value and flag.accesses < attempted.actions:
            _grow(ctx, flag, attempted.actions)
        return None
    conflict = ctx.session.get_one(Conflict, attempted.conflict_id)
    person = ctx.session.get_one(Person, conflict.person_id)
    flag = _flag(ctx, rule.code, attempted.key(rule), attempted.actions)
    flag.person_id, flag.organisation_id = person.id, person.organisation_id
    flag.reference, flag.conflict_id = conflict.reference, conflict.id
    raised(ctx, flag)
    return flag


def raised(ctx: Context, flag: AccessFlag) -> None:
    """Keep a new flag, with its reviewer, who is told."""
    name_reviewer(ctx, flag)
    ctx.session.add(flag)
    ctx.session.flush()
    record(ctx, FlagRaised(subject=flag.id, accesses=flag.accesses, reviewer=flag.reviewer_id))
    letters.waits(ctx, flag)


def name_reviewer(ctx: Context, flag: AccessFlag) -> None:
    """Give a flag the fairest reviewer there is; nobody where nobody is left."""
    with ctx.session.no_autoflush:
        flag.reviewer_id = reviewers.choose(ctx, flag)


def due_on(ctx: Context) -> date:
    """The day by which what is raised now is reviewed; raises BeyondCalendar."""
    policy = ctx.the(Policy)
    return rules.due_on(london_date(ctx.now()), policy.audit.flag_review_working_days, policy.calendar)


def _ask(ctx: Context, stretch: Stretch, questions: Sequence[Question]) -> int:
    standing = _Standing(ctx, {(each.rule.code, each.seen.person_id) for each in questions})
    employers = _employers(ctx, {each.seen.person_id for each in questions})
    touched: set[UUID] = set()
    for question in questions:
        rule, seen = question.rule, question.seen
        flag = standing.open_one(rule, seen, question.found)
        if flag is not None:
            fresh = standing.add(flag, question.found)
            if fresh:
                _rest_on(ctx, flag, fresh)
                touched.add(flag.id)
            continue
        asked = standing.asked(rule, seen)
        found = occasion(rule, seen, [each for each in stretch.around(seen) if each.number not in asked])
        if not found or standing.explained(ctx, rule, seen):
            continue
        flag = _flag(ctx, rule.code, f"{rule.code}:{seen.person_id}:{seen.number}{_of_case(rule, seen)}", len(found))
        flag.person_id = seen.person_id
        flag.organisation_id = seen.organisation_id or employers.get(seen.person_id)
        flag.reference = seen.reference if look_of(rule).by_case else None
        numbers = [each.number for each in found]
        flag.first_number, flag.last_number = min(numbers), max(numbers)
        raised(ctx, flag)
        _entries(ctx, flag, numbers)
        standing.new(flag, numbers)
    for flag in standing.grown(touched):
        record(ctx, FlagGrown(subject=flag.id, accesses=flag.accesses))
    return len(standing.made) + len(touched)


class _Standing:
    """The flags there are of these rules about these people, and what they rest on; held until the commit."""

    def __init__(self, ctx: Context, about: set[tuple[str, UUID]]) -> None:
        wanted = (
            select(AccessFlag)
            .where(
                AccessFlag.rule.in_({rule for rule, _ in about}),
                AccessFlag.person_id.in_({person_id for _, person_id in about}),
            )
            .order_by(AccessFlag.id)
            .with_for_update()
        )
        self.flags = list(ctx.session.scalars(wanted))
        self.made: list[AccessFlag] = []
        self.numbers: dict[UUID, set[int]] = {flag.id: set() for flag in self.flags}
        rests = select(AccessFlagEntry.flag_id, AccessFlagEntry.number).where(
            AccessFlagEntry.flag_id.in_(list(self.numbers))
        )
        for flag_id, number in ctx.session.execute(rests):
            self.numbers[flag_id].add(number)

    def open_one(self, rule: NeedToKnowRule, seen: Seen, found: Iterable[Seen]) -> AccessFlag | None:
        """The open flag that this belongs to: of the same case, or one that rests on some of the same accesses."""
        numbers = {each.number for each in found}
        for flag in self._of(rule, seen):
            same = flag.reference == seen.reference if look_of(rule).by_case else numbers & self.numbers[flag.id]
            if flag.status == Status.OPEN.value and same:
                return flag
        return None

    def asked(self, rule: NeedToKnowRule, seen: Seen) -> set[int]:
        """Everything that a flag of this rule about this person rests on."""
        return {number for flag in self._of(rule, seen) for number in self.numbers[flag.id]}

    def explained(self, ctx: Context, rule: NeedToKnowRule, seen: Seen) -> bool:
        """Whether what this person does with this case was explained, not long ago."""
        if not look_of(rule).by_case:
            return False
        since = ctx.now() - timedelta(days=ctx.the(Policy).audit.flag_explained_days)
        return any(
            flag.status == Status.EXPLAINED.value and flag.reference == seen.reference and flag.decided_at is not None
            and flag.decided_at > since
            for flag in self._of(rule, seen)
        )  # fmt: skip

    def add(self, flag: AccessFlag, found: Iterable[Seen]) -> list[int]:
        """What a flag did not rest on yet, and does from now on."""
        fresh = sorted({each.number for each in found} - self.numbers[flag.id])
        self.numbers[flag.id] |= set(fresh)
        return fresh

    def new(self, flag: AccessFlag, numbers: Iterable[int]) -> None:
        self.flags.append(flag)
        self.made.append(flag)
        self.numbers[flag.id] = set(numbers)

    def grown(self, touched: set[UUID]) -> list[AccessFlag]:
        return [flag for flag in self.flags if flag.id in touched]

    def _of(self, rule: NeedToKnowRule, seen: Seen) -> list[AccessFlag]:
        return [flag for flag in self.flags if flag.rule == rule.code and flag.person_id == seen.person_id]


def _flag(ctx: Context, rule: str, key: str, accesses: int) -> AccessFlag:
    return AccessFlag(
        id=ctx.new_id(), key=key, rule=rule, status=Status.OPEN.value, accesses=accesses, raised_by=ctx.actor.id,
        raised_at=ctx.now(), due_on=due_on(ctx),
    )  # fmt: skip


def _of_case(rule: NeedToKnowRule, seen: Seen) -> str:
    """One entry may be of several cases: what tells them apart in a flag's key, without naming any."""
    return f":{uuid5(seen.person_id, seen.reference or '')}" if look_of(rule).by_case else ""


def _grow(ctx: Context, flag: AccessFlag, accesses: int) -> None:
    flag.accesses = accesses
    record(ctx, FlagGrown(subject=flag.id, accesses=accesses))


def _rest_on(ctx: Context, flag: AccessFlag, fresh: Sequence[int]) -> None:
    _entries(ctx, flag, fresh)
    flag.accesses += len(fresh)
    flag.first_number = min(fresh[0], flag.first_number if flag.first_number is not None else fresh[0])
    flag.last_number = max(fresh[-1], flag.last_number if flag.last_number is not None else fresh[-1])


def _entries(ctx: Context, flag: AccessFlag, numbers: Iterable[int]) -> None:
    ctx.session.execute(insert(AccessFlagEntry), [{"flag_id": flag.id, "number": number} for number in numbers])


def _employers(ctx: Context, people: set[UUID]) -> dict[UUID, UUID | None]:
    rows = ctx.session.execute(select(Person.id, Person.organisation_id).where(Person.id.in_(people)))
    return {row.id: row.organisation_id for row in rows}


def _note(ctx: Context, stretch: Stretch) -> None:
    """Keep the refusals that a later stretch may look back at, and forget those that none will."""
    rows = [
        {"number": seen.number, "person_id": seen.person_id, "organisation_id": seen.organisation_id, "at": seen.at}
        for seen in stretch.refusals
    ]
    if rows:
        ctx.session.execute(insert(NotedRefusal), rows)
    if stretch.begins_at is not None:
        past = stretch.begins_at - longest_window(in_use(ctx)) - _SLACK
        ctx.session.execute(delete(NotedRefusal).where(NotedRefusal.at < past))


def _turn(ctx: Context) -> FlaggedUpTo:
    """The row that only one scheduler has at a time."""
    wanted = select(FlaggedUpTo).where(FlaggedUpTo.id == 1).with_for_update()
    place = ctx.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if place is None:
        place = FlaggedUpTo(id=1, number=0)
        ctx.session.add(place)
    return place


def _conflict_rule(ctx: Context) -> NeedToKnowRule | None:
    return next((rule for rule in in_use(ctx) if rule.looks_at == CONFLICT), None)
