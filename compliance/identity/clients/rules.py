"""What a program may be registered with: its scopes, its addresses, where it calls from. Pure (DEC-3).

An address that people are sent to is compared whole with what was registered, so here it is looked at once, hard.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from compliance.identity.access_tokens import SCOPES
from compliance.kernel.errors import FieldError, Invalid

ADDRESSES_MOST = 10
NETWORKS_MOST = 20
LONGEST_ADDRESS = 500
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class End(StrEnum):
    """Why somebody is signed in to a program no more."""

    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    TIME_OVER = "time_over"
    RIGHT_ENDED = "right_ended"
    CLIENT_ENDED = "client_ended"


@dataclass(frozen=True)
class Registration:
    """What a program is registered with, as two people agree on it: plain values, in the order they are shown in."""

    name: str
    scopes: tuple[str, ...]
    networks: tuple[str, ...] = ()
    redirects: tuple[str, ...] = ()
    logout_redirects: tuple[str, ...] = ()
    back_channel: str | None = None

    def as_asked(self) -> dict[str, object]:
        """The same as JSON has it."""
        return {
            "name": self.name,
            "scopes": list(self.scopes),
            "networks": list(self.networks),
            "redirects": list(self.redirects),
            "logout_redirects": list(self.logout_redirects),
            "back_channel": self.back_channel,
        }


def fits(registration: Registration, *, plain_http: bool) -> Registration:
    """The registration in its own spelling; raises Invalid at each field that will not do.

    `plain_http` lets addresses of this machine be reached without TLS, where the service itself is.
    """
    errors: list[FieldError] = []
    scopes = tuple(known for known in SCOPES if known in registration.scopes)
    if set(registration.scopes) - set(SCOPES) or not (scopes or registration.redirects):
        errors.append(FieldError("/scopes", f"Choose one or more of: {', '.join(SCOPES)}."))
    for field in ("redirects", "logout_redirects"):
        addresses: tuple[str, ...] = getattr(registration, field)
        if len(set(addresses)) != len(addresses) or len(addresses) > ADDRESSES_MOST:
            errors.append(FieldError(f"/{field}", f"Give each address once, and {ADDRESSES_MOST} or fewer."))
        errors += [FieldError(f"/{field}", wrong) for each in addresses if (wrong := wrong_with(each, plain_http))]
    if registration.back_channel is not None and (wrong := wrong_with(registration.back_channel, plain_http)):
        errors.append(FieldError("/back_channel", wrong))
    networks = tuple(dict.fromkeys(_network(each) or each for each in registration.networks))
    if any(_network(each) is None for each in networks) or len(networks) > NETWORKS_MOST:
        words = f"Give networks such as 192.0.2.0/24 or 2001:db8::/48, one a line, and {NETWORKS_MOST} or fewer."
        errors.append(FieldError("/networks", words))
    if errors:
        raise Invalid(fields=tuple(errors))
    return Registration(
        registration.name, scopes, networks, registration.redirects, registration.logout_redirects,
        registration.back_channel,
    )  # fmt: skip


def wrong_with(address: str, plain_http: bool) -> str | None:
    """What is wrong with an address that people or we are to be sent to; None where nothing is."""
    if len(address) > LONGEST_ADDRESS or not address.isascii() or not address.isprintable() or " " in address:
        return f"Give an address of plain characters, {LONGEST_ADDRESS} at the most."
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "Give a whole address, such as https://case.example/signed-in."
    host = parts.hostname or ""
    if not host or port == 0 or "*" in address or "\\" in address:
        return "Give one whole address, without *: it is compared letter by letter."
    if parts.username is not None or parts.password is not None or "#" in address:
        return "Give an address without a user, a password or #."
    if parts.scheme == "https":
        return None
    if parts.scheme == "http" and plain_http and host in _LOOPBACK:
        return None
    return "Give an address that begins with https://."


def calls_from(networks: tuple[str, ...], address: str | None) -> bool:
    """Whether a program with these networks may call from this address; without any it may from everywhere."""
    if not networks:
        return True
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return False
    known = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(known.version == each.version and known in each for each in map(ip_network, networks))


def _network(given: str) -> str | None:
    try:
        return str(ip_network(given))
    except ValueError:
        return None
