"""A real mail server on this machine: it keeps what it takes, and can refuse, delay, hang up or hang."""

from __future__ import annotations

import asyncio
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.installation import a_free_port


@dataclass(frozen=True)
class Arrived:
    """A message as the server took it, and to whom the envelope said."""

    message: EmailMessage
    to: list[str]
    raw: bytes

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def body(self) -> str:
        return str(self.message.get_content()).replace("\r\n", "\n")

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])


class MailServer:
    """A mail server for a test. `answer` decides what it says to each message's data; None is to take it."""

    def __init__(
        self,
        *,
        port: int | None = None,
        context: ssl.SSLContext | None = None,
        require_sign_in: tuple[str, str] | None = None,
    ) -> None:
        self.port = port or a_free_port()
        self.arrived: list[Arrived] = []
        self.refuses_address: Callable[[str], str | None] = lambda _address: None
        self.answer: Callable[[Arrived], str | None] = lambda _message: None
        self.slow_seconds = 0.0
        self.spoken_to = threading.Event()
        self._context = context
        self._known = require_sign_in
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> MailServer:
        self.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Listen."""
        known: dict[str, Any] = {}
        if self._known:
            known = {"authenticator": self._knows, "auth_required": True}
        if self._context:
            known |= {"tls_context": self._context, "require_starttls": True}
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **known)
        self._controller.start()

    def stop(self) -> None:
        """Be gone: whoever connects is refused."""
        controller, self._controller = self._controller, None
        if controller is not None:
            controller.stop(no_assert=True)

    def to(self, address: str, *, says: str = "") -> list[Arrived]:
        """Everything that came for this address and says this, in order."""
        return [each for each in self.arrived if address in each.to and says in each.body]

    def waits_for(self, address: str, *, says: str = "", number: int = 1, within: float = 20) -> Arrived:
        """The newest message for this address that says this, once there are so many."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            found = self.to(address, says=says)
            if len(found) >= number:
                return found[-1]
            time.sleep(0.05)
        raise AssertionError(f"{len(self.to(address))} messages came for {address} within {within} seconds")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        refusal = self.refuses_address(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.spoken_to.set()
        until = time.monotonic() + self.slow_seconds
        while time.monotonic() < until and self._controller is not None:
            await asyncio.sleep(0.02)
        raw = cast(bytes, envelope.content)
        came = Arrived(message_from_bytes(raw, policy=default), [str(to) for to in envelope.rcpt_tos], raw)
        refusal = self.answer(came)
        if refusal:
            return refusal
        self.arrived.append(came)
        return "250 OK"

    def _knows(self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and (given.login.decode(), given.password.decode()) == self._known
        return AuthResult(success=right, handled=right)
