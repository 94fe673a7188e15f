"""Asking for re-use, and what the supplier or an overriding reason makes of it (SHA-2, OP 1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from audit.record import record
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, Invalid
from compliance.kernel.numbering import next_number
from compliance.kernel.reminding import to_remind, working_days_before
from compliance.kernel.secrets import KeyRing
from compliance.kernel.turns import KEEPING, in_turn
from compliance.sharing.behalf import whose
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from . import letters, queries, rules
from .errors import AnsweredMeanwhile, OwnRequest
from .events import (
    ReuseAsked,
    ReuseEvent,
    ReusePermitted,
    ReuseRefused,
    ReuseReliedOn,
    ReuseReminded,
    ReuseViewed,
    ReuseWithdrawn,
)
from .models import ReuseRequest
from .rules import Status, Step

REFERENCE_LONGEST = 255

_SAYS: dict[Step, type[ReuseEvent]] = {
    Step.PERMIT: ReusePermitted, Step.REFUSE: ReuseRefused, Step.WITHDRAW: ReuseWithdrawn,
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What somebody asks: of which case and supplier, for which purpose, what and why in their own words.

    `person` is on whose behalf a program asks, `organisation_id` for which organisation of theirs.
    """

    reference: str
    supplier_id: UUID
    purpose: str
    words: str
    person: str | None = None
    organisation_id: UUID | None = None


@dataclass(frozen=True)
class Opened:
    """A request with everything that was said about it; None for what was not said."""

    request: ReuseRequest
    words: str
    answer: str | None
    refusal: str | None


def ask(ctx: Context, said: Asked) -> ReuseRequest:
    """Ask a supplier whether what it gave may be used for something else; it has so many working days (SHA-2).

    Raises Forbidden, NotOnBehalf, BeyondCalendar, and Invalid at the member that is wrong.
    """
    who = whose(ctx, Permission.REUSE_ASK, person=said.person, organisation_id=said.organisation_id)
    policy, day = ctx.the(Policy), london_date(ctx.now())

    reference = text.line(said.reference, pointer="/reference", limit=REFERENCE_LONGEST)
    if said.purpose not in policy.reuse_purposes:
        raise Invalid.at("/purpose", f"Use one of these: {', '.join(policy.reuse_purposes)}.")
    words = text.prose(said.words, pointer="/words", limit=policy.sharing.words_most)
    if ctx.session.get(Organisation, said.supplier_id) is None:
        raise Invalid.at("/supplier_id", "Choose an organisation from the register.")
    if said.supplier_id == who.organisation_id:
        raise Invalid.at("/supplier_id", "What your own organisation supplied is its own to use. Name another one.")

    in_turn(ctx, KEEPING)
    new_id = ctx.new_id()
    request = ReuseRequest(
        id=new_id, year=day.year, number=next_number(ctx, ReuseRequest.number, ReuseRequest.year, day.year),
        reference=reference, purpose=said.purpose, supplier_id=said.supplier_id,
        asking_organisation_id=who.organisation_id, asked_by=who.person_id, recorded_by=ctx.actor.id,
        asked_at=ctx.now(), answer_by=rules.answer_by(day, policy.sharing, policy.calendar), status=Status.OPEN.value,
        words=ctx.the(KeyRing).seal(words.encode(), place=f"reuse_requests.words:{new_id}"),
    )  # fmt: skip
    ctx.session.add(request)
    ctx.session.flush()

    record(
        ctx,
        ReuseAsked(
            subject=request.id, organisation=request.supplier_id, reference=reference, kind=request.purpose,
            person=request.asked_by, asking=request.asking_organisation_id, answer_by=request.answer_by,
        ),
    )  # fmt: skip
    letters.waits(ctx, request)
    return request


def permit(ctx: Context, request_id: UUID, *, words: str, seen: str | None = None) -> ReuseRequest:
    """Permit it, for the supplier; raises NoSuchAnswer, AnsweredMeanwhile, OwnRequest, and Invalid at `/words`."""
    return _take(ctx, request_id, Step.PERMIT, words, seen=seen)


def refuse(ctx: Context, request_id: UUID, *, words: str, seen: str | None = None) -> ReuseRequest:
    """Refuse it, for the supplier, and say why; otherwise as `permit`."""
    return _take(ctx, request_id, Step.REFUSE, words, seen=seen)


def rely(ctx: Context, request_id: UUID, *, reason: str, words: str, seen: str | None = None) -> ReuseRequest:
    """Rely on an overriding reason, for the hub, without the supplier's permission or against it; the supplier is told.

    Raises as `permit`, and Invalid at `/reason`.
    """
    return _take(ctx, request_id, Step.RELY, words, seen=seen, reason=reason)


