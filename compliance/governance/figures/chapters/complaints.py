"""Complaints between partners and their themes, and complaints under section 164A: in numbers, and no case (COM-1 to COM-9; GOV-1)."""

from __future__ import annotations

from collections import Counter
from statistics import median_low
from typing import Any

from sqlalchemy import and_, func, or_, select

from compliance.complaints.data_protection.models import DataProtectionComplaint
from compliance.complaints.data_protection.rules import Status as Answering
from compliance.complaints.models import Complaint, ComplaintStage
from compliance.complaints.rules import FIRST, LAST, Status
from compliance.governance.figures import kept, spans
from compliance.governance.figures.counting import by_month, number, numbers, open_at
from compliance.governance.figures.model import Chapter, Decision, Figure, Grid, Span, Trend, Unit, share
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from policies.values import Policy
from signatories.models import Organisation

MOST = 500
"""Organisations that are listed at the most."""

_REGISTERS = (
    kept.Register(
        ("raised", "urgent", "again", "resolved", "ruled", "took_median", "took_longest", "open"), (Complaint.raised_at,),
        ("themes", "stages", "organisations"), "complaints",
    ),
    kept.Register(
        ("data_received", "data_in_time", "data_late", "data_in_time_share", "data_answered", "data_open"),
        (DataProtectionComplaint.received_on,), (), "data_complaints",
    ),
)  # fmt: skip


def chapter(ctx: Context, span: Span) -> Chapter:
    """Complaints count in the span in which they were raised, as they stand now; figures of organisations are of all themes.

    So no two tables side by side tell who complained of what about whom (COM-7).
    """
    between = _between(ctx, span)
    whole = Chapter(
        "complaints",
        "Complaints and themes",
        "Complaints count in the span in which they were raised, as they stand now.",
        (*_figures(ctx, span, between), *_data_protection(ctx, span)),
        (_themes(ctx, span), _stages(ctx, span), _organisations(ctx, span)),
        (_trend(ctx, span),),
        tuple(_decisions(between)),
    )
    return kept.told(ctx, span, whole, *_REGISTERS)


def _between(ctx: Context, span: Span) -> dict[str, int]:
    it, close, today = Complaint, spans.end(ctx, span), london_date(ctx.now())
    raised, ended = spans.within(ctx, span, it.raised_at), spans.within(ctx, span, it.ended_at)
    still = it.status == Status.OPEN.value
    counted = numbers(
        ctx, it, raised=number(raised), resolved=number(ended, it.status == Status.RESOLVED.value),
        ruled=number(ended, it.status == Status.FINAL.value), open=number(open_at(it.raised_at, it.ended_at, close)),
        urgent=number(raised, it.immediate_risk.is_(True)), again=number(raised, it.follows_id.is_not(None)),
        chair=number(still, it.stage == LAST),
    )  # fmt: skip
    current = and_(ComplaintStage.complaint_id == it.id, ComplaintStage.stage == it.stage)
    late = (
        select(func.count()).select_from(it).join(ComplaintStage, current).where(still, ComplaintStage.due_on < today)
    )
    return counted | {"overdue": ctx.session.scalar(late) or 0}


def _figures(ctx: Context, span: Span, counted: dict[str, int]) -> list[Figure]:
    it = Complaint
    rows = ctx.session.execute(select(it.raised_at, it.ended_at).where(spans.within(ctx, span, it.ended_at)))
    took = [(london_date(ended) - london_date(raised)).days for raised, ended in rows if ended is not None]
    nobody = "" if took else "None ended in it."
    where, themes = "/complaints", "/complaints/themes"
    return [
        Figure("raised", "Complaints raised", counted["raised"], where=themes),
        Figure("urgent", "Of them with an immediate risk", counted["urgent"], where=where),
        Figure("again", "Of them taken up again", counted["again"], where=where),
        Figure("resolved", "Resolved between the organisations", counted["resolved"], where=f"{where}?which=ended"),
        Figure("ruled", "Ended by the chair’s word", counted["ruled"], where=f"{where}?which=ended"),
        Figure("took_median", "Half of those that ended took at most", median_low(took) if took else None, Unit.DAYS,
               says=nobody),
        Figure("took_longest", "The longest of them took", max(took, default=None), Unit.DAYS, says=nobody),
        Figure("open", "Open at the end", counted["open"], where=f"{where}?which=open"),
        Figure("overdue", "Past the day of their stage now", counted["overdue"], where=f"{where}?which=overdue"),
    ]  # fmt: skip


