"""A report as the groups were given it."""

from __future__ import annotations

from compliance.governance.figures import spans
from compliance.governance.figures.report import kind_named
from compliance.governance.reports import queries, use_cases
from compliance.governance.reports.models import IssuedReport
from compliance.kernel.context import House
from tests.builders.identity import someone


def an_issued_report(house: House, kind: str = "steering_pack", period: str = "2026Q4") -> IssuedReport:
    """The newest edition of this report; the first, issued by the hub manager, where there is none."""
    manager = someone(house, "hub_manager")
    with house.reading(*manager) as ctx:
        known = queries.newest(ctx, kind, spans.span_named(kind_named(ctx, kind), period))
        if known is not None:
            return known
        report = use_cases.count(ctx, kind, period)
    with house.work(*manager) as ctx:
        return use_cases.issue(ctx, report)
