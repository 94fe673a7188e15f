"""Putting a report together: the chapters of its kind, in order, each counted from its registers (GOV-1, GOV-4)."""

from __future__ import annotations

from collections.abc import Callable

from audit.queries import log_begun
from compliance.kernel.clock import london_date, said_day
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from policies.reports import ReportKind
from policies.values import Policy

from . import anonymous
from .chapters import (
    accountability,
    audits,
    breaches,
    complaints,
    growth,
    instruments,
    licences,
    retention,
    signatories,
    support,
    training,
)
from .counting import known_since
from .model import Chapter, Report, Span

Progress = Callable[[str, int, int], None]
"""Told before each chapter is counted, and once at the end: its code, how many are done, and how many there are."""

Counts = Callable[[Context, Span], Chapter]

CHAPTERS: dict[str, Counts] = {
    "signatories": signatories.chapter,
    "licences": licences.chapter,
    "audits": audits.chapter,
    "breaches": breaches.chapter,
    "complaints": complaints.chapter,
    "retention": retention.chapter,
    "accountability": accountability.chapter,
    "instruments": instruments.chapter,
    "growth": growth.chapter,
    "support": support.chapter,
    "training": training.chapter,
}
"""Who counts each chapter, by its code."""

DONE = "done"


def build(ctx: Context, kind: str, span: Span, progress: Progress | None = None) -> Report:
    """Count a report of this kind for this span, as the registers have it now; raises Invalid at `/kind` and `/period`.

    Chapters read with the rights of whoever asks: one who may not read what a chapter counts is refused, and nobody
    is handed half a report. Nothing is changed or recorded: that is for whoever shows or issues it.
    """
    means = kind_named(ctx, kind)
    says = _said_first(ctx, span)
    codes = means.chapters.split()
    chapters = []
    for place, code in enumerate(codes):
        if progress is not None:
            progress(code, place, len(codes))
        chapters.append(CHAPTERS[code](ctx, span))
    if progress is not None:
        progress(DONE, len(codes), len(codes))
    report = Report(means.code, means.title, span, ctx.now(), tuple(chapters), tuple(says))
    return anonymous.made(report, least=ctx.the(Policy).accountability.small_number) if means.anonymous else report


def kind_named(ctx: Context, kind: str) -> ReportKind:
    """What the policy says of reports of this kind; raises Invalid at `/kind`."""
    kinds = ctx.the(Policy).report_kinds
    if kind not in kinds:
        raise Invalid.at("/kind", f"Choose one of these: {', '.join(kinds)}.")
    return kinds[kind]


def _said_first(ctx: Context, span: Span) -> list[str]:
    """What a reader has to know first; raises Invalid at `/period` for a span of which nothing can be known."""
    today, since = london_date(ctx.now()), known_since(ctx)
    if span.since > today:
        raise Invalid.at("/period", f"{span.name} has not begun. Choose an earlier period.")
    if since is None:
        raise Invalid.at("/period", "Nothing is on the register yet, so there is nothing to report.")
    if span.until <= since:
        raise Invalid.at(
            "/period",
            f"The registers begin on {said_day(since)}: nothing is known of {span.name}. Choose a later period.",
        )
    says = []
    if span.until > today:
        says.append(f"{span.name} is not over: this is how it stood on {said_day(today)}.")
    if span.since < since:
        says.append(f"The registers begin on {said_day(since)}: nothing is known of what was before.")
    begun = log_begun(ctx)
    if begun is not None and max(span.since, since) < begun:
        says.append(f"This service began on {said_day(begun)}: before that day, a 0 may be what nobody has entered.")
    return says
