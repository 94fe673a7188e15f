"""The authenticator app's codes: six digits, a new one every 30 seconds (RFC 6238, IDN-3)."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp

from . import codes

ISSUER = "MARAC Hub"
STEP_SECONDS = 30


def new_secret() -> str:
    """A secret of 160 bits in base 32, as apps take it."""
    return pyotp.random_base32()


def uri(secret: str, *, email: str) -> str:
    """What the QR code says: `otpauth://totp/…`."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def code_at(secret: str, now: datetime) -> str:
    """The code an app shows at this instant."""
    return pyotp.HOTP(secret).at(_step(now))


def step_of(secret: str, code: str, now: datetime, drift: int) -> int | None:
    """Which step this is the code of, at most `drift` steps from now; None when it is no code of those.

    Every step is looked at whatever comes first, so time tells nothing. Where two steps have the same
    code it is the later one: spending that spends both.
    """
    digits = codes.read(code)
    if digits is None:
        return None
    app = pyotp.HOTP(secret)
    present = _step(now)
    steps = range(max(0, present - drift), present + drift + 1)
    right = [step for step in steps if hmac.compare_digest(app.at(step), digits)]
    return right[-1] if right else None


def _step(now: datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS
