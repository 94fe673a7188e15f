"""Six-digit codes as people type them, and as we make them: the one place that says what a typed code is (IDN-3)."""

from __future__ import annotations

import re
import secrets
import unicodedata

DIGITS = 6

_BETWEEN = re.compile("[\\s\\-\u00ad\u2010-\u2015\u2212\u200b-\u200d\u2060\ufeff]")
_CODE = re.compile(r"[0-9]{6}", re.ASCII)
_LONGEST = 64


def read(typed: str) -> str | None:
    """The six digits that were meant, or None: wide digits count, and blanks and hyphens between them do not.

    Whatever is longer than a code could be however it was spaced is looked at no further.
    """
    if len(typed) > _LONGEST:
        return None
    digits = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed))
    return digits if _CODE.fullmatch(digits) else None


def new_code() -> str:
    """A code that nobody can foresee."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
