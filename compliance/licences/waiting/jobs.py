"""What happens on the waiting list by itself (LIC-5)."""

from __future__ import annotations

from datetime import timedelta

from compliance.kernel.jobs import Job

from . import queries, use_cases

JOBS: tuple[Job, ...] = (
    Job("lapse-seat-offers", timedelta(minutes=1), queries.lapsing, use_cases.lapse_offer, limit=queries.MOST),
    Job("offer-free-seats", timedelta(minutes=1), queries.free_while_some_wait, use_cases.offer_free_seats, limit=10),
)
