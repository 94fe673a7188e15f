"""Sending by SMTP: over verified TLS, or in the clear to this machine only."""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import closing, suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as INTERNET
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from compliance.kernel.jobs import Stopping
from compliance.kernel.settings import Misconfigured

from . import Letter, NotSent

CONNECT_SECONDS = 8.0
ANSWER_SECONDS = 10.0
"""For how long the server is waited for, at each of some ten steps: together less than a lease."""

WRITES = INTERNET.clone(cte_type="7bit")

_PORTS = {"smtp": 25, "smtps": 465}
_STARTTLS_PORT = 587
_FORMS = "smtps://user:password@host:465, smtp://user:password@host:587?starttls, or smtp://127.0.0.1:25"


@dataclass(frozen=True)
class Smtp:
    """A mail server, and how to come to terms with it."""

    host: str
    port: int
    sender: Address
    implicit_tls: bool = False
    starttls: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    connect_seconds: float = CONNECT_SECONDS
    answer_seconds: float = ANSWER_SECONDS

    @classmethod
    def of(cls, url: str, sender: str | None) -> Smtp:
        """From SMTP_URL and COMPLIANCE_MAIL_FROM; raises Misconfigured for what is wrong or would not be safe."""
        parts = urlsplit(url)
        port = _port(parts)
        starttls = parts.query.partition("=")[0] == "starttls"
        if parts.scheme not in _PORTS or not parts.hostname or (parts.query and not starttls):
            raise Misconfigured(f"SMTP_URL has one of these forms: {_FORMS}.")
        implicit_tls = parts.scheme == "smtps"
        if implicit_tls and starttls:
            raise Misconfigured("SMTP_URL says smtps:// and ?starttls: it is one or the other.")
        if not implicit_tls and not starttls and not _is_this_machine(parts.hostname):
            raise Misconfigured("SMTP_URL without TLS is for 127.0.0.1 only: use smtps://, or add ?starttls.")
        return cls(
            host=parts.hostname,
            port=port or (_STARTTLS_PORT if starttls else _PORTS[parts.scheme]),
            sender=_sender(sender),
            implicit_tls=implicit_tls,
            starttls=starttls,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )

    def send(self, letter: Letter, stopping: Stopping) -> None:
        """Hand the letter to the server. Raises NotSent; being told to stop hangs up, and is `interrupted`."""
        message = self.written(letter)
        try:
            server = self._connected()
            with closing(server), stopping.interrupting(lambda: _hang_up(server)):
                self._come_to_terms(server)
                server.send_message(message, self.sender.addr_spec, [letter.to])
                _take_leave(server)
        except smtplib.SMTPRecipientsRefused as problem:
            code = next(iter(problem.recipients.values()))[0]
            raise NotSent("address_refused" if code >= 500 else "asked_to_wait") from problem
        except smtplib.SMTPAuthenticationError as problem:
            raise NotSent("sign_in_refused") from problem
        except smtplib.SMTPSenderRefused as problem:
            raise NotSent("sender_refused" if problem.smtp_code >= 500 else "asked_to_wait") from problem
        except smtplib.SMTPResponseException as problem:
            raise NotSent("refused" if problem.smtp_code >= 500 else "asked_to_wait") from problem
        except smtplib.SMTPNotSupportedError as problem:
            raise NotSent("not_supported") from problem
        except ssl.SSLError as problem:
            raise NotSent("not_trusted") from problem
        except TimeoutError as problem:
            raise NotSent("no_answer") from problem
        except smtplib.SMTPServerDisconnected as problem:
            raise NotSent(_why_it_ended(problem, stopping)) from problem
        except (OSError, smtplib.SMTPException) as problem:
            raise NotSent("interrupted" if stopping.told else "not_reached") from problem

    def written(self, letter: Letter) -> EmailMessage:
        """The message. It is the same, byte for byte, each time it is sent, so that a second delivery is known as one."""
        message = EmailMessage(WRITES)
        try:
            message["From"] = self.sender
            message["To"] = Address(addr_spec=letter.to)
            message["Subject"] = letter.subject
        except (ValueError, IndexError, MessageError) as problem:
            raise NotSent("not_a_letter") from problem
        message["Date"] = letter.written_at
        message["Message-ID"] = f"<{letter.id}@{self.sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.body)
        return message

    def _connected(self) -> smtplib.SMTP:
        called = self.sender.domain
        server: smtplib.SMTP
        if self.implicit_tls:
            server = smtplib.SMTP_SSL(
                self.host, self.port, called, timeout=self.connect_seconds, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(self.host, self.port, called, timeout=self.connect_seconds)
        if server.sock is not None:
            server.sock.settimeout(self.answer_seconds)
        return server

    def _come_to_terms(self, server: smtplib.SMTP) -> None:
        if self.starttls:
            server.starttls(context=ssl.create_default_context())
        if self.user is not None:
            server.login(self.user, self.password or "")


def _take_leave(server: smtplib.SMTP) -> None:
    """Say goodbye without waiting for an answer: the letter was taken, and nothing said now could change that."""
    with suppress(OSError):
        server.putcmd("QUIT")


def _hang_up(server: smtplib.SMTP) -> None:
    held = server.sock
    if held is not None:
        with suppress(OSError):
            held.shutdown(socket.SHUT_RDWR)


def _why_it_ended(problem: smtplib.SMTPServerDisconnected, stopping: Stopping) -> str:
    """Python reports a wait that was too long, at some steps, as a connection that ended."""
    if stopping.told:
        return "interrupted"
    too_long = isinstance(problem.__context__, TimeoutError) or "timed out" in str(problem)
    return "no_answer" if too_long else "hung_up"


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise Misconfigured(f"SMTP_URL names no port that there is. Its forms: {_FORMS}.") from None


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _sender(given: str | None) -> Address:
    if not given:
        raise Misconfigured("Set COMPLIANCE_MAIL_FROM to the address that letters come from, with SMTP_URL.")
    probe = EmailMessage(WRITES)
    try:
        probe["From"] = given
        (address,) = probe["From"].addresses
    except (ValueError, IndexError, MessageError):
        address = None
    if address is None or not address.domain or not address.username or probe["From"].defects:
        raise Misconfigured("COMPLIANCE_MAIL_FROM must be one address, such as MARAC Hub <no-reply@marac.example>.")
    return Address(address.display_name, address.username, address.domain)
