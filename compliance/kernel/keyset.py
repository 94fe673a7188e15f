"""Long lists, a page at a time: in a stated order, from where the page before ended, however many rows come meanwhile.

A list declares how it can be sorted: names, and a column for each. The place at which a page ends is the value of
the column and the id of its last row; it goes out as a cursor and comes back as one, and says nothing else. The
next page is what stands behind that place, so a row that is added or taken away in between moves no other.
What has no value comes before everything that has one, and behind it where the order is turned round.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from .errors import Invalid

LONGEST = 2_000
"""Characters of a cursor at the most: no name that we keep makes a longer one."""

LARGEST = 2**62
"""No number of ours is so large, and no store would take a larger one."""

Column = ColumnElement[Any] | InstrumentedAttribute[Any]

R = TypeVar("R")
S = TypeVar("S")


@dataclass(frozen=True)
class By:
    """One way to sort: the column, the kind of its values, and whether some rows have none."""

    column: Column
    kind: type = str
    nullable: bool = False


@dataclass(frozen=True)
class Place:
    """Behind which row a page begins: the sort it belongs to, the row's value in it, and its id."""

    sort: str
    value: Any
    id: UUID


@dataclass(frozen=True)
class Page(Generic[R]):
    """Some rows, and the cursor behind which the next page begins: None when this was the last."""

    rows: tuple[R, ...]
    after: str | None

    def each(self, make: Callable[[R], S]) -> Page[S]:
        """The same page of what `make` makes of each row."""
        return Page(tuple(make(row) for row in self.rows), self.after)


@dataclass(frozen=True)
class Sorts:
    """Every way a list can be sorted, by name: `-` before it turns it round. `usual` is the one nobody asks for."""

    id: Column
    by: Mapping[str, By]
    usual: str

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.by, *(f"-{name}" for name in self.by))

    def known(self, sort: str | None) -> str:
        """The sort asked for; the usual one for none. Raises Invalid at `/sort` for one that there is not."""
        if sort is None:
            return self.usual
        if sort not in self.names:
            raise Invalid.at("/sort", f"Sort by one of these: {', '.join(self.names)}.")
        return sort

    def read(self, cursor: str | None, sort: str) -> Place | None:
        """The place in a cursor of ours; raises Invalid at `/after` for any other, and for one of another sort."""
        if cursor is None:
            return None
        by = self.by[sort.removeprefix("-")]
        try:
            if len(cursor) > LONGEST:
                raise ValueError
            given = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
            if not isinstance(given, list) or len(given) != 3 or given[0] != sort:
                raise ValueError
            return Place(sort, _back(given[1], by), UUID(given[2]))
        except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error, RecursionError):
            raise Invalid.at("/after", "Use the cursor that the page before gave.") from None

    def page(
        self, session: Any, wanted: Select[*tuple[Any, ...]], *, sort: str, after: Place | None, limit: int
    ) -> Page[Any]:
        """The rows of `wanted` that stand behind `after`; the first ones for None. Where it selects one thing, just that."""
        name, down = sort.removeprefix("-"), sort.startswith("-")
        by = self.by[name]
        if after is not None:
            wanted = wanted.where(_behind(by, self.id, after, down))
        ordered = (by.column.desc(), self.id.desc()) if down else (by.column.asc(), self.id.asc())
        if by.nullable:
            ordered = (ordered[0].nulls_last() if down else ordered[0].nulls_first(), ordered[1])
        named = wanted.add_columns(by.column.label("sorted_by"), self.id.label("sorted_id"))
        found = session.execute(named.order_by(*ordered).limit(limit + 1)).unique().all()

        shown = found[:limit]
        last = shown[-1] if len(found) > limit else None
        rows = (row[0] if len(row) == 3 else tuple(row[:-2]) for row in shown)
        return Page(tuple(rows), write(sort, last[-2], last[-1]) if last is not None else None)


def check_limit(limit: int, most: int) -> None:
    """Whether a page of so many rows may be asked for; raises Invalid at `/limit` for none and for more than `most`."""
    if not 1 <= limit <= most:
        raise Invalid.at("/limit", f"Ask for between 1 and {most} at a time.")


def write(sort: str, value: Any, id_: UUID) -> str:
    """The place behind this row, as a cursor."""
    raw = json.dumps([sort, _forth(value), str(id_)], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _behind(by: By, id_: Column, place: Place, down: bool) -> ColumnElement[bool]:
    further = id_ < place.id if down else id_ > place.id
    if place.value is None:
        alike = and_(by.column.is_(None), further)
        return alike if down else or_(by.column.is_not(None), alike)
    beyond = by.column < place.value if down else by.column > place.value
    behind = or_(beyond, and_(by.column == place.value, further))
    if down and by.nullable:
        return or_(behind, by.column.is_(None))
    # The bound says nothing new: with it an index is entered at the place, and not read from its beginning.
    return and_(by.column <= place.value if down else by.column >= place.value, behind)


def _forth(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value) if isinstance(value, date) else value


def _back(value: Any, by: By) -> Any:
    """A value as the column has it; raises ValueError or TypeError for what the column cannot hold."""
    if value is None and by.nullable:
        return None
    if by.kind is datetime:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError
        return instant.astimezone(UTC)
    if by.kind is date:
        return date.fromisoformat(value)
    if type(value) is not by.kind:
        raise TypeError
    if isinstance(value, int) and abs(value) >= LARGEST:
        raise ValueError
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError
        value.encode()
    return value


__all__ = ["By", "Page", "Place", "Sorts", "check_limit", "write"]
