"""How a message is signed, when it is sent again, and what types can be wanted: pure, so that it can be tried without a clock."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

SECRET_PREFIX = "whsec_"  # noqa: S105 - how secrets begin, not one of them
SECRET_BYTES = 32

TRY = "webhook.try"
"""The type of a message that tells of nothing: somebody tries whether it arrives."""

TYPES = (
    "account.", "case.", "case_access.", "client.", "invitation.", "licence.", "organisation.", "password.", "person.",
    "policy.", "right.", "role.", "rota.", "signature.", "standing.", "withdrawal.",
)  # fmt: skip
"""Beginnings of types that somebody may want by themselves; whoever names none is sent everything."""


def written(secret: bytes) -> str:
    """A secret as its owner is shown it."""
    return SECRET_PREFIX + b64encode(secret).decode()


def signature(secrets: Iterable[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` over this: one for each secret that still counts, the newest first (Standard Webhooks)."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{b64encode(hmac.digest(secret, signed, sha256)).decode()}" for secret in secrets)


def read(secret: str) -> bytes:
    """The bytes of a secret as it is shown."""
    return b64decode(secret.removeprefix(SECRET_PREFIX))


def pause_after(tries: int, *, first: timedelta, longest: timedelta) -> timedelta:
    """How long to wait after so many tries that failed: twice as long each time, up to the longest, without end."""
    doublings = min(max(tries - 1, 0), 20)
    return min(first * (1 << doublings), longest)


def lease(whole_seconds: int) -> timedelta:
    """For how long whoever delivers to an address has it alone: longer than a delivery can last."""
    return timedelta(seconds=3 * whole_seconds)


def is_due_to_be_told(
    failing_since: datetime | None, told_at: datetime | None, now: datetime, *, after: timedelta, again: timedelta
) -> bool:
    """Whether the hub's managers are to be written to about an address that takes nothing."""
    if failing_since is None or now - failing_since < after:
        return False
    return told_at is None or told_at < failing_since or now - told_at >= again


def unknown(types: Sequence[str]) -> list[str]:
    """Those of these that there are none of."""
    return [one for one in types if one not in TYPES]
