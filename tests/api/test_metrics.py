"""What the service counts of itself: for whoever watches it, and for nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network

import pytest
from flask import Flask
from flask.testing import FlaskClient

from compliance.app import create_app, house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.settings import Misconfigured, Settings
from tests.builders.api import is_problem


@pytest.fixture
def watched(sqlite_settings: Settings, clock: FixedClock) -> Iterator[Flask]:
    """The service, with one network that may look."""
    app = create_app(replace(sqlite_settings, metrics_networks=(ip_network("10.9.0.0/16"),)), clock)
    yield app
    house_of(app).engine.dispose()


def looked(client: FlaskClient, **more: str) -> str:
    reply = client.get("/metrics", environ_overrides={"REMOTE_ADDR": "10.9.1.2"} | more)
    assert reply.status_code == 200, reply.text
    assert reply.headers["Content-Type"].startswith("text/plain; version=")
    return reply.text


def value(text: str, line: str) -> float:
    found = re.search(rf"^{re.escape(line)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_what_goes_by_is_counted_by_door_and_status(watched: Flask) -> None:
    client = watched.test_client()
    asked = 'compliance_answers_total{door="decisions",status="4xx"}'
    before = value(looked(client), asked)

    assert client.post("/access/v1/evaluation", json={}).status_code == 401

    after = looked(client)
    assert value(after, asked) == before + 1
    assert value(after, 'compliance_answer_seconds_count{door="decisions"}') >= 1
    assert value(after, 'compliance_fit{check="store"}') == 1
    assert value(after, 'compliance_fit{check="scheduler"}') == 0
    assert "compliance_log_entries " in after


def test_nobody_else_learns_that_it_is_there(watched: Flask, sqlite_app: Flask) -> None:
    client = watched.test_client()
    for stranger in (
        {"REMOTE_ADDR": "127.0.0.1"}, {"REMOTE_ADDR": "10.10.0.1"}, {"REMOTE_ADDR": "not an address"},
        {"REMOTE_ADDR": "10.9.1.2", "HTTP_X_FORWARDED_FOR": "10.9.1.3"},
        {"REMOTE_ADDR": "10.9.1.2", "HTTP_FORWARDED": "for=10.9.1.3"},
    ):  # fmt: skip
        is_problem(client.get("/metrics", environ_overrides=stranger), 404, "not-found")
    is_problem(sqlite_app.test_client().get("/metrics"), 404, "not-found")


def test_what_it_says_is_nobodys(watched: Flask) -> None:
    text = looked(watched.test_client())

    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-|@|\b\d+\.\d+\.\d+\.\d+\b", text)
    assert set(re.findall(r'(\w+)="', text)) <= {"door", "status", "le", "check"}


def test_the_networks_that_may_look_are_networks() -> None:
    environment = {"COMPLIANCE_BASE_URL": "https://marac.example", "COMPLIANCE_VAR": "/nowhere"}
    assert Settings.from_environment(environment).metrics_networks == ()
    assert Settings.from_environment(environment | {"COMPLIANCE_METRICS_NETWORKS": "10.9.0.0/16 ::1"}).metrics_networks
    with pytest.raises(Misconfigured, match="COMPLIANCE_METRICS_NETWORKS"):
        Settings.from_environment(environment | {"COMPLIANCE_METRICS_NETWORKS": "everywhere"})
