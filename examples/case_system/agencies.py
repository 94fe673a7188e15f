"""The organisations by the service's register: a sign-in names one by its code, everything else goes by its id."""

from __future__ import annotations

import sqlite3

from compliance.client import Service

from .store import Store

AT_ONCE = 500


def fetched(store: Store, service: Service) -> None:
    """Take the register over as it is now, page by page. Raises Refused, NoAnswer."""
    after: str | None = None
    found: list[tuple[str, str, str]] = []
    while True:
        page = service.get("organisations", limit=AT_ONCE, after=after)
        found += [(str(each["id"]), str(each["code"]), str(each["name"])) for each in page["items"]]
        after = page["next"]
        if after is None:
            break
    with store.writing() as db:
        db.execute("DELETE FROM organisations")
        db.executemany("INSERT INTO organisations (id, code, name) VALUES (?, ?, ?)", found)


def id_of(store: Store, service: Service, code: str) -> str | None:
    """The id of whom a sign-in speaks of, asking the service where it is new to us. Raises Refused, NoAnswer."""
    known = _known(store, code)
    if known is None:
        fetched(store, service)
        known = _known(store, code)
    return known


def names(db: sqlite3.Connection) -> dict[str, str]:
    """What each is called, by its id."""
    return {row["id"]: row["name"] for row in db.execute("SELECT id, name FROM organisations")}


def _known(store: Store, code: str) -> str | None:
    with store.reading() as db:
        row = db.execute("SELECT id FROM organisations WHERE code = ?", (code,)).fetchone()
    return str(row[0]) if row else None
