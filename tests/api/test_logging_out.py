"""Out again: what ends a sign-in to the case system, and how it is told, until it has taken it (DEC-4)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qs, quote
from uuid import UUID

import pytest
from flask import Flask

from audit.record import record
from compliance.app import create_app, house_of
from compliance.decisions.ending import Endings
from compliance.identity import use_cases as identity
from compliance.identity.clients.events import ClientAltered
from compliance.identity.clients.models import Logout, SignOn
from compliance.identity.clients.statements import LOGOUT
from compliance.identity.models import ServiceClient
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.jobs import Stopping
from compliance.kernel.settings import Settings
from tests.builders.identity import Account, every, logged, signed_in
from tests.builders.licences import withdraw
from tests.builders.programs import OUT, Program, a_program, browser_of, code_in, somebody_licensed


class Receiver:
    """The case system's own end of the back channel, in a thread: what it was sent, and what it answers."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.answers = 200
        receiver = self

        class Takes(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                receiver.got.append(parse_qs(body)["logout_token"][0])
                self.send_response(receiver.answers)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Takes)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/logged-out"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    one = Receiver()
    yield one
    one.server.shutdown()
    one.server.server_close()


class Scene:
    """Somebody signed in to a program that takes logouts."""

    def __init__(self, app: Flask, clock: FixedClock, back_channel: str | None) -> None:
        self.app, self.clock, self.house = app, clock, house_of(app)
        self.endings = Endings()
        self.program: Program = a_program(app, back_channel=back_channel)
        self.account: Account = somebody_licensed(self.house)
        clock.move(timedelta(seconds=60))
        self.opened = signed_in(self.house, self.account)
        self.browser = browser_of(app, self.opened.token)
        self.given = self.program.takes_up(code_in(self.browser.get(self.program.asks()))).get_json()

    def looks(self) -> tuple[int, int]:
        run = self.endings.go(self.house, Stopping(), 100)
        return run.done, run.failed

    def sign_on_id(self) -> UUID:
        return every(self.house, SignOn)[0].id

    def signs_out(self) -> None:
        with self.house.work(operator("tests")) as ctx:
            identity.end_sessions(ctx, person_id=self.account.person.id, reason="signed_out")


@pytest.fixture
def scene(settings: Settings, clock: FixedClock, receiver: Receiver) -> Iterator[Scene]:
    app = create_app(replace(settings, outward_networks=(ip_network("127.0.0.0/8"),)), clock)
    yield Scene(app, clock, receiver.address)
    house_of(app).engine.dispose()


def ended(house: House) -> list[str | None]:
    return [row.reason for row in every(house, SignOn)]


@pytest.mark.rule("DEC-4", "IDN-6", "AUD-1")
def test_a_program_is_told_once_that_somebody_signed_out(scene: Scene, receiver: Receiver) -> None:
    assert scene.looks() == (0, 0)
    scene.signs_out()

    assert scene.looks() == (2, 0)
    assert scene.looks() == (0, 0)

    [token] = receiver.got
    said = scene.program.reads(token)
    own = scene.program.reads(scene.given["id_token"])
    assert (said["sub"], said["sid"], said["aud"]) == (own["sub"], own["sid"], scene.program.client_id)
    assert said["events"] == {LOGOUT: {}}
    assert "nonce" not in said
    assert said["exp"] - said["iat"] == 120
    assert ended(scene.house) == ["signed_out"]
    assert len(logged(scene.house, "sign_on.ended")) == len(logged(scene.house, "sign_on.told")) == 1


@pytest.mark.rule("DEC-4", "SIG-6")
def test_a_program_is_told_that_the_right_to_use_it_ended(scene: Scene, receiver: Receiver) -> None:
    organisation_id = scene.account.person.organisation_id
    assert organisation_id is not None
    withdraw(scene.house, organisation_id)

    scene.looks()

    assert len(receiver.got) == 1
    assert ended(scene.house)[0] in ("right_ended", "session_ended")


@pytest.mark.rule("DEC-4", "IDN-2")
def test_a_right_that_ends_by_time_alone_is_found_too(scene: Scene, receiver: Receiver) -> None:
    scene.clock.move(timedelta(hours=7))
    assert scene.looks() == (0, 0)
    scene.clock.move(timedelta(hours=2))

    assert scene.looks() == (2, 0)
    assert ended(scene.house) == ["time_over"]
    assert len(receiver.got) == 1


