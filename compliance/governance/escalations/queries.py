"""Reading escalations: the groups and the hub all of them, an organisation its own (GOV-2, ROL-4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true

from compliance.identity.queries import names_of
from compliance.kernel.calendar import add_working_days
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.counting import counts
from compliance.kernel.errors import Forbidden, NotFound
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from compliance.kernel.numbering import is_called
from compliance.kernel.reminding import may_be_due
from compliance.kernel.secrets import KeyRing
from policies.access import could, may, reach, require
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from .models import Escalation, EscalationAsk
from .rules import About, Level, Standing, standing

MOST = 500

_IT, _ASK = Escalation, EscalationAsk
_PRESENT = and_(_ASK.escalation_id == _IT.id, _ASK.level == _IT.level)
_HEIGHT = case({level.value: height for height, level in enumerate(Level)}, value=_IT.level, else_=len(Level))


class Which(StrEnum):
    """What the list is narrowed to."""

    OPEN = "open"
    TO_ANSWER = "to_answer"
    ASKED = "asked"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    ENDED = "ended"
    ALL = "all"


SORTS = Sorts(
    _IT.id,
    {
        "due": By(_ASK.answer_by, date),
        "opened": By(_IT.opened_at, datetime),
        "organisation": By(func.lower(Organisation.name)),
        "level": By(_HEIGHT, int),
        "about": By(_IT.about),
    },
    usual="due",
)


@dataclass(frozen=True)
class Listed:
    """An escalation in the list, with what its present group asked, and how it stands today."""

    escalation: Escalation
    ask: EscalationAsk
    organisation: str
    standing: Standing


@dataclass(frozen=True)
class Asked:
    """What one group asked, and the answer, opened."""

    ask: EscalationAsk
    asked: str
    answer: str | None


@dataclass(frozen=True)
class Whole:
    """An escalation with all that was asked and answered, the lowest group first, and the names behind its ids."""

    escalation: Escalation
    organisation: str
    standing: Standing
    grounds: str
    outcome: str | None
    asks: Sequence[Asked]
    names: Mapping[str, str]


def visible(ctx: Context, escalation_id: UUID, *, lock: bool = False) -> Escalation:
    """An escalation that the actor may know of; every other does not exist."""
    found = _found(ctx, escalation_id, lock=lock)
    if found is None or not may(ctx, Permission.ESCALATION_READ, organisation=found.organisation_id):
        raise NotFound() if could(ctx, Permission.ESCALATION_READ) else Forbidden()
    return found


def held(ctx: Context, escalation_id: UUID) -> Escalation:
    """An escalation held for change, for a job; raises Forbidden, NotFound."""
    require(ctx, Permission.ESCALATION_CHASE)
    found = _found(ctx, escalation_id, lock=True)
    if found is None:
        raise NotFound()
    return found


def present(ctx: Context, it: Escalation) -> EscalationAsk:
    """What the group asked before which it stands now."""
    wanted = select(_ASK).where(_ASK.escalation_id == it.id, _ASK.level == it.level)
    return ctx.session.scalars(wanted.execution_options(populate_existing=True)).one()


def stands(ctx: Context, it: Escalation, ask: EscalationAsk) -> Standing:
    """How it stands today."""
    return standing(
        ended=it.ended_at is not None,
        answered=ask.answered_at is not None,
        answer_by=ask.answer_by,
        today=london_date(ctx.now()),
    )


def escalations(
    ctx: Context,
    *,
    which: Which = Which.OPEN,
    level: Level | None = None,
    about: About | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """The escalations that the actor may know of, whose answer is due first at the head.

    `search` looks in numbers and organisations. Raises Forbidden, and Invalid at `/limit`, `/sort` and `/after`.
    """
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted = (
        select(_IT, _ASK, Organisation.name)
        .join(_ASK, _PRESENT)
        .join(Organisation, Organisation.id == _IT.organisation_id)
        .where(_within(ctx), _which(ctx, which))
    )
    if level is not None:
        wanted = wanted.where(_IT.level == level.value)
    if about is not None:
        wanted = wanted.where(_IT.about == about.value)
    if search and search.strip():
        number = is_called(search, _IT.number, _IT.year)
        named = Organisation.name.icontains(search.strip(), autoescape=True)
        wanted = wanted.where(named if number is None else or_(named, number))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return page.each(lambda row: Listed(row[0], row[1], row[2], stands(ctx, row[0], row[1])))


@dataclass(frozen=True)
class Counted:
    """Of those the actor may know of: how many wait for the organisation, are overdue, and are answered; and by when the
    first that is not overdue is to be answered."""

    asked: int
    overdue: int
    answered: int
    next_by: date | None = None


def counted(ctx: Context) -> Counted:
    """What the first page says of escalations: one statement."""
    return Counted(*counts(ctx, counting))


def of_everybody(ctx: Context) -> Counted:
    """The same of all there are, for a report: whoever has it counted may read reports."""
    return Counted(*ctx.session.execute(_counting(ctx, true())).one())


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """What `counted` counts, as a statement of one row."""
    return _counting(ctx, _within(ctx))


def _counting(ctx: Context, within: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            func.count(case((_which(ctx, Which.ASKED), 1))),
            func.count(case((_which(ctx, Which.OVERDUE), 1))),
            func.count(case((_which(ctx, Which.ANSWERED), 1))),
            func.min(case((_which(ctx, Which.ASKED), _ASK.answer_by))),
        )
        .select_from(_IT)
        .join(_ASK, _PRESENT)
        .where(within)
    )


def whole(ctx: Context, it: Escalation) -> Whole:
    """An escalation with everything that was written about it."""
    ring = ctx.the(KeyRing)

    def opened(sealed: bytes | None, place: str) -> str | None:
        return ring.open(sealed, place=place).decode() if sealed is not None else None

    found = ctx.session.scalars(select(_ASK).where(_ASK.escalation_id == it.id)).all()
    asks = sorted(found, key=lambda ask: tuple(Level).index(Level(ask.level)))
    named = select(Organisation.name).where(Organisation.id == it.organisation_id)
    actors = {it.opened_by, it.ended_by or "", *(who or "" for ask in asks for who in (ask.asked_by, ask.answered_by))}
    return Whole(
        it,
        ctx.session.scalars(named).one(),
        stands(ctx, it, next(ask for ask in asks if ask.level == it.level)),
        opened(it.grounds, f"escalations.grounds:{it.id}") or "",
        opened(it.outcome, f"escalations.outcome:{it.id}"),
        [
            Asked(
                ask,
                opened(ask.asked, f"escalation_asks.asked:{ask.id}") or "",
                opened(ask.answer, f"escalation_asks.answer:{ask.id}"),
            )
            for ask in asks
        ],
        names_of(ctx, actors),
    )


def to_remind(ctx: Context, *, limit: int) -> list[UUID]:
    """Escalations whose answer somebody may be due a reminder of: the rule itself looks again at each."""
    policy, today = ctx.the(Policy), london_date(ctx.now())
    soon = add_working_days(today, policy.escalations.reminder_working_days, policy.calendar)
    wanted = (
        select(_IT.id)
        .join(_ASK, _PRESENT)
        .where(
            _IT.ended_at.is_(None),
            _ASK.answered_at.is_(None),
            may_be_due(_ASK.answer_by, _ASK.reminded_on, today=today, soon=soon),
        )
    )
    return list(ctx.session.scalars(wanted.order_by(_ASK.answer_by, _IT.id).limit(limit)))


def _found(ctx: Context, escalation_id: UUID, *, lock: bool) -> Escalation | None:
    wanted = select(_IT).where(_IT.id == escalation_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return ctx.session.scalars(wanted).one_or_none()


def _within(ctx: Context) -> ColumnElement[bool]:
    """The escalations that the actor may know of; raises Forbidden where there can be none."""
    within = reach(ctx, Permission.ESCALATION_READ)
    return true() if within is None else _IT.organisation_id.in_(within)


def _which(ctx: Context, which: Which) -> ColumnElement[bool]:
    today = london_date(ctx.now())
    is_open, unanswered = _IT.ended_at.is_(None), _ASK.answered_at.is_(None)
    return {
        Which.OPEN: is_open,
        Which.TO_ANSWER: and_(is_open, unanswered),
        Which.ASKED: and_(is_open, unanswered, _ASK.answer_by >= today),
        Which.OVERDUE: and_(is_open, unanswered, _ASK.answer_by < today),
        Which.ANSWERED: and_(is_open, ~unanswered),
        Which.ENDED: ~is_open,
        Which.ALL: true(),
    }[which]
