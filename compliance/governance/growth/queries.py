"""Counting a month, and reading what was counted with where it leads (LIC-11, GOV-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, and_, cast, func, or_, select

from audit.models import AuditEntry, Moment
from audit.queries import log_begun
from compliance.accesses.audits.models import AccessAudit
from compliance.accesses.reporting.models import ReportedAccess
from compliance.decisions.events import DecisionAnswered, DecisionsAnswered
from compliance.identity.models import Person
from compliance.kernel.clock import london_date, start_of
from compliance.kernel.context import Context
from compliance.licences import seats as seats_of
from compliance.licences.models import Licence, SeatContract
from compliance.licences.rules import HOLDS_A_SEAT, Kind
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from retention.reviews.models import RetentionReview
from signatories.models import Organisation

from .models import GrowthMonth
from .rules import RunsOut, What, minutes, minutes_a_month, months_on, runs_out

CATCHES_UP = 36
"""Months that are counted after the fact at the most, where nobody counted them in time."""


@dataclass(frozen=True)
class Growth:
    """The months that are over, the oldest first, each count of them, and when seats and hours run out."""

    months: Sequence[date]
    counts: Mapping[What, Sequence[int | None]]
    minutes: Sequence[int | None]
    seats: RunsOut
    hours: RunsOut


def growth(ctx: Context) -> Growth:
    """How the hub grew, and where that leads; raises Forbidden."""
    require(ctx, Permission.GROWTH_READ)
    return read(ctx)


def read(ctx: Context) -> Growth:
    """The same for whoever counts a report, and may read that."""
    values = ctx.the(Policy).growth
    last = months_on(london_date(ctx.now()), -1)
    shown = [months_on(last, -back) for back in reversed(range(values.months_shown))]
    known = kept(ctx, shown)
    counts = {what: [known.get((month, what)) for month in shown] for what in What}
    long = {
        What.REQUESTS: values.minutes_a_request,
        What.AUDITS: values.minutes_an_audit,
        What.REVIEWS: values.minutes_a_review,
    }
    worked = [minutes({what: counts[what][place] for what in long}, long) for place in range(len(shown))]
    seats = ctx.session.scalar(select(func.coalesce(func.sum(SeatContract.seats), 0))) or 0
    taken = sum(seats_of.taken(ctx, kind) for kind in Kind)
    terms: dict[str, Any] = {"last": last, "least": values.months_least, "furthest": values.months_ahead}
    return Growth(
        shown,
        counts,
        worked,
        runs_out(counts[What.LICENCES], int(seats), taken=taken, **terms),
        runs_out(worked, minutes_a_month(values.hours_a_week), **terms),
    )


def kept(ctx: Context, months: Sequence[date]) -> dict[tuple[date, What], int]:
    """What was counted of these months; of a month that nobody counted there is nothing."""
    wanted = select(GrowthMonth.month, GrowthMonth.what, GrowthMonth.count).where(GrowthMonth.month.in_(months))
    return {(month, What(what)): int(number) for month, what, number in ctx.session.execute(wanted)}


def to_count(ctx: Context) -> list[date]:
    """The months that are over and were not counted, the oldest first: none from before the log began."""
    begun = log_begun(ctx)
    if begun is None:
        return []
    last = months_on(london_date(ctx.now()), -1)
    months = [months_on(last, -back) for back in reversed(range(CATCHES_UP))]
    counted = set(ctx.session.scalars(select(GrowthMonth.month).where(GrowthMonth.what == What.ORGANISATIONS.value)))
    return [month for month in months if month >= begun.replace(day=1) and month not in counted]


def count(ctx: Context, month: date) -> dict[What, int]:
    """Everything of one month that is over: what stood at its end, and what there was of it. One statement for each.

    Cases are not among it where no access to any was reported: nobody knows whether there was none.
    """
    since, until = start_of(month), start_of(months_on(month, 1))

    def within(instant: Any) -> ColumnElement[bool]:
        return and_(instant >= since, instant < until)

    wanted: dict[What, Select[int]] = {
        What.ORGANISATIONS: select(func.count()).select_from(Organisation).where(Organisation.created_at < until),
        What.PEOPLE: select(func.count())
        .select_from(Person)
        .where(Person.created_at < until, or_(Person.closed_at.is_(None), Person.closed_at >= until)),
        What.LICENCES: select(func.count()).select_from(Licence).where(_held(until)),
        What.CASES: select(func.count(func.distinct(ReportedAccess.reference))).where(
            within(ReportedAccess.happened_at)
        ),
        What.REQUESTS: select(func.count()).select_from(Licence).where(within(Licence.requested_at)),
        What.AUDITS: select(func.count()).select_from(AccessAudit).where(within(AccessAudit.opened_at)),
        What.REVIEWS: select(func.count()).select_from(RetentionReview).where(within(RetentionReview.opened_at)),
    }
    counts = {what: ctx.session.scalar(each) or 0 for what, each in wanted.items()}
    if not counts[What.CASES]:
        del counts[What.CASES]
    return counts | {What.DECISIONS: _decisions(ctx, since, until)}


def _held(at: datetime) -> ColumnElement[bool]:
    """Licences that had a seat just before an instant: given, and not ended."""
    given = and_(Licence.decided_at < at, or_(Licence.status.in_(HOLDS_A_SEAT), Licence.deactivated_at >= at))
    return and_(given, or_(Licence.deactivated_at.is_(None), Licence.deactivated_at >= at))


def _decisions(ctx: Context, since: datetime, until: datetime) -> int:
    """Every decision that was answered, those of a batch one by one."""
    in_it = and_(AuditEntry.at >= Moment.write(since), AuditEntry.at < Moment.write(until))
    single = select(func.count()).select_from(AuditEntry).where(AuditEntry.event == DecisionAnswered.name, in_it)
    if ctx.session.get_bind().dialect.name == "sqlite":
        items = func.json_array_length(AuditEntry.detail, "$.items")
    else:
        items = func.json_array_length(cast(AuditEntry.detail, JSON)["items"])
    batches = select(func.coalesce(func.sum(items), 0)).where(AuditEntry.event == DecisionsAnswered.name, in_it)
    return (ctx.session.scalar(single) or 0) + int(ctx.session.scalar(batches) or 0)
