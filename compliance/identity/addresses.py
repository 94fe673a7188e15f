"""E-mail addresses, in the one spelling under which they are kept and compared (LIC-2)."""

from __future__ import annotations

import re
import unicodedata

import idna

from compliance.kernel.errors import Invalid

_LONGEST = 254
_LONGEST_LOCAL = 64
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_WORDS = "Enter an e-mail address in full, such as name@example.gov.uk."


def normalise(email: str) -> str:
    """The address trimmed and case-folded, its domain as A-labels; raises Invalid at /email."""
    local, at, domain = unicodedata.normalize("NFC", email.strip()).rpartition("@")
    local = local.casefold()
    if not at or len(local) > _LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        raise Invalid.at("/email", _WORDS)
    whole = f"{local}@{normalise_domain(domain, pointer='/email')}"
    if len(whole) > _LONGEST:
        raise Invalid.at("/email", _WORDS)
    return whole


def normalise_domain(domain: str, *, pointer: str = "/domain") -> str:
    """A mail domain as its A-labels in lower case; raises Invalid at the pointer."""
    try:
        encoded = idna.encode(domain, uts46=True, std3_rules=True).decode().casefold()
    except (idna.IDNAError, UnicodeError) as problem:
        raise Invalid.at(pointer, _WORDS) from problem
    labels = encoded.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or len(encoded) > 253:
        raise Invalid.at(pointer, _WORDS)
    return encoded


def domain_of(email: str) -> str:
    """The domain of a normalised address."""
    return email.rpartition("@")[2]


def local_part_of(email: str) -> str:
    """What stands before the @."""
    return email.rpartition("@")[0]
