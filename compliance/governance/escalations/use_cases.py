"""Holding an organisation to account that does not take part: asking, answering, raising, ending (GOV-2, OP 8.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.identity.queries import require_fresh
from compliance.kernel import text
from compliance.kernel.calendar import is_working_day
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import Invalid, NotFound
from compliance.kernel.numbering import next_number
from compliance.kernel.reminding import to_remind, working_days_before
from compliance.kernel.secrets import KeyRing
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as register

from . import letters, queries, rules
from .errors import AlreadyEscalated, RaisedMeanwhile
from .events import (
    EscalationAnswered,
    EscalationEnded,
    EscalationOpened,
    EscalationRaised,
    EscalationReminded,
    EscalationViewed,
)
from .models import Escalation, EscalationAsk
from .rules import About, Level, Standing, Step, after

E = TypeVar("E", bound=StrEnum)

_ONE_OPEN = "uq_escalations_organisation_id_about_open"


@dataclass(frozen=True)
class Ask:
    """What a group asks, of whom by name or post, and by when: None for as long as the policy gives."""

    asked: str
    of_whom: str
    answer_by: date | None = None


def open_escalation(ctx: Context, organisation_id: UUID, *, about: About | str, grounds: str, ask: Ask) -> Escalation:
    """Put before the steering group that an organisation does not take part, with what the group asks of it.

    Raises AlreadyEscalated, BeyondCalendar, and Invalid at `/organisation_id`, `/about`, `/grounds`, `/asked`,
    `/of_whom` and `/answer_by`.
    """
    require(ctx, Permission.ESCALATION_OPEN)
    matter = _one_of(About, about, "/about", "Choose what it is about.")
    try:
        register.organisation(ctx, organisation_id)
    except NotFound:
        raise Invalid.at("/organisation_id", "Choose an organisation of the register.") from None
    why = text.prose(grounds, pointer="/grounds", limit=ctx.the(Policy).escalations.words_most)
    year, new_id = london_date(ctx.now()).year, ctx.new_id()

    escalation = Escalation(
        id=new_id,
        year=year,
        number=next_number(ctx, Escalation.number, Escalation.year, year),
        organisation_id=organisation_id,
        about=matter.value,
        level=Level.STEERING.value,
        grounds=ctx.the(KeyRing).seal(why.encode(), place=f"escalations.grounds:{new_id}"),
        opened_by=ctx.actor.id,
        opened_at=ctx.now(),
    )
    ctx.session.add(escalation)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, _ONE_OPEN):
            raise AlreadyEscalated() from problem
        raise
    asked = _ask(ctx, escalation, Level.STEERING, ask)

    record(
        ctx,
        EscalationOpened(
            subject=escalation.id,
            organisation=organisation_id,
            level=escalation.level,
            about=matter.value,
            ask=asked.id,
        ),
    )
    letters.asked(ctx, escalation, asked)
    return escalation


def view(ctx: Context, escalation_id: UUID) -> queries.Whole:
    """Show one escalation with what was asked and answered, and keep that it was shown."""
    whole = queries.whole(ctx, queries.visible(ctx, escalation_id))
    it = whole.escalation
    record(ctx, EscalationViewed(subject=it.id, organisation=it.organisation_id, level=it.level))
    return whole


def answer(ctx: Context, escalation_id: UUID, *, level: Level | str, words: str) -> Escalation:
    """Answer what a group asked: the organisation itself, or the hub for one that answered in another way.

    `level` is the group that asked, as whoever answers read it. Late answers are taken. Raises RaisedMeanwhile,
    AnsweredAlready, EscalationOver, and Invalid at `/words`.
    """
    it, ask, standing = _held(ctx, escalation_id)
    require(ctx, Permission.ESCALATION_ANSWER, organisation=it.organisation_id)
    _still_before(it, standing, level)
    after(standing, Step.ANSWER)
    said = text.prose(words, pointer="/words", limit=ctx.the(Policy).escalations.words_most)

    ask.answer = ctx.the(KeyRing).seal(said.encode(), place=f"escalation_asks.answer:{ask.id}")
    ask.answered_by, ask.answered_at = ctx.actor.id, ctx.now()

    record(ctx, EscalationAnswered(subject=it.id, organisation=it.organisation_id, level=it.level, ask=ask.id))
    letters.answered(ctx, it, ask)
    return it


def raise_higher(ctx: Context, escalation_id: UUID, *, level: Level | str, ask: Ask) -> Escalation:
    """Put it before the group above, which asks anew: when it was answered, or its day is over without an answer.

    `level` is the group it stands before, as whoever raises it read it: it goes up one group at a time. Raises
    RaisedMeanwhile, AnswerNotDue, EscalationOver, NoGroupAbove, BeyondCalendar, and Invalid at `/asked`, `/of_whom`
    and `/answer_by`.
    """
    it, _, standing = _held(ctx, escalation_id)
    require(ctx, Permission.ESCALATION_RAISE)
    _still_before(it, standing, level)
    after(standing, Step.RAISE)
    higher = rules.above(Level(it.level))

    it.level = higher.value
    asked = _ask(ctx, it, higher, ask)

    record(ctx, EscalationRaised(subject=it.id, organisation=it.organisation_id, level=it.level, ask=asked.id))
    letters.asked(ctx, it, asked)
    return it


def end(ctx: Context, escalation_id: UUID, *, level: Level | str, outcome: str) -> Escalation:
    """End it, with what was agreed or decided; it takes a fresh code.

    `level` is the group it stands before, as whoever ends it read it. Raises RaisedMeanwhile, EscalationOver, and
    Invalid at `/outcome`.
    """
    it, ask, standing = _held(ctx, escalation_id)
    require(ctx, Permission.ESCALATION_RAISE)
    require_fresh(ctx)
    _still_before(it, standing, level)
    after(standing, Step.END)
    came_to = text.prose(outcome, pointer="/outcome", limit=ctx.the(Policy).escalations.words_most)

    it.outcome = ctx.the(KeyRing).seal(came_to.encode(), place=f"escalations.outcome:{it.id}")
    it.ended_by, it.ended_at = ctx.actor.id, ctx.now()

    record(ctx, EscalationEnded(subject=it.id, organisation=it.organisation_id, level=it.level))
    letters.ended(ctx, it, ask)
    return it


def remind(ctx: Context, escalation_id: UUID) -> Escalation | None:
    """Remind of an answer before its last day, on it, and after it, once each; None where it is not the time."""
    it = queries.held(ctx, escalation_id)
    ask = queries.present(ctx, it)
    policy, today = ctx.the(Policy), london_date(ctx.now())
    if queries.stands(ctx, it, ask) not in (Standing.ASKED, Standing.OVERDUE):
        return None
    days = policy.escalations.reminder_working_days
    soon = working_days_before(ask.answer_by, days, policy.calendar)
    time = to_remind(today, ask.answer_by, soon, ask.reminded_on)
    if time is None:
        return None

    ask.reminded_on = today

    letters_written = letters.reminded(ctx, it, ask, time)
    record(
        ctx,
        EscalationReminded(
            subject=it.id, organisation=it.organisation_id, level=it.level, ask=ask.id, letters=letters_written
        ),
    )
    return it


def _held(ctx: Context, escalation_id: UUID) -> tuple[Escalation, EscalationAsk, Standing]:
    it = queries.visible(ctx, escalation_id, lock=True)
    ask = queries.present(ctx, it)
    return it, ask, queries.stands(ctx, it, ask)


def _still_before(it: Escalation, standing: Standing, level: Level | str) -> None:
    """Refuse where it stands before another group by now than the one that whoever acts has read of."""
    if standing is not Standing.ENDED and it.level != str(level):
        raise RaisedMeanwhile()


def _ask(ctx: Context, it: Escalation, level: Level, ask: Ask) -> EscalationAsk:
    values, new_id = ctx.the(Policy).escalations, ctx.new_id()
    said = text.prose(ask.asked, pointer="/asked", limit=values.words_most)
    row = EscalationAsk(
        id=new_id,
        escalation_id=it.id,
        level=level.value,
        asked=ctx.the(KeyRing).seal(said.encode(), place=f"escalation_asks.asked:{new_id}"),
        of_whom=text.line(ask.of_whom, pointer="/of_whom"),
        answer_by=_answer_by(ctx, level, ask.answer_by),
        asked_by=ctx.actor.id,
        asked_at=ctx.now(),
    )
    ctx.session.add(row)
    return row


def _answer_by(ctx: Context, level: Level, given: date | None) -> date:
    policy, today = ctx.the(Policy), london_date(ctx.now())
    if given is None:
        return rules.answer_by(today, days_of(policy, level), policy.calendar)
    if given <= today:
        raise Invalid.at("/answer_by", "Enter a day that is still to come.")
    if not is_working_day(given, policy.calendar):
        raise Invalid.at("/answer_by", "Enter a working day: neither a weekend nor a bank holiday.")
    return given


def days_of(policy: Policy, level: Level) -> int:
    """How many working days an organisation has to answer this group."""
    values = policy.escalations
    return {
        Level.STEERING: values.steering_working_days,
        Level.TACTICAL: values.tactical_working_days,
        Level.EXECUTIVE: values.executive_working_days,
    }[level]


def _one_of(kind: type[E], given: str, pointer: str, words: str) -> E:
    try:
        return kind(given)
    except ValueError:
        raise Invalid.at(pointer, words) from None
