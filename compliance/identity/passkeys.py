"""Passkeys as WebAuthn has them: what a browser is asked to sign, and whether what it answers is that (IDN-3).

Nothing here is kept: the question goes to the store beside the sign-in that asks it, and the answer is looked at
against this service's one address. Whoever unlocks a passkey proves it to their device by finger, face or PIN
(user verification), so that a stolen device is no passkey.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.webauthn import (
    Aaguid,
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from compliance.kernel.settings import Settings

from .models import Passkey, Person

NAME = "MARAC Hub"
TIMEOUT_MS = 300_000
LONGEST_ANSWER = 16 * 1024
LONGEST_CREDENTIAL = 1023
ALGORITHMS = (-8, -7, -257)
"""EdDSA, ES256 and RS256: what today's authenticators sign with."""

_UNREADABLE = (
    ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, AssertionError, RecursionError,
    NotImplementedError, struct.error, UnsupportedAlgorithm,
)  # fmt: skip
"""How the library says that what a browser sent is not what it has to be."""


class NotThis(Exception):
    """What came is no right answer to what was asked."""


@dataclass(frozen=True)
class Question:
    """What the browser is asked, as it takes it, and what we keep to look at its answer."""

    options: dict[str, Any]
    state: str


@dataclass(frozen=True)
class Made:
    """A new passkey: its name to us, its public half, and how often it says it was used."""

    credential: bytes
    public_key: bytes
    count: int


@dataclass(frozen=True)
class Used:
    """Whose passkey signed, and how often it says it was used."""

    passkey: Passkey
    count: int


def host(settings: Settings) -> str | None:
    """The name that passkeys are bound to; None on a bare IP address, where browsers make none."""
    name = urlsplit(settings.base_url).hostname or ""
    try:
        ip_address(name)
    except ValueError:
        return name or None
    return None


def ask_to_make(settings: Settings, person: Person, held: Sequence[Passkey]) -> Question:
    """Ask a device to make a passkey; one that holds one for this account already is left out."""
    options, state = _server(settings).register_begin(
        PublicKeyCredentialUserEntity(id=person.id.bytes, name=person.email, display_name=person.full_name),
        credentials=[_descriptor(passkey) for passkey in held],
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Question(dict(options.public_key), json.dumps(state))


def ask_to_use(settings: Settings, held: Sequence[Passkey]) -> Question:
    """Ask a device to sign with one of these passkeys."""
    options, state = _server(settings).authenticate_begin(
        [_descriptor(passkey) for passkey in held], user_verification=UserVerificationRequirement.REQUIRED
    )
    return Question(dict(options.public_key), json.dumps(state))


def made(settings: Settings, state: str, answer: str) -> Made:
    """The passkey that this answer says was made; raises NotThis."""
    try:
        response = RegistrationResponse.from_dict(_read(answer))
        data = _server(settings).register_complete(json.loads(state), response)
        _look(response.response.client_data, data)
        credential = data.credential_data
        if credential is None or response.raw_id != credential.credential_id:
            raise NotThis("no credential, or another than it is called by")
        if not 0 < len(credential.credential_id) <= LONGEST_CREDENTIAL:
            raise NotThis("no name that a credential can have")
        if credential.public_key.ALGORITHM not in ALGORITHMS:
            raise NotThis("an algorithm that was not asked for")
        return Made(bytes(credential.credential_id), cbor.encode(dict(credential.public_key)), data.counter)
    except _UNREADABLE as problem:
        raise NotThis(type(problem).__name__) from problem


def used(settings: Settings, state: str, answer: str, person: Person, held: Sequence[Passkey]) -> Used:
    """Which of the person's passkeys signed what was asked; raises NotThis."""
    try:
        response = AuthenticationResponse.from_dict(_read(answer))
        credentials = {passkey.credential: passkey for passkey in held}
        signed = _server(settings).authenticate_complete(
            json.loads(state), [_credential(passkey) for passkey in held], response
        )
        data = response.response.authenticator_data
        _look(response.response.client_data, data)
        whose = response.response.user_handle
        if whose and whose != person.id.bytes:
            raise NotThis("somebody else's passkey")
        return Used(credentials[signed.credential_id], data.counter)
    except _UNREADABLE as problem:
        raise NotThis(type(problem).__name__) from problem


def _server(settings: Settings) -> Fido2Server:
    """The relying party: one host, and one origin exactly, whatever else runs on that host."""
    server = Fido2Server(
        PublicKeyCredentialRpEntity(name=NAME, id=host(settings) or ""),
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda origin: origin == settings.base_url,
    )
    server.timeout = TIMEOUT_MS  # type: ignore[assignment]
    server.allowed_algorithms = [
        PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=algorithm)
        for algorithm in ALGORITHMS
    ]
    return server


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise NotThis("longer than any answer is")
    said = json.loads(answer)
    if not isinstance(said, dict):
        raise NotThis("no answer at all")
    return said


def _look(client: CollectedClientData, data: AuthenticatorData) -> None:
    """What the library leaves to us: no page of another origin around ours, no backup of what cannot be backed up."""
    if client.cross_origin is not False or "topOrigin" in json.loads(client):
        raise NotThis("asked from within another page")
    if data.is_backed_up() and not data.is_backup_eligible():
        raise NotThis("flags that contradict each other")


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=passkey.credential)


def _credential(passkey: Passkey) -> AttestedCredentialData:
    key = CoseKey.parse(cbor.decode(passkey.public_key))  # type: ignore[arg-type]
    return AttestedCredentialData.create(Aaguid.NONE, passkey.credential, key)