@pytest.mark.rule("DEC-4", "GOV-5")
def test_one_that_does_not_take_it_is_told_again_later_and_later_and_it_is_shown(
    scene: Scene, receiver: Receiver
) -> None:
    receiver.answers = 500
    scene.signs_out()

    assert scene.looks() == (1, 1)
    assert scene.looks() == (0, 0)
    [row] = every(scene.house, Logout)
    assert (row.problem, row.tries, row.told_at) == ("refused", 1, None)
    scene.clock.move(timedelta(seconds=5))
    assert scene.looks() == (0, 1)
    scene.clock.move(timedelta(seconds=5))
    assert scene.looks() == (0, 0)
    receiver.answers = 302
    scene.clock.move(timedelta(seconds=5))
    assert scene.looks() == (0, 1)
    receiver.answers = 204
    scene.clock.move(timedelta(minutes=15))
    assert scene.looks() == (1, 0)
    assert [json.loads(entry.detail)["problem"] for entry in logged(scene.house, "sign_on.not_told")] == [
        "refused", "redirected",
    ]  # fmt: skip


@pytest.mark.rule("DEC-4")
def test_it_is_given_up_after_three_days_and_says_so(scene: Scene, receiver: Receiver) -> None:
    receiver.answers = 500
    scene.signs_out()
    scene.looks()
    scene.clock.move(timedelta(hours=72))
    scene.looks()

    [row] = every(scene.house, Logout)
    assert row.given_up_at is not None
    scene.clock.move(timedelta(hours=1))
    assert scene.looks() == (0, 0)


@pytest.mark.rule("DEC-4")
def test_an_address_inside_our_own_network_is_never_called(app: Flask, clock: FixedClock, receiver: Receiver) -> None:
    scene = Scene(app, clock, None)
    with scene.house.work(operator("tests")) as ctx:
        row = ctx.session.query(ServiceClient).one()
        row.back_channel = receiver.address
        record(ctx, ClientAltered(subject=row.id, client=row.client_id, scopes=()))
    scene.signs_out()

    assert scene.looks() == (1, 1)
    assert receiver.got == []
    assert every(scene.house, Logout)[0].problem == "inside"


@pytest.mark.rule("IDN-6")
def test_a_program_that_shows_its_own_statement_signs_its_person_out_and_gets_them_back(scene: Scene) -> None:
    hint = quote(scene.given["id_token"])
    there = quote(OUT, safe="")

    answer = scene.browser.get(f"/oauth2/logout?id_token_hint={hint}&post_logout_redirect_uri={there}&state=s%261")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"{OUT}?state=s%261")
    assert scene.browser.get("/account").status_code == 303
    scene.looks()
    assert ended(scene.house) == ["signed_out"]


@pytest.mark.rule("IDN-6")
def test_whoever_comes_without_it_is_asked_first_and_sent_nowhere_unknown(scene: Scene) -> None:
    evil = quote("https://evil.example/", safe="")
    page = scene.browser.get(f"/oauth2/logout?client_id={scene.program.client_id}&post_logout_redirect_uri={evil}")

    assert page.status_code == 200
    assert "Do you want to sign out?" in page.text
    assert scene.browser.get("/account").status_code == 200
    rubbish = scene.browser.get(f"/oauth2/logout?id_token_hint=x.y.z&post_logout_redirect_uri={evil}")
    assert (rubbish.status_code, rubbish.headers.get("Location")) == (200, None)
    refused = scene.browser.post("/oauth2/logout/confirm", data={})
    assert refused.status_code == 403
    token = page.text.split('name="csrf_token" type="hidden" value="')[1].split('"')[0]
    done = scene.browser.post(
        "/oauth2/logout/confirm", data={"csrf_token": token, "post_logout_redirect_uri": "https://evil.example/"}
    )
    assert done.headers["Location"] == "/signed-out"
    outside = scene.app.test_client().get(f"/oauth2/logout?post_logout_redirect_uri={evil}")
    assert outside.headers["Location"] == "/signed-out"
