"""The calendar of reviews, with what was found at those that were held (SIG-10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from compliance.identity.models import Person, RoleHeld
from compliance.identity.queries import names_of, still_held
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from compliance.notices.models import Notice
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories.challenges.queries import to_decide_counted
from signatories.models import Instrument
from signatories.queries.isa import isa_checks_counted

from . import rules
from .models import InstrumentReview
from .rules import Progress

HUB_MANAGER = "hub_manager"


@dataclass(frozen=True)
class ReviewRow:
    """One review of the calendar: of what, due when, open from when, where it stands, and what was found."""

    instrument_id: UUID
    instrument: str
    title: str
    due_on: date
    opens_on: date
    progress: Progress
    review: InstrumentReview | None = None
    recorded_by: str | None = None


def calendar(ctx: Context) -> list[ReviewRow]:
    """Every review of every instrument, by its day, as far as the next that is to come."""
    require(ctx, Permission.REGISTER_READ)
    instruments = list(ctx.session.scalars(select(Instrument).order_by(Instrument.code)))
    held = {(each.instrument_id, each.due_on): each for each in ctx.session.scalars(select(InstrumentReview))}
    names = names_of(ctx, {each.recorded_by for each in held.values()})
    today = london_date(ctx.now())
    early = ctx.the(Policy).signatories.review_early_days
    rows = []
    for instrument in instruments:
        known = {day for one, day in held if one == instrument.id}
        for due_on in sorted({*due_days(ctx), *known}):
            review = held.get((instrument.id, due_on))
            rows.append(
                ReviewRow(
                    instrument.id,
                    instrument.code,
                    instrument.title,
                    due_on,
                    rules.opens_on(due_on, early),
                    rules.progress(due_on, held=review is not None, today=today, early_days=early),
                    review,
                    names.get(review.recorded_by, review.recorded_by) if review else None,
                )
            )
    return sorted(rows, key=lambda row: (row.due_on, row.instrument))


def due_days(ctx: Context) -> list[date]:
    """The days of the calendar, by the policy in force, as far as the next that is to come."""
    values = ctx.the(Policy).signatories
    return rules.due_days(
        values.go_live, values.review_after_months, values.review_every_months, until=london_date(ctx.now())
    )


def row(ctx: Context, instrument: str, due_on: date) -> ReviewRow:
    """One review of the calendar; raises NotFound for a day on which none is due."""
    found = next((each for each in calendar(ctx) if each.instrument == instrument and each.due_on == due_on), None)
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class Counted:
    """How many things of the register wait for the hub: looks at the ISA's list (SIG-12), reviews (SIG-10), challenges."""

    checks: int
    reviews: int
    challenges: int


def counted(ctx: Context) -> Counted:
    """What waits, counted by one statement for the first page."""
    require(ctx, Permission.REGISTER_READ)
    today, early = london_date(ctx.now()), ctx.the(Policy).signatories.review_early_days
    open_days = [day for day in due_days(ctx) if rules.opens_on(day, early) <= today]
    held = select(func.count()).select_from(InstrumentReview).where(InstrumentReview.due_on.in_(open_days))
    there = select(func.count()).select_from(Instrument)
    asked = (isa_checks_counted(ctx), to_decide_counted(ctx), there, held)
    checks, challenges, instruments, done = ctx.session.execute(
        select(*(each.scalar_subquery() for each in asked))
    ).one()
    return Counted(checks, instruments * len(open_days) - done, challenges)


def waiting(ctx: Context) -> list[ReviewRow]:
    """The reviews that can be held and are not recorded: due, or past their day."""
    return [each for each in calendar(ctx) if each.progress in (Progress.DUE, Progress.OVERDUE)]


def to_remind(ctx: Context) -> dict[UUID, date]:
    """Of each instrument the last review whose day has come, where it is not recorded and not everybody was told."""
    today = london_date(ctx.now())
    past = [day for day in due_days(ctx) if day <= today]
    if not past:
        return {}
    held = set(ctx.session.scalars(select(InstrumentReview.instrument_id).where(InstrumentReview.due_on == past[-1])))
    open_ = [one for one in ctx.session.scalars(select(Instrument.id)) if one not in held]
    wanted = {once(one, past[-1], each.id): one for one in open_ for each in managers(ctx)}
    told = set(ctx.session.scalars(select(Notice.once).where(Notice.once.in_(wanted))))
    return {one: past[-1] for name, one in wanted.items() if name not in told}


def managers(ctx: Context) -> list[Person]:
    """Those who record reviews, as far as their accounts are open."""
    held = select(RoleHeld.person_id).where(RoleHeld.role == HUB_MANAGER, still_held(ctx.now()))
    return list(ctx.session.scalars(select(Person).where(Person.id.in_(held), Person.closed_at.is_(None))))


def once(instrument_id: UUID, due_on: date, person_id: UUID) -> str:
    """The name under which a manager is told once of a review."""
    return f"review_due:{instrument_id}:{due_on}:{person_id}"
