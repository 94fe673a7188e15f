"""Holding the reviews of the instruments, and telling the hub manager that one is due (SIG-10, OP 8.4)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from audit.lists import ListExported, ListViewed
from audit.record import record
from compliance.kernel import text
from compliance.kernel.clock import london_date, said_day
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import Invalid, NotFound
from compliance.kernel.tables import File, Form, Table, form_of, write
from compliance.notices import writing
from policies.access import require
from policies.permissions import Permission
from signatories.models import Instrument

from . import queries
from .errors import ReviewAlreadyHeld, ReviewTooEarly
from .events import InstrumentReviewed, ReviewReminded
from .models import InstrumentReview
from .queries import ReviewRow
from .rules import Decision, Progress

LIST = "instrument-reviews"


def record_review(
    ctx: Context,
    instrument: str,
    due_on: date,
    *,
    held_on: date,
    useful: bool,
    fit_for_purpose: bool,
    issues: str,
    decision: str,
    reasons: str,
) -> InstrumentReview:
    """Record what the review of an instrument that is due on this day found and concluded (SIG-10).

    *Terminate* is a conclusion and ends nothing by itself: ending an instrument is an act of the steering group, and
    would put every partner outside at once. What follows from it is done by the acts there are: a new version, or
    withdrawals. Raises NotFound, ReviewTooEarly, ReviewAlreadyHeld.
    """
    require(ctx, Permission.REVIEW_RECORD)
    kept = ctx.session.scalars(select(Instrument).where(Instrument.code == instrument).with_for_update()).one_or_none()
    if kept is None:
        raise NotFound()
    row = queries.row(ctx, instrument, due_on)

    today = london_date(ctx.now())
    if row.progress is Progress.DONE:
        raise ReviewAlreadyHeld()
    if row.progress is Progress.COMING:
        raise ReviewTooEarly(f"This review can be held from {said_day(row.opens_on)} on.")
    if not row.opens_on <= held_on <= today:
        raise Invalid.at(
            "/held_on", f"Enter the day on which it was held: from {said_day(row.opens_on)} on, and not a day to come."
        )
    if decision not in list(Decision):
        raise Invalid.at("/decision", f"Choose one of these: {', '.join(Decision)}.")

    review = InstrumentReview(
        id=ctx.new_id(),
        instrument_id=kept.id,
        due_on=due_on,
        held_on=held_on,
        useful=useful,
        fit_for_purpose=fit_for_purpose,
        issues=text.prose(issues, pointer="/issues"),
        decision=decision,
        reasons=text.prose(reasons, pointer="/reasons"),
        recorded_by=ctx.actor.id,
        recorded_at=ctx.now(),
    )
    ctx.session.add(review)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, "uq_instrument_reviews_instrument_id_due_on"):
            raise ReviewAlreadyHeld() from problem
        raise

    record(
        ctx,
        InstrumentReviewed(
            subject=review.id, instrument=kept.code, due_on=due_on, useful=useful, fit_for_purpose=fit_for_purpose,
            act=decision,
        ),
    )  # fmt: skip
    return review


def remind_of_review(ctx: Context, instrument_id: UUID) -> int:
    """Tell each hub manager once that the last review whose day has come is not recorded; how many were told."""
    require(ctx, Permission.REGISTER_READ)
    kept = ctx.session.scalars(select(Instrument).where(Instrument.id == instrument_id).with_for_update()).one()
    due_on = queries.to_remind(ctx).get(instrument_id)
    if due_on is None:
        return 0

    told = [
        person.id
        for person in queries.managers(ctx)
        if writing.write(
            ctx,
            "review_due",
            to=person.email,
            person_id=person.id,
            once=queries.once(instrument_id, due_on, person.id),
            name=person.full_name,
            title=kept.title,
            day=said_day(due_on),
            address=f"{ctx.house.settings.base_url}/register/reviews",
        )
    ]
    record(ctx, ReviewReminded(subject=instrument_id, due_on=due_on, letters=len(told), people=tuple(told)))
    return len(told)


def view_reviews(ctx: Context) -> list[ReviewRow]:
    """Show the calendar of reviews, and keep that it was shown."""
    rows = queries.calendar(ctx)
    record(ctx, ListViewed(what=LIST, rows=len(rows)))
    return rows


def export_reviews(
    ctx: Context, form: Form | str, *, instrument: str | None = None, progress: str | None = None
) -> File:
    """Hand out the calendar of reviews as a file, and keep that it was handed out."""
    kind = form_of(form)
    rows = chosen(queries.calendar(ctx), instrument=instrument, progress=progress)
    record(ctx, ListExported(what=LIST, form=kind.value, rows=len(rows)))
    columns = (
        "Instrument", "Due", "Can be held from", "State", "Held", "Useful", "Fit for purpose", "Emerging issues",
        "Conclusion", "Reasons", "Recorded by",
    )  # fmt: skip
    address = f"{ctx.house.settings.base_url}/register/reviews"
    lines = [_line(row) for row in rows]
    return write(Table("Reviews of the instruments", "reviews", ctx.now(), columns, lines, address), kind)


TO_RECORD = "to_record"
TO_RECORD_NOW = (Progress.DUE, Progress.OVERDUE)
"""The reviews that wait for somebody to record them: what the list is asked for as, and how they stand."""


def chosen(rows: list[ReviewRow], *, instrument: str | None = None, progress: str | None = None) -> list[ReviewRow]:
    """Those of one instrument, or that stand so; `TO_RECORD` for those that can be held and are not recorded."""
    wanted = TO_RECORD_NOW if progress == TO_RECORD else (progress,)
    return [
        row
        for row in rows
        if (instrument is None or row.instrument == instrument) and (progress is None or row.progress in wanted)
    ]


def _line(row: ReviewRow) -> tuple[str, ...]:
    found = row.review
    said: tuple[str, ...] = ("",) * 6
    if found:
        said = (
            found.held_on.isoformat(), _yes(found.useful), _yes(found.fit_for_purpose), found.issues, found.decision,
            found.reasons,
        )  # fmt: skip
    start = (row.title, row.due_on.isoformat(), row.opens_on.isoformat(), row.progress.value)
    return (*start, *said, row.recorded_by or "")


def _yes(value: bool) -> str:
    return "yes" if value else "no"
