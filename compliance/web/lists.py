"""Lists that are searched, filtered, sorted and paged by their address alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from flask import Flask, request, url_for

from audit.lists import ListExported
from audit.record import record
from compliance.kernel import tables
from compliance.kernel.context import Context, work
from compliance.kernel.errors import Invalid, NotFound
from compliance.kernel.ids import parse_id
from compliance.kernel.keyset import Page, Sorts
from compliance.kernel.tables import Form, Table

from . import step_up
from .replies import Reply, attachment

T = TypeVar("T")

PAGE = 50
FURTHEST = 10_000
MOST = 10_000
"""Rows of a file at the most."""
_OF_A_PAGE = frozenset({"after", "page", "form"})


@dataclass(frozen=True)
class Sheet(Generic[T]):
    """One page of a list: its rows, which page it is, and of how many things."""

    rows: list[T]
    page: int
    total: int
    size: int = PAGE

    @property
    def of(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.page - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0


def page_asked_for() -> int:
    """Which page the address asks for; nonsense is the first."""
    text = request.args.get("page", "1")
    return min(max(int(text), 1), FURTHEST) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def cut(rows: list[T], size: int = PAGE) -> Sheet[T]:
    """The page asked for out of a list that is short by its nature, such as the register."""
    page = min(page_asked_for(), max(1, -(-len(rows) // size)))
    return Sheet(rows[(page - 1) * size : page * size], page, len(rows), size)


def asked(name: str, limit: int = 200) -> str | None:
    """What the address asks for under this name; None for nothing."""
    return request.args.get(name, "").strip()[:limit] or None


def one_of(name: str, allowed: Any) -> str | None:
    """What the address asks for, where it is one of these; anything else is as if nothing was asked."""
    value = asked(name)
    return value if value is not None and value in allowed else None


def an_id(name: str) -> UUID | None:
    """The identifier that the address asks for; None for nothing and for nonsense."""
    return parse_id(asked(name) or "")


def sort_of(sorts: Sorts) -> str:
    """The sort that the address asks for; the list's usual one for none and for nonsense."""
    return one_of("sort", sorts.names) or sorts.usual


def place_of(sorts: Sorts, sort: str) -> str | None:
    """Behind which place the page begins, as the address says; None for the beginning, and for nonsense."""
    cursor = request.args.get("after") or None
    try:
        sorts.read(cursor, sort)
    except Invalid:
        return None
    return cursor


def walked(page: Callable[..., Page[T]]) -> tuple[list[T], int | None]:
    """Every row of a list, page after page by `after=`; with the number at which it was cut, None where it is whole."""
    rows: list[T] = []
    after: str | None = None
    while True:
        shown = page(after=after)
        rows.extend(shown.rows)
        after = shown.after
        if after is None or len(rows) >= MOST:
            return rows[:MOST], MOST if after is not None or len(rows) > MOST else None


def file_of(form: str, what: str, table: Callable[[Context], Table], *, counted: bool = True) -> Reply:
    """The list of this code as a file of this form, after a fresh code; that it was taken away is recorded (AUD-1).

    `counted` is off where the log must not say how many rows there were (DEC-6).
    """
    if form not in list(Form):
        raise NotFound()
    step_up.needed()
    with work() as ctx:
        made = table(ctx)
        file = tables.write(made, Form(form))
        record(ctx, ListExported(what=what, form=form, rows=len(made.rows) if counted else None))
    return attachment(file.content, file.media_type, file.file_name)


def downloads(endpoint: str) -> list[tuple[str, str]]:
    """The links by which the list at hand, as it is searched and sorted, is taken away in each form."""
    query = {name: values for name, values in request.args.to_dict(flat=False).items() if name not in _OF_A_PAGE}
    called = {"csv": "CSV", "xlsx": "Excel", "json": "JSON"}
    values = (request.view_args or {}) | query
    return [(called[form], url_for(endpoint, **(values | {"form": form.value}))) for form in Form]


def here(**changes: object) -> str:
    """The address at hand with some of its questions changed; None takes one away."""
    query = {name: values for name, values in request.args.to_dict(flat=False).items() if name not in changes}
    query |= {name: [str(value)] for name, value in changes.items() if value not in (None, 1)}
    return url_for(request.endpoint or "home.home", **(request.view_args or {}), **query)  # type: ignore[arg-type]


def here_at(endpoint: str, **values: object) -> str:
    """Another page's address with the questions of the one at hand, but not its place in the list."""
    query = {name: given for name, given in request.args.to_dict(flat=False).items() if name not in _OF_A_PAGE}
    return url_for(endpoint, **(query | values))  # type: ignore[arg-type]


def numbered(page: int, of: int) -> list[dict[str, Any]]:
    """The page numbers to show: the ends, the neighbours, and an ellipsis where some are left out."""
    shown = sorted({1, of, *range(max(1, page - 1), min(of, page + 1) + 1)})
    items: list[dict[str, Any]] = []
    before = 0
    for number in shown:
        if number - before > 1:
            items.append({"ellipsis": True})
        items.append({"number": number, "href": here(page=number), "current": number == page})
        before = number
    return items


def teach(app: Flask) -> None:
    """Give templates the means to move about in a list."""
    app.jinja_env.globals.update(here=here, numbered=numbered, downloads=downloads)
