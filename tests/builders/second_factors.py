"""Second factors for tests: letters read as their receiver reads them, and a device that keeps passkeys."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData
from sqlalchemy import select

from compliance.identity import use_cases
from compliance.identity.models import Person
from compliance.identity.use_cases import Opened
from compliance.kernel.context import NOBODY, House
from compliance.kernel.secrets import KeyRing
from compliance.notices.models import Notice
from tests.builders.identity import PASSWORD, Account, a_person, accepted, half_open

ORIGIN = "http://localhost:8000"


def named(house: House) -> House:
    """The same house under a host name, which passkeys need."""
    house.settings = replace(house.settings, base_url=ORIGIN)
    return house


def letters(house: House, kind: str) -> list[dict[str, str]]:
    """Every letter of a kind that still has its words, oldest first."""
    with house.reading(NOBODY) as ctx:
        written = select(Notice).where(Notice.kind == kind, Notice.words.is_not(None)).order_by(Notice.written_at)
        ring = ctx.the(KeyRing)
        return [
            json.loads(ring.open(each.words or b"", place=f"notices.words:{each.id}"))
            | {"to": ring.open(each.address, place=f"notices.address:{each.id}").decode(), "id": str(each.id)}
            for each in ctx.session.execute(written).scalars()
        ]


def code_in(letter: dict[str, str]) -> str:
    """The code that a letter says."""
    found = re.search(r"Your code is (\d{3} \d{3})", letter["body"])
    assert found is not None
    return found[1]


def mailed_codes(house: House) -> list[str]:
    """Every code sent so far. Several of one instant come in no order: send one, or move the clock."""
    return [code_in(letter) for letter in letters(house, "code")]


def by_email(house: House, opened: Opened) -> None:
    """The person's address enrolled in this sign-in."""
    with house.work(NOBODY) as ctx:
        use_cases.send_first_code(ctx, opened.session_id)
    with house.work(NOBODY) as ctx:
        assert use_cases.confirm_email(ctx, opened.session_id, mailed_codes(house)[-1])


def an_account_by_email(house: House, *roles: str, **more: Any) -> Account:
    """An account whose owner gets their codes by e-mail."""
    person = a_person(house, *(roles or ("ig_officer",)), **more)
    by_email(house, accepted(house, person))
    return Account(person, "")


def an_account_by_passkey(house: House, device: Device, *roles: str, **more: Any) -> Account:
    """An account whose owner has a passkey on this device and nothing else."""
    person = a_person(house, *(roles or ("ig_officer",)), **more)
    by_passkey(house, accepted(house, person), device)
    return Account(person, "", PASSWORD)


def by_passkey(house: House, opened: Opened, device: Device, name: str = "my phone") -> None:
    """A passkey made on this device, in this sign-in."""
    with house.work(NOBODY) as ctx:
        asked = use_cases.start_passkey(ctx, opened.session_id)
    with house.work(NOBODY) as ctx:
        assert use_cases.make_passkey(ctx, opened.session_id, device.makes(asked), name=name)


def signed_in_by_passkey(house: House, account: Account, device: Device) -> Opened:
    """A whole sign-in by password and passkey."""
    opened = half_open(house, account)
    with house.work(NOBODY) as ctx:
        asked = use_cases.ask_for_passkey(ctx, opened.session_id)
    with house.work(NOBODY) as ctx:
        done = use_cases.give_passkey(ctx, opened.session_id, device.signs(asked, account.person)).opened
    assert done is not None
    return done


@dataclass
class Device:
    """A phone or security key, with what each answer of it may be forged by."""

    origin: str = ORIGIN
    rp_id: str = "localhost"
    counts: bool = True
    used: int = 0
    keys: dict[bytes, ec.EllipticCurvePrivateKey] = field(default_factory=dict)
    handle: bytes | None = None

    def makes(self, options: dict[str, Any], **forged: Any) -> str:
        """The answer to being asked to make a passkey."""
        key, credential = ec.generate_private_key(ec.SECP256R1()), forged.get("credential") or os.urandom(32)
        self.keys[credential] = key
        public = forged.get("public") or ES256.from_cryptography_key(key.public_key())  # type: ignore[no-untyped-call]
        attested = AttestedCredentialData.create(Aaguid.NONE, credential, public)
        data = self._data(forged, AuthenticatorData.FLAG.AT, attested)
        return _said(
            forged.get("raw_id") or credential,
            {
                "clientDataJSON": websafe_encode(self._client("webauthn.create", options, forged)),
                "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
            },
        )

    def signs(self, options: dict[str, Any], person: Person | None = None, **forged: Any) -> str:
        """The answer to being asked to sign."""
        credential = forged.get("credential") or next(iter(self.keys))
        data = self._data(forged, AuthenticatorData.FLAG(0), b"")
        client = self._client("webauthn.get", options, forged)
        key = forged.get("key") or self.keys[credential]
        said = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(key.sign(data + client.hash, ec.ECDSA(SHA256()))),
        }
        if person is not None:
            said["userHandle"] = websafe_encode(person.id.bytes)
        return _said(credential, said)

    def _client(self, kind: str, options: dict[str, Any], forged: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(
            forged.get("type", kind),
            forged.get("challenge", options["challenge"]),
            forged.get("origin", self.origin),
            forged.get("cross_origin", False),
            **forged.get("more", {}),
        )

    def _data(self, forged: dict[str, Any], flags: AuthenticatorData.FLAG, attested: bytes) -> AuthenticatorData:
        self.used += 1
        flags |= forged.get("flags", AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV)
        count = forged.get("count", self.used if self.counts else 0)
        made: AuthenticatorData = AuthenticatorData.create(
            sha256(forged.get("rp_id", self.rp_id).encode()).digest(), flags, count, attested
        )
        return made


def _said(credential: bytes, response: dict[str, str]) -> str:
    name = websafe_encode(credential)
    return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
