"""The quarterly access audits, flags and break-glass: who looked at what people open, and what they found (AUD-5 to AUD-7; GOV-1)."""

from __future__ import annotations

from sqlalchemy import func, select

from compliance.accesses.audits.models import AccessAudit, AccessAuditFigure, AccessAuditFinding
from compliance.accesses.audits.rules import FIGURES, Status
from compliance.accesses.flags.models import AccessFlag
from compliance.decisions.exceptions.models import BreakGlass
from compliance.governance.figures import kept, spans
from compliance.governance.figures.counting import by_month, number, numbers, open_at, together, worded
from compliance.governance.figures.model import Chapter, Decision, Figure, Grid, Span, Trend, Unit, share
from compliance.kernel.clock import london_date, said_day
from compliance.kernel.context import Context
from signatories.models import Organisation

from .quarters import quarters_in

MOST = 1000
"""Audits that are listed at the most."""

_NAMES = {
    "sign_ins": "Sign-ins to this service",
    "case_sign_ins": "Sign-ins to the case system",
    "cases_opened": "Cases opened, counted once a person",
    "downloads": "Downloads",
    "exports": "Exports",
    "refusals": "Questions answered with no",
    "reported_refusals": "Refusals the case system reported",
    "out_of_hours": "Out of hours",
    "break_glass": "By break-glass",
}

_REGISTERS = (
    kept.Register(
        ("flags_raised", "concerns", "flags_explained", "flags_breaches", "flags_open"), (AccessFlag.raised_at,), ("flags",),
        "flags",
    ),
    kept.Register(("glass_granted", "glass_unreviewed"), (BreakGlass.granted_at,)),
)  # fmt: skip


def chapter(ctx: Context, span: Span) -> Chapter:
    """The audits of the quarters in the span as they stand now, with flags and break-glass of the span."""
    quarters = [str(each) for each in quarters_in(span)]
    today = london_date(ctx.now())
    of_them, signed = AccessAudit.quarter.in_(quarters), AccessAudit.status == Status.SIGNED.value
    late = AccessAudit.due_on < today
    audits = numbers(
        ctx, AccessAudit, opened=number(of_them), signed=number(of_them, signed),
        overdue=number(of_them, ~signed, late), earlier=number(AccessAudit.quarter < min(quarters, default=""), ~signed),
    )  # fmt: skip
    opened = bool(audits["opened"])
    figures = [
        Figure("opened", "Audits of these quarters", audits["opened"], where="/access-audits"),
        Figure("signed", "Signed off", audits["signed"] if opened else None, where="/access-audits?state=signed_off"),
        Figure("signed_share", "Signed off among them", share(audits["signed"], audits["opened"]), Unit.SHARE),
        Figure("overdue", "Overdue", audits["overdue"] if opened else None, where="/access-audits?state=overdue"),
        Figure("earlier", "Of earlier quarters, and still open", audits["earlier"], where="/access-audits"),
        *_figures(ctx, quarters),
        *_beside(ctx, span),
    ]
    whole = Chapter(
        "audits",
        "Access audits",
        f"What people opened was audited by the quarter; the audits as they stood at {said_day(today)}.",
        figures,
        (_findings(ctx, quarters), _flags(ctx, span), _audits(ctx, quarters)),
        (_trend(ctx, span),),
        tuple(_decisions(audits)),
    )
    return kept.told(ctx, span, whole, *_REGISTERS)


def _figures(ctx: Context, quarters: list[str]) -> list[Figure]:
    """What was counted when the audits were opened, all organisations together; not known before any was."""
    it = AccessAuditFigure
    added = (func.sum(getattr(it, name)) for name in FIGURES)
    wanted = (
        select(func.count(it.person_id.distinct()), *added)
        .join(AccessAudit, AccessAudit.id == it.audit_id)
        .where(AccessAudit.quarter.in_(quarters))
    )
    people, *sums = ctx.session.execute(wanted).one()
    figures = [Figure("people", "People in them", people or None, where="/access-audits")]
    known = zip(FIGURES, sums, strict=True)
    figures += [Figure(name, _NAMES[name], None if each is None else int(each)) for name, each in known]
    return figures


