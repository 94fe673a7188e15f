"""Which country an address is in, by a file that the operator supplies (IDN-7)."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import maxminddb
import structlog

from compliance.kernel.context import Context
from policies.values import Policy

from . import whence
from .errors import FromRefusedCountry

log = structlog.get_logger("compliance.identity")

_Seen = tuple[int, int, int]


class Countries:
    """The file of countries, read once a process and again when the operator puts another in its place.

    It is held whole, so that a file written over while it is read cannot bring the process down. Without a file, or
    with one that cannot be read, every country is unknown: the rule refuses nobody then, and the doctor says so.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._turn = threading.Lock()
        self._seen: _Seen | None = None
        self._reader: maxminddb.Reader | None = None

    def of(self, address: str | None) -> str | None:
        """The country of this address by its ISO 3166 code; None where it is not known."""
        reader = self._open()
        if reader is None:
            return None
        try:
            known = whence.address_of(address)
            return _code(reader.get(known)) if known else None
        except Exception as problem:  # noqa: BLE001 - whatever a broken file brings about, it names no country
            log.warning("a country is not known", problem=type(problem).__name__)
            return None

    def trouble(self) -> str | None:
        """Why no country can be known, and what to do; None where the file is well."""
        if self._file is None:
            return "no file of countries is set; set COMPLIANCE_COUNTRIES to an .mmdb file"
        if self._open() is None:
            return f"{self._file} cannot be read as a file of countries; put a whole .mmdb file there"
        return None

    def _open(self) -> maxminddb.Reader | None:
        if self._file is None:
            return None
        with self._turn:
            seen = _look_at(self._file)
            if seen != self._seen or seen is None:
                self._seen, self._reader = seen, _opened(self._file) if seen else None
            return self._reader


def require_allowed(ctx: Context) -> None:
    """Refuse to go on signing in from a country on the hub's list; looks at nobody's name. Raises FromRefusedCountry."""
    refused = ctx.the(Policy).countries.refused_countries
    if not refused:
        return
    country = ctx.the(Countries).of(ctx.origin.address)
    if country is not None and whence.is_refused(country, refused):
        raise FromRefusedCountry(country)


def _look_at(file: Path) -> _Seen | None:
    """What tells one file from another of its name; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _opened(file: Path) -> maxminddb.Reader | None:
    try:
        return maxminddb.open_database(file, maxminddb.MODE_MEMORY)
    except Exception as problem:  # noqa: BLE001 - whatever is in it, it is no file of countries
        log.error("the file of countries cannot be read", file=str(file), problem=type(problem).__name__)
        return None


def _code(found: Any) -> str | None:
    """The code in a file's record, in the shapes that such files have: `country.iso_code`, `country_code`, `country`."""
    if not isinstance(found, Mapping):
        return None
    country = found.get("country")
    code = country.get("iso_code") if isinstance(country, Mapping) else found.get("country_code") or country
    return code.upper() if isinstance(code, str) and len(code) == 2 else None
