"""Telling information governance, and whoever signs off, of the audits that wait (AUD-5, GOV-5)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from compliance.identity.models import Person, RoleHeld
from compliance.identity.queries import still_held
from compliance.identity.use_cases.letters import tell as write_to
from compliance.kernel.calendar import Quarter, quarter_named
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context
from compliance.kernel.reminding import working_days_before
from compliance.notices.models import Notice
from policies.permissions import Permission
from policies.values import Policy

from . import queries
from .models import AccessAudit
from .rules import Status

TOLD: dict[str, tuple[Permission, ...]] = {
    "access_audits_opened": (Permission.ACCESS_AUDIT_FIND,),
    "access_audits_due": (Permission.ACCESS_AUDIT_FIND, Permission.ACCESS_AUDIT_SIGN),
    "access_audits_overdue": (Permission.ACCESS_AUDIT_FIND, Permission.ACCESS_AUDIT_SIGN),
}
"""Who is told what: those who read and find when audits open, those who sign off as well when time grows short."""

OPENED, DUE, OVERDUE = TOLD

MOST = 40
"""People who are told of one thing at the most."""


@dataclass(frozen=True)
class Waiting:
    """Audits of one quarter that wait and have the same last day, and which letter tells of them today."""

    quarter: Quarter
    due_on: date
    number: int
    kind: str

    def once(self, person_id: UUID) -> str:
        """The name under which somebody is told once."""
        return f"{self.kind}:{self.quarter}:{self.due_on}:{person_id}"


def to_tell(ctx: Context) -> list[UUID]:
    """Those who have not been told of something that waits today; raises BeyondCalendar."""
    wanted = {each.once(person.id): person.id for each in _waiting(ctx) for person in _whom(ctx, each.kind)}
    told = set(ctx.session.scalars(select(Notice.once).where(Notice.once.in_(wanted))))
    return sorted({person_id for once, person_id in wanted.items() if once not in told})


def tell(ctx: Context, person_id: UUID) -> int:
    """Write somebody what they have not been told of the audits that wait; how many letters."""
    written = 0
    for each in _waiting(ctx):
        person = next((one for one in _whom(ctx, each.kind) if one.id == person_id), None)
        if person is None:
            continue
        letter = write_to(
            ctx, person, each.kind, once=each.once(person.id), quarter=each.quarter.said, last=said_day(each.due_on),
            number=f"{each.number:,}", audits="audit" if each.number == 1 else "audits",
            page=f"{ctx.house.settings.base_url}/access-audits?quarter={each.quarter}",
        )  # fmt: skip
        written += letter is not None
    return written


def _waiting(ctx: Context) -> list[Waiting]:
    policy, today = ctx.the(Policy), queries.today(ctx)
    rows = ctx.session.execute(
        select(AccessAudit.quarter, AccessAudit.due_on, func.count())
        .where(AccessAudit.status == Status.OPENED.value)
        .group_by(AccessAudit.quarter, AccessAudit.due_on)
        .order_by(AccessAudit.quarter, AccessAudit.due_on)
    )
    found = []
    for quarter, due_on, number in rows:
        soon = working_days_before(due_on, policy.audit.audit_reminder_working_days, policy.calendar)
        kind = OVERDUE if today > due_on else DUE if today >= soon else OPENED
        found.append(Waiting(quarter_named(quarter), due_on, number, kind))
    return found


def _whom(ctx: Context, kind: str) -> Collection[Person]:
    roles = {role for permission in TOLD[kind] for role in queries.roles_with(ctx, permission)}
    able = select(RoleHeld.person_id).where(
        RoleHeld.role.in_(roles), RoleHeld.organisation_id.is_(None), still_held(ctx.now())
    )
    wanted = select(Person).where(Person.id.in_(able), Person.closed_at.is_(None)).order_by(Person.id).limit(MOST)
    return ctx.session.scalars(wanted).all()
