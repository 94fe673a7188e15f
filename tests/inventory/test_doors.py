"""Nothing opens that has not said for whom."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.inventory.doors import Route, routes

OPEN_PAGES = {
    "/sign-in", "/signed-out", "/session-ended", "/invitation/<token>", "/static/<name>", "/certificates",
    "/certificates/signing.pem", "/docs", "/docs/problems", "/docs/<room>", "/problems/<code>",
    "/oauth2/authorize", "/oauth2/logout", "/oauth2/logout/confirm",
}  # fmt: skip
"""Pages for people who are not signed in; the doors of the API that are open stand in tests/api/test_access.py."""


@pytest.fixture
def every_route(sqlite_app: Flask) -> list[Route]:
    """Every route of the application."""
    return routes(sqlite_app)


@pytest.mark.rule("DEC-3")
def test_every_route_declares_who_may_come(every_route: list[Route]) -> None:
    silent = [f"{route.method} {route.path} ({route.endpoint})" for route in every_route if route.declared is None]

    assert silent == [], "put @guarded, @signed_in, @scoped or @open_door on the view"


@pytest.mark.rule("DEC-3")
def test_only_these_pages_are_open_to_all(every_route: list[Route]) -> None:
    pages = {route.path for route in every_route if route.open and not route.endpoint.startswith("api.")}

    assert pages == OPEN_PAGES


def test_no_two_views_answer_one_address(every_route: list[Route]) -> None:
    answered = [(route.method, route.path) for route in every_route]

    assert len(answered) == len(set(answered))


@pytest.mark.rule("AUD-1")
def test_what_only_reads_is_got_and_what_changes_is_never_got(every_route: list[Route]) -> None:
    changing = (".record", "grant", ".approve", ".suspend", ".resume", ".deactivate", ".reallocate", ".manage", ".sign")

    for route in every_route:
        if route.method == "GET" and not _also_posts(route, every_route):
            assert not any(permission.endswith(changing) for permission in route.permissions), (
                f"GET {route.path} asks for {route.permissions}: reading changes nothing, so ask with POST"
            )


def _also_posts(route: Route, every_route: list[Route]) -> bool:
    """A page with a form is got to be filled in, and posted to act."""
    return any(other.endpoint == route.endpoint and other.method == "POST" for other in every_route)
