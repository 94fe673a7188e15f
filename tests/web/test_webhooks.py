"""Having changes sent somewhere, by page: two people, a secret shown once, what was sent, and turning it off (DEC-4)."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from compliance.app import house_of
from compliance.changes.webhooks import sending
from compliance.changes.webhooks.models import WebhookDelivery, WebhookEndpoint
from compliance.identity import use_cases as identity
from compliance.identity.proposals.models import Proposal
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.jobs import Stopping
from tests.builders.identity import every
from tests.builders.webhooks import Receiver, a_receiver, allow, an_endpoint
from tests.support.browser import NewPage, axe
from tests.web.conftest import Comes

ASKED = {
    "name": "The case system",
    "url": "https://cases.example.org/changes",
    "types": ["licence."],
    "reason": "It asks for it.",
}


@pytest.fixture
def house(sqlite_app: Flask) -> House:
    found = house_of(sqlite_app)
    allow(found, "127.0.0.0/8")
    return found


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with a_receiver(tmp_path / "receiver") as found:
        yield found


def a_change(house: House) -> None:
    with house.work(operator("tests")) as ctx:
        identity.register_client(ctx, name="Another", scopes=["decisions"])


@pytest.mark.rule("DEC-4", "ROL-3", "IDN-5")
def test_an_address_is_proposed_agreed_given_a_secret_once_and_turned_off(comes: Comes, house: House) -> None:
    manager, second = comes("hub_manager"), comes("hub_supervisor")
    assert "Begins with https" in manager.get("/webhooks/new").text
    wrong = manager.send("/webhooks/new", ASKED | {"url": "https://169.254.169.254/"})
    assert wrong.status_code == 422
    assert "inside our own network" in wrong.text
    assert manager.send("/webhooks/new", ASKED).status_code == 303
    (proposal,) = every(house, Proposal)
    shown = second.get(f"/proposals/{proposal.id}").text
    assert "https://cases.example.org/changes" in shown
    assert "Licences given, rested and ended" in shown
    assert manager.get("/webhooks").text.count("cases.example.org") == 0
    assert second.send(f"/proposals/{proposal.id}/approval").status_code == 303

    (it,) = every(house, WebhookEndpoint)
    page = f"/webhooks/{it.id}"
    assert "Waits for its secret" in manager.get("/webhooks").text
    assert second.get(f"{page}/secret").status_code == 403
    made = manager.send(f"{page}/secret")
    assert made.status_code == 200
    assert "whsec_" in made.text
    assert "whsec_" not in manager.get(page).text + manager.get(f"{page}/secret").text
    assert "Make another secret" in manager.get(page).text
    assert manager.send(f"{page}/end").status_code == 303
    assert "Turned off" in manager.get(page).text
    assert manager.get(f"{page}/end").status_code == 303
    assert "Try it now" not in manager.get(page).text


@pytest.mark.rule("DEC-4")
def test_what_was_sent_is_shown_and_sent_again_by_hand_and_a_failure_is_said(
    comes: Comes, house: House, clock: FixedClock, receiver: Receiver
) -> None:
    endpoint_id = an_endpoint(house, receiver.url, "client.")
    manager, officer = comes("hub_manager"), comes("ig_officer")
    a_change(house)
    receiver.answers("500")
    sending.deliver(house, endpoint_id, Stopping())
    page = f"/webhooks/{endpoint_id}"

    failing = officer.get(page).text
    assert "It has taken nothing since" in failing
    assert "It refused it" in failing
    assert "Takes nothing" in officer.get("/webhooks?state=failing&sort=-state").text
    assert "takes no changes" in manager.get("/").text
    receiver.answers("204")
    (message,) = every(house, WebhookDelivery)
    assert officer.client.post(f"{page}/deliveries/{message.id}/again").status_code in (400, 403)
    assert manager.send(page, to=f"{page}/deliveries/{message.id}/again").status_code == 303
    sending.deliver(house, endpoint_id, Stopping())
    assert manager.send(page, to=f"{page}/try").status_code == 303
    sending.deliver(house, endpoint_id, Stopping())

    assert [each for _, each in receiver.told()] == ["client.registered", "client.registered", "webhook.try"]
    shown = officer.get(page).text
    assert "A try" in shown
    assert "Send again" not in shown
    assert "Nothing fits" in officer.get(f"{page}?taken=no").text
    assert "takes no changes" not in manager.get("/").text
    assert comes("delegate").get("/webhooks").status_code == 403
    assert clock


@pytest.mark.rule("AUD-1")
def test_the_list_is_searched_filtered_sorted_and_taken_away_without_a_secret(comes: Comes, house: House) -> None:
    for number in range(3):
        an_endpoint(house, f"https://cases{number}.example.org/", name=f"System {number}")
    manager = comes("hub_manager")

    assert "System 1" in manager.get("/webhooks?search=cases1").text
    assert "System 2" not in manager.get("/webhooks?search=cases1").text
    text = manager.get("/webhooks?sort=-name").text
    assert text.index("System 2") < text.index("System 0")
    assert "No address fits" in manager.get("/webhooks?state=ended").text
    file = manager.get("/webhooks/export.csv?search=system+1")
    rows = list(csv.reader(io.StringIO(file.text)))
    assert [row[0] for row in rows[2:]] == ["System 1"]
    assert "whsec" not in file.text
    for form in ("xlsx", "json"):
        assert manager.get(f"/webhooks/export.{form}").status_code == 200


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_are_seen_without_fault(
    sqlite_app: Flask, comes: Comes, house: House, new_page: NewPage, receiver: Receiver, clock: FixedClock, width: int
) -> None:
    endpoint_id = an_endpoint(house, receiver.url, "client.")
    bare = an_endpoint(house, "https://cases.example.org/" + "a" * 200, secret=False, name="Without a secret")
    manager = comes("hub_manager")
    a_change(house)
    sending.deliver(house, endpoint_id, Stopping())
    receiver.answers("500")
    a_change(house)
    sending.deliver(house, endpoint_id, Stopping())
    clock.move(timedelta(seconds=1))
    server = make_server("127.0.0.1", 0, sqlite_app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.port}"
        page = new_page(viewport={"width": width, "height": 900})
        cookie = manager.client.get_cookie("session")
        assert cookie is not None
        page.context.add_cookies([{"name": "session", "value": cookie.value, "url": address}])
        for path in ("", "/new", f"/{endpoint_id}", f"/{bare}", f"/{endpoint_id}/secret", f"/{endpoint_id}/end"):
            answer = page.goto(f"{address}/webhooks{path}")
            assert answer is not None
            assert answer.status == 200, path
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    finally:
        server.shutdown()
