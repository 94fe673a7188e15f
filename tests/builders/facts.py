"""What the case system counted of an organisation, month by month, put where reports would have put it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert

from compliance.governance.facts.models import Fact
from compliance.kernel.context import House
from compliance.kernel.db import WRITES

LAST_THREE = (date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1))
"""The months that are over on the day on which tests begin."""


def told(
    house: House, organisation_id: UUID, month: date, counts: Mapping[str, int], *, area: str = "mid-kent"
) -> None:
    """These counters of one organisation, area and month."""
    rows: list[dict[str, Any]] = [
        {"id": uuid4(), "organisation_id": organisation_id, "area": area, "month": month, "reference": "",
         "counter": counter, "count": count, "told_by": "case-system", "told_at": house.clock.now()}
        for counter, count in counts.items()
    ]  # fmt: skip
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        store.execute(insert(Fact), rows)


def absent(house: House, organisation_id: UUID, *months: date, **more: Any) -> None:
    """It came to one of four meetings in each of these months, or of the last three."""
    for month in months or LAST_THREE:
        told(house, organisation_id, month, {"meetings_attended": 1, "meetings_missed": 3}, **more)
