"""A pack sealed with a passphrase, in the open age format, so that it opens without us: `age -d pack.age` (GOV-3).

An age file rather than a format of ours: on the day it is wanted this service may be down too.
"""

from __future__ import annotations

from threading import Lock

import pyrage
from pyrage import passphrase as scrypt

from .errors import PackRefused

_ONE_AT_A_TIME = Lock()
"""Stretching a passphrase takes up to half a gigabyte of memory for a second: that is its worth, and its cost."""


class DoesNotOpen(PackRefused):
    """The passphrase is another one, or the file is not what was written."""

    code = "outage-pack-does-not-open"
    detail = "The pack did not open when it was tried, so it does not count. Make another one."


def seal(data: bytes, passphrase: str) -> bytes:
    """These bytes as an age file that the passphrase opens; takes a second or so, on purpose."""
    if not passphrase.strip():
        raise ValueError("a pack is never sealed with an empty passphrase")
    with _ONE_AT_A_TIME:
        sealed: bytes = scrypt.encrypt(data, passphrase)
    return sealed


def open_(sealed: bytes, passphrase: str) -> bytes:
    """What was sealed; raises DoesNotOpen for another passphrase, or bytes that were changed or cut."""
    try:
        with _ONE_AT_A_TIME:
            data: bytes = scrypt.decrypt(sealed, passphrase)
    except pyrage.DecryptError as problem:
        raise DoesNotOpen(str(problem)) from problem
    return data
