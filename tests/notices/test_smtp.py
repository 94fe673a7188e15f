"""What goes over SMTP: one message, safely addressed, over a connection that is proved or stays on this machine."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from compliance.app import furnished
from compliance.kernel.jobs import Stopping
from compliance.kernel.settings import Misconfigured, Settings
from compliance.notices.ways import NotSent, Post
from compliance.notices.ways.smtp import Smtp
from tests.builders.notices import a_written_letter
from tests.support.mail import MailServer

FROM = "MARAC Hub <hub@marac.example>"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody knows, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a mail server")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    plain = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def shown(certificate: Path) -> ssl.SSLContext:
    """What a server needs to show this certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def problem_of(way: Smtp, **letter: str) -> str:
    """Why a letter is not sent this way."""
    with pytest.raises(NotSent) as refused:
        way.send(a_written_letter(**letter), Stopping())
    return refused.value.problem


@pytest.mark.parametrize(
    ("url", "host", "port", "tls", "starttls"),
    [
        ("smtp://127.0.0.1", "127.0.0.1", 25, False, False),
        ("smtp://localhost:1025", "localhost", 1025, False, False),
        ("smtp://[::1]:1025", "::1", 1025, False, False),
        ("smtp://mail.example?starttls", "mail.example", 587, False, True),
        ("smtp://mail.example:25?starttls=1", "mail.example", 25, False, True),
        ("smtps://mail.example", "mail.example", 465, True, False),
    ],
)
def test_every_form_of_the_setting_is_understood(url: str, host: str, port: int, tls: bool, starttls: bool) -> None:
    way = Smtp.of(url, FROM)

    assert (way.host, way.port, way.implicit_tls, way.starttls) == (host, port, tls, starttls)


def test_name_and_password_may_hold_any_character_and_are_shown_to_nobody() -> None:
    way = Smtp.of("smtps://user%40marac.example:p%3Aw%2Fd@mail.example", FROM)

    assert (way.user, way.password) == ("user@marac.example", "p:w/d")
    assert "p:w/d" not in repr(way)


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("smtp://mail.example", FROM),
        ("smtp://user:secret@192.0.2.1:25", FROM),
        ("smtp://127.0.0.1.attacker.example", FROM),
        ("http://127.0.0.1", FROM),
        ("smtp://", FROM),
        ("mail.example:25", FROM),
        ("smtp://127.0.0.1:99999", FROM),
        ("smtp://127.0.0.1:port", FROM),
        ("smtps://mail.example?starttls", FROM),
        ("smtps://mail.example?insecure=1", FROM),
        ("smtp://127.0.0.1", None),
        ("smtp://127.0.0.1", "nobody"),
        ("smtp://127.0.0.1", "a@marac.example, b@marac.example"),
        ("smtp://127.0.0.1", "Hub <hub@marac.example>\r\nBcc: x@evil.example"),
    ],
)
def test_a_setting_that_is_wrong_or_unsafe_keeps_the_service_from_starting(
    sqlite_settings: Settings, url: str, sender: str | None
) -> None:
    with pytest.raises(Misconfigured):
        furnished(replace(sqlite_settings, smtp_url=url, mail_from=sender))


def test_without_a_setting_there_is_no_way_and_two_are_one_too_many(sqlite_settings: Settings) -> None:
    assert not Post.of(sqlite_settings).is_open
    with pytest.raises(Misconfigured):
        Post.of(replace(sqlite_settings, smtp_url="smtp://127.0.0.1", mail_from=FROM, notify_key="x"))


@pytest.mark.rule("GOV-5")
def test_the_message_is_the_same_each_time_and_says_that_a_machine_wrote_it(mail: MailServer) -> None:
    way, letter = Smtp.of(mail.url, FROM), a_written_letter()

    for _ in range(2):
        way.send(letter, Stopping())

    first, second = mail.arrived
    assert first.raw == second.raw
    assert first.id == f"<{letter.id}@marac.example>"
    assert first.message["Auto-Submitted"] == "auto-generated"
    assert first.message["From"].addresses[0].display_name == "MARAC Hub"
    assert first.message["Date"].datetime == letter.written_at
    assert first.message.get_content_type() == "text/plain"
    assert first.body == "Hello\n\nIt’s £5.\n"
    assert first.raw.isascii()


@pytest.mark.parametrize(
    "to",
    [
        "a@marac.example\r\nBcc: all@evil.example", "a@marac.example, b@evil.example", "a@marac.example>\nRCPT TO:<b@x.y",
        "", "nobody", "Kit <a@marac.example>",
    ],
)  # fmt: skip
def test_an_address_cannot_carry_a_header_nor_a_second_address(mail: MailServer, to: str) -> None:
    assert problem_of(Smtp.of(mail.url, FROM), to=to) == "not_a_letter"
    assert mail.arrived == []


def test_a_subject_cannot_carry_a_header(mail: MailServer) -> None:
    subject = "Hello\r\nBcc: all@evil.example"

    assert problem_of(Smtp.of(mail.url, FROM), subject=subject) == "not_a_letter"
    assert mail.arrived == []


def test_a_body_stays_a_body(mail: MailServer) -> None:
    body = "first\n.\nRSET\nMAIL FROM:<x@evil.example>\n..\n" + "long " * 400 + "\n"

    Smtp.of(mail.url, FROM).send(a_written_letter(body=body), Stopping())

    (came,) = mail.arrived
    assert came.body == body
    assert came.to == ["wren@kent.example.org"]


def test_a_server_that_proves_who_it_is_and_knows_us_gets_the_letter(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with MailServer(context=shown(certificate), require_sign_in=("hub", "s3cret")) as mail:
        signing_in = f"smtp://hub:s3cret@127.0.0.1:{mail.port}?starttls"
        Smtp.of(signing_in, FROM).send(a_written_letter(), Stopping())

        assert len(mail.arrived) == 1
        wrong = Smtp.of(f"smtp://hub:wrong@127.0.0.1:{mail.port}?starttls", FROM)
        assert problem_of(wrong) == "sign_in_refused"
        assert problem_of(Smtp.of(f"smtp://127.0.0.1:{mail.port}?starttls", FROM)) == "sender_refused"


def test_a_server_that_does_not_prove_who_it_is_gets_neither_letter_nor_password(certificate: Path) -> None:
    with MailServer(context=shown(certificate), require_sign_in=("hub", "s3cret")) as mail:
        assert problem_of(Smtp.of(f"smtp://hub:s3cret@127.0.0.1:{mail.port}?starttls", FROM)) == "not_trusted"
        assert mail.arrived == []


def test_a_server_that_will_not_secure_the_connection_gets_no_letter(mail: MailServer) -> None:
    assert problem_of(Smtp.of(f"{mail.url}?starttls", FROM)) == "not_supported"
    assert mail.arrived == []


def test_a_server_that_speaks_no_tls_where_it_should_gets_no_letter(mail: MailServer) -> None:
    way = replace(Smtp.of(f"smtps://127.0.0.1:{mail.port}", FROM), connect_seconds=2)

    assert problem_of(way) in {"not_trusted", "no_answer"}
    assert mail.arrived == []