def _data_protection(ctx: Context, span: Span) -> list[Figure]:
    it, today, close = DataProtectionComplaint, london_date(ctx.now()), london_date(spans.end(ctx, span))
    came = spans.within_days(ctx, span, it.received_on)
    seen = it.acknowledged_on.is_not(None)
    not_over = or_(it.answered_on.is_(None), it.answered_on > close)
    counted = numbers(
        ctx, it, received=number(came), in_time=number(came, seen, it.acknowledged_on <= it.acknowledge_by),
        late=number(came, seen, it.acknowledged_on > it.acknowledge_by),
        overdue=number(it.status == Answering.RECEIVED.value, it.acknowledge_by < today),
        answered=number(spans.within_days(ctx, span, it.answered_on)), open=number(it.received_on <= close, not_over),
    )  # fmt: skip
    where, known = "/data-complaints", counted["in_time"] + counted["late"]
    return [
        Figure("data_received", "Data-protection complaints received", counted["received"], where=where),
        Figure("data_in_time", "Of them acknowledged in time", counted["in_time"], where=where),
        Figure("data_late", "Of them acknowledged late", counted["late"], where=where),
        Figure("data_in_time_share", "In time among those acknowledged", share(counted["in_time"], known), Unit.SHARE),
        Figure("data_overdue", "Overdue for acknowledging now", counted["overdue"], where=f"{where}?which=overdue"),
        Figure("data_answered", "Data-protection complaints answered", counted["answered"], where=where),
        Figure("data_open", "Not answered at the end", counted["open"], where=f"{where}?which=open"),
    ]


def _themes(ctx: Context, span: Span) -> Grid:
    it, known = Complaint, ctx.the(Policy).complaint_themes
    wanted = (
        select(it.theme, func.count(), number(it.status == Status.OPEN.value))
        .where(spans.within(ctx, span, it.raised_at))
        .group_by(it.theme)
    )
    found = {theme: (count, still) for theme, count, still in ctx.session.execute(wanted)}
    codes = [*known, *sorted(set(found) - set(known))]
    rows = [
        (known[code].name if code in known else code.replace("_", " ").capitalize(), *(f"{each:,}" for each in found[code]))
        for code in codes if code in found
    ]  # fmt: skip
    columns = ("Theme", "Raised", "Open now")
    return Grid("themes", "By theme", columns, rows, nothing="No complaint was raised in it.", names=False)


def _stages(ctx: Context, span: Span) -> Grid:
    it = Complaint
    wanted = select(it.stage, func.count()).where(spans.within(ctx, span, it.raised_at)).group_by(it.stage)
    found: Counter[int] = Counter()
    for stage, count in ctx.session.execute(wanted):
        found[stage] += count
    rows = [(f"Stage {stage}", f"{found[stage]:,}") for stage in range(FIRST, LAST + 1)] if found else []
    columns = ("Reached, and no further", "Complaints")
    return Grid("stages", "How far they went", columns, rows, nothing="No complaint was raised in it.", names=False)


def _organisations(ctx: Context, span: Span) -> Grid:
    it = Complaint
    raised = spans.within(ctx, span, it.raised_at)
    sides: dict[str, list[int]] = {}
    for place, side in enumerate((it.from_organisation_id, it.about_organisation_id)):
        counted: Any = (
            select(Organisation.name, func.count())
            .select_from(it)
            .join(Organisation, Organisation.id == side)
            .where(raised)
            .group_by(Organisation.id, Organisation.name)
        )
        for name, count in ctx.session.execute(counted):
            sides.setdefault(name, [0, 0])[place] += count
    ordered = sorted(sides.items(), key=lambda each: (-sum(each[1]), each[0].casefold()))[:MOST]
    rows = [(name, f"{raised_by:,}", f"{about:,}") for name, (raised_by, about) in ordered]
    columns = ("Organisation", "Raised", "About it")
    return Grid("organisations", "By organisation", columns, rows, nothing="No complaint was raised in it.")


def _trend(ctx: Context, span: Span) -> Trend:
    it = Complaint
    every = it.stage.is_not(None)
    return by_month(
        ctx, span, "months", "Complaints by month", "How many were raised, and how many ended, in each month.",
        (("Raised", it, it.raised_at, every), ("Ended", it, it.ended_at, every)),
    )  # fmt: skip


def _decisions(counted: dict[str, int]) -> list[Decision]:
    asked = []
    if counted["chair"]:
        who = "complaint waits" if counted["chair"] == 1 else "complaints wait"
        asked.append(
            Decision(
                f"See to the chair’s word: {counted['chair']:,} {who} at the last stage.",
                "The chair of the executive group decides it, and their word is final.",
                "/complaints/turns",
                "COM-4",
            )
        )
    return asked
