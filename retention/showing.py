"""One record for its page: its facts and why they are so, its time as a line, and what stands in the way of its disposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from audit.record import record as enter
from compliance.identity.queries import names_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from policies.values import Policy

from . import queries, reckoning, rules, timeline
from .disposals import obstacles
from .disposals.models import DisposalItem, DisposalManifest
from .disposals.rules import ItemStatus, Known, Obstacle, in_the_way
from .events import RecordViewed
from .holds import queries as holds
from .holds.models import RetentionHold
from .models import RetentionEvent, RetentionRecord
from .queries import Listed
from .reviews import queries as reviews
from .reviews.models import RetentionReview
from .reviews.rules import Decision
from .rules import Because, Facts, Status
from .timeline import Held, Line, Mark, Point

MOST = 100


@dataclass(frozen=True)
class Whole:
    """A record for its page. `tells_end`: the asker may know when its minimum period ends, and so perhaps a birth."""

    listed: Listed
    tells_end: bool
    ends_on: date | None
    why: Sequence[Because]
    in_the_way: Sequence[Obstacle]
    events: Sequence[RetentionEvent]
    reviews: Sequence[RetentionReview]
    holds: Sequence[RetentionHold]
    disposals: Sequence[tuple[DisposalItem, DisposalManifest]]
    line: Line
    names: Mapping[str, str]

    @property
    def open_review(self) -> RetentionReview | None:
        """The review that waits for its decision."""
        return next((each for each in self.reviews if each.decided_at is None), None)


def view(ctx: Context, record_id: UUID) -> Whole:
    """Show one record, and keep that it was shown. Raises NotFound, Forbidden."""
    whole = of(ctx, record_id)
    enter(ctx, RecordViewed(subject=record_id, reference=whole.listed.record.reference))
    return whole


def of(ctx: Context, record_id: UUID) -> Whole:
    """One record with all that belongs to it. Raises NotFound, Forbidden."""
    listed = queries.visible(ctx, record_id)
    record, policy = listed.record, ctx.the(Policy)
    facts = reckoning.facts_of(ctx, record)
    gone = record.status == Status.DISPOSED.value
    tells_end = reckoning.tells_end(ctx, record)
    ends_on = rules.minimum(facts, policy=policy).ends_on if tells_end else None
    happened = _events(ctx, record)
    looked_at = reviews.of_record(ctx, record.id, limit=MOST)
    held = holds.ever_on(ctx, record, limit=MOST)
    disposals = _disposals(ctx, record)
    points = [*_points(record, happened, policy), *_of_reviews(record, looked_at), *_of_holds(held), *_going(disposals)]
    return Whole(
        listed=listed, tells_end=tells_end, ends_on=ends_on,
        why=rules.why(facts, record.last_reviewed_on, policy=policy) if tells_end else (),
        in_the_way=_in_the_way(ctx, record, facts, looked_at, held, disposals), events=happened, reviews=looked_at,
        holds=held, disposals=disposals,
        line=timeline.line(
            points, _spans(held), today=london_date(ctx.now()), ends_on=ends_on, over=gone
        ),
        names=names_of(ctx, {who for each in looked_at for who in (each.decided_by, each.asked_by) if who}),
    )  # fmt: skip


def _in_the_way(
    ctx: Context,
    record: RetentionRecord,
    facts: Facts,
    looked_at: Sequence[RetentionReview],
    held: Sequence[RetentionHold],
    disposals: Sequence[tuple[DisposalItem, DisposalManifest]],
) -> list[Obstacle]:
    """All that stands in the way of disposing of it now, from what the page shows and what is open about it (RET-5)."""
    decided = max(
        (each for each in looked_at if each.decided_at), key=lambda each: (each.decided_at, each.id), default=None
    )
    to_go = decided is not None and decided.decision == Decision.DISPOSE.value
    return in_the_way(
        Known(
            kept=record.status == Status.KEPT.value,
            early=obstacles.is_early(ctx, facts),
            held=any(each.lifted_at is None for each in held),
            review_open=any(each.decided_at is None for each in looked_at),
            to_go_since=decided.decided_at if decided is not None and to_go else None,
            told_at=obstacles.last_told(ctx, [record.id]).get(record.id),
            open_about=obstacles.open_about(ctx, [record.reference]).get(record.reference, frozenset()),
            on_a_manifest=any(item.status == ItemStatus.FROZEN.value for item, _ in disposals),
        )
    )


def _events(ctx: Context, record: RetentionRecord) -> list[RetentionEvent]:
    it = RetentionEvent
    wanted = select(it).where(it.record_id == record.id).order_by(it.happened_on, it.event_id)
    return list(ctx.session.scalars(wanted.limit(MOST)))


def _disposals(ctx: Context, record: RetentionRecord) -> list[tuple[DisposalItem, DisposalManifest]]:
    """Where it stands, or stood, on manifests, the newest first."""
    wanted = (
        select(DisposalItem, DisposalManifest)
        .join(DisposalManifest, DisposalManifest.id == DisposalItem.manifest_id)
        .where(DisposalItem.record_id == record.id)
        .order_by(DisposalManifest.proposed_at.desc(), DisposalItem.id)
    )
    return [(item, manifest) for item, manifest in ctx.session.execute(wanted.limit(MOST))]


def _points(record: RetentionRecord, happened: Sequence[RetentionEvent], policy: Policy) -> list[Point]:
    opened = [Point(record.opened_on, Mark.OPENED, "Opened")]
    return opened + [
        Point(each.happened_on, Mark.EVENT, _called(each.kind, policy))
        for each in happened
        if each.happened_on >= record.opened_on
    ]


def _called(kind: str, policy: Policy) -> str:
    known = policy.retention_events.get(kind)
    return known.name if known else kind.replace("_", " ").capitalize()


_ENDED_IN = {
    Decision.RETAIN.value: "Reviewed: retained",
    Decision.REGROUP.value: "Reviewed: put into one more group",
    Decision.DISPOSE.value: "Reviewed: disposal proposed",
}


def _of_reviews(record: RetentionRecord, looked_at: Sequence[RetentionReview]) -> list[Point]:
    made = [
        Point(london_date(each.decided_at), Mark.REVIEW, _ENDED_IN[each.decision])
        if each.decided_at and each.decision
        else Point(max(each.due_on, record.opened_on), Mark.REVIEW, "Fell due for review, still open")
        for each in looked_at
    ]
    waits = any(each.decided_at is None for each in looked_at)
    if record.next_review_on is None or waits:
        return made
    return [*made, Point(max(record.next_review_on, record.opened_on), Mark.NEXT_REVIEW, "Next review")]


def _of_holds(held: Sequence[RetentionHold]) -> list[Point]:
    placed = [Point(london_date(each.placed_at), Mark.HOLD, "Hold placed") for each in held]
    return placed + [Point(london_date(each.lifted_at), Mark.LIFTED, "Hold lifted") for each in held if each.lifted_at]


def _going(disposals: Sequence[tuple[DisposalItem, DisposalManifest]]) -> list[Point]:
    told = [
        Point(london_date(item.instructed_at), Mark.INSTRUCTED, "The case system was told to dispose of it")
        for item, _ in disposals
        if item.instructed_at
    ]
    return told + [Point(item.disposed_on, Mark.DISPOSED, "Disposed of") for item, _ in disposals if item.disposed_on]


def _spans(held: Sequence[RetentionHold]) -> list[Held]:
    return [Held(london_date(each.placed_at), london_date(each.lifted_at) if each.lifted_at else None) for each in held]
