"""Holds, as somebody who may place one does."""

from __future__ import annotations

from datetime import date
from typing import Any

from compliance.kernel.context import House
from retention.holds import use_cases
from retention.holds.models import RetentionHold
from tests.builders.identity import Acting, someone

ON_21_MAY = date(2027, 5, 21)


def held(house: House, value: str = "R-1", *, by: Acting | None = None, **said: Any) -> RetentionHold:
    """An inquiry's hold on this record, to be looked at again in half a year, unless told otherwise."""
    whole: dict[str, Any] = {"ground": "inquiry", "reach": "record", "reason": "Asked for.", "review_on": ON_21_MAY}
    with house.work(*(by or someone(house, "hub_supervisor"))) as ctx:
        return use_cases.place(ctx, value=value, **(whole | said))


def lifted(house: House, hold: RetentionHold, *, by: Acting | None = None) -> None:
    """Somebody who may lift it does."""
    with house.work(*(by or someone(house, "ig_officer"))) as ctx:
        use_cases.lift(ctx, hold.id, reason="It is over.")