def withdraw(ctx: Context, request_id: UUID, *, words: str, seen: str | None = None) -> ReuseRequest:
    """Take one's own request back; raises Forbidden for anybody else's."""
    return _take(ctx, request_id, Step.WITHDRAW, words, seen=seen)


def view(ctx: Context, request_id: UUID) -> Opened:
    """One request with what was said about it, and keep that it was read (AUD-1)."""
    request = queries.visible(ctx, request_id)

    record(ctx, ReuseViewed(subject=request.id, organisation=request.supplier_id, reference=request.reference))
    return opened(ctx, request)


def opened(ctx: Context, request: ReuseRequest) -> Opened:
    """What was said about a request."""
    ring = ctx.the(KeyRing)

    def words(kept: bytes | None, column: str) -> str | None:
        return ring.open(kept, place=f"reuse_requests.{column}:{request.id}").decode() if kept is not None else None

    asked = words(request.words, "words") or ""
    return Opened(request, asked, words(request.answer, "answer"), words(request.refusal, "refusal"))


def can_take(ctx: Context, request: ReuseRequest) -> tuple[Step, ...]:
    """The steps that whoever looks may take now."""
    me = ctx.actor.person_id
    able: list[Step] = []
    for step in Step:
        if (Status(request.status), step) not in rules.NEXT or me is None:
            continue
        mine = request.asked_by == me
        if step is Step.WITHDRAW:
            able += [step] if mine else []
        elif not mine and queries.may_take(ctx, request, step):
            able.append(step)
    return tuple(able)


def remind(ctx: Context, request_id: UUID) -> ReuseRequest | None:
    """Remind the supplier once before it is due, on the day, and when it is over; None where it is not the time."""
    request = queries.held(ctx, request_id)
    policy, today = ctx.the(Policy), london_date(ctx.now())
    if request.status != Status.OPEN.value:
        return None
    soon_from = working_days_before(request.answer_by, policy.sharing.reuse_reminder_working_days, policy.calendar)
    time = to_remind(today, request.answer_by, soon_from, request.reminded_on)
    if time is None:
        return None

    request.reminded_on = today

    told = letters.due(ctx, request, time)
    record(
        ctx,
        ReuseReminded(subject=request.id, organisation=request.supplier_id, reference=request.reference, letters=told),
    )
    return request


def _take(
    ctx: Context, request_id: UUID, step: Step, words: str, *, seen: str | None, reason: str | None = None
) -> ReuseRequest:
    """One step: looked up and held, permitted, taken, told. `seen` is where it stood when whoever takes it looked."""
    request = queries.visible(ctx, request_id, lock=True)
    was = Status(request.status)
    _require(ctx, request, step)
    if seen is not None and seen != was.value:
        raise AnsweredMeanwhile()
    status = rules.after(was, step)
    policy, ring = ctx.the(Policy), ctx.the(KeyRing)
    if step is Step.RELY and reason not in policy.reuse_overrides:
        raise Invalid.at("/reason", f"Use one of these: {', '.join(policy.reuse_overrides)}.")
    said = text.prose(words, pointer="/words", limit=policy.sharing.words_most).encode()

    if was is Status.REFUSED:
        # The refusal stays beside what was decided over it.
        answer = ring.open(request.answer or b"", place=f"reuse_requests.answer:{request.id}")
        request.refused_by, request.refusal = (
            request.answered_by, ring.seal(answer, place=f"reuse_requests.refusal:{request.id}")
        )  # fmt: skip
    request.status, request.override = status.value, reason if step is Step.RELY else None
    request.answer = ring.seal(said, place=f"reuse_requests.answer:{request.id}")
    request.answered_by, request.ended_at = ctx.actor.id, ctx.now()

    about: dict[str, Any] = {"subject": request.id, "organisation": request.supplier_id, "reference": request.reference}
    if step is Step.RELY:
        record(ctx, ReuseReliedOn(**about, ground=str(reason), was=was.value))
        letters.relied_on(ctx, request)
    else:
        record(ctx, _SAYS[step](**about))
    if step is not Step.WITHDRAW:
        letters.answered(ctx, request)
    return request


def _require(ctx: Context, request: ReuseRequest, step: Step) -> None:
    """Refuse whoever may not take this step: a withdrawal is the asker's alone, and all else is anybody's but the asker's."""
    mine = request.asked_by == ctx.actor.person_id
    if step is Step.WITHDRAW:
        if not mine:
            raise Forbidden()
        return
    if mine:
        raise OwnRequest()
    require(ctx, rules.TAKEN_WITH[step], organisation=request.supplier_id if step is not Step.RELY else None)
