"""How the policy is said to people: its groups, its values, how far they can be changed, and what a change does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compliance.identity.proposals.models import Proposal
from compliance.identity.use_cases.policy_changes import POLICY_CHANGE
from compliance.kernel.context import Context, in_force
from policies.floors import FLOORS, Floor
from policies.values import STANDARDS, Policy

from .asked import Fact, in_words

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
    floor = FLOORS.get(name, Floor())
    if floor.among:
        some = f", and {' or '.join(sorted(floor.needs))} among them" if floor.needs else ""
        return f"any of {', '.join(sorted(floor.among))}{some}"
    return f"from {floor.least} to {floor.most}"


@in_words(POLICY_CHANGE, "Change the policy")
def said_change(ctx: Context, _proposal: Proposal, asked: Mapping[str, Any]) -> Iterable[Fact]:
    """What a proposed change would do, for whoever decides on it, and what the standards say of it."""
    name = str(asked["name"])
    known = ctx.the(Policy).known(name)
    yield "What", f"{GROUPS[name.partition('.')[0]]}: {known.means if known else name}"
    yield "Before", said_value(asked["before"])
    yield "After", said_value(asked["after"])
    yield "Floor", said_bounds(name)
    for standard, text in known.differs.items() if known else ():
        yield STANDARDS[standard], text
