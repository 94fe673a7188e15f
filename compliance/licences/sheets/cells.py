"""What stands in a cell, as people and spreadsheets write it: days, and names that are spelled in many ways."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from compliance.kernel.clock import said_day
from compliance.kernel.errors import Invalid

_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
_EXCEL_BEGINS = date(1899, 12, 30)


def day_in(cell: str, *, pointer: str) -> date | None:
    """A day, None for an empty cell; a bare number is Excel's count of days. Raises Invalid at `pointer`."""
    text = cell.strip()
    if not text:
        return None
    if re.fullmatch(r"[0-9]{5}(\.0*)?", text):
        return _EXCEL_BEGINS + timedelta(days=int(text[:5]))
    for written in _DAYS:
        try:
            return datetime.strptime(text, written).date()  # noqa: DTZ007 - a day, and no instant
        except ValueError:
            continue
    raise Invalid.at(pointer, f"Enter a day such as 2027-03-27 or {said_day(date(2027, 3, 27))}.")


def squeezed(text: str) -> str:
    """A name without its spaces, capitals and signs, to compare it by."""
    return re.sub(r"[^a-z0-9]+", "", text.casefold())
