"""The table of who may do what says what is so."""

from __future__ import annotations

from flask import Flask

from tests.inventory import permissions
from tests.inventory.doors import routes


def test_the_document_of_permissions_says_what_is_so(sqlite_app: Flask) -> None:
    assert permissions.DOCUMENT.exists(), "run `make docs`"
    written = permissions.DOCUMENT.read_text()

    missing = [f"{route.method} {route.path}" for route in routes(sqlite_app) if f"`{route.path}`" not in written]
    assert missing == [], "docs/permissions.md is out of date: run `make docs`"
    assert written == permissions.write(sqlite_app), "docs/permissions.md is out of date: run `make docs`"
