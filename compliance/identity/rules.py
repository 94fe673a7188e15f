"""How far a sign-in has come, when failures slow and lock, and who may hold which role: tables, nothing else."""

from __future__ import annotations

from collections.abc import Collection
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


class Method(StrEnum):
    """A second factor, the strongest first: a passkey, an app's codes, codes by e-mail (IDN-3)."""

    PASSKEY = "passkey"
    APP = "app"
    EMAIL = "email"


def methods(held: Collection[str], allowed: Collection[str], *, hub_team: bool) -> tuple[Method, ...]:
    """Which of these second factors may be used, the strongest first; e-mail never opens a hub account (IDN-3)."""
    return tuple(
        each for each in Method if each in held and each in allowed and not (hub_team and each is Method.EMAIL)
    )


class End(StrEnum):
    """Why a session ended (IDN-6)."""

    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    BY_THE_HUB = "by_the_hub"
    CLOSED_TO_STRANGERS = "closed_to_strangers"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason, not a password
    FACTOR_CHANGED = "factor_changed"
    PASSWORD_COMPROMISED = "password_compromised"  # noqa: S105 - a reason, not a password
    LOCKED = "locked"
    RESET = "reset"
    LICENCE_ENDED = "licence_ended"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Compromise(StrEnum):
    """Why one thinks that somebody else may know a password (IDN-2)."""

    TOLD = "told"
    TRICKED = "tricked"
    SEEN = "seen"
    STOLEN = "stolen"
    LISTED = "listed"


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


ROLE_NAMES = {
    "hub_manager": "MARAC manager",
    "hub_supervisor": "MARAC supervisor",
    "hub_coordinator": "MARAC co-ordinator",
    "authorised_signatory": "Authorised signatory",
    "delegate": "Delegate",
    "escalation_contact": "Escalation contact",
    "ig_officer": "Information governance officer",
    "steering_member": "Steering group member",
    "executive_chair": "Executive chair",
}
"""What people call each role."""


class RoleEnd(StrEnum):
    """Why a role ended: somebody took it back, its last day has passed, or the organisation it was for has left."""

    TAKEN_BACK = "taken_back"
    LAST_DAY = "last_day"
    ORGANISATION_LEFT = "organisation_left"


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


CLOCKS_APART = timedelta(minutes=1)
"""How far two of our clocks may differ. What lies further ahead was written before a clock stepped back."""


def lies_ahead(now: datetime, instant: datetime) -> bool:
    """Whether something is said to have happened later than now: a clock stepped back, and it counts no more.

    Else whatever it opened would stay open for as much longer as the clock stepped (IDN-6).
    """
    return instant > now + CLOCKS_APART


def is_live(now: datetime, limits: Limits, *, opened_at: datetime, seen_at: datetime, whole: bool) -> bool:
    """Whether a sign-in opened and last seen at these instants still stands; the last instant is already too late."""
    if lies_ahead(now, opened_at) or lies_ahead(now, seen_at):
        return False
    if now >= opened_at + limits.whole or now >= seen_at + limits.idle:
        return False
    return whole or now < opened_at + limits.half_open


def stage(*, whole: bool, enrolled: bool, allowed: bool, must_renew: bool) -> Stage:
    """What a sign-in waits for next.

    Somebody whose second factors the policy no longer allows gives one of them once more, and then enrols another:
    a password alone would let whoever knows it choose what else it takes (IDN-3).
    """
    if not whole:
        return Stage.CODE if enrolled else Stage.ENROL
    if not allowed:
        return Stage.ENROL
    return Stage.RENEW if must_renew else Stage.WHOLE


def password_until(set_at: datetime, days: int) -> datetime:
    """The instant from which a password only opens the way to a new one (IDN-2)."""
    return set_at + timedelta(days=days)


def nearest_warning(now: datetime, until: datetime, warn_days: Collection[int]) -> int | None:
    """Which of these warnings, in days before the end, is the nearest that is true by now; None before and after."""
    if now >= until:
        return None
    true = [days for days in warn_days if now >= until - timedelta(days=days)]
    return min(true, default=None)


def wait_seconds(failures: int, *, slow_from: int, slowest: int) -> int:
    """How late the answer to this many failures in a row comes: 1, 2, 4… seconds, up to the slowest (IDN-4)."""
    if failures < slow_from:
        return 0
    return min(slowest, 1 << min(failures - slow_from, 16))


def locks(failures: int, *, limit: int) -> bool:
    """Whether this many failures in a row lock an account (IDN-4)."""
    return failures >= limit


def window(now: datetime, minutes: int) -> int:
    """The stretch of time in which a source's failures are counted together: its first second since 1970."""
    seconds = minutes * 60
    return int(now.timestamp()) // seconds * seconds


DAY_MINUTES = 24 * 60


def day(now: datetime) -> int:
    """The day in which they are counted as well; below nought, so that no window bears the same number."""
    return -window(now, DAY_MINUTES)


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
