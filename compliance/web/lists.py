"""Lists that are searched, filtered, sorted and paged by their address alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from flask import Flask, request, url_for

from compliance.kernel.ids import parse_id

T = TypeVar("T")

PAGE = 50
FURTHEST = 10_000


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


def here(**changes: object) -> str:
    """The address at hand with some of its questions changed; None takes one away."""
    query = {name: values for name, values in request.args.to_dict(flat=False).items() if name not in changes}
    query |= {name: [str(value)] for name, value in changes.items() if value not in (None, 1)}
    return url_for(request.endpoint or "home.home", **(request.view_args or {}), **query)  # type: ignore[arg-type]


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
    app.jinja_env.globals.update(here=here, numbered=numbered)
