"""Witnesses: `audit/witness.py` as anybody runs it, and one that answers whatever a test has it answer."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from compliance.kernel.settings import REPOSITORY
from tests.support.installation import a_free_port

UP_WITHIN_SECONDS = 20


class CannotWitness(Exception):
    """It did not begin; what it said."""


@dataclass
class Witness:
    """The program, in a process of its own, with a folder and a port."""

    folder: Path
    keys: str
    port: int = field(default_factory=a_free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def prefix(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def kept(self) -> str | None:
        """What lies in its folder."""
        path = self.folder / "checkpoint"
        return path.read_text() if path.exists() else None

    def start(self) -> Witness:
        """Start it, and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder.parent / f"{self.folder.name}.key").write_text(self.keys)
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(REPOSITORY / "audit" / "witness.py"), "--keep", str(self.folder), "--key",
             str(self.folder.parent / f"{self.folder.name}.key"), "--port", str(self.port)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        if not said.startswith("witness of "):
            self.end()
            raise CannotWitness(said)
        # What it prints is read, so that it never waits for a reader.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()
        until = time.monotonic() + UP_WITHIN_SECONDS
        while time.monotonic() < until:
            with suppress(httpx.TransportError):
                httpx.get(f"{self.prefix}/key")
                return self
            time.sleep(0.05)
        raise AssertionError("the witness does not answer")

    def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None and self.process.stdout is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process.stdout.close()

    def add(self, old: int, note: str, path: list[str] | None = None) -> httpx.Response:
        """One call, as any log makes it."""
        body = "\n".join([f"old {old}", *(path or []), "", note])
        return httpx.post(f"{self.prefix}/add-checkpoint", content=body.encode(), timeout=30)


@contextmanager
def a_witness(folder: Path, keys: str) -> Iterator[Witness]:
    """While in here a witness of these keys runs."""
    witness = Witness(folder, keys).start()
    try:
        yield witness
    finally:
        witness.end()


Answer = Callable[[bytes, socket.socket], None]


@contextmanager
def a_strange_witness(answer: Answer) -> Iterator[str]:
    """Something that listens, and answers each request as it pleases; its prefix."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def one(caller: socket.socket) -> None:
        with caller, suppress(OSError):
            caller.settimeout(20)
            answer(_request(caller), caller)

    def serve() -> None:
        with suppress(OSError):
            while not ended.is_set():
                caller, _ = listening.accept()
                threading.Thread(target=one, args=[caller], daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        ended.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def says(status: int, body: bytes = b"", kind: str = "text/plain", **headers: str) -> Answer:
    """The same to everybody."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    whole = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    return lambda _asked, caller: caller.sendall(whole)


def _request(caller: socket.socket) -> bytes:
    """What was sent, to its end where its length is said."""
    held = b""
    while b"\r\n\r\n" not in held:
        more = caller.recv(65536)
        if not more:
            return held
        held += more
    head, _, body = held.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
    while lengths and len(body) < int(lengths[0]):
        body += caller.recv(65536)
    return head + b"\r\n\r\n" + body
