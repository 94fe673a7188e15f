"""Passwords: what one must be (IDN-1, OP 6.3), and how it is kept (IDN-5).

Argon2id in OWASP's profile: 19 MiB, two passes, one lane. Checking a name we do not know costs the same
hash as checking one that we do, against a hash that no password has. What is longer than anything that can
be set costs no hash at all, whoever's name stands beside it.
"""

from __future__ import annotations

import os
import unicodedata
from base64 import b64encode
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from policies.groups import PasswordValues

from . import guessable

MEMORY_KIB = 19456
PASSES = 2
LANES = 1

_SALT_BYTES = 16
_HASH_BYTES = 32
_LONGEST_TYPED = 4096
_SPECIAL = "Use at least one special character, such as a symbol or a space."


def _random_base64(length: int) -> str:
    return b64encode(os.urandom(length)).rstrip(b"=").decode()


_PROFILE = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$"
_NOBODYS = f"{_PROFILE}{_random_base64(_SALT_BYTES)}${_random_base64(_HASH_BYTES)}"


@dataclass(frozen=True)
class Objection:
    """One criterion that a password fails: a stable code, and words for the person who chose it."""

    code: str
    says: str


def hash_password(text: str) -> str:
    """The Argon2id hash of a password as a PHC string, with a salt of its own."""
    salt = os.urandom(_SALT_BYTES)
    kdf = Argon2id(salt=salt, length=_HASH_BYTES, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)
    return kdf.derive_phc_encoded(_bytes(text))


def matches(phc: str, text: str) -> bool:
    """Whether this is the password that was hashed. What is too long to have been set is not, and costs no hash."""
    if is_too_long(text):
        return False
    try:
        Argon2id.verify_phc_encoded(_bytes(text), phc)
    except InvalidKey:
        return False
    return True


def spend_the_same_time(text: str) -> None:
    """Do the work of `matches` where there is nothing to compare with, so that time tells nothing (IDN-4)."""
    matches(_NOBODYS, text)


def is_too_long(text: str) -> bool:
    """Whether it is longer, as typed, than any password that can be set: such a one is never hashed."""
    return len(text) > _LONGEST_TYPED


def is_outdated(phc: str) -> bool:
    """Whether it was hashed under other parameters than a password is today (IDN-5)."""
    return not phc.startswith(_PROFILE)


@dataclass(frozen=True)
class Owner:
    """What is known of whoever chooses a password: their name, their address, whom they work for."""

    full_name: str
    email: str
    employer: str | None = None


def objections(
    text: str,
    *,
    policy: PasswordValues,
    owner: Owner,
    earlier_hashes: Iterable[str],
    context_words: Collection[str] = (),
) -> tuple[Objection, ...]:
    """Every criterion this password fails, in a fixed order; none means that it may be set (IDN-1)."""
    chosen = unicodedata.normalize("NFKC", text[:_LONGEST_TYPED])
    too_long = is_too_long(text) or len(chosen) > policy.max_length
    found = [Objection(code, says) for code, failed, says in _shape(chosen, policy, too_long) if failed]
    if guessable.names_the_person(chosen, owner.full_name, owner.email):
        found.append(Objection("personal", "Leave your name and your e-mail address out of it."))
    if guessable.names_the_work(chosen, context_words, owner.employer):
        found.append(
            Objection("context", "Leave out your organisation, and words such as marac, police or the name of a town.")
        )
    if guessable.is_common(chosen):
        found.append(Objection("common", "Choose one that is not in the list of common passwords."))
    if not too_long and any(matches(phc, text) for phc in earlier_hashes):
        found.append(Objection("used-before", f"Choose one that is not among your last {policy.history} passwords."))
    return tuple(found)


def _shape(chosen: str, policy: PasswordValues, too_long: bool) -> tuple[tuple[str, bool, str], ...]:
    kinds = {unicodedata.category(character) for character in chosen}
    missing = {
        "capital": not any(map(str.isupper, chosen)),
        "small": not any(map(str.islower, chosen)),
        "number": "Nd" not in kinds,
        "special": all(kind[0] in "LMNC" for kind in kinds),
    }
    missed = {kind for kind in policy.character_kinds if missing[kind]}
    return (
        ("too-short", len(chosen) < policy.min_length, f"Use at least {policy.min_length} characters."),
        ("too-long", too_long, f"Use {policy.max_length} characters or fewer."),
        ("no-upper-case", "capital" in missed, "Use at least one upper-case letter."),
        ("no-lower-case", "small" in missed, "Use at least one lower-case letter."),
        ("no-number", "number" in missed, "Use at least one number."),
        ("no-special-character", "special" in missed, _SPECIAL),
        ("unusable", bool(kinds & {"Cc", "Cs"}), "Leave out characters that cannot be typed."),
    )


def _bytes(text: str) -> bytes:
    """NFKC, so that a password typed on another keyboard is the same."""
    return unicodedata.normalize("NFKC", text).encode("utf-8", "surrogatepass")
