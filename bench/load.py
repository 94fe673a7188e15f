"""A load generator small enough not to be the bottleneck: one process, many connections, no parsing but lengths."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What came of it: requests answered a second, and the 50th and 99th percentile of their time, in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float
    refused: int


class _Line:
    """One connection, with one request in flight."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent_at = 0.0
        self.got = b""

    def send(self, request: bytes) -> None:
        self.got = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bytes | None:
        """The whole answer once it is there."""
        part = self.socket.recv(1 << 18)
        if not part:
            raise ConnectionError("the server closed the connection")
        self.got += part
        head, found, body = self.got.partition(b"\r\n\r\n")
        if not found:
            return None
        place = head.lower().find(b"content-length:")
        length = int(head[place + 15 :].split(b"\r\n", 1)[0])
        return self.got if len(body) >= length else None


def drive(port: int, request: Callable[[], bytes], *, connections: int, seconds: float, taken: bytes = b"200") -> Load:
    """Keep so many connections busy for so long; each sends its next request as soon as it was answered.

    Whatever is not answered with the status `taken` counts as refused.
    """
    selector = selectors.DefaultSelector()
    lines = [_Line(port) for _ in range(connections)]
    times: list[float] = []
    refused = 0
    for line in lines:
        selector.register(line.socket, selectors.EVENT_READ, line)
        line.send(request())
    began = time.perf_counter()
    end = began + seconds
    while time.perf_counter() < end:
        for key, _ in selector.select(1):
            line = key.data
            answer = line.receive()
            if answer is None:
                continue
            times.append(time.perf_counter() - line.sent_at)
            refused += not answer.startswith(b"HTTP/1.1 " + taken)
            line.send(request())
    took = time.perf_counter() - began
    for line in lines:
        line.socket.close()
    times.sort()
    return Load(len(times) / took, _percentile(times, 0.5), _percentile(times, 0.99), refused)


def post(path: str, body: bytes, token: str | None = None) -> bytes:
    """The bytes of one request."""
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{authorization}"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _percentile(times: list[float], part: float) -> float:
    return times[min(len(times) - 1, int(len(times) * part))] * 1000
