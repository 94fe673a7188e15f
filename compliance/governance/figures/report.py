"""Putting a report together: the chapters of its kind, in order, each counted from its registers (GOV-1, GOV-4)."""

from __future__ import annotations

from collections.abc import Callable

from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from policies.reports import ReportKind
from policies.values import Policy

from .model import Chapter, Report, Span

Progress = Callable[[str, int, int], None]
"""Told before each chapter is counted: its code, how many are done, and how many there are."""

Counts = Callable[[Context, Span], Chapter]

CHAPTERS: dict[str, Counts] = {}
"""Who counts each chapter, by its code."""


def build(ctx: Context, kind: str, span: Span, progress: Progress | None = None) -> Report:
    """Count a report of this kind for this span, as the registers have it now; raises Invalid at `/kind` and `/period`.

    Chapters read with the rights of whoever asks. Nothing is changed or recorded: that is for whoever shows or issues it.
    """
    means = kind_named(ctx, kind)
    chapters = []
    codes = means.chapters.split()
    for place, code in enumerate(codes):
        if progress is not None:
            progress(code, place, len(codes))
        chapters.append(CHAPTERS[code](ctx, span))
    return Report(means.code, means.title, span, ctx.now(), tuple(chapters))


def kind_named(ctx: Context, kind: str) -> ReportKind:
    """What the policy says of reports of this kind; raises Invalid at `/kind`."""
    kinds = ctx.the(Policy).report_kinds
    if kind not in kinds:
        raise Invalid.at("/kind", f"Choose one of these: {', '.join(kinds)}.")
    return kinds[kind]
