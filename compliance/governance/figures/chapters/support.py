"""Requests for help, whose matter they were and what is still open, for those who can mend what comes up again (GOV-1, GOV-6)."""

from __future__ import annotations

from sqlalchemy import and_, func, select

from compliance.governance.figures import kept, spans
from compliance.governance.figures.counting import number, numbers
from compliance.governance.figures.model import Chapter, Figure, Grid, Span
from compliance.governance.support.models import HelpRequest
from compliance.governance.support.rules import Matter
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from policies.values import Policy

_IT = HelpRequest

_REGISTERS = (
    kept.Register(
        ("asked", "ended", "local_it", "this_service", "supplier", "open", "overdue"), (_IT.asked_at,), ("subjects",),
        "support", from_the_first=False,
    ),
)  # fmt: skip


def chapter(ctx: Context, span: Span) -> Chapter:
    """What was asked and ended in the span, whose matter it was, and what was open at its end."""
    asked, ended = spans.within(ctx, span, _IT.asked_at), spans.within(ctx, span, _IT.ended_at)
    end = spans.end(ctx, span)
    open_then = and_(_IT.asked_at <= end, (_IT.ended_at.is_(None)) | (_IT.ended_at > end))
    found = numbers(
        ctx,
        HelpRequest,
        asked=number(asked),
        ended=number(ended),
        local_it=number(asked, _IT.matter == Matter.LOCAL_IT.value),
        this_service=number(asked, _IT.matter == Matter.THIS_SERVICE.value),
        supplier=number(asked, _IT.matter == Matter.SUPPLIER.value),
        open=number(open_then),
        overdue=number(open_then, _IT.answer_by < london_date(end)),
    )
    names = {
        "asked": "Requests for help",
        "ended": "Requests that ended",
        "local_it": "Of those asked, local IT",
        "this_service": "Of those asked, this service or the hub",
        "supplier": "Of those asked, the case system’s supplier",
        "open": "Open at the end",
        "overdue": "Of them, overdue",
    }
    about = ctx.session.execute(
        select(_IT.about, func.count()).where(asked).group_by(_IT.about).order_by(func.count().desc(), _IT.about)
    )
    subjects = ctx.the(Policy).help_subjects
    rows = [(subjects[code].name if code in subjects else code, f"{count:,}") for code, count in about]
    whole = Chapter(
        code="support",
        heading="Support",
        figures=[Figure(code, name, found[code], where="/help?which=all") for code, name in names.items()],
        grids=[
            Grid("subjects", "About what", ("About", "Requests"), rows, nothing="Nobody asked for help.", names=False)
        ],
    )
    return kept.told(ctx, span, whole, *_REGISTERS)
