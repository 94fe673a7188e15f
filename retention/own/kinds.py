"""What a kind of our own records is: its rows, when they are over, and what goes with them (RET-9).

A kind names its rule in `policies/own_records.toml`, which says for how long. Here stands what the rule's words mean in
the store, and what keeps a row whatever its time: something open that names it, and a hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, or_
from sqlalchemy.orm import InstrumentedAttribute

from audit.models import Audited
from compliance.kernel.context import Context
from compliance.kernel.db import Base
from policies.own import OwnRule
from policies.values import Policy
from retention.holds.models import RetentionHold
from retention.holds.rules import Reach

Column = InstrumentedAttribute[Any]
Over = Callable[[Context, datetime], ColumnElement[bool]]


@dataclass(frozen=True)
class Part:
    """Rows that go with what they belong to, by the column that points at it, and what belongs to them in turn."""

    rows: type[Base]
    by: Column
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Gone:
    """What went: the ids of what the guard watches, and how many rows in all."""

    ids: tuple[UUID, ...] = ()
    rows: int = 0

    def __add__(self, other: Gone) -> Gone:
        return Gone(self.ids + other.ids, self.rows + other.rows)


@dataclass(frozen=True)
class Kind:
    """One kind: the rule's code, its rows, the column they are taken in the order of, and when one is over.

    `over` is asked with the instant before which it must have ended. `instead` does what is done where the row itself stays.
    """

    code: str
    rows: type[Base]
    order: Column
    over: Over
    parts: tuple[Part, ...] = ()
    instead: Callable[[Context, Any], Gone] | None = None

    @property
    def singly(self) -> bool:
        """Whether each row is disposed of by itself, because the log names it; else many go together."""
        return issubclass(self.rows, Audited)

    def rule(self, ctx: Context) -> OwnRule:
        """Its rule as it is in force."""
        return ctx.the(Policy).own_records[self.code]

    def due(self, ctx: Context) -> ColumnElement[bool]:
        """The condition that a row is over now."""
        return self.over(ctx, ctx.now() - self.rule(ctx).lasts(ctx.the(Policy)))


def same(one: Any, other: Any) -> ColumnElement[bool]:
    """Whether two columns hold the same id, as text or as a UUID, whatever the store makes of either."""
    return _plain(one) == _plain(other)


def held(
    code: str,
    *,
    references: tuple[Column, ...] = (),
    organisations: tuple[Column, ...] = (),
    people: tuple[Column, ...] = (),
) -> ColumnElement[bool]:
    """The condition that a hold keeps a row: it names its kind, its case, its organisation or its person (RET-6)."""
    hold = RetentionHold
    named = [and_(hold.reach == Reach.KIND.value, hold.value == code)]
    named += [and_(hold.reach == Reach.RECORD.value, hold.value == column) for column in references]
    named += [and_(hold.reach == Reach.ORGANISATION.value, hold.value == _plain(column)) for column in organisations]
    named += [and_(hold.reach == Reach.SUBJECT.value, same(hold.value, column)) for column in people]
    return exists().where(hold.lifted_at.is_(None), or_(*named))


def _plain(column: Any) -> ColumnElement[str]:
    return func.lower(func.replace(cast(column, String), "-", ""))
