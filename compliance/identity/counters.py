"""Counting, in one statement each: whoever comes at the same instant gets another number (IDN-3, IDN-4)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from audit.record import record
from compliance.kernel.context import Context
from compliance.kernel.errors import Throttled
from compliance.kernel.secrets import KeyRing
from policies.values import Policy

from . import devices, rules
from .events import SourceThrottled
from .models import Failures, SignIn, SourceFailures, SpentStep

_LONGEST_NAME = 320


def mark_of(ctx: Context, email: str) -> str:
    """The keyed fingerprint under which failures on a name are counted, whether we know the name or not."""
    spelt = email.strip().casefold()[:_LONGEST_NAME].encode("utf-8", "backslashreplace").decode()
    return ctx.the(KeyRing).fingerprint("sign-in", spelt)


def device_mark(ctx: Context, device_id: UUID) -> str:
    """The same for failures from a person's own known device, which are counted apart from everybody else's (IDN-4)."""
    return ctx.the(KeyRing).fingerprint("device", str(device_id))


def _failed_since(*windows: ColumnElement[bool]) -> ColumnElement[int]:
    """A window that a clock has stepped back from still counts, so that stepping back forgives nothing."""
    summed = select(func.sum(SourceFailures.count)).where(SourceFailures.address == bindparam("source"), *windows)
    return func.coalesce(summed.scalar_subquery(), 0)


SOURCE_FAILURES = (
    _failed_since(SourceFailures.window >= bindparam("window")),
    _failed_since(SourceFailures.window <= bindparam("day")),
)
"""How often a source has failed in a window and in a day, as columns of a statement that asks for more: `source_of`."""

_ITS_PERSON = select(SignIn.person_id).where(SignIn.id == bindparam("session_id")).scalar_subquery()
_HEARD = select(*SOURCE_FAILURES, devices.own(_ITS_PERSON))


def source_of(ctx: Context) -> dict[str, Any]:
    """Whose failures are counted together with those of the request at hand: its address, its window and its day."""
    minutes = ctx.the(Policy).sign_in.source_window_minutes
    return {
        "source": rules.source(ctx.origin.address),
        "window": rules.window(ctx.now(), minutes),
        "day": rules.day(ctx.now()),
    }


def hear(ctx: Context) -> None:
    """Refuse a source that has failed too often; raises Throttled (IDN-4).

    The known device of whoever is signing in is heard all the same: what strangers do at its address is not its doing.
    """
    asked = {**source_of(ctx), **devices.shown(ctx), "session_id": ctx.origin.session_id}
    window, day, own = ctx.session.execute(_HEARD, asked).one()
    if own is None:
        refuse_over(ctx, window, day)


def refuse_over(ctx: Context, window: int, day: int) -> None:
    """Raises Throttled where so many failures of one source are too many, until its window or its day ends."""
    values = ctx.the(Policy).sign_in
    if day >= values.source_failures_day:
        raise Throttled(retry_after=_left(ctx.now(), rules.DAY_MINUTES))
    if window >= values.source_failures:
        raise Throttled(retry_after=_left(ctx.now(), values.source_window_minutes))


def count_source(ctx: Context) -> None:
    """One more failure from this source; raises Throttled once it is over, and then no account is touched.

    The failure after which it is not heard any more says so in the log: once a source and window, or day.
    """
    source = source_of(ctx)
    row = {"address": source["source"], "count": 1}
    counted = upserted(
        ctx,
        SourceFailures,
        [row | {"window": source["window"]}, row | {"window": source["day"]}],
        {"count": SourceFailures.count + 1},
        SourceFailures.window,
        SourceFailures.count,
    )
    counts: dict[int, int] = dict(counted)
    window, day = counts[source["window"]], counts[source["day"]]
    refuse_over(ctx, window - 1, day - 1)

    values = ctx.the(Policy).sign_in
    if window == values.source_failures or day == values.source_failures_day:
        minutes = rules.DAY_MINUTES if day == values.source_failures_day else values.source_window_minutes
        record(ctx, SourceThrottled(failures=max(window, day), minutes=minutes))


def count_failure(ctx: Context, mark: str) -> int:
    """One more failure in a row under this mark: how many there are now."""
    new = {"name": mark, "count": 1, "last_at": ctx.now()}
    change = {"count": Failures.count + 1, "last_at": ctx.now()}
    [[count]] = upserted(ctx, Failures, [new], change, Failures.count)
    return int(count)


def forget_failures(ctx: Context, mark: str) -> None:
    """The row of failures is broken: a sign-in was complete, or the hub's link was used."""
    ctx.session.execute(delete(Failures).where(Failures.name == mark).execution_options(synchronize_session=False))


def spend(ctx: Context, authenticator_id: UUID, step: int) -> bool:
    """Spend a step and all before it: True for the one who does, False for everyone who comes after (IDN-3)."""
    grown = upserted(
        ctx,
        SpentStep,
        [{"authenticator_id": authenticator_id, "step": step}],
        {"step": step},
        SpentStep.step,
        where=SpentStep.step < step,
    )
    return bool(grown)


def _left(now: datetime, minutes: int) -> int:
    """The seconds until this stretch of time ends."""
    seconds = minutes * 60
    return seconds - int(now.timestamp()) % seconds


def upserted(
    ctx: Context, table: Any, new: list[dict[str, Any]], change: dict[str, Any], *returning: Any, where: Any = None
) -> Sequence[Any]:
    """Insert these rows or change those that are there, in one statement; gives those for which `where` held."""
    dialect = postgresql if ctx.session.get_bind().dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(table)
        .values(new[0] if len(new) == 1 else new)  # one row alone is a statement that need not be built again
        .on_conflict_do_update(index_elements=list(table.__table__.primary_key), set_=change, where=where)
        .returning(*returning)
    )
    return ctx.session.execute(statement).all()
