"""What the audit of use goes by: whom it looks at, what it finds of them, and what waits for the next run (LIC-8).

`finding` is the verdict of `rules.verdict` as one column, so that a list of thousands is one statement; a test holds
the two beside each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, or_, select

from compliance.kernel.calendar import Quarter
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.finding import the_one
from compliance.licences.models import LastUse, Licence
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import KeyContact

from . import rules
from .models import UseExemption, UseVerdict, UseWarning
from .rules import Verdict

MOST_DUE = 100_000
_MOST_TOLD = 20


@dataclass(frozen=True)
class Look:
    """One licence in one quarter: what would be found of it now, and what was said and done already."""

    verdict: Verdict
    used_at: datetime | None
    warned_at: datetime | None
    judged: bool


@dataclass(frozen=True)
class OneLicence:
    """What the audit of use means for one licence today: its last use, its warning if any, and its exemption."""

    used_at: datetime | None
    warned_at: datetime | None
    ends_on: date | None
    exemption: UseExemption | None


def today(ctx: Context) -> date:
    """The date in London."""
    return london_date(ctx.now())


def audited(ctx: Context) -> Quarter:
    """The last quarter whose audit is due by now; raises BeyondCalendar."""
    return rules.audited(today(ctx), ctx.the(Policy).calendar)


def warned_for(ctx: Context) -> Quarter:
    """The quarter for which warnings go out now; raises BeyondCalendar."""
    policy = ctx.the(Policy)
    return rules.warned_for(today(ctx), policy.licences.unused_warning_days, policy.calendar)


def ends_on(ctx: Context, quarter: Quarter, warned_at: datetime | None) -> date:
    """The day on which an unused licence ends; for one that was not warned yet, if it were warned today at the earliest."""
    policy = ctx.the(Policy)
    days = policy.licences.unused_warning_days
    warned = london_date(warned_at) if warned_at else max(today(ctx), rules.warned_from(quarter, days))
    return rules.ends_on(quarter, warned, days, policy.calendar)


def looked_at(quarter: Quarter) -> ColumnElement[bool]:
    """The licences that the audit of this quarter looks at: those there were in it, and that have not ended."""
    return and_(Licence.status.in_(rules.JUDGED), Licence.activated_at < rules.over(quarter))


def exempt(quarter: Quarter) -> ColumnElement[bool]:
    """Whether a licence has an exemption that reaches the quarter's last day."""
    return exists().where(
        UseExemption.licence_id == Licence.id,
        UseExemption.ended_at.is_(None),
        UseExemption.ends_on >= quarter.last_day,
    )


def finding(quarter: Quarter) -> ColumnElement[str]:
    """What `rules.verdict` says of a licence, joined with its last use, as a column."""
    return case(
        (LastUse.used_at >= rules.over(quarter), Verdict.USED_SINCE.value),
        (LastUse.used_at >= rules.began(quarter), Verdict.USED.value),
        (Licence.suspension.in_(rules.RESTS), Verdict.RESTING.value),
        (Licence.activated_at > rules.began(quarter), Verdict.YOUNG.value),
        (exempt(quarter), Verdict.EXEMPT.value),
        else_=Verdict.UNUSED.value,
    )


def due_for_verdict(ctx: Context) -> list[UUID]:
    """Licences that still have no verdict for the quarter whose audit is due, and that can be given one now.

    An unused one whose holder was not warned so many days ago waits until the days are over.
    """
    quarter = audited(ctx)
    warned = UseWarning.warned_at < rules.warned_before(today(ctx), ctx.the(Policy).licences.unused_warning_days)
    return _due(ctx, quarter, or_(finding(quarter) != Verdict.UNUSED.value, warned))


def due_for_warning(ctx: Context) -> list[UUID]:
    """Licences that end unless they are used, and whose holders have not been told."""
    quarter = warned_for(ctx)
    return _due(ctx, quarter, and_(finding(quarter) == Verdict.UNUSED.value, UseWarning.id.is_(None)))


