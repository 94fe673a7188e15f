"""Where a request comes from: whose word for it is believed, and from where nobody signs in (IDN-7)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

FORWARDED_FOR = "HTTP_X_FORWARDED_FOR"
"""Where a door finds the chain of X-Forwarded-For; the server joins several headers of that name in their order."""


def source_address(peer: str | None, forwarded_for: str | None, trusted_networks: tuple[str, ...]) -> str | None:
    """The address that a request came from, as far as somebody can be believed who says so.

    The chain of X-Forwarded-For is read from its right end, where our own proxies write, and ends with the first
    address that is not one of theirs: what stands left of it is a stranger's word. Without a trusted proxy, and
    for a chain in which a proxy of ours wrote what is no address, it is the peer.
    """
    if not forwarded_for or not trusted_networks:
        return peer
    at_the_door = address_of(peer)
    if at_the_door is None:
        return peer
    trusted = _networks(trusted_networks)
    source = at_the_door
    for hop in reversed(forwarded_for.split(",")):
        if not _among(source, trusted):
            break
        before = address_of(hop.strip(" \t"))
        if before is None:
            return str(at_the_door)
        source = before
    return str(source)


def came_from(environ: Mapping[str, Any], trusted_networks: Callable[[], tuple[str, ...]]) -> str | None:
    """The same for a request as its door gets it; who is trusted is asked only where somebody was forwarded."""
    peer, forwarded_for = environ.get("REMOTE_ADDR") or None, environ.get(FORWARDED_FOR)
    return source_address(peer, forwarded_for, trusted_networks()) if forwarded_for else peer


def is_refused(country: str | None, refused: Collection[str]) -> bool:
    """Whether nobody signs in from this country; one that is not known is not refused."""
    return country is not None and country in refused


def address_of(text: str | None) -> Address | None:
    """An address as it is compared; one of IPv4 that is written as one of IPv6 is one of IPv4."""
    try:
        address = ip_address(text or "")
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return None if address.scope_id else address.ipv4_mapped or address
    return address


def _among(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


@lru_cache(maxsize=8)
def _networks(written: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(each) for each in written)
