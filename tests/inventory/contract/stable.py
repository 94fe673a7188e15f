"""An example that is the same in every run: what is random in it, or counted, has a stand-in."""

from __future__ import annotations

import json
import re
from typing import Any

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_LONG = re.compile(r"\b[0-9a-f]{40,}\b|[A-Za-z0-9+/]{42,}=*")
_MAILBOX = re.compile(r"\bp[0-9a-f]{12}@")
_CODE = re.compile(r"\b(harbour-refuge)-[0-9a-f]{6}\b")

STAND_INS: dict[str, Any] = {
    "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.…",
    "certificate": "-----BEGIN CERTIFICATE-----…",
    "checkpoint": "marac.example/log\n48214\nGeDzGJ…\n\n— marac.example/log 5HIdQO…\n",
    "client_id": "cs_4b1f6c2a",
    "cursor": "eyJlIjo0ODIxM30",
    "digest": "5f0a…",
    "entry": 48213,
    "first": 48001,
    "hash": "9c1d…",
    "head": "9c1d…",
    "jti": "Zk3vYQ0Jm1d2",
    "kid": "2026-11",
    "last": 48213,
    "next": "eyJlIjo0ODIxM30",
    "next_token": "WyJhbGV4Il0",
    "number": 48213,
    "payload": "…",
    "policy_version": "3f6c1a0b9d2e4c58",
    "previous": "7be2…",
    "request_id": "3d0c6a52",
    "secret": "JBSWY3DPEHPK3PXP",
    "sha256": "5f0a…",
    "since": "2026-11-21T10:00:00.000Z",
    "size": 48214,
    "state_version": 917,
    "sub": "cs_4b1f6c2a",
    "token": "mss_…",
    "uri": "otpauth://totp/…",
    "x": "…",
    "y": "…",
    "n": "…",
}
"""What members of these names show, in the place of what differs from run to run; null stays null, and a list a list."""

MOST_TEXT = 400


def stable(value: Any, names: dict[str, str] | None = None) -> Any:
    """The value with stand-ins; each id keeps one through the whole example. Lists show their first line."""
    return _stable(value, {} if names is None else names)


def _stable(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _member(name, held, names) for name, held in value.items()}
    if isinstance(value, list):
        listed = sorted(value, key=_unnamed) if value and all(isinstance(each, dict) for each in value) else value
        return (
            [_stable(each, names) for each in listed[:1]] if listed is not value else [_stable(e, names) for e in value]
        )
    if isinstance(value, str):
        return _text(value, names)
    return value


def _member(name: str, value: Any, names: dict[str, str]) -> Any:
    stand_in = STAND_INS.get(name)
    if stand_in is not None and type(value) is type(stand_in) and value != "":
        return stand_in
    return _stable(value, names)


def _text(value: str, names: dict[str, str]) -> str:
    said = _ID.sub(lambda found: _named(found[0], names), value)
    said = _CODE.sub(r"\1", _MAILBOX.sub("someone@", _LONG.sub("…", said)))
    return said if len(said) <= MOST_TEXT else said[: MOST_TEXT - 1] + "…"


def _named(found: str, names: dict[str, str]) -> str:
    """The next id in a row: they look as ours do."""
    return names.setdefault(found, f"0193a5f0-0000-7000-8000-{len(names) + 1:012d}")


def _unnamed(value: Any) -> str:
    """A line without what differs, to know its place by; what the tests' own scaffolding left stands last."""
    said = json.dumps(_stable(value, _Nobody()), sort_keys=True)
    return f"~{said}" if '"test.' in said else said


class _Nobody(dict[str, str]):
    """Gives every id the same name."""

    def setdefault(self, key: str, default: str = "") -> str:
        return "an id"