def look(ctx: Context, licence: Licence, quarter: Quarter) -> Look | None:
    """What a verdict on this licence goes by, as the store has it now; None where the quarter's audit looks past it."""
    if licence.status not in rules.JUDGED or licence.activated_at is None:
        return None
    if licence.activated_at >= rules.over(quarter):
        return None
    name = str(quarter)
    row: Any = ctx.session.execute(
        select(LastUse.used_at, UseWarning.warned_at, UseVerdict.id, exempt(quarter))
        .select_from(Licence)
        .outerjoin(LastUse, LastUse.licence_id == Licence.id)
        .outerjoin(UseWarning, and_(UseWarning.licence_id == Licence.id, UseWarning.quarter == name))
        .outerjoin(UseVerdict, and_(UseVerdict.licence_id == Licence.id, UseVerdict.quarter == name))
        .where(Licence.id == licence.id)
    ).one()
    used, warned, given, is_exempt = row
    standing = rules.Standing(licence.activated_at, used, licence.suspension, bool(is_exempt))
    return Look(rules.verdict(quarter, standing), used, warned, judged=given is not None)


def used_at(ctx: Context, licence_id: UUID) -> datetime | None:
    """When a licence was last used, as the store has it now."""
    return ctx.session.scalar(select(LastUse.used_at).where(LastUse.licence_id == licence_id))


def escalation_contacts(ctx: Context, organisation_id: UUID) -> Sequence[KeyContact]:
    """Whom an organisation named to be told (LIC-10)."""
    return ctx.session.scalars(
        select(KeyContact)
        .where(
            KeyContact.organisation_id == organisation_id,
            KeyContact.kind == "escalation",
            KeyContact.ended_at.is_(None),
        )
        .order_by(KeyContact.since, KeyContact.id)
        .limit(_MOST_TOLD)
    ).all()


def in_force(ctx: Context) -> ColumnElement[bool]:
    """The exemptions whose last day has not passed and that nobody took back."""
    return and_(UseExemption.ended_at.is_(None), UseExemption.ends_on >= today(ctx))


def exemption(ctx: Context, exemption_id: UUID, *, lock: bool = True) -> UseExemption:
    """An exemption, held for change unless `lock` is off; raises NotFound."""
    require(ctx, Permission.EXEMPTION_GRANT)
    wanted = select(UseExemption).where(UseExemption.id == exemption_id)
    return the_one(ctx, wanted, lock=lock)


def of_licence(ctx: Context, licence: Licence) -> OneLicence:
    """What the audit of use means for one licence that the asker was shown."""
    quarter = warned_for(ctx)
    told = and_(UseWarning.licence_id == Licence.id, UseWarning.quarter == str(quarter))
    given = and_(UseExemption.licence_id == Licence.id, in_force(ctx))
    row: Any = ctx.session.execute(
        select(LastUse.used_at, UseWarning.warned_at, UseExemption)
        .select_from(Licence)
        .outerjoin(LastUse, LastUse.licence_id == Licence.id)
        .outerjoin(UseWarning, told)
        .outerjoin(UseExemption, given)
        .where(Licence.id == licence.id)
        .limit(1)
    ).one()
    used: datetime | None = row[0]
    warned: datetime | None = row[1]
    found = look(ctx, licence, quarter) if warned else None
    if found is None or found.verdict is not Verdict.UNUSED:
        return OneLicence(used, None, None, row[2])
    return OneLicence(used, warned, ends_on(ctx, quarter, warned), row[2])


def _due(ctx: Context, quarter: Quarter, wanted: ColumnElement[bool]) -> list[UUID]:
    name = str(quarter)
    given = exists().where(UseVerdict.quarter == name, UseVerdict.licence_id == Licence.id)
    return list(
        ctx.session.scalars(
            select(Licence.id)
            .outerjoin(LastUse, LastUse.licence_id == Licence.id)
            .outerjoin(UseWarning, and_(UseWarning.licence_id == Licence.id, UseWarning.quarter == name))
            .where(looked_at(quarter), ~given, wanted)
            .order_by(Licence.id)
            .limit(MOST_DUE)
        )
    )
