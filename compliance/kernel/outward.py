"""Calling an address that somebody gave us, and nothing behind it: what is inside our own network is not to be reached so.

The name is looked up once, every address it has is judged, and one of those is connected to: it cannot mean another
place a moment later. A literal that hides an address of version 4 in one of version 6 is judged by what it hides.
Where an operator allows networks of our own (`COMPLIANCE_OUTWARD_NETWORKS`), those may be called, and of them this
machine without TLS. Nothing is followed elsewhere, no more of an answer is read than was asked for, and however slow
the other side is, the whole takes so many seconds.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from .jobs import Stopping

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST = 500
"""Characters of an address at the most."""

_NAT64 = ip_network("64:ff9b::/96")
_NOT_OUTSIDE = tuple(
    map(
        ip_network,
        ("::/96", "64:ff9b:1::/48", "fec0::/10", "192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32"),
    )
)
"""What is no place in the internet although Python takes it for one, in some version of it: kept for translations,
tunnels, documents, and sites."""


class Problem(StrEnum):
    """Why a call did not come to a good end."""

    NOT_FOUND = "not_found"
    INSIDE = "inside"
    NOT_REACHED = "not_reached"
    NO_ANSWER = "no_answer"
    NOT_TRUSTED = "not_trusted"
    REDIRECTED = "redirected"
    REFUSED = "refused"
    NOT_UNDERSTOOD = "not_understood"
    INTERRUPTED = "interrupted"


class NotTaken(Exception):
    """The other side did not take what it was sent; why. Nothing of its words is kept."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class Reach:
    """How far a call may go: which networks of our own it may reach, for how long, and how much is read."""

    networks: tuple[Network, ...]
    seconds: float
    answer_bytes: int


def is_outside(address: Address) -> bool:
    """Whether this is a place in the internet at large, whatever it is written as."""
    if isinstance(address, IPv6Address):
        hidden = _hidden(address)
        if hidden is not None:
            return is_outside(hidden)
    return (
        address.is_global
        and not address.is_multicast
        and not any(address in network for network in _NOT_OUTSIDE if network.version == address.version)
    )


def may_reach(address: Address, networks: Sequence[Network]) -> bool:
    """Whether it is outside, or in a network that the operator allows."""
    plain = (_hidden(address) if isinstance(address, IPv6Address) else None) or address
    return is_outside(address) or any(plain in network for network in networks if network.version == plain.version)


def wrong_with(url: str, networks: Sequence[Network]) -> str | None:
    """What is wrong with an address before anything is looked up; None where nothing is."""
    if len(url) > LONGEST or not url.isascii() or any(ord(each) < 33 or ord(each) == 127 for each in url):
        return f"Give an address of at most {LONGEST} plain characters, without spaces."
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "This is no address of the web. Give one such as https://cases.example.org/changes."
    if parts.scheme not in ("https", "http") or not host or "\\" in url or port == 0:
        return "This is no address of the web. Give one such as https://cases.example.org/changes."
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "Leave out any user, password and # part."
    literal = _literal(host)
    if parts.scheme == "http" and not (_is_this_machine(host) and networks):
        return "Give an address that begins with https://."
    if literal is not None and not may_reach(literal, networks):
        return "This address is inside our own network. Whoever runs this service says which of those may be called."
    return None


def post(url: str, headers: Mapping[str, str], body: bytes, reach: Reach, stopping: Stopping) -> int:
    """Send this and give the status of an answer that took it (2xx); raises NotTaken for any other end."""
    if wrong_with(url, reach.networks):
        raise NotTaken(Problem.INSIDE)
    call = _Call(urlsplit(url), reach, stopping)
    with call.bounded():
        status = call.made(headers, body)
    if 200 <= status < 300:
        return status
    raise NotTaken(Problem.REDIRECTED if 300 <= status < 400 else Problem.REFUSED)


