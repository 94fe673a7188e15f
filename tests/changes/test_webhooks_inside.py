"""An address that two people agreed on is no way into our own network: not by its name, not by where it leads on (quality.md)."""

from __future__ import annotations

import json
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from compliance.changes.webhooks import sending
from compliance.identity import use_cases as identity
from compliance.kernel import outward
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.jobs import Stopping
from tests.builders.identity import logged
from tests.builders.webhooks import a_receiver, allow, an_endpoint, progress


def something_changes(house: House) -> None:
    with house.work(operator("tests")) as ctx:
        identity.register_client(ctx, name="The case system", scopes=["decisions"])


@pytest.mark.rule("DEC-4")
@pytest.mark.parametrize("means", ["127.0.0.1", "169.254.169.254", "10.0.0.7", "::1", "fd00:ec2::254"])
def test_a_name_that_means_an_inside_address_is_never_called_and_what_was_due_stays_due(
    sqlite_house: House, clock: FixedClock, monkeypatch: pytest.MonkeyPatch, means: str
) -> None:
    endpoint_id = an_endpoint(sqlite_house, "https://hooks.example.org/changes", "client.")
    something_changes(sqlite_house)
    connected: list[Any] = []
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (means, 443))]
    )
    monkeypatch.setattr(outward.socket, "create_connection", lambda *given, **_: connected.append(given))

    assert sending.deliver(sqlite_house, endpoint_id, Stopping()) == 0
    clock.move(timedelta(hours=2))
    assert sending.deliver(sqlite_house, endpoint_id, Stopping()) == 0

    assert connected == []
    kept = progress(sqlite_house, endpoint_id)
    assert (kept.problem, kept.tries) == ("inside", 2)
    [failed] = logged(sqlite_house, "webhook.failed")
    assert json.loads(failed.detail)["problem"] == "inside"


@pytest.mark.rule("DEC-4")
def test_whoever_is_allowed_to_be_called_cannot_send_us_on(sqlite_house: House, tmp_path: Path) -> None:
    allow(sqlite_house, "127.0.0.0/8")
    with a_receiver(tmp_path / "first") as first, a_receiver(tmp_path / "second") as second:
        endpoint_id = an_endpoint(sqlite_house, first.url, "client.")
        something_changes(sqlite_house)

        for tries, there in enumerate(
            (second.url, "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd"), 1
        ):
            first.answers(f"to {there}")
            assert sending.deliver(sqlite_house, endpoint_id, Stopping()) == 0
            sqlite_house.clock.move(timedelta(hours=2))  # type: ignore[attr-defined]
            assert (progress(sqlite_house, endpoint_id).problem, len(first.taken)) == ("redirected", tries)

        assert second.taken == []
        first.answers("204")
        assert sending.deliver(sqlite_house, endpoint_id, Stopping()) == 1
        assert len({message["headers"]["webhook-id"] for message in first.taken}) == 1, "the same message, at last"
