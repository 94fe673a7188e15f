"""GOV.UK Notify in the place of SMTP, against a small server that speaks as Notify does."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest

from compliance.kernel.context import House
from compliance.kernel.jobs import Run, Stopping
from compliance.kernel.settings import Misconfigured
from compliance.notices.ways import NotSent, Post
from compliance.notices.ways.notify import Notify
from tests.builders.notices import a_letter, a_written_letter, post_goes, the_letter

SERVICE = "0d1f6c52-3f0f-4a6e-9d0a-6b4f1a7b2c31"
SECRET = "5c1d3a0e-8a57-4b52-8a0c-2f9d7e6b4a10"
TEMPLATE = "b7a9e3c4-1d2f-4e5a-8b6c-7d8e9f0a1b2c"
KEY = f"marac_hub-{SERVICE}-{SECRET}"


@dataclass
class Asked:
    """What Notify was asked, and what it answers."""

    address: str
    bodies: list[dict[str, Any]] = field(default_factory=list)
    answer: tuple[int, dict[str, Any]] = (201, {"id": str(uuid4())})
    hang_up: bool = False


@pytest.fixture
def notify() -> Iterator[Asked]:
    """A server that takes e-mail as `POST /v2/notifications/email` of Notify does, signed by the key's secret."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if asked.hang_up:
                self.connection.close()
                return
            status, said = asked.answer if self._signed() else (403, {"errors": [{"error": "AuthError"}]})
            if self.path != "/v2/notifications/email":
                status = 404
            if status == 201:
                asked.bodies.append(body)
            raw = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def _signed(self) -> bool:
            head, claims, signature = self.headers["Authorization"].removeprefix("Bearer ").split(".")
            made = hmac.new(SECRET.encode(), f"{head}.{claims}".encode(), hashlib.sha256).digest()
            told = json.loads(base64.urlsafe_b64decode(claims + "=="))
            fresh = abs(told["iat"] - time.time()) < 30
            return base64.urlsafe_b64decode(signature + "==") == made and told["iss"] == SERVICE and fresh

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    asked = Asked(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.rule("GOV-5")
def test_a_letter_goes_by_the_one_template_known_by_its_id(notify: Asked) -> None:
    letter = a_written_letter()

    Notify(KEY, TEMPLATE, notify.address).send(letter, Stopping())

    assert notify.bodies == [
        {
            "email_address": letter.to,
            "template_id": TEMPLATE,
            "personalisation": {"subject": letter.subject, "body": letter.body},
            "reference": str(letter.id),
        }
    ]


@pytest.mark.rule("GOV-5")
@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (400, "refused"),
        (403, "sign_in_refused"),
        (429, "asked_to_wait"),
        (500, "asked_to_wait"),
        (503, "asked_to_wait"),
    ],
)
def test_what_notify_does_not_take_is_tried_again(
    sqlite_house: House, notify: Asked, status: int, problem: str
) -> None:
    sqlite_house.fixtures[Post] = Post(Notify(KEY, TEMPLATE, notify.address))
    letter = a_letter(sqlite_house)
    notify.answer = (status, {"errors": [{"error": "Error", "message": "wren@kent.example.org is wrong"}]})

    assert post_goes(sqlite_house) == Run(1, 0, 1)
    assert the_letter(sqlite_house, letter).problem == problem


@pytest.mark.rule("GOV-5")
def test_notify_out_of_reach_is_a_failure_like_any_other(notify: Asked) -> None:
    notify.hang_up = True
    with pytest.raises(NotSent) as gone:
        Notify(KEY, TEMPLATE, notify.address).send(a_written_letter(), Stopping())
    assert gone.value.problem == "not_reached"

    with pytest.raises(NotSent) as wrong:
        Notify(f"other-{SERVICE}-{uuid4()}", TEMPLATE, notify.address).send(a_written_letter(), Stopping())
    assert wrong.value.problem in {"sign_in_refused", "not_reached"}


@pytest.mark.parametrize(("key", "template"), [(KEY, None), (KEY, "x"), ("short", TEMPLATE), (SECRET, TEMPLATE)])
def test_a_key_or_a_template_that_cannot_be_one_keeps_the_service_from_starting(key: str, template: str | None) -> None:
    with pytest.raises(Misconfigured):
        Notify.of(key, template)


def test_the_key_is_shown_to_nobody() -> None:
    assert SECRET not in repr(Notify.of(KEY, TEMPLATE))
