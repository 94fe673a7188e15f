"""Reviews that fall due among a million records, and among ten million: found at once, and shown at once (RET-3)."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Engine, select, text

from compliance.app import house_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import Actor, Holding, House, worker
from compliance.kernel.db import WRITES
from retention.models import RetentionRecord
from retention.reviews import queries
from retention.reviews.jobs import MAKE
from retention.reviews.models import RetentionReview
from retention.reviews.rules import Status

from .stand import a_hub

RECORDS, MANY = 1_000_000, 10_000_000
DUE = 20_000
"""Records whose review fell due; as many more have one that is open, and as many have one behind them."""

TIMES = 7
OFFICER = Actor("person", "00000000-0000-0000-0000-000000000000", holdings=frozenset({Holding("ig_officer")}))

_ID = {
    "sqlite": "lower(hex(randomblob(4)) || printf('%08x', n) || hex(randomblob(8)))",
    "postgresql": "gen_random_uuid()",
}
_SINCE = {
    "sqlite": "date('{day}', '+' || (n % 3650 + 1) || ' days')",
    "postgresql": "date '{day}' + (n % 3650 + 1)::integer",
}
_NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})",
    "postgresql": "WITH numbers AS (SELECT generate_series({first}, {last}) AS n)",
}
_AT_ONCE = 50_000


@dataclass(frozen=True)
class Found:
    """Among so many records: milliseconds for the ids that are due, for the queue's first page, and of an ORM loop over all."""

    records: int
    due_ms: float
    page_ms: float
    loop_ms: float | None


def measure(records: int = RECORDS, *, loop: bool = True, database: str | None = None) -> Found:
    """Fill a store of its own with so many records, and look. `database` is the address of an empty PostgreSQL database."""
    if database:
        os.environ["DATABASE_URL"] = database
    try:
        with a_hub() as app:
            house = house_of(app)
            fill(house, records)
            return _measured(house, records, loop=loop)
    finally:
        if database:
            del os.environ["DATABASE_URL"]


def fill(house: House, records: int) -> None:
    """So many records: nine in ten are kept, `DUE` of them due, as many with a review that is open, the rest due later."""
    today = london_date(house.clock.now())
    kind = house.engine.dialect.name
    for first in range(1, records + 1, _AT_ONCE):
        last = min(first + _AT_ONCE - 1, records)
        with house.engine.execution_options(**{WRITES: True}).begin() as store:
            _records(store, kind, first, last, today)
    with house.engine.execution_options(**{WRITES: True}).begin() as store:
        if kind == "postgresql":
            store.exec_driver_sql("SET LOCAL statement_timeout = 0")
        _reviews(store, kind, today)
    _known(house.engine)


def _records(store: Connection, kind: str, first: int, last: int, today: date) -> None:
    past = today - timedelta(days=3)
    store.execute(
        text(
            f"{_NUMBERS[kind].format(first=first, last=last)} "
            "INSERT INTO retention_records (id, revision, reference, kind, groups, subject, opened_on, minimum_ends_on, "
            "next_review_on, reckoned_by, status, client_id, registered_at) "
            f"SELECT {_ID[kind]}, 1, 'R-' || n, 'case', '2', 'P-' || n, DATE '{past}', DATE '{today}', "
            f"CASE WHEN n <= {2 * DUE} THEN DATE '{past}' ELSE {_SINCE[kind].format(day=today)} END, 'v', "
            f"CASE WHEN n > {3 * DUE} AND n % 10 = 0 THEN 'disposed' ELSE 'kept' END, 'c', '{past} 10:00:00' FROM numbers"
            .replace("DATE '", "'" if kind == "sqlite" else "DATE '")
            .replace(f"'{past} 10:00:00'", f"'{past} 10:00:00.000000'" if kind == "sqlite" else f"TIMESTAMPTZ '{past} 10:00:00Z'")
        )
    )  # fmt: skip


def _reviews(store: Connection, kind: str, today: date) -> None:
    """One that is open for every other of the first records, and one that was decided for others."""
    past = today - timedelta(days=3)
    made = f"'{past} 10:00:00.000000'" if kind == "sqlite" else f"TIMESTAMPTZ '{past} 10:00:00Z'"
    day = f"'{past}'" if kind == "sqlite" else f"DATE '{past}'"
    names = ", ".join(f"'R-{2 * n}'" for n in range(1, DUE + 1))
    more = ", ".join(f"'R-{2 * DUE + n}'" for n in range(1, DUE + 1))
    for status, decision, which in (("open", "NULL", names), ("decided", "'retain'", more)):
        at = made if status == "decided" else "NULL"
        store.exec_driver_sql(
            "INSERT INTO retention_reviews (id, revision, record_id, kind, status, due_on, finish_by, opened_at, asked_by, "
            f"decision, decided_at) SELECT id, 1, id, 'due', '{status}', {day}, {day}, {made}, 'job', {decision}, {at} "
            f"FROM retention_records WHERE reference IN ({which})"
        )


def _known(engine: Engine) -> None:
    """What a store learns by itself at night: how its rows are spread."""
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as store:
        if engine.dialect.name == "postgresql":
            store.exec_driver_sql("SET statement_timeout = 0")
        store.exec_driver_sql("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE")


def _measured(house: House, records: int, *, loop: bool) -> Found:
    ours, wanted = set[object](), 0

    def due() -> None:
        with house.reading(worker(MAKE.name)) as ctx:
            ours.update(queries.due(ctx, limit=records))

    def page() -> None:
        with house.reading(OFFICER) as ctx:
            assert len(queries.reviews(ctx).rows) == 50

    found = Found(records, _best(due), _best(page), None)
    assert len(ours) == DUE, len(ours)
    if not loop:
        return found
    began = time.perf_counter()
    wanted = len(_by_loop(house))
    took = (time.perf_counter() - began) * 1000
    assert wanted == DUE, wanted
    return Found(records, found.due_ms, found.page_ms, took)


def _by_loop(house: House) -> list[object]:
    """The same by an ORM loop over all records: what is due by the record, and not open by the review."""
    with house.reading(worker(MAKE.name)) as ctx:
        today = london_date(ctx.now())
        waits = {
            each.record_id for each in ctx.session.scalars(select(RetentionReview)) if each.status == Status.OPEN.value
        }
        return [
            record.id
            for record in ctx.session.scalars(select(RetentionRecord).execution_options(yield_per=10_000))
            if record.status == "kept" and record.next_review_on and record.next_review_on <= today and record.id not in waits
        ]  # fmt: skip


def _best(act: Callable[[], None]) -> float:
    """The median of several times, in milliseconds, after one that warms."""
    act()
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)