class _Call:
    """One call: within its deadline, and ended when we are told to stop."""

    def __init__(self, target: SplitResult, reach: Reach, stopping: Stopping) -> None:
        self._target = target
        self._reach = reach
        self._stopping = stopping
        self._over = False
        self._ends = time.monotonic() + reach.seconds
        self._socket: socket.socket | None = None

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """While in here the deadline and being told to stop hang up."""
        deadline = threading.Timer(self._reach.seconds, self._give_up)
        deadline.daemon = True
        deadline.start()
        try:
            with self._stopping.interrupting(self._hang_up):
                yield
        finally:
            deadline.cancel()

    def made(self, headers: Mapping[str, str], body: bytes) -> int:
        try:
            return self._made(headers, body)
        except ssl.SSLError as problem:
            raise NotTaken(self._why(Problem.NOT_TRUSTED)) from problem
        except TimeoutError as problem:
            raise NotTaken(self._why(Problem.NO_ANSWER)) from problem
        except OSError as problem:
            raise NotTaken(self._why(Problem.NOT_REACHED)) from problem
        except (HTTPException, ValueError, AttributeError) as problem:
            # The library stumbles over a socket that was shut under its hands in more ways than one.
            raise NotTaken(self._why(Problem.NOT_UNDERSTOOD)) from problem

    def _made(self, headers: Mapping[str, str], body: bytes) -> int:
        host, tls = self._target.hostname or "", self._target.scheme == "https"
        port = self._target.port or (443 if tls else 80)
        # It only writes and reads: where it leads is decided here.
        connection = HTTPConnection(host, port)
        try:
            self._socket = connection.sock = self._connected(host, port, tls=tls)
            path = self._target.path or "/"
            asked = f"{path}?{self._target.query}" if self._target.query else path
            self._go_on()
            connection.request("POST", asked, body, {**headers, "Host": self._target.netloc, "Connection": "close"})
            reply = connection.getresponse()
            reply.read(self._reach.answer_bytes)
            self._go_on()
            return reply.status
        finally:
            connection.close()

    def _connected(self, host: str, port: int, *, tls: bool) -> socket.socket:
        """Connected to one of the addresses the name has now; raises NotTaken where any of them is none to call."""
        problem: OSError | None = None
        for address in self._addresses(host, port):
            try:
                plain = socket.create_connection((str(address), port), timeout=self._left())
            except OSError as met:
                problem = met
                continue
            self._socket = plain
            if not tls:
                return plain
            plain.settimeout(self._left())
            try:
                return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            except BaseException:
                plain.close()
                raise
        raise problem if problem is not None else NotTaken(Problem.NOT_FOUND)

    def _addresses(self, host: str, port: int) -> list[Address]:
        found = list(dict.fromkeys(self._looked_up(host, port)))
        if not all(may_reach(address, self._reach.networks) for address in found):
            raise NotTaken(Problem.INSIDE)
        if self._target.scheme == "http" and not all(address.is_loopback for address in found):
            raise NotTaken(Problem.INSIDE)
        return found

    def _looked_up(self, host: str, port: int) -> list[Address]:
        """Looking a name up cannot be hurried, so it is left behind where it lasts too long."""
        found: list[Address] = []
        done = threading.Event()

        def look() -> None:
            with suppress(OSError, ValueError, UnicodeError):
                for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                    found.append(ip_address(str(place[0]).partition("%")[0]))
            done.set()

        threading.Thread(target=look, daemon=True).start()
        while not done.wait(min(0.1, self._left())):
            self._go_on(Problem.NOT_FOUND)
        if not found:
            raise NotTaken(Problem.NOT_FOUND)
        return found

    def _go_on(self, otherwise: Problem = Problem.NO_ANSWER) -> None:
        """Raises NotTaken where the time is over, or we were told to stop."""
        if self._over or self._stopping.told:
            raise NotTaken(self._why(otherwise))

    def _left(self) -> float:
        return max(0.01, self._ends - time.monotonic())

    def _why(self, otherwise: Problem) -> Problem:
        if self._stopping.told:
            return Problem.INTERRUPTED
        return Problem.NO_ANSWER if self._over else otherwise

    def _give_up(self) -> None:
        self._over = True
        self._hang_up()

    def _hang_up(self) -> None:
        held = self._socket
        if held is not None:
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)


def _hidden(address: IPv6Address) -> IPv4Address | None:
    """The address of version 4 that one of version 6 stands for: mapped, translated, or at the end of a tunnel."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _is_this_machine(host: str) -> bool:
    literal = _literal(host)
    return host == "localhost" or (literal is not None and literal.is_loopback)
