"""Reporting a concern, reviewing a flag, handing it over: what people decide about access (AUD-6, AUD-7)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select

from audit.record import record
from compliance.identity import queries as identity
from compliance.identity.addresses import normalise
from compliance.identity.models import Person
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from compliance.kernel.ids import parse_id
from compliance.kernel.secrets import KeyRing
from policies.access import require
from policies.need_to_know import CONCERN
from policies.permissions import Permission
from policies.values import Policy

from . import letters, queries, reviewers, rules, showing
from .errors import FlagGrew, NotABreach, NotAReviewer, NotItsReviewer, TooManyConcerns
from .events import (
    ConcernReported,
    FlagExplained,
    FlagFoundBreach,
    FlagHandedOver,
    FlagRaisedAsBreach,
    FlagReminded,
    FlagViewed,
)
from .models import AccessFlag
from .raising import due_on, name_reviewer
from .rules import REASONS, Reason, Status, Step, after

E = TypeVar("E", bound=StrEnum)

_A_DAY = timedelta(days=1)
_HOURS = 24 * 3600


@dataclass(frozen=True)
class Concern:
    """What somebody reports: in their own words what happened, and, as far as they know, whose access, which case, when."""

    words: str
    person: str | None = None
    reference: str | None = None
    when: str | None = None


def report_concern(ctx: Context, concern: Concern) -> AccessFlag:
    """Report a concern about access: it becomes a flag with a named reviewer (AUD-7, OP 1.5).

    Anyone who is signed in may, and the case system. The same words sent twice in a day are one concern. Whether
    there is an account of the person named is not told. Raises Invalid at the member that is wrong, TooManyConcerns.
    """
    if ctx.actor.person_id is None:
        require(ctx, Permission.CONCERN_RAISE)

    said = {
        "words": text.prose(concern.words, pointer="/words"),
        "person": _if_any(concern.person, "/person"),
        "when": _if_any(concern.when, "/when"),
    }
    reference = _if_any(concern.reference, "/reference", 255)
    if not said["person"] and not reference:
        raise Invalid.at("/person", "Say whose access it is about, or which case, or both.")

    ring = ctx.the(KeyRing)
    whole = json.dumps([ctx.actor.id, str(london_date(ctx.now())), said, reference], sort_keys=True)
    key = f"{CONCERN}:{ring.fingerprint('concern', whole)}"[:255]
    known = ctx.session.scalars(select(AccessFlag).where(AccessFlag.key == key)).one_or_none()
    if known is not None:
        return known
    _not_too_many(ctx)

    about = _person(ctx, said["person"])
    flag = AccessFlag(
        id=ctx.new_id(), key=key, rule=CONCERN, status=Status.OPEN.value, accesses=0, raised_by=ctx.actor.id,
        raised_at=ctx.now(), due_on=due_on(ctx), reference=reference or None,
        person_id=about.id if about else None, organisation_id=about.organisation_id if about else None,
    )  # fmt: skip
    flag.concern = ring.seal(json.dumps(said, ensure_ascii=False).encode(), place=f"access_flags.concern:{flag.id}")
    name_reviewer(ctx, flag)
    ctx.session.add(flag)
    ctx.session.flush()

    record(ctx, ConcernReported(subject=flag.id, reviewer=flag.reviewer_id))
    letters.waits(ctx, flag)
    return flag


def view(ctx: Context, flag_id: UUID) -> showing.Whole:
    """Show one flag with what it rests on, and keep that it was shown."""
    whole = showing.whole(ctx, queries.visible(ctx, flag_id))
    record(ctx, FlagViewed(subject=whole.flag.id, purpose=showing.PURPOSE, entries=len(whole.entries)))
    return whole


def review(
    ctx: Context, flag_id: UUID, *, step: Step | str, reason: Reason | str, words: str, accesses: int
) -> AccessFlag:
    """Say what a flag came to: explained, or a breach to be raised as one; with a reason, by its named reviewer.

    `accesses` is how many there were when the reviewer read it. Raises RaisedByYou, NotItsReviewer, FlagGrew,
    FlagReviewed, and Invalid at `/step`, `/reason` and `/words`.
    """
    flag = queries.visible(ctx, flag_id, lock=True)
    taken = _one_of(Step, step, "/step", "Choose what you found.")
    if taken not in REASONS:
        raise Invalid.at("/step", "Choose what you found.")
    status = after(Status(flag.status), taken)
    refusal = queries.why_not(ctx, flag)
    if refusal is not None:
        raise refusal
    if flag.reviewer_id != ctx.actor.person_id:
        raise NotItsReviewer()
    if flag.accesses != accesses:
        raise FlagGrew()
    found = _one_of(Reason, reason, "/reason", "Choose the reason.")
    if found not in REASONS[taken]:
        raise Invalid.at("/reason", "Choose a reason that goes with what you found.")
    answer = text.prose(words, pointer="/words")

    flag.status, flag.finding = status.value, found.value
    flag.decided_by, flag.decided_at = ctx.actor.id, ctx.now()
    flag.answer = ctx.the(KeyRing).seal(answer.encode(), place=f"access_flags.answer:{flag.id}")

    kind = FlagExplained if status is Status.EXPLAINED else FlagFoundBreach
    record(ctx, kind(subject=flag.id))
    letters.looked_at(ctx, flag)
    return flag


def raised_as_breach(ctx: Context, flag_id: UUID) -> AccessFlag:
    """What a review found to be a breach is raised as one, and waits for nobody any more; raises NotABreach."""
    flag = queries.visible(ctx, flag_id, lock=True)
    if (Status(flag.status), Step.RAISE) not in rules.NEXT:
        raise NotABreach()

    flag.status = after(Status(flag.status), Step.RAISE).value

    record(ctx, FlagRaisedAsBreach(subject=flag.id))
    return flag


def hand_over(ctx: Context, flag_id: UUID, reviewer_id: UUID) -> AccessFlag:
    """Give an open flag to another reviewer, or take it over oneself. Raises RaisedByYou, FlagReviewed, NotAReviewer."""
    flag = queries.visible(ctx, flag_id, lock=True)
    after(Status(flag.status), Step.EXPLAIN)
    refusal = queries.why_not(ctx, flag)
    if refusal is not None:
        raise refusal
    if flag.reviewer_id == reviewer_id or reviewer_id not in {each.id for each in reviewers.candidates(ctx, flag)}:
        raise NotAReviewer()

    flag.reviewer_id = reviewer_id

    record(ctx, FlagHandedOver(subject=flag.id, reviewer=reviewer_id))
    if reviewer_id != ctx.actor.person_id:
        letters.given(ctx, flag)
    return flag


def assign(ctx: Context, flag_id: UUID) -> AccessFlag | None:
    """Name a reviewer where there is none, or none who may review any more; None where nobody is left."""
    require(ctx, Permission.FLAG_RAISE)
    flag = queries.held(ctx, flag_id)
    if flag.status != Status.OPEN.value:
        return None
    found = reviewers.choose(ctx, flag)
    if found is None or found == flag.reviewer_id:
        return None

    flag.reviewer_id = found

    record(ctx, FlagHandedOver(subject=flag.id, reviewer=found))
    letters.given(ctx, flag)
    return flag


def remind(ctx: Context, flag_id: UUID) -> AccessFlag | None:
    """Remind a flag's reviewer once before it is due, and once when the day is over; None where it is not the time."""
    require(ctx, Permission.FLAG_RAISE)
    flag = queries.held(ctx, flag_id)
    policy, today = ctx.the(Policy), london_date(ctx.now())
    days = policy.audit.flag_reminder_working_days
    if flag.status != Status.OPEN.value or flag.reviewer_id is None:
        return None
    if not rules.reminder_due(today, flag.due_on, flag.reminded_on, days, policy.calendar):
        return None

    flag.reminded_on = today

    record(ctx, FlagReminded(subject=flag.id, reviewer=flag.reviewer_id))
    letters.due(ctx, flag, over=today > flag.due_on)
    return flag


def _person(ctx: Context, who: str) -> Person | None:
    """The account whose id or registered address this is, if any."""
    known = parse_id(who)
    if known is not None:
        return ctx.session.get(Person, known)
    try:
        return identity.person_by_email(ctx, normalise(who))
    except Invalid:
        return None


def _if_any(given: str | None, pointer: str, limit: int = 200) -> str:
    return text.line(given, pointer=pointer, limit=limit) if given and given.strip() else ""


def _not_too_many(ctx: Context) -> None:
    if ctx.actor.person_id is None:
        return
    since = ctx.now() - _A_DAY
    mine = select(func.count()).where(
        AccessFlag.raised_by == ctx.actor.id, AccessFlag.rule == CONCERN, AccessFlag.raised_at > since
    )
    if (ctx.session.scalar(mine) or 0) >= ctx.the(Policy).audit.concerns_most:
        raise TooManyConcerns(retry_after=_HOURS)


def _one_of(kind: type[E], given: str, pointer: str, words: str) -> E:
    try:
        return kind(given)
    except ValueError:
        raise Invalid.at(pointer, words) from None
