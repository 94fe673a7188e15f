"""The calendar quarters that lie in a span, for registers that are kept by the quarter."""

from __future__ import annotations

from compliance.governance.figures.model import Span
from compliance.kernel.calendar import Quarter, quarter_of


def quarters_in(span: Span) -> list[Quarter]:
    """Those that lie in it whole, the oldest first."""
    found, each = [], quarter_of(span.since)
    while each.next.first_day <= span.until:
        if each.first_day >= span.since:
            found.append(each)
        each = each.next
    return found
