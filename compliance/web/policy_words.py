"""How the policy is said to people: its groups, its values, how far they can be changed, and what a change does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.kernel.context import in_force
from policies.floors import FLOORS
from policies.values import Policy

GROUPS = {
    "password": "Passwords",
    "second_factor": "Second factors",
    "sign_in": "Guessing and lockout",
    "sessions": "Sessions",
    "countries": "Countries and proxies",
    "two_people": "Acts of two people",
}
"""The parts of the policy, in the order in which they are shown."""

WORDS = {
    "passkey": "passkey",
    "app": "authenticator app",
    "email": "code by e-mail",
    "capital": "capital letter",
    "small": "small letter",
    "number": "number",
    "special": "special character",
}

_OF_A_KIND = {
    "countries.refused_countries": "two-letter codes of ISO 3166 in capitals, such as AQ",
    "countries.trusted_proxies": "networks such as 192.0.2.0/24, no wider than /8 for IPv4 or /32 for IPv6",
}


def said_value(value: Any) -> str:
    """A value in words: *12*; *14, 7, 3, 1*; *passkey, authenticator app*; *none*."""
    if isinstance(value, (list, tuple)):
        return ", ".join(WORDS.get(str(each), str(each)) for each in value) or "none"
    return f"{value:,}" if isinstance(value, int) else str(value)


def said_name(name: str) -> str:
    """What a value means, by its name, as the policy in force says it."""
    known = in_force(Policy).known(name)
    return known.means if known else name


def said_bounds(name: str) -> str:
    """How far a value can be changed, by anybody: its floor in words (IDN-9)."""
    if name in _OF_A_KIND:
        return _OF_A_KIND[name]
    floor = FLOORS[name]
    if floor.among:
        some = f", and {' or '.join(sorted(floor.needs))} among them" if floor.needs else ""
        return f"any of {', '.join(sorted(floor.among))}{some}"
    return f"from {floor.least} to {floor.most}"


def said_change(asked: Mapping[str, Any]) -> str:
    """What a proposed change of the policy would do, in one line, for whoever decides on it."""
    before, after = said_value(asked["before"]), said_value(asked["after"])
    return f"Change the policy: {said_name(str(asked['name']))}: from {before} to {after}."
