"""Seats: how many there are, used, idle and waited for; and what became of licences in the span (LIC-5, LIC-8, LIC-11; GOV-1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from statistics import median_low

from sqlalchemy import func, or_, select

from compliance.governance.figures import kept, spans
from compliance.governance.figures.counting import number, together, worded
from compliance.governance.figures.model import Chapter, Decision, Figure, Grid, Span, Trend, Unit
from compliance.kernel.clock import london_date, said_day
from compliance.kernel.context import Context
from compliance.licences.capacity import queries as seats
from compliance.licences.capacity.figures import Figures
from compliance.licences.capacity.queries import Asked, Capacity
from compliance.licences.models import Licence
from compliance.licences.quarterly.models import UseVerdict
from compliance.licences.quarterly.rules import Verdict
from compliance.licences.rules import Status
from compliance.licences.waiting.models import WaitingPlace

from .quarters import quarters_in

MONTHS_BACK = 12
_KINDS = {"standing": "Standing", "by_invite": "By invite"}

_REGISTERS = (
    kept.Register(
        ("held", "requested", "given", "refused", "ended", "waiting_at_end", "left_list", "wait_median", "wait_longest"),
        (Licence.requested_at, Licence.activated_at), ("ended", "verdicts"),
    ),
)  # fmt: skip


def chapter(ctx: Context, span: Span) -> Chapter:
    """Seats as they are at the moment of counting, licences at the end of the span, and what changed in it.

    How seats stand is known for now only, and not for a day that is past: it is said so.
    """
    found = seats.capacity(ctx, Asked(), months_back=MONTHS_BACK)
    counted = _counted(ctx, span)
    whole = Chapter(
        "licences",
        "Licences",
        f"Seats as they were at {said_day(london_date(ctx.now()))}; what became of licences is of the span.",
        (*_seats(found), *_span(ctx, span, counted)),
        (_ended(ctx, span), _verdicts(ctx, span), _partners(found)),
        (_past(found),),
        tuple(_decisions(found)),
    )
    return kept.told(ctx, span, whole, *_REGISTERS)


def _seats(found: Capacity) -> list[Figure]:
    figures = []
    for kind in found.kinds:
        name, has = _KINDS[kind.kind.value], kind.figures
        at = f"/licences/capacity?kind={kind.kind.value}"
        figures += [
            Figure(f"{kind.kind.value}_contract", f"{name}: seats of the contract", kind.contract, where=at),
            Figure(f"{kind.kind.value}_taken", f"{name}: seats taken", has.taken, where=at),
            Figure(f"{kind.kind.value}_free", f"{name}: seats free", kind.free, where=at),
            Figure(f"{kind.kind.value}_idle", f"{name}: seats idle for {found.days} days or more", has.idle, where=at),
            Figure(f"{kind.kind.value}_waiting", f"{name}: people waiting", has.waiting, where="/licences/waiting"),
            Figure(f"{kind.kind.value}_longest", f"{name}: longest wait so far", has.longest, Unit.DAYS,
                   where="/licences/waiting", says="" if has.waiting else "Nobody waits."),
        ]  # fmt: skip
    return figures


def _counted(ctx: Context, span: Span) -> dict[str, int]:
    it, close = Licence, spans.end(ctx, span)
    given = func.coalesce(it.decided_at, it.activated_at)
    over = or_(it.deactivated_at.is_(None), it.deactivated_at > close)
    return together(
        ctx,
        held=select(number(given <= close, over, it.status != Status.REFUSED)),
        requested=select(number(spans.within(ctx, span, it.requested_at))),
        given=select(number(spans.within(ctx, span, given), it.status != Status.REFUSED)),
        refused=select(number(spans.within(ctx, span, it.decided_at), it.status == Status.REFUSED)),
        ended=select(number(spans.within(ctx, span, it.deactivated_at))),
        waited=select(
            number(WaitingPlace.joined_at <= close, or_(WaitingPlace.left_at.is_(None), WaitingPlace.left_at > close))
        ),
    )


def _span(ctx: Context, span: Span, counted: dict[str, int]) -> list[Figure]:
    waits = _waits(ctx, span)
    middle, longest = (median_low(waits), max(waits)) if waits else (None, None)
    nobody = "" if waits else "Nobody left the list in it."
    return [
        Figure("held", "Licences held at the end", counted["held"], where="/licences"),
        Figure("requested", "Licences asked for", counted["requested"], where="/licences"),
        Figure("given", "Licences given", counted["given"], where="/licences"),
        Figure("refused", "Licences refused", counted["refused"], where="/licences?status=refused"),
        Figure("ended", "Licences ended", counted["ended"], where="/licences?status=deactivated"),
        Figure("waiting_at_end", "Waiting for a seat at the end", counted["waited"], where="/licences/waiting"),
        Figure("left_list", "Left the waiting list", len(waits), where="/licences/waiting"),
        Figure("wait_median", "Half of those had waited at most", middle, Unit.DAYS, says=nobody),
        Figure("wait_longest", "The longest of those waits", longest, Unit.DAYS, says=nobody),
    ]


def _waits(ctx: Context, span: Span) -> list[int]:
    """The whole days that each place was waited for that was left in the span."""
    it = WaitingPlace
    rows = ctx.session.execute(select(it.joined_at, it.left_at).where(spans.within(ctx, span, it.left_at)))
    return [_days(joined, left) for joined, left in rows if left is not None]


def _days(joined: datetime, left: datetime) -> int:
    return (london_date(left) - london_date(joined)).days


def _ended(ctx: Context, span: Span) -> Grid:
    counted = (
        select(Licence.end_reason, func.count())
        .where(spans.within(ctx, span, Licence.deactivated_at))
        .group_by(Licence.end_reason)
        .order_by(Licence.end_reason)
    )
    rows = [(worded(reason or "not known"), f"{count:,}") for reason, count in ctx.session.execute(counted)]
    return Grid(
        "ended", "Why licences ended", ("Reason", "Licences"), rows, nothing="No licence ended in it.", names=False
    )


def _verdicts(ctx: Context, span: Span) -> Grid:
    it, known = UseVerdict, [str(each) for each in quarters_in(span)]
    counted = (
        select(it.quarter, it.verdict, func.count())
        .where(it.quarter.in_(known))
        .group_by(it.quarter, it.verdict)
        .order_by(it.quarter, it.verdict)
    )
    rows = [(quarter, worded(verdict), f"{count:,}") for quarter, verdict, count in ctx.session.execute(counted)]
    return Grid(
        "verdicts", "What the quarterly audit of use found", ("Quarter", "Found", "Licences"), rows,
        f"Licences found {Verdict.UNUSED.value} ended.", "No audit of use is there for it yet.", names=False,
    )  # fmt: skip


def _partners(found: Capacity) -> Grid:
    """Those organisations alone of which something is to be said: an idle seat, or somebody who waits."""
    rows = [_partner(each) for each in sorted(found.rows, key=_weight) if each.idle or each.waiting]
    columns = ("Organisation", "Seats", "Idle", "Longest idle in days", "Waiting", "Longest wait in days")
    return Grid(
        "partners", "Where seats are idle or waited for", columns, rows, nothing="No seat is idle, nobody waits."
    )


def _weight(each: Figures) -> tuple[int, int, str]:
    return -each.waiting, -each.idle, each.name.casefold()


def _partner(each: Figures) -> Sequence[str]:
    longest = "" if each.longest is None else f"{each.longest:,}"
    idle = f"{each.idle_longest:,}" if each.idle else ""
    return each.name, f"{each.taken:,}", f"{each.idle:,}", idle, f"{each.waiting:,}", longest


def _past(found: Capacity) -> Trend:
    return Trend(
        "held", "Licences held and people waiting", "At the end of each month.",
        [each.month.short for each in found.past],
        (("Licences held", [each.held for each in found.past]), ("Waiting", [each.waiting for each in found.past])),
    )  # fmt: skip


def _decisions(found: Capacity) -> list[Decision]:
    asked = []
    for kind in found.kinds:
        waiting = kind.figures.waiting
        if waiting and not kind.free:
            who = "person waits" if waiting == 1 else "people wait"
            asked.append(
                Decision(
                    f"Decide on more {_KINDS[kind.kind.value].lower()} seats: {waiting:,} {who} and no seat is free.",
                    f"{kind.figures.idle:,} of {kind.contract:,} seats were idle for {found.days} days or more.",
                    "/licences/capacity",
                    "LIC-11",
                )
            )
    return asked
