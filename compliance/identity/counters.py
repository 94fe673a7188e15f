"""Counting, in one statement each: whoever comes at the same instant gets another number (IDN-3, IDN-4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from compliance.kernel.context import Context
from compliance.kernel.errors import Throttled
from compliance.kernel.secrets import KeyRing
from policies.values import Policy

from . import rules
from .models import Failures, SourceFailures, SpentStep

_LONGEST_NAME = 320


def mark_of(ctx: Context, email: str) -> str:
    """The keyed fingerprint under which failures on a name are counted, whether we know the name or not."""
    spelt = email.strip().casefold()[:_LONGEST_NAME].encode("utf-8", "backslashreplace").decode()
    return ctx.the(KeyRing).fingerprint("sign-in", spelt)


SOURCE_FAILURES = func.coalesce(
    select(SourceFailures.count)
    .where(SourceFailures.address == bindparam("source"), SourceFailures.window == bindparam("window"))
    .scalar_subquery(),
    0,
)
"""How often a source has failed in a window, as a column of a statement that asks for more; takes `source_of`."""

_HEARD = select(SOURCE_FAILURES)


def source_of(ctx: Context) -> dict[str, Any]:
    """Whose failures are counted together with those of the request at hand: its address and its window."""
    address, window = _source(ctx)
    return {"source": address, "window": window}


def hear(ctx: Context) -> None:
    """Refuse a source that has failed too often in this window; raises Throttled (IDN-4)."""
    refuse_over(ctx, ctx.session.execute(_HEARD, source_of(ctx)).scalar_one())


def refuse_over(ctx: Context, failures: int) -> None:
    """Raises Throttled where this many failures of one source are too many, until the window ends."""
    values = ctx.the(Policy).sign_in
    if failures >= values.source_failures:
        seconds = values.source_window_minutes * 60
        raise Throttled(retry_after=seconds - int(ctx.now().timestamp()) % seconds)


def count_source(ctx: Context) -> None:
    """One more failure from this source; raises Throttled once it is over, and then no account is touched."""
    address, window = _source(ctx)
    count = _upsert(
        ctx,
        SourceFailures,
        {"address": address, "window": window, "count": 1},
        {"count": SourceFailures.count + 1},
        SourceFailures.count,
    )
    refuse_over(ctx, count - 1)


def count_failure(ctx: Context, mark: str) -> int:
    """One more failure in a row for this name: how many there are now."""
    return int(_upsert(ctx, Failures, {"name": mark, "count": 1}, {"count": Failures.count + 1}, Failures.count))


def forget_failures(ctx: Context, mark: str) -> None:
    """The row of failures is broken: a sign-in was complete, or the hub's link was used."""
    ctx.session.execute(delete(Failures).where(Failures.name == mark).execution_options(synchronize_session=False))


def spend(ctx: Context, authenticator_id: UUID, step: int) -> bool:
    """Spend a step and all before it: True for the one who does, False for everyone who comes after (IDN-3)."""
    grown = _upsert(
        ctx,
        SpentStep,
        {"authenticator_id": authenticator_id, "step": step},
        {"step": step},
        SpentStep.step,
        where=SpentStep.step < step,
    )
    return grown is not None


def _source(ctx: Context) -> tuple[str, int]:
    return rules.source(ctx.origin.address), rules.window(ctx.now(), ctx.the(Policy).sign_in.source_window_minutes)


def _upsert(
    ctx: Context, table: Any, new: dict[str, Any], change: dict[str, Any], returning: Any, *, where: Any = None
) -> Any:
    """Insert the row or change the one that is there, in one statement; None where `where` did not hold."""
    dialect = postgresql if ctx.session.get_bind().dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(table)
        .values(**new)
        .on_conflict_do_update(index_elements=list(table.__table__.primary_key), set_=change, where=where)
        .returning(returning)
    )
    return ctx.session.execute(statement).scalar_one_or_none()
