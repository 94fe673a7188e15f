"""Where the service cannot be asked, nothing opens and nobody learns anything (DEC-3)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from compliance.client.kit import Pretender, doors, try_doors
from compliance.client.kit.pretending import CLIENT_ID, SECRET
from examples.case_system import cases
from examples.case_system.app import Settings, create_app
from examples.case_system.cases import Referral
from examples.case_system.store import keep
from tests.support.installation import a_free_port

SWALE = "5b0f7c1e-0000-4000-8000-000000000001"


def a_case_system(folder: Path, service_url: str, *, kit: bool = False) -> Flask:
    return create_app(Settings(service_url, CLIENT_ID, SECRET, "http://127.0.0.1:8001", folder, seconds=0.5, kit=kit))


def somebody(app: Flask, *, seen: datetime | None = None) -> FlaskClient:
    """Somebody who signed in while the service was there."""
    now = datetime.now(UTC)
    with app.extensions["store"].writing() as db:
        db.execute(
            "INSERT INTO sessions (id, sub, sid, name, organisation, areas, id_token, began_at, seen_at)"
            " VALUES ('s', 'p', 'sid', 'Wren Made-Up', ?, '[\"mid-kent\"]', 't', ?, ?)",
            (SWALE, now.isoformat(), (seen or now).isoformat()),
        )
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["id"] = "s"
    return client


def a_case(app: Flask) -> str:
    with app.extensions["store"].writing() as db:
        return cases.refer(db, Referral("mid-kent", SWALE, "Said in confidence"), datetime.now(UTC))


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """The case system, while nobody listens where its service should be."""
    return a_case_system(tmp_path, f"http://127.0.0.1:{a_free_port()}")


@pytest.mark.rule("DEC-3")
def test_with_the_service_off_nothing_is_shown_and_a_case_answers_as_one_there_is_not(app: Flask) -> None:
    reference, client = a_case(app), somebody(app)

    shown = client.get("/")
    there, not_there = client.get(f"/cases/{reference}"), client.get("/cases/MC-2026-00000000")

    assert shown.status_code == 503
    assert "Said in confidence" not in shown.text + there.text
    assert there.status_code == not_there.status_code == 404
    assert there.text == not_there.text
    assert client.get("/sign-in").status_code == 302
    assert client.get("/signed-in?code=any&state=any").status_code == 403


@pytest.mark.rule("DEC-3", "DEC-4")
def test_an_open_screen_is_covered_where_the_feed_is_not_followed(app: Flask) -> None:
    client = somebody(app)
    assert client.get("/moved").status_code == 503
    for ago, status in ((5, 200), (40, 503)):
        with app.extensions["store"].writing() as db:
            keep(db, "followed_at", (datetime.now(UTC) - timedelta(seconds=ago)).isoformat())
        assert client.get("/moved").status_code == status


@pytest.mark.rule("IDN-6")
def test_who_is_idle_for_a_quarter_of_an_hour_signs_in_again(app: Flask) -> None:
    client = somebody(app, seen=datetime.now(UTC) - timedelta(minutes=16))
    assert client.get("/").headers["Location"] == "/sign-in"


def test_a_logout_that_nobody_signed_ends_nothing(app: Flask) -> None:
    client = somebody(app)
    assert client.post("/back-channel-logout", data={"logout_token": "a.b.c"}).status_code in (400, 503)
    assert client.get("/").status_code == 200, "there is no case, and so nothing to ask"


@pytest.mark.rule("DEC-3")
def test_the_kit_opens_none_of_its_doors(tmp_path: Path) -> None:
    with Pretender() as pretender, served(a_case_system(tmp_path, pretender.base_url, kit=True)) as address:
        result = try_doors(f"{address}/may-open", pretender, doors())

    assert result.opened == []
    assert result.stayed_shut == []
    assert result.never_asked == 0


def test_without_the_kit_there_is_no_hook(app: Flask) -> None:
    assert app.test_client().post("/may-open", json={}).status_code == 404


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
