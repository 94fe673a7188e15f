"""How long records are kept: reviews that are done and overdue, holds, and what was disposed of (RET-1 to RET-8; GOV-1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from compliance.governance.figures import kept, spans
from compliance.governance.figures.counting import by_month, number, open_at, together, worded
from compliance.governance.figures.model import Chapter, Decision, Figure, Grid, Span, Trend
from compliance.kernel.clock import london_date, said_day
from compliance.kernel.context import Context
from policies.values import Policy
from retention.disposals.models import DisposalItem, DisposalManifest
from retention.disposals.rules import ItemStatus
from retention.disposals.rules import Status as Going
from retention.holds.models import RetentionHold
from retention.models import KEPT, RetentionRecord
from retention.reviews.models import RetentionReview
from retention.reviews.rules import Decision as Found
from retention.reviews.rules import Status as Reviewing
from retention.rules import Status

_REGISTERS = (
    kept.Register(
        tuple(f"in_span_{each}" for each in ("registered", "opened", "decided", "confirmed", "placed", "lifted", "held")),
        (RetentionRecord.registered_at, RetentionHold.placed_at), ("decided",),
    ),
)  # fmt: skip


def chapter(ctx: Context, span: Span) -> Chapter:
    """Records as they stand now, with the reviews, holds and disposals of the span."""
    stands, done = _standing(ctx), _done(ctx, span)
    whole = Chapter(
        "retention",
        "Retention",
        f"Records as they stood at {said_day(london_date(ctx.now()))}; reviews, holds and disposals are of the span.",
        (*_records(stands), *_acts(done)),
        (_decided(ctx, span), _holds(ctx)),
        (_trend(ctx, span),),
        tuple(_decisions(stands)),
    )
    return kept.told(ctx, span, whole, *_REGISTERS)


def _standing(ctx: Context) -> dict[str, int]:
    it, review, today = RetentionRecord, RetentionReview, london_date(ctx.now())
    open_ = review.status == Reviewing.OPEN.value
    return together(
        ctx,
        kept=select(func.count()).select_from(it).where(KEPT),
        overdue=select(func.count()).select_from(it).where(KEPT, it.next_review_on < today),
        instructed=select(func.count()).select_from(it).where(it.status == Status.INSTRUCTED.value),
        disposed=select(func.count()).select_from(it).where(it.status == Status.DISPOSED.value),
        reviews=select(func.count()).select_from(review).where(open_),
        reviews_late=select(func.count()).select_from(review).where(open_, review.finish_by < today),
        proposed=select(number(DisposalManifest.status == Going.PROPOSED.value)),
    )


def _records(stands: dict[str, int]) -> list[Figure]:
    names = {
        "kept": ("Records kept", "/retention/records"),
        "overdue": ("Of them past the day of their review", "/retention/records?which=overdue"),
        "reviews": ("Reviews open", "/retention/reviews"),
        "reviews_late": ("Reviews past the day to decide", "/retention/reviews?which=overdue"),
        "proposed": ("Disposals that wait for a second person", "/retention/disposals"),
        "instructed": ("Records the case system is to dispose of", "/retention/records?which=instructed"),
        "disposed": ("Records disposed of so far", "/retention/records?which=disposed"),
    }
    return [Figure(code, name, stands[code], where=where) for code, (name, where) in names.items()]


def _done(ctx: Context, span: Span) -> dict[str, int]:
    review, hold, item, close = RetentionReview, RetentionHold, DisposalItem, spans.end(ctx, span)
    decided = spans.within(ctx, span, review.decided_at)
    return together(
        ctx,
        registered=select(number(spans.within(ctx, span, RetentionRecord.registered_at))),
        opened=select(number(spans.within(ctx, span, review.opened_at))),
        decided=select(number(decided)),
        confirmed=select(number(spans.within(ctx, span, item.confirmed_at), item.status == ItemStatus.CONFIRMED.value)),
        placed=select(number(spans.within(ctx, span, hold.placed_at))),
        lifted=select(number(spans.within(ctx, span, hold.lifted_at))),
        held=select(number(open_at(hold.placed_at, hold.lifted_at, close))),
    )


def _acts(done: dict[str, int]) -> list[Figure]:
    names = {
        "registered": ("Records registered", "/retention/records"),
        "opened": ("Reviews that began", "/retention/reviews?which=all"),
        "decided": ("Reviews decided", "/retention/reviews?which=all"),
        "confirmed": ("Records disposed of, with a certificate", "/retention/certificates"),
        "placed": ("Holds placed", "/retention/holds"),
        "lifted": ("Holds lifted", "/retention/holds"),
        "held": ("Holds in force at the end", "/retention/holds"),
    }
    return [Figure(f"in_span_{code}", name, done[code], where=where) for code, (name, where) in names.items()]


def _decided(ctx: Context, span: Span) -> Grid:
    it: Any = RetentionReview
    counted = (
        select(it.decision, func.count())
        .where(spans.within(ctx, span, it.decided_at))
        .group_by(it.decision)
        .order_by(it.decision)
    )
    names = {Found.RETAIN.value: "Kept", Found.REGROUP.value: "Kept in one more group",
             Found.DISPOSE.value: "Disposal proposed"}  # fmt: skip
    rows = [
        (names.get(code, worded(code or "not known")), f"{count:,}") for code, count in ctx.session.execute(counted)
    ]
    return Grid(
        "decided", "What reviews decided", ("Decision", "Reviews"), rows, nothing="No review was decided in it.",
        names=False,
    )  # fmt: skip


def _holds(ctx: Context) -> Grid:
    it, known = RetentionHold, ctx.the(Policy).hold_grounds
    counted = select(it.ground, func.count()).where(it.lifted_at.is_(None)).group_by(it.ground).order_by(it.ground)
    rows = [
        (known[ground].name if ground in known else worded(ground), f"{count:,}")
        for ground, count in ctx.session.execute(counted)
    ]
    return Grid("holds", "Holds in force now", ("Ground", "Holds"), rows, nothing="No hold is in force.", names=False)


def _trend(ctx: Context, span: Span) -> Trend:
    review, item = RetentionReview, DisposalItem
    return by_month(
        ctx, span, "months", "Reviews decided and records disposed of", "How many there were in each month.",
        (("Reviews decided", review, review.decided_at, review.decision.is_not(None)),
         ("Disposed of", item, item.confirmed_at, item.status == ItemStatus.CONFIRMED.value)),
    )  # fmt: skip


def _decisions(stands: dict[str, int]) -> list[Decision]:
    late = stands["reviews_late"]
    if not late:
        return []
    what = "review is" if late == 1 else "reviews are"
    return [
        Decision(
            f"Decide who reviews records: {late:,} {what} past the day to decide.",
            "A record that nobody reviews is kept longer than its period asks for, and nobody has said why.",
            "/retention/reviews?which=overdue",
            "RET-3",
        )
    ]
