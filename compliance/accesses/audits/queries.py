"""Reading access audits: which are to be opened, which somebody may see, and who may sign one off (AUD-5, ROL-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from audit.queries import log_begun
from compliance.accesses.reporting.models import ReportedAccess
from compliance.identity.models import Person, RoleHeld
from compliance.identity.queries import names_of, still_held
from compliance.kernel.calendar import Quarter, quarter_named
from compliance.kernel.clock import end_of, london_date, start_of
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, Invalid, NotFound, Refusal
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from compliance.licences.models import Licence
from policies.access import Access, may, reach
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from . import rules
from .counting import in_quarter
from .errors import InTheAudit, OwnFinding
from .models import AccessAudit, AccessAuditFigure, AccessAuditFinding
from .rules import FIGURES, Figures, Progress, Status

MOST = 500
"""Rows of a page at the most."""

SIGNERS_MOST = 20

SORTS = Sorts(
    AccessAudit.id,
    {
        "organisation": By(func.lower(Organisation.name)),
        "quarter": By(AccessAudit.quarter),
        "due": By(AccessAudit.due_on, date),
        "state": By(AccessAudit.status),
        "signed": By(AccessAudit.signed_at, datetime, nullable=True),
    },
    usual="-quarter",
)


@dataclass(frozen=True)
class Listed:
    """An audit in the list: whose, how it stands today, in figures, and by whom it was signed off."""

    audit: AccessAudit
    organisation: str
    progress: Progress
    people: int
    findings: int
    figures: Figures
    signed_by: str | None

    @property
    def quarter(self) -> Quarter:
        return quarter_named(self.audit.quarter)


def today(ctx: Context) -> date:
    """The date in London."""
    return london_date(ctx.now())


def to_open(ctx: Context) -> list[Quarter]:
    """The quarters that have an organisation without its audit, the oldest first; raises BeyondCalendar.

    An organisation had a licence in the quarter, or something that happened in it was reported, however late.
    """
    since = log_begun(ctx)
    if since is None:
        return []
    quarters = rules.to_open(today(ctx), since, ctx.the(Policy).calendar)
    return [quarter for quarter in quarters if ctx.session.scalar(_unopened(quarter).limit(1)) is not None]


def opened(ctx: Context, quarter: Quarter) -> set[UUID]:
    """The organisations whose audit of this quarter is opened."""
    wanted = select(AccessAudit.organisation_id).where(AccessAudit.quarter == str(quarter))
    return set(ctx.session.scalars(wanted))


def visible(ctx: Context, audit_id: UUID, *, lock: bool = False) -> AccessAudit:
    """An audit that the asker's role lets them know of, held for change with `lock`; every other does not exist (ROL-4)."""
    within = reach(ctx, Permission.ACCESS_AUDIT_READ)
    wanted = select(AccessAudit).where(AccessAudit.id == audit_id)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = ctx.session.scalars(wanted).one_or_none()
    if found is None or (within is not None and found.organisation_id not in within):
        raise NotFound()
    return found


