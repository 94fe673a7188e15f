"""The instruments, their versions, and the reviews at 3, 6 and 12 months and then every two years (SIG-4, SIG-10; GOV-1)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from compliance.governance.figures import spans
from compliance.governance.figures.model import Chapter, Decision, Figure, Grid, Span
from compliance.governance.gathering import INSTRUMENTS, PROGRESS, named
from compliance.kernel.clock import london_date, said_day
from compliance.kernel.context import Context
from signatories.models import Instrument, InstrumentVersion
from signatories.reviews.queries import ReviewRow, calendar
from signatories.reviews.rules import Decision as Concluded
from signatories.reviews.rules import Progress

_WHERE = "/register/reviews"


def chapter(ctx: Context, span: Span) -> Chapter:
    """The calendar of reviews as it stands now, what those held in the span concluded, and the versions published in it."""
    rows, today = calendar(ctx), london_date(ctx.now())
    last = london_date(spans.end(ctx, span))
    held = [row for row in rows if row.review is not None and span.since <= row.review.held_on <= last]
    versions = _published(ctx, span)
    coming = [row.due_on for row in rows if row.progress is Progress.COMING]
    says = f"The calendar of reviews as it stood at {said_day(today)}."
    if coming:
        says += f" The next review is due on {said_day(min(coming))}."
    return Chapter(
        "instruments",
        "Reviews of the instruments",
        says,
        (
            Figure("held", "Reviews held", len(held), where=_WHERE),
            Figure("extended", "Of them to extend", _concluded(held, Concluded.EXTEND), where=_WHERE),
            Figure("terminated", "Of them to terminate", _concluded(held, Concluded.TERMINATE), where=_WHERE),
            Figure("due", "Reviews open now", _standing(rows, Progress.DUE), where=_WHERE),
            Figure("overdue", "Reviews overdue now", _standing(rows, Progress.OVERDUE), where=_WHERE),
            Figure("published", "Versions published", len(versions), where="/register/instruments"),
        ),
        (_calendar(rows), Grid("versions", "Versions published", ("Instrument", "Version", "In effect", "Sign again by"),
                               versions, nothing="No version was published in it.", names=False)),
        (),
        tuple(_decisions(rows)),
    )  # fmt: skip


def _concluded(held: Sequence[ReviewRow], decision: Concluded) -> int:
    return sum(row.review is not None and row.review.decision == decision.value for row in held)


def _standing(rows: Sequence[ReviewRow], progress: Progress) -> int:
    return sum(row.progress is progress for row in rows)


def _published(ctx: Context, span: Span) -> list[tuple[str, ...]]:
    it = InstrumentVersion
    found = ctx.session.execute(
        select(Instrument.code, it.label, it.effective_on, it.resign_by)
        .join(Instrument, Instrument.id == it.instrument_id)
        .where(spans.within(ctx, span, it.published_at))
        .order_by(it.effective_on, Instrument.code, it.label)
    )
    return [
        (named(INSTRUMENTS, code), label, said_day(begins), said_day(again) if again else "")
        for code, label, begins, again in found
    ]


def _calendar(rows: Sequence[ReviewRow]) -> Grid:
    told = [
        (
            named(INSTRUMENTS, row.instrument),
            said_day(row.due_on),
            PROGRESS[row.progress],
            said_day(row.review.held_on) if row.review else "",
            ("Yes" if row.review.fit_for_purpose else "No") if row.review else "",
            row.review.decision.capitalize() if row.review else "",
            row.review.issues if row.review else "",
        )
        for row in rows
    ]
    columns = ("Instrument", "Due", "State", "Held", "Fit for purpose", "Decision", "Emerging issues")
    return Grid("calendar", "The calendar of reviews", columns, told)


def _decisions(rows: Sequence[ReviewRow]) -> list[Decision]:
    """One for each instrument: a review that was missed altogether is held with the next."""
    waits = {row.instrument: row for row in rows if row.progress in (Progress.DUE, Progress.OVERDUE)}
    return [
        Decision(
            f"Review the {named(INSTRUMENTS, row.instrument)}: to extend or to terminate.",
            f"Its review was due on {said_day(row.due_on)}."
            if row.progress is Progress.OVERDUE
            else f"Its review is due on {said_day(row.due_on)}.",
            _WHERE,
            "SIG-10",
        )
        for row in waits.values()
    ]
