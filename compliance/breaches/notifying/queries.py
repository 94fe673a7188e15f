"""Reading personal-data breaches: the register of Article 33(5), one breach, and how many clocks run (BRE-3, DEC-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from compliance.accesses.flags.models import AccessFlag
from compliance.breaches.models import Incident
from compliance.breaches.queries import found_by
from compliance.decisions.exceptions.queries import none_kept
from compliance.kernel.context import Context
from compliance.kernel.counting import counts
from compliance.kernel.errors import NotFound
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from policies.access import require
from policies.permissions import Permission
from signatories.models import Organisation

from .models import BreachAssessment, DataBreach, NotificationStage
from .rules import (
    WHOM,
    Countdown,
    Decision,
    PeopleDecision,
    Risk,
    Stands,
    Status,
    Todo,
    Whom,
    countdown,
    people_wait,
    stands,
    status_of,
    to_do,
)

Ts = TypeVarTuple("Ts")

MOST = 500


class Which(StrEnum):
    """What the register is narrowed to."""

    ALL = "all"
    RUNNING = "clock_runs"
    OVER = "clock_over"
    FOLLOWS = "more_to_follow"
    PEOPLE = "people_wait"
    NOTIFIED = "notified"
    NOT_NOTIFIED = "not_notified"


SORTS = Sorts(
    DataBreach.id,
    {
        "aware": By(DataBreach.aware_at, datetime),
        "tell_by": By(DataBreach.tell_by, datetime),
        "organisation": By(func.lower(Organisation.name), nullable=True),
        "notified": By(DataBreach.notified_at, datetime, nullable=True),
    },
    usual="-aware",
)


@dataclass(frozen=True)
class Listed:
    """A personal-data breach in the register, with what its newest assessment and its newest notification say."""

    breach: DataBreach
    incident: Incident
    organisation: str | None
    assessment: BreachAssessment | None
    more_to_follow: bool | None

    @property
    def risk(self) -> Risk | None:
        return Risk(self.assessment.risk) if self.assessment else None

    @property
    def status(self) -> Status:
        return status_of(self.breach.decision, self.breach.notified_at)

    @property
    def people_wait(self) -> bool:
        return people_wait(self.risk, self.breach.people_decision, self.breach.people_told_at)

    @property
    def to_do(self) -> tuple[Todo, ...]:
        """What is still to be done about it."""
        return to_do(
            self.status, self.risk, more_to_follow=self.more_to_follow, partners_told_at=self.breach.partners_told_at,
            people=(self.breach.people_decision, self.breach.people_told_at),
        )  # fmt: skip

    def stands(self, now: datetime) -> Stands:
        """How it stands at this instant."""
        return stands(now, self.breach.tell_by, self.status, self.more_to_follow)

    def left(self, now: datetime) -> Countdown:
        """What is left of its clock at this instant."""
        return countdown(now, self.breach.tell_by)


_NEWEST = aliased(BreachAssessment)
_LAST = aliased(NotificationStage)


def newest_number() -> ColumnElement[int | None]:
    """The number of the newest assessment of the breach at hand."""
    wanted = select(func.max(BreachAssessment.number)).where(BreachAssessment.data_breach_id == DataBreach.id)
    return wanted.correlate(DataBreach).scalar_subquery()


def _last_number() -> ColumnElement[int | None]:
    wanted = select(func.max(NotificationStage.number)).where(NotificationStage.data_breach_id == DataBreach.id)
    return wanted.correlate(DataBreach).scalar_subquery()


def _every(ctx: Context) -> Select[DataBreach, Incident, str, BreachAssessment, bool]:
    """Every breach that the actor may know of; raises Forbidden."""
    require(ctx, Permission.DATA_BREACH_READ)
    return _rows(ctx)


def _rows(ctx: Context) -> Select[DataBreach, Incident, str, BreachAssessment, bool]:
    return _with_the_rest(ctx, select(DataBreach, Incident, Organisation.name, _NEWEST, _LAST.more_to_follow))


def _with_the_rest(ctx: Context, wanted: Select[*Ts]) -> Select[*Ts]:
    """Each breach with its incident, its newest assessment and the last thing told: those that the actor may know of.

    None whose case they are kept from, and none that comes from a flag about themselves (DEC-6, AUD-6).
    """
    me = ctx.actor.person_id
    about_me = exists().where(AccessFlag.id == Incident.flag_id, AccessFlag.person_id == me) if me else false()
    return (
        wanted.select_from(DataBreach)
        .join(Incident, Incident.id == DataBreach.incident_id)
        .outerjoin(Organisation, Organisation.id == Incident.organisation_id)
        .outerjoin(_NEWEST, and_(_NEWEST.data_breach_id == DataBreach.id, _NEWEST.number == newest_number()))
        .outerjoin(_LAST, and_(_LAST.data_breach_id == DataBreach.id, _LAST.number == _last_number()))
        .where(none_kept(ctx, Incident.reference), ~about_me)
    )


def data_breaches(
    ctx: Context,
    *,
    which: Which = Which.ALL,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """The register, the newest first; `search` looks where that of breaches does, and in the regulator's references.

    Raises Invalid at `/limit`, `/sort` and `/after`.
    """
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted = _every(ctx).where(_which(ctx, which))
    if search and search.strip():
        theirs = DataBreach.regulator_reference.icontains(search.strip(), autoescape=True)
        wanted = wanted.where(or_(found_by(search.strip()), theirs))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return page.each(lambda row: Listed(*row))


def one(ctx: Context, data_breach_id: UUID) -> Listed:
    """One breach as the register lists it; every other does not exist."""
    found = ctx.session.execute(_every(ctx).where(DataBreach.id == data_breach_id)).one_or_none()
    if found is None:
        raise NotFound()
    return Listed(*found)


def of_incident(ctx: Context, incident_id: UUID) -> Listed | None:
    """The personal-data breach that an incident is; None where it is none."""
    found = ctx.session.execute(_every(ctx).where(DataBreach.incident_id == incident_id)).one_or_none()
    return Listed(*found) if found is not None else None


def held(ctx: Context, data_breach_id: UUID) -> Listed:
    """The same, held for change: whoever else would change it waits."""
    require(ctx, Permission.DATA_BREACH_READ)
    return _held(ctx, data_breach_id)


def for_a_job(ctx: Context, data_breach_id: UUID) -> Listed:
    """As `held`, for the scheduler, which reads no registers."""
    require(ctx, Permission.INCIDENT_CHASE)
    return _held(ctx, data_breach_id)


def _held(ctx: Context, data_breach_id: UUID) -> Listed:
    lock = select(DataBreach.id).where(DataBreach.id == data_breach_id).with_for_update()
    if ctx.session.scalar(lock) is None:
        raise NotFound()
    again = _rows(ctx).where(DataBreach.id == data_breach_id).execution_options(populate_existing=True)
    found = ctx.session.execute(again).one_or_none()
    if found is None:
        raise NotFound()
    return Listed(*found)


def assessments(ctx: Context, breach: DataBreach) -> list[BreachAssessment]:
    """Every assessment of a breach, the newest first."""
    wanted = select(BreachAssessment).where(BreachAssessment.data_breach_id == breach.id)
    return list(ctx.session.scalars(wanted.order_by(BreachAssessment.number.desc()).limit(MOST)))


def stages(ctx: Context, breach: DataBreach) -> list[NotificationStage]:
    """What the regulator was told, the first stage first."""
    wanted = select(NotificationStage).where(NotificationStage.data_breach_id == breach.id)
    return list(ctx.session.scalars(wanted.order_by(NotificationStage.number).limit(MOST)))


@dataclass(frozen=True)
class Counted:
    """How many clocks run, how many of those are over, of how many breaches people wait to be told, and when the next ends."""

    running: int
    over: int
    people: int
    next_end: datetime | None


def counted(ctx: Context) -> Counted:
    """What the first page says of personal-data breaches: one statement."""
    return Counted(*counts(ctx, counting))


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """What `counted` counts, as a statement of one row."""
    require(ctx, Permission.DATA_BREACH_READ)
    runs = clock_runs()
    wanted = select(
        func.count(case((runs, 1))),
        func.count(case((and_(runs, DataBreach.tell_by < ctx.now()), 1))),
        func.count(case((_people_wait(), 1))),
        func.min(case((and_(runs, DataBreach.tell_by >= ctx.now()), DataBreach.tell_by))),
    )
    return _with_the_rest(ctx, wanted)


def clock_runs() -> ColumnElement[bool]:
    """The condition that the regulator is neither told nor, with reasons, not to be told."""
    told_not = and_(DataBreach.decision.is_not(None), DataBreach.decision == Decision.NOT_NOTIFY.value)
    return and_(DataBreach.notified_at.is_(None), ~told_not)


def _people_wait() -> ColumnElement[bool]:
    asks = [risk.value for risk in Risk if Whom.PEOPLE in WHOM[risk]]
    undecided = and_(DataBreach.people_decision.is_(None), _NEWEST.risk.in_(asks))
    untold = and_(DataBreach.people_decision.is_not(None), DataBreach.people_decision == PeopleDecision.TELL.value)
    return and_(DataBreach.people_told_at.is_(None), or_(undecided, untold))


def _which(ctx: Context, which: Which) -> ColumnElement[bool]:
    told = DataBreach.notified_at.is_not(None)
    return {
        Which.ALL: DataBreach.id.is_not(None),
        Which.RUNNING: clock_runs(),
        Which.OVER: and_(clock_runs(), DataBreach.tell_by < ctx.now()),
        Which.FOLLOWS: and_(told, _LAST.more_to_follow.is_(True)),
        Which.PEOPLE: _people_wait(),
        Which.NOTIFIED: told,
        Which.NOT_NOTIFIED: and_(DataBreach.notified_at.is_(None), DataBreach.decision == Decision.NOT_NOTIFY.value),
    }[which]
