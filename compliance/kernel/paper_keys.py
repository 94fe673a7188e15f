"""The key by which documents are signed, and the certificate it is known by (SIG-2).

A key signs until the next one comes; then it is thrown away, and its certificate stays, so that what it signed
can be checked for as long as anybody keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from .clock import SystemClock

_NAME = "MARAC Hub register"
_HOLDS = timedelta(days=3653)
_CLOCKS_DIFFER = timedelta(days=1)
_DOCUMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")


@dataclass(frozen=True)
class PaperKey:
    """One certificate, and its private key in PEM while it still signs; None once another took its place."""

    certificate: str
    pem: str | None = None

    @property
    def der(self) -> bytes:
        """The certificate as its bytes."""
        return x509.load_pem_x509_certificate(self.certificate.encode()).public_bytes(Encoding.DER)

    @property
    def fingerprint(self) -> str:
        """The certificate's SHA-256, in pairs as `openssl x509 -fingerprint` writes it."""
        return sha256(self.der).digest().hex(":").upper()

    @property
    def ends_at(self) -> datetime:
        """The instant at which the certificate ends; what it signed before stays good."""
        return x509.load_pem_x509_certificate(self.certificate.encode()).not_valid_after_utc

    @property
    def pkcs8(self) -> bytes:
        """The private key as its bytes; raises ValueError for one that no longer signs, or is not this certificate's."""
        if self.pem is None:
            raise ValueError("this key does not sign any more")
        key = load_pem_private_key(self.pem.encode(), None)
        known = x509.load_pem_x509_certificate(self.certificate.encode()).public_key()
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != known:
            raise ValueError("this key is not the one its certificate speaks of")
        return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    @classmethod
    def read(cls, held: Mapping[str, str]) -> PaperKey:
        """One entry of the key file; raises ValueError or KeyError for one that is broken."""
        one = cls(held["certificate"], held.get("pem"))
        _ = one.der if one.pem is None else one.pkcs8
        return one


def new_paper_key() -> dict[str, str]:
    """A fresh ECDSA P-256 key with a certificate signed by itself, as the key file holds it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _NAME)])
    now = SystemClock().now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + _HOLDS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([_DOCUMENTS]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return {
        "pem": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        "certificate": certificate.public_bytes(Encoding.PEM).decode(),
    }


def _usage() -> x509.KeyUsage:
    """It signs documents, and stands by them; nothing else."""
    return x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
