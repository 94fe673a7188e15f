"""Passwords: what one must be (IDN-1, OP 6.3), and how it is kept (IDN-5).

Argon2id in OWASP's profile: 19 MiB, two passes, one lane. Checking a name we do not know costs the same
hash as checking one that we do, against a hash that no password has.
"""

from __future__ import annotations

import os
import re
import unicodedata
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from policies.values import PasswordValues

from .addresses import local_part_of

MEMORY_KIB = 19456
PASSES = 2
LANES = 1

_SALT_BYTES = 16
_HASH_BYTES = 32
_LONGEST_HASHED = 4096
_SHORTEST_FRAGMENT = 3


def _random_base64(length: int) -> str:
    return b64encode(os.urandom(length)).rstrip(b"=").decode()


_NOBODYS = (
    f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${_random_base64(_SALT_BYTES)}${_random_base64(_HASH_BYTES)}"
)


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
    """Whether this is the password that was hashed."""
    try:
        Argon2id.verify_phc_encoded(_bytes(text), phc)
    except InvalidKey:
        return False
    return True


def spend_the_same_time(text: str) -> None:
    """Do the work of `matches` where there is nothing to compare with, so that time tells nothing (IDN-4)."""
    matches(_NOBODYS, text)


def objections(
    text: str, *, policy: PasswordValues, full_name: str, email: str, earlier_hashes: Iterable[str]
) -> tuple[Objection, ...]:
    """Every criterion this password fails, in a fixed order; none means that it may be set (IDN-1)."""
    chosen = unicodedata.normalize("NFKC", text)
    found = [Objection(code, says) for code, failed, says in _shape(chosen, policy) if failed]
    if _names(chosen, full_name, email):
        found.append(Objection("personal", "Leave your name and your e-mail address out of it."))
    if _is_common(chosen):
        found.append(Objection("common", "Choose one that is not in the list of common passwords."))
    if len(chosen) <= policy.max_length and any(matches(phc, text) for phc in earlier_hashes):
        found.append(Objection("used-before", f"Choose one that is not among your last {policy.history} passwords."))
    return tuple(found)


def _shape(chosen: str, policy: PasswordValues) -> tuple[tuple[str, bool, str], ...]:
    kinds = {unicodedata.category(character) for character in chosen}
    special = any(kind[0] not in "LMNC" for kind in kinds)
    return (
        ("too-short", len(chosen) < policy.min_length, f"Use at least {policy.min_length} characters."),
        ("too-long", len(chosen) > policy.max_length, f"Use {policy.max_length} characters or fewer."),
        ("no-upper-case", not any(map(str.isupper, chosen)), "Use at least one upper-case letter."),
        ("no-lower-case", not any(map(str.islower, chosen)), "Use at least one lower-case letter."),
        ("no-number", "Nd" not in kinds, "Use at least one number."),
        ("no-special-character", not special, "Use at least one special character, such as a symbol or a space."),
        ("unusable", bool(kinds & {"Cc", "Cs"}), "Leave out characters that cannot be typed."),
    )


def _names(chosen: str, full_name: str, email: str) -> bool:
    """Whether the password holds a part of the person's name, the whole of it run together, or the local part.

    Fragments of one or two letters are let through: they stand in almost every word.
    """
    within = _plain(chosen)
    words = _plain(full_name).split()
    fragments = {*words, "".join(words), _plain(local_part_of(email))}
    return any(len(fragment) >= _SHORTEST_FRAGMENT and fragment in within for fragment in fragments)


def _is_common(chosen: str) -> bool:
    """Whether it is a common password as it stands, in another case, or dressed up with digits and symbols."""
    folded = chosen.casefold()
    return any(form in _common() for form in (chosen, folded, re.sub(r"[\W\d_]+$", "", folded)) if form)


@cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # takes a while and much memory: only who needs it waits

    return frozenset(FREQUENCY_LISTS["passwords"])


def _plain(text: str) -> str:
    """Without case and accents, so that a name is found however it is written."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def _bytes(text: str) -> bytes:
    """NFKC, so that a password typed on another keyboard is the same; no longer than anything that can be set."""
    return unicodedata.normalize("NFKC", text[:_LONGEST_HASHED]).encode("utf-8", "surrogatepass")