def audits(
    ctx: Context,
    *,
    quarter: str | None = None,
    progress: Progress | str | None = None,
    organisation_id: UUID | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """The audits within the asker's reach, the newest quarter first; `search` looks in the organisation's name.

    Raises Invalid at `/limit`, `/quarter`, `/state`, `/sort` and `/after`.
    """
    within = reach(ctx, Permission.ACCESS_AUDIT_READ)
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted = select(AccessAudit, Organisation.name).join(Organisation, Organisation.id == AccessAudit.organisation_id)
    if within is not None:
        wanted = wanted.where(AccessAudit.organisation_id.in_(within))
    if organisation_id is not None:
        wanted = wanted.where(AccessAudit.organisation_id == organisation_id)
    if quarter is not None:
        wanted = wanted.where(AccessAudit.quarter == str(quarter_named(quarter)))
    if progress is not None:
        wanted = wanted.where(_stands(progress, today(ctx)))
    if search and search.strip():
        wanted = wanted.where(Organisation.name.icontains(search.strip(), autoescape=True))

    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    ids = [audit.id for audit, _ in page.rows]
    figures, found = sums(ctx, ids), _findings(ctx, ids)
    names = names_of(ctx, {audit.signed_by for audit, _ in page.rows if audit.signed_by})

    def listed(row: tuple[AccessAudit, str]) -> Listed:
        audit, organisation = row
        people, numbers = figures.get(audit.id, (0, Figures()))
        stands = rules.progress(Status(audit.status), audit.due_on, today(ctx))
        signer = names.get(audit.signed_by or "", audit.signed_by)
        return Listed(audit, organisation, stands, people, found.get(audit.id, 0), numbers, signer)

    return page.each(listed)


def quarters(ctx: Context) -> list[Quarter]:
    """The quarters of which the asker can know an audit, the newest first."""
    within = reach(ctx, Permission.ACCESS_AUDIT_READ)
    wanted = select(AccessAudit.quarter).distinct().order_by(AccessAudit.quarter.desc()).limit(40)
    if within is not None:
        wanted = wanted.where(AccessAudit.organisation_id.in_(within))
    return [quarter_named(name) for name in ctx.session.scalars(wanted)]


def sums(ctx: Context, audit_ids: Sequence[UUID]) -> dict[UUID, tuple[int, Figures]]:
    """Of each audit how many people are in it, and what they did together."""
    it = AccessAuditFigure
    added = (func.coalesce(func.sum(getattr(it, name)), 0) for name in FIGURES)
    rows = ctx.session.execute(
        select(it.audit_id, func.count(), *added).where(it.audit_id.in_(audit_ids)).group_by(it.audit_id)
    )
    return {audit_id: (people, Figures(*map(int, numbers))) for audit_id, people, *numbers in rows}


def why_not(ctx: Context, audit: AccessAudit) -> Refusal | None:
    """Why the actor cannot be the one who signs this audit off; None where they can.

    Whoever is in it cannot, nor whoever wrote a finding of it: with findings, two people have looked (ROL-3).
    """
    person_id = ctx.actor.person_id
    if person_id is None or not may(ctx, Permission.ACCESS_AUDIT_SIGN, organisation=audit.organisation_id):
        return Forbidden()
    of_it = {ctx.actor.organisation_id, *(holding.organisation_id for holding in ctx.actor.holdings)}
    if audit.organisation_id in of_it or ctx.session.scalar(select(_is_in(ctx, audit, person_id))):
        return InTheAudit()
    return OwnFinding() if ctx.actor.id in finders(ctx, audit) else None


def signers(ctx: Context, audit: AccessAudit) -> list[str]:
    """The names of those who can sign this audit off as things stand."""
    found = finders(ctx, audit)
    rows = ctx.session.execute(able_to_sign(ctx, audit))
    return sorted(name for one, name in rows if str(one) not in found)


def able_to_sign(ctx: Context, audit: AccessAudit) -> Select[UUID, str]:
    """The statement for those who may sign audits off and are not in this one: ids and names, the asker at the head."""
    able = select(RoleHeld.person_id).where(
        RoleHeld.role.in_(roles_with(ctx, Permission.ACCESS_AUDIT_SIGN)),
        RoleHeld.organisation_id.is_(None),
        still_held(ctx.now()),
    )
    me_first = case((Person.id == ctx.actor.person_id, 0), else_=1)
    return (
        select(Person.id, Person.full_name)
        .where(Person.id.in_(able), Person.closed_at.is_(None), ~_is_in(ctx, audit, Person.id))
        .order_by(me_first, Person.full_name, Person.id)
        .limit(SIGNERS_MOST)
    )


def finders(ctx: Context, audit: AccessAudit) -> set[str]:
    """The ids of those who wrote a finding of this audit."""
    wanted = select(AccessAuditFinding.found_by).where(AccessAuditFinding.audit_id == audit.id)
    return set(ctx.session.scalars(wanted))


def roles_with(ctx: Context, permission: Permission) -> list[str]:
    """The roles of the whole hub that have this permission."""
    return [role for role, granted in ctx.the(Access).table.items() if (permission.value, "hub") in granted]


def is_among(ctx: Context, audit: AccessAudit, person_id: UUID) -> bool:
    """Whether somebody's accesses are counted in this audit, or were reported for it since."""
    counted = exists().where(AccessAuditFigure.audit_id == audit.id, AccessAuditFigure.person_id == person_id)
    return bool(ctx.session.scalar(select(or_(counted, _reported_since(audit, person_id)))))


def _is_in(ctx: Context, audit: AccessAudit, person_id: Any) -> ColumnElement[bool]:
    """The condition that somebody, an id or a column, is in an audit.

    They work for the organisation, hold a role for it, held a licence of it in the quarter or hold one now, or are
    among the people whose accesses it counts, those reported since among them.
    """
    theirs = audit.organisation_id
    quarter = quarter_named(audit.quarter)
    live = Licence.status.in_(("requested", "approved", "active", "suspended"))
    employed = _aliased_person()
    return or_(
        exists().where(employed.c.id == person_id, employed.c.organisation_id == theirs),
        exists().where(RoleHeld.person_id == person_id, RoleHeld.organisation_id == theirs, still_held(ctx.now())),
        exists().where(
            Licence.person_id == person_id, Licence.organisation_id == theirs, or_(live, in_quarter(quarter))
        ),
        exists().where(AccessAuditFigure.audit_id == audit.id, AccessAuditFigure.person_id == person_id),
        _reported_since(audit, person_id),
    )


def _aliased_person() -> Any:
    return Person.__table__.alias("employed")


def _reported_since(audit: AccessAudit, person_id: Any) -> ColumnElement[bool]:
    quarter, it = quarter_named(audit.quarter), ReportedAccess
    return exists().where(
        it.person_id == person_id,
        it.organisation_id == audit.organisation_id,
        it.happened_at >= start_of(quarter.first_day),
        it.happened_at < end_of(quarter.last_day),
    )


def _unopened(quarter: Quarter) -> Select[UUID]:
    it = ReportedAccess
    licensed = exists().where(Licence.organisation_id == Organisation.id, in_quarter(quarter))
    reported = exists().where(
        it.organisation_id == Organisation.id,
        it.happened_at >= start_of(quarter.first_day),
        it.happened_at < end_of(quarter.last_day),
    )
    there = exists().where(AccessAudit.quarter == str(quarter), AccessAudit.organisation_id == Organisation.id)
    return select(Organisation.id).where(~there, or_(licensed, reported))


def _stands(progress: Progress | str, day: date) -> ColumnElement[bool]:
    try:
        asked = Progress(progress)
    except ValueError:
        raise Invalid.at("/state", f"Choose one of these: {', '.join(Progress)}.") from None
    open_ = AccessAudit.status == Status.OPENED.value
    return {
        Progress.SIGNED: AccessAudit.status == Status.SIGNED.value,
        Progress.OVERDUE: and_(open_, AccessAudit.due_on < day),
        Progress.OPEN: and_(open_, AccessAudit.due_on >= day),
    }[asked]


def _findings(ctx: Context, audit_ids: Sequence[UUID]) -> dict[UUID, int]:
    it = AccessAuditFinding
    rows = ctx.session.execute(
        select(it.audit_id, func.count()).where(it.audit_id.in_(audit_ids)).group_by(it.audit_id)
    )
    return {row[0]: row[1] for row in rows}
