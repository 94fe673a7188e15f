"""Attacks by an address: what is inside our own network is not reached, whatever it is called or becomes (quality.md).

Seen to fail: with the name looked up a second time at the connection, the one that changes reaches this machine.
"""

from __future__ import annotations

import datetime
import socket
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from compliance.kernel import outward
from compliance.kernel.jobs import Stopping
from compliance.kernel.outward import NotTaken, Problem, Reach, is_outside, may_reach
from compliance.kernel.settings import Misconfigured, Settings
from tests.builders.webhooks import Receiver, a_receiver

NOWHERE = Reach((), 5, 4096)
HERE = Reach((ip_network("127.0.0.0/8"),), 5, 4096)

INSIDE = (
    "127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1",
    "fd00:ec2::254", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
    "64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b:1::808:808", "2002:7f00:1::", "2002:a9fe:a9fe::1",
    "2001:0:808:808:8000:63bf:3fff:fdd2", "2001:db8::1", "100::1",
)  # fmt: skip
OUTSIDE = ("8.8.8.8", "1.1.1.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808")


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with a_receiver(tmp_path / "receiver") as found:
        yield found


def post(url: str, reach: Reach = HERE) -> Problem | int:
    try:
        return outward.post(url, {"Content-Type": "application/json"}, b"{}", reach, Stopping())
    except NotTaken as refusal:
        return refusal.problem


@pytest.mark.parametrize("address", INSIDE)
def test_no_spelling_of_an_inside_address_is_outside(address: str) -> None:
    assert not is_outside(ip_address(address))
    assert not may_reach(ip_address(address), ())


@pytest.mark.parametrize("address", OUTSIDE)
def test_the_internet_at_large_is_outside(address: str) -> None:
    assert is_outside(ip_address(address))


def test_what_the_operator_allows_may_be_reached_and_nothing_beside_it() -> None:
    networks = (ip_network("10.20.0.0/16"),)
    assert may_reach(ip_address("10.20.3.4"), networks)
    assert may_reach(ip_address("::ffff:10.20.3.4"), networks)
    assert not may_reach(ip_address("10.21.0.1"), networks)
    assert not may_reach(ip_address("169.254.169.254"), networks)


def named(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Names mean these addresses, one answer after the other; what was connected to."""
    connected: list[str] = []
    waiting = list(answers)
    real = socket.create_connection

    def look_up(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        found = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    def connect(address: tuple[str, int], **more: float) -> socket.socket:
        connected.append(address[0])
        if address[0] not in ("127.0.0.1",):
            raise ConnectionRefusedError
        return real(address, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(outward.socket, "create_connection", connect)
    return connected


@pytest.mark.parametrize(
    "answer", [["127.0.0.1"], ["169.254.169.254"], ["8.8.8.8", "127.0.0.1"], ["10.0.0.1"], ["::1"], ["64:ff9b::7f00:1"]]
)
def test_a_name_that_means_an_inside_address_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, answer: list[str]
) -> None:
    connected = named(monkeypatch, answer)

    assert post("https://cases.example.org/", NOWHERE) is Problem.INSIDE
    assert connected == []


def test_a_name_that_means_another_address_a_moment_later_is_connected_to_at_the_one_that_was_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected = named(monkeypatch, ["8.8.8.8"], ["127.0.0.1"])

    assert post("https://cases.example.org/", NOWHERE) is Problem.NOT_REACHED
    assert connected == ["8.8.8.8"]


def test_a_literal_address_inside_is_refused_before_anything_is_looked_up() -> None:
    for url in ("https://169.254.169.254/", "https://[::ffff:7f00:1]/", "http://127.0.0.1:1/", "https://2130706433/"):
        assert post(url, NOWHERE) in (Problem.INSIDE, Problem.NOT_FOUND), url


def test_a_redirect_is_never_followed(tmp_path: Path, receiver: Receiver) -> None:
    with a_receiver(tmp_path / "second") as second:
        for place in (second.url, "http://169.254.169.254/latest/", "file:///etc/passwd"):
            receiver.answers(f"to {place}")
            assert post(receiver.url) is Problem.REDIRECTED

        assert second.taken == []


def test_a_slow_one_costs_its_time_and_no_more_and_an_endless_answer_is_left_unread(receiver: Receiver) -> None:
    receiver.answers("slow")
    assert post(receiver.url, Reach(HERE.networks, 1, 4096)) is Problem.NO_ANSWER
    receiver.answers("long")
    assert post(receiver.url) == 200
    receiver.answers("500")
    assert post(receiver.url) is Problem.REFUSED


def test_being_told_to_stop_ends_a_call_at_once(receiver: Receiver) -> None:
    receiver.answers("slow")
    stopping = Stopping()
    stopping.tell()
    with pytest.raises(NotTaken) as refused:
        outward.post(receiver.url, {}, b"{}", HERE, stopping)
    assert refused.value.problem is Problem.INTERRUPTED


def test_a_certificate_is_checked_for_its_name_and_its_issuer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = _certificate(tmp_path, "127.0.0.1")
    with a_receiver(tmp_path / "tls", certificate, key) as found:
        assert post(found.url) is Problem.NOT_TRUSTED
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert post(found.url) == 204
        assert post(found.url.replace("127.0.0.1", "localhost")) is Problem.NOT_TRUSTED


def test_networks_that_are_none_keep_the_service_from_starting() -> None:
    environment = {"COMPLIANCE_BASE_URL": "https://marac.example", "COMPLIANCE_OUTWARD_NETWORKS": "10.0.0.0/8 fd00::/8"}
    assert len(Settings.from_environment(environment).outward_networks) == 2
    for wrong in ("10.0.0.1/8", "everything", "10.0.0.0/33"):
        with pytest.raises(Misconfigured):
            Settings.from_environment(environment | {"COMPLIANCE_OUTWARD_NETWORKS": wrong})


def _certificate(folder: Path, address: str) -> tuple[Path, Path]:
    """A certificate of its own issuing for this address, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, secret
