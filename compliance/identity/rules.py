"""How far a sign-in has come, when failures slow and lock, and who may hold which role: tables, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network


class Stage(StrEnum):
    """What a sign-in waits for: enrolling an app, a code, a new password, or nothing any more (IDN-2, IDN-3)."""

    ENROL = "enrol"
    CODE = "code"
    RENEW = "renew"
    WHOLE = "whole"


class End(StrEnum):
    """Why a session ended (IDN-6)."""

    SIGNED_OUT = "signed_out"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason, not a password
    LOCKED = "locked"
    RESET = "reset"
    LICENCE_ENDED = "licence_ended"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Kind(StrEnum):
    """What a single-use link is for: a first password (IDN-8), or a new one after a reset (IDN-4)."""

    FIRST = "first"
    RESET = "reset"


class Scope(StrEnum):
    """How far a role reaches."""

    HUB_TEAM = "hub_team"
    ORGANISATION = "organisation"
    OVERSIGHT = "oversight"


ROLES: dict[str, Scope] = {
    "hub_manager": Scope.HUB_TEAM,
    "hub_supervisor": Scope.HUB_TEAM,
    "hub_coordinator": Scope.HUB_TEAM,
    "authorised_signatory": Scope.ORGANISATION,
    "delegate": Scope.ORGANISATION,
    "escalation_contact": Scope.ORGANISATION,
    "ig_officer": Scope.OVERSIGHT,
    "steering_member": Scope.OVERSIGHT,
    "executive_chair": Scope.OVERSIGHT,
}
"""Every role that somebody can be given. `licence_holder` comes with a licence and from nowhere else."""


def may_hold(role: str, *, hub_team: bool) -> bool:
    """Hub roles for hub accounts only, and no partner's role for them (ROL-1)."""
    scope = ROLES.get(role)
    if scope is Scope.HUB_TEAM:
        return hub_team
    return not hub_team if scope is Scope.ORGANISATION else scope is not None


@dataclass(frozen=True)
class Limits:
    """How long a sign-in lasts: half open, idle, in all; and how long a repeated code counts as fresh (IDN-6)."""

    half_open: timedelta
    idle: timedelta
    whole: timedelta


def is_live(now: datetime, limits: Limits, *, opened_at: datetime, seen_at: datetime, whole: bool) -> bool:
    """Whether a sign-in opened and last seen at these instants still stands; the last instant is already too late."""
    if now >= opened_at + limits.whole or now >= seen_at + limits.idle:
        return False
    return whole or now < opened_at + limits.half_open


def stage(*, whole: bool, enrolled: bool, must_renew: bool) -> Stage:
    """What a sign-in waits for next."""
    if not whole:
        return Stage.CODE if enrolled else Stage.ENROL
    return Stage.RENEW if must_renew else Stage.WHOLE


def password_until(set_at: datetime, days: int) -> datetime:
    """The instant from which a password only opens the way to a new one (IDN-2)."""
    return set_at + timedelta(days=days)


def wait_seconds(failures: int, *, slow_from: int, slowest: int) -> int:
    """How late the answer to this many failures in a row comes: 1, 2, 4… seconds, up to the slowest (IDN-4)."""
    if failures < slow_from:
        return 0
    return min(slowest, 1 << min(failures - slow_from, 16))


def locks(failures: int, *, limit: int) -> bool:
    """Whether this many failures in a row lock an account (IDN-4)."""
    return failures >= limit


def window(now: datetime, minutes: int) -> int:
    """The number of the stretch of time in which a source's failures are counted together."""
    return int(now.timestamp()) // (minutes * 60)


def source(address: str | None) -> str:
    """The name under which a network address is counted.

    One household or office has a whole /64 of IPv6, so it counts as one; what cannot be read counts together.
    """
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ip_network((parsed.packed[:8] + bytes(8), 64)))
    return str(parsed)
