"""Complaints about data, recorded as the hub would (COM-9)."""

from __future__ import annotations

from datetime import date
from typing import Any

from compliance.complaints.data_protection import use_cases
from compliance.complaints.data_protection.models import DataProtectionComplaint
from compliance.complaints.data_protection.use_cases import Came
from compliance.kernel.clock import london_date
from compliance.kernel.context import House
from tests.builders.identity import Acting, someone


def a_data_complaint(house: House, by: Acting | None = None, **said: Any) -> DataProtectionComplaint:
    """One that came by letter today, unless told otherwise."""
    told: dict[str, Any] = {
        "channel": "letter",
        "received_on": london_date(house.clock.now()),
        "who": "The writer of our letter 12.",
        "words": "They were not told who read their record.",
    } | said
    with house.work(*(by or someone(house, "ig_officer"))) as ctx:
        return use_cases.record_complaint(ctx, Came(**told))


def acknowledged(
    house: House, complaint: DataProtectionComplaint, by: Acting | None = None, on: date | None = None
) -> DataProtectionComplaint:
    """They were told that it came: today, unless told otherwise."""
    with house.work(*(by or someone(house, "hub_coordinator"))) as ctx:
        return use_cases.acknowledge(ctx, complaint.id, on=on or london_date(ctx.now()))