def _beside(ctx: Context, span: Span) -> list[Figure]:
    close, flag, glass = spans.end(ctx, span), AccessFlag, BreakGlass
    raised, decided = spans.within(ctx, span, flag.raised_at), spans.within(ctx, span, flag.decided_at)
    counted = together(
        ctx,
        raised=select(number(raised)),
        concerns=select(number(raised, flag.rule == "concern")),
        explained=select(number(decided, flag.status == "explained")),
        breaches=select(number(decided, flag.status.in_(("breach", "raised")))),
        open=select(number(open_at(flag.raised_at, flag.decided_at, close))),
        granted=select(number(spans.within(ctx, span, glass.granted_at))),
        unreviewed=select(number(open_at(glass.granted_at, glass.reviewed_at, close))),
    )
    names = {
        "raised": ("flags_raised", "Flags raised", "/flags"),
        "concerns": ("concerns", "Of them concerns that somebody raised", "/flags"),
        "explained": ("flags_explained", "Flags explained", "/flags"),
        "breaches": ("flags_breaches", "Flags found to be breaches", "/flags"),
        "open": ("flags_open", "Flags open at the end", "/flags"),
        "granted": ("glass_granted", "Break-glass granted", "/break-glass"),
        "unreviewed": ("glass_unreviewed", "Break-glass without its review at the end", "/break-glass"),
    }
    return [Figure(code, name, counted[key], where=where) for key, (code, name, where) in names.items()]


def _findings(ctx: Context, quarters: list[str]) -> Grid:
    it = AccessAuditFinding
    counted = (
        select(it.kind, func.count())
        .join(AccessAudit, AccessAudit.id == it.audit_id)
        .where(AccessAudit.quarter.in_(quarters))
        .group_by(it.kind)
        .order_by(it.kind)
    )
    rows = [(worded(kind), f"{count:,}") for kind, count in ctx.session.execute(counted)]
    return Grid("findings", "What the audits found", ("Finding", "Times"), rows, nothing="No finding yet.", names=False)


def _flags(ctx: Context, span: Span) -> Grid:
    it = AccessFlag
    counted = (
        select(it.rule, func.count(), number(it.status == "open"))
        .where(spans.within(ctx, span, it.raised_at))
        .group_by(it.rule)
        .order_by(it.rule)
    )
    rows = [(worded(rule), f"{count:,}", f"{still:,}") for rule, count, still in ctx.session.execute(counted)]
    return Grid(
        "flags", "Flags by rule", ("Rule", "Raised", "Still open"), rows, nothing="No flag was raised.", names=False
    )


def _audits(ctx: Context, quarters: list[str]) -> Grid:
    """Those that are not signed off: the others need nobody."""
    it = AccessAudit
    wanted = (
        select(it.quarter, Organisation.name, it.due_on)
        .join(Organisation, Organisation.id == it.organisation_id)
        .where(it.quarter.in_(quarters), it.status != Status.SIGNED.value)
        .order_by(it.due_on, Organisation.name, it.quarter)
        .limit(MOST)
    )
    rows = [(quarter, name, said_day(due)) for quarter, name, due in ctx.session.execute(wanted)]
    cut = f"Only the first {MOST:,} are here." if len(rows) == MOST else ""
    return Grid("waiting", "Not signed off", ("Quarter", "Organisation", "Due"), rows, cut, "No audit waits.")


def _trend(ctx: Context, span: Span) -> Trend:
    return by_month(
        ctx, span, "flags", "Flags and break-glass by month", "How many there were in each month.",
        (("Flags raised", AccessFlag, AccessFlag.raised_at, AccessFlag.rule.is_not(None)),
         ("Break-glass", BreakGlass, BreakGlass.granted_at, BreakGlass.area.is_not(None))),
    )  # fmt: skip


def _decisions(audits: dict[str, int]) -> list[Decision]:
    late = audits["overdue"]
    if not late:
        return []
    what = "audit is" if late == 1 else "audits are"
    return [
        Decision(
            f"Sign off, or say who signs off: {late:,} access {what} overdue.",
            "Until then nobody has looked at what those organisations opened.",
            "/access-audits?state=overdue",
            "AUD-5",
        )
    ]
