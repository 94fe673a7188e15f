"""How weak the policy may be made, by anybody, in any way: these bounds are code, and nobody changes them by approving (IDN-9)."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any


class BrokenPolicy(RuntimeError):
    """A policy file cannot be trusted; nothing is decided by it (DEC-3)."""


@dataclass(frozen=True)
class Floor:
    """The bounds of one value: numbers from `least` to `most`; words only of `among`, and one of `needs`, if any, at the least."""

    least: int = 0
    most: int = 1_000_000
    among: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()


_STRONG = frozenset({"passkey", "app"})
_KINDS = frozenset({"capital", "small", "number", "special"})

FLOORS: dict[str, Floor] = {
    "password.min_length": Floor(least=8, most=64),
    "password.max_length": Floor(least=128, most=1024),
    "password.character_kinds": Floor(among=_KINDS),
    "password.history": Floor(most=24),
    "password.max_age_days": Floor(least=1, most=3650),
    "password.warn_days": Floor(least=1, most=60),
    "second_factor.partner_methods": Floor(among=_STRONG | {"email"}, needs=_STRONG),
    "second_factor.hub_methods": Floor(among=_STRONG, needs=_STRONG),
    "second_factor.code_drift_steps": Floor(most=1),
    "second_factor.email_code_minutes": Floor(least=1, most=10),
    "second_factor.email_code_tries": Floor(least=1, most=5),
    "second_factor.email_codes_most": Floor(least=1, most=5),
    "sign_in.failures_to_slow": Floor(least=1, most=10),
    "sign_in.slowest_answer_seconds": Floor(least=1, most=30),
    "sign_in.failures_to_lock": Floor(least=3, most=20),
    "sign_in.source_failures": Floor(least=5, most=100),
    "sign_in.source_window_minutes": Floor(least=5, most=1440),
    "sign_in.source_failures_day": Floor(least=5, most=500),
    "sign_in.device_days": Floor(most=365),
    "sign_in.half_open_minutes": Floor(least=1, most=15),
    "sign_in.invitation_hours": Floor(least=1, most=168),
    "sessions.idle_minutes": Floor(least=1, most=30),
    "sessions.session_hours": Floor(least=1, most=12),
    "sessions.fresh_minutes": Floor(least=1, most=15),
    "sessions.kept_days": Floor(least=7, most=365),
    "clients.calls_a_minute": Floor(least=60),
    "clients.decisions_a_minute": Floor(least=6_000, most=10_000_000),
    "two_people.proposal_days": Floor(least=1, most=90),
    "two_people.newcomer_days": Floor(least=1, most=365),
    "retention.group_1_age_years": Floor(least=1, most=150),
    **{f"retention.group_{group}_clear_years": Floor(least=1, most=150) for group in (2, 3)},
    **{f"retention.group_{group}_review_years": Floor(least=1, most=150) for group in (1, 2, 3)},
    # A 29 February that a year does not have never comes before 1 March, and 1 March itself never overtakes it.
    "retention.missing_date_days": Floor(least=1, most=1),
    "retention.oldest_subject_years": Floor(least=1, most=200),
}


def below_the_floor(name: str, value: Any) -> str | None:
    """What is wrong with this value of this name, in words; None where nothing is, or it has no floor."""
    floor = FLOORS.get(name)
    if name == "countries.refused_countries":
        return None if all(_is_country(code) for code in value) else "holds what is no ISO 3166 code of two capitals"
    if name == "countries.trusted_proxies":
        return None if all(map(_is_network, value)) else "holds what is no network, or one that is too wide to trust"
    if floor is None:
        return None
    if floor.among:
        if not set(value) <= floor.among or len(set(value)) < len(value):
            return f"may only hold {', '.join(sorted(floor.among))}, each once"
        return (
            None
            if not floor.needs or set(value) & floor.needs
            else f"must hold one of {', '.join(sorted(floor.needs))}"
        )
    numbers = value if isinstance(value, tuple) else (value,)
    if all(floor.least <= number <= floor.most for number in numbers):
        return None
    return f"must lie between {floor.least} and {floor.most}"


def _is_country(code: str) -> bool:
    return len(code) == 2 and code.isascii() and code.isalpha() and code.isupper()


def _is_network(text: str) -> bool:
    """A network that is not so wide that strangers could be in it."""
    try:
        network = ip_network(text)
    except ValueError:
        return False
    return network.prefixlen >= (8 if network.version == 4 else 32)
