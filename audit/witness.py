#!/usr/bin/env python3
"""Witness a log: `python witness.py --keep DIR --key FILE --port N`. It keeps the newest checkpoint, and never an older.

One file, the standard library and `cryptography` only; it shares no code with the service whose log it witnesses. Run
it where nobody who runs that service can reach. FILE holds the log's public keys, one a line (`compliance audit key`).

It speaks c2sp.org/tlog-witness for this one log. `POST /add-checkpoint` takes a checkpoint that has grown from the one
that is kept, keeps it so that neither a crash nor a power cut loses it, and answers with a cosignature
(c2sp.org/tlog-cosignature, Ed25519). A smaller, a different or an unsigned one is refused. `GET /checkpoint` shows the
one that is kept, and `GET /key` the key that cosigns, which is made in DIR at the first start.
Put a TLS proxy in front of it. To begin anew after a rollback that two people of the hub have accepted: stop it, move
DIR/checkpoint aside (keep it: it is the proof of what the log once was), start it.
"""

from __future__ import annotations

import argparse
import base64
import fcntl
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

DASH = "\u2014"
LOG_KEY, COSIGNING_KEY = b"\x01", b"\x04"
MOST_BYTES, MOST_HASHES, MOST_AT_ONCE = 64 * 1024, 63, 32
PATIENCE_SECONDS, LONGEST_SECONDS = 10, 60
SIZE_TYPE, TEXT_TYPE = "text/x.tlog.size", "text/plain; charset=utf-8"
NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
NAME = re.compile(r"[^\s+]+")


class Refused(Exception):
    """What is answered in the place of a cosignature: the status, and the body with its type."""

    def __init__(self, status: HTTPStatus, said: str, kind: str = TEXT_TYPE) -> None:
        super().__init__(said)
        self.status, self.said, self.kind = status, said, kind


@dataclass(frozen=True)
class Note:
    """A checkpoint that one of the log's keys signed: its text, what it says, and all of it with what holds."""

    text: str
    size: int
    root: bytes
    written: str


@dataclass(frozen=True)
class LogKeys:
    """The public keys of the one log, all of one name, which is the log's origin."""

    origin: str
    known: dict[bytes, bytes]

    @classmethod
    def read(cls, text: str) -> LogKeys:
        """From lines as `compliance audit key` prints them; raises ValueError, saying what is wrong."""
        held, names = {}, set()
        for line in filter(None, map(str.strip, text.split("\n"))):
            name, _, rest = line.partition("+")
            given, _, key = rest.partition("+")
            public = base64.b64decode(key, validate=True)
            known = key_id(name, public)
            if len(public) != 33 or public[:1] != LOG_KEY or not NAME.fullmatch(name) or known.hex() != given:
                raise ValueError("a line is no Ed25519 key of a log")
            names.add(name)
            held[known] = public[1:]
        if len(names) != 1:
            raise ValueError("the keys have to be of one log, and one at least")
        return cls(names.pop(), held)

    def opened(self, note: str) -> Note:
        """The checkpoint in a note; raises Refused with 400, 404 or 403, in this order."""
        text, gap, signatures = note.partition("\n\n")
        lines = text.split("\n")
        if not gap or len(lines) != 3 or not NUMBER.fullmatch(lines[1]):
            raise Refused(HTTPStatus.BAD_REQUEST, "a checkpoint has an origin, a size, a root, and signatures\n")
        root = hash_of(lines[2])
        if lines[0] != self.origin:
            raise Refused(HTTPStatus.NOT_FOUND, "another log is witnessed here\n")
        good = [line for line in signatures.split("\n") if self._signed(line, f"{text}\n".encode())]
        if not good:
            raise Refused(HTTPStatus.FORBIDDEN, "none of the log's keys signed this\n")
        return Note(f"{text}\n", int(lines[1]), root, "\n".join([text, "", *good, ""]))

    def _signed(self, line: str, text: bytes) -> bool:
        with suppress(ValueError, InvalidSignature):
            dash, name, signature = line.split(" ")
            made = base64.b64decode(signature, validate=True)
            if (dash, name) == (DASH, self.origin) and made[:4] in self.known:
                Ed25519PublicKey.from_public_bytes(self.known[made[:4]]).verify(made[4:], text)
                return True
        return False


@dataclass
class Witness:
    """What one witness keeps, and with what it signs. Whoever comes is answered one after another."""

    folder: Path
    log: LogKeys
    name: str
    key: Ed25519PrivateKey
    kept: Note | None
    turn: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def at(cls, folder: Path, log: LogKeys, name: str) -> Witness:
        """The witness of this folder; raises ValueError where what lies there is not what a witness kept."""
        key, kept, path = cosigning_key(folder / "cosigning-key"), None, folder / "checkpoint"
        if path.exists():
            try:
                kept = log.opened(path.read_bytes().decode())
            except (Refused, UnicodeError) as problem:
                raise ValueError(f"{path} is no checkpoint of {log.origin}: {problem}") from None
        return cls(folder, log, name, key, kept)

    def add(self, body: bytes) -> str:
        """Take a checkpoint and cosign it; raises Refused."""
        old, path, note = parsed(body)
        offered = self.log.opened(note)
        if old > offered.size:
            raise Refused(HTTPStatus.BAD_REQUEST, "the old size is beyond the checkpoint\n")
        with self.turn:
            size = self.kept.size if self.kept else 0
            if old != size or (self.kept and size == offered.size and self.kept.root != offered.root):
                raise Refused(HTTPStatus.CONFLICT, f"{size}\n", SIZE_TYPE)
            if not has_grown(self.kept, offered, path):
                raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "that does not show the log to have grown\n")
            if self.kept is None or size != offered.size:
                keep(self.folder / "checkpoint", offered.written.encode())
                self.kept = offered
        return self.cosigned(offered)

    def cosigned(self, note: Note) -> str:
        """The line that says when this witness knew this checkpoint for the log's newest."""
        at = int(time.time())
        made = self.key.sign(f"cosignature/v1\ntime {at}\n{note.text}".encode())
        whole = key_id(self.name, self._held) + at.to_bytes(8, "big") + made
        return f"{DASH} {self.name} {base64.b64encode(whole).decode()}\n"

    @property
    def public(self) -> str:
        """The key that cosigns, as it is handed out."""
        return f"{self.name}+{key_id(self.name, self._held).hex()}+{base64.b64encode(self._held).decode()}"

    @property
    def _held(self) -> bytes:
        return COSIGNING_KEY + self.key.public_key().public_bytes_raw()


def key_id(name: str, public: bytes) -> bytes:
    """The four bytes by which a signature says which key made it."""
    return sha256(name.encode() + b"\n" + public).digest()[:4]


def parsed(body: bytes) -> tuple[int, list[bytes], str]:
    """The old size, the hashes and the note of a request; raises Refused with 400."""
    try:
        head, gap, note = body.decode().partition("\n\n")
    except UnicodeError:
        raise Refused(HTTPStatus.BAD_REQUEST, "that is no text\n") from None
    first, *hashes = head.split("\n")
    word, _, size = first.partition(" ")
    if not gap or word != "old" or not NUMBER.fullmatch(size) or len(hashes) > MOST_HASHES:
        raise Refused(HTTPStatus.BAD_REQUEST, "say `old` and a size, the hashes, an empty line, the checkpoint\n")
    return int(size), [hash_of(line) for line in hashes], note


def hash_of(line: str) -> bytes:
    """A hash out of base64; raises Refused with 400."""
    with suppress(ValueError):
        held = base64.b64decode(line, validate=True)
        if len(held) == 32 and base64.b64encode(held).decode() == line:
            return held
    raise Refused(HTTPStatus.BAD_REQUEST, "a hash is 32 bytes in base64\n")


def has_grown(kept: Note | None, offered: Note, path: Sequence[bytes]) -> bool:
    """Whether the path shows that the log of the checkpoint holds what is kept, unchanged (RFC 9162, 2.1.4.2)."""
    if kept is None or kept.size == 0:
        return not path and (offered.size > 0 or offered.root == sha256(b"").digest())
    old, new = kept.size, offered.size
    if old == new:
        return not path and kept.root == offered.root
    if not path:
        return False
    steps = list(path) if old & (old - 1) else [kept.root, *path]
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    as_old = as_new = steps[0]
    for each in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            as_old, as_new = node(each, as_old), node(each, as_new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            as_new = node(as_new, each)
        place, last = place >> 1, last >> 1
    return last == 0 and as_old == kept.root and as_new == offered.root


def node(left: bytes, right: bytes) -> bytes:
    """What stands above two hashes."""
    return sha256(b"\1" + left + right).digest()


def keep(path: Path, held: bytes) -> None:
    """Put this in the file's place so that after a crash or a power cut there is the old or the new, and nothing else."""
    beside = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(held)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def cosigning_key(path: Path) -> Ed25519PrivateKey:
    """The witness's own key; made at the first start, readable by its user alone."""
    if not path.exists():
        keep(path, base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()))
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(path.read_bytes()))


def alone(folder: Path) -> BinaryIO:
    """Hold the folder as its only witness for as long as this process lives; raises ValueError where another does."""
    held = (folder / "lock").open("wb")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        raise ValueError(f"another witness keeps {folder}") from None
    return held


class Door(BaseHTTPRequestHandler):
    """The two prefixes' calls over HTTP. Nobody who is slow, or sends too much, holds up anybody else."""

    protocol_version = "HTTP/1.1"
    timeout = PATIENCE_SECONDS
    witness: Witness
    places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def do_POST(self) -> None:
        """`add-checkpoint`."""
        length = self.headers.get("Content-Length", "")
        try:
            if self.path != "/add-checkpoint":
                raise Refused(HTTPStatus.NOT_FOUND, "there is add-checkpoint here\n")
            if not NUMBER.fullmatch(length) or int(length) > MOST_BYTES:
                raise Refused(HTTPStatus.BAD_REQUEST, f"say how much you send; at most {MOST_BYTES} bytes\n")
            said = self.witness.add(self.rfile.read(int(length)))
        except Refused as refused:
            self._answer(refused.status, refused.said, refused.kind)
        else:
            self._answer(HTTPStatus.OK, said)

    def do_GET(self) -> None:
        """`checkpoint`, and `key`."""
        kept = self.witness.kept
        shown = {"/checkpoint": kept and kept.written, "/key": f"{self.witness.public}\n"}.get(self.path)
        self._answer(HTTPStatus.OK if shown else HTTPStatus.NOT_FOUND, shown or "there is nothing here\n")

    def handle(self) -> None:
        """As many at once as there are places, each for a while; whoever finds none is not heard."""
        if not self.places.acquire(blocking=False):
            return
        enough = threading.Timer(LONGEST_SECONDS, self._hang_up)
        enough.daemon = True
        enough.start()
        try:
            with suppress(TimeoutError, ConnectionError):
                super().handle()
        finally:
            enough.cancel()
            self.places.release()

    def _hang_up(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _answer(self, status: HTTPStatus, said: str, kind: str = TEXT_TYPE) -> None:
        body = said.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status >= HTTPStatus.BAD_REQUEST:
            # What was sent may not have been read to its end, so what follows could be taken for another request.
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name it has in the library
        """One line for each answer, without what was sent."""
        status = args[1:2] if format.startswith('"') else ()
        print(self.log_date_time_string(), self.address_string(), *status, flush=True)


def main() -> int:
    """Witness until stopped; 1 where that cannot be begun."""
    parser = argparse.ArgumentParser(description="Keep the newest checkpoint of a log, and never an older.")
    parser.add_argument("--keep", type=Path, required=True, metavar="DIR", help="where the checkpoint is kept")
    parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="the log's public keys, one a line")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--name", default="witness", help="the name that cosignatures are made under")
    asked = parser.parse_args()
    try:
        if not NAME.fullmatch(asked.name):
            raise ValueError("a name has no space and no plus")
        log = LogKeys.read(asked.key.read_text())
        asked.keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        held = alone(asked.keep)
        Door.witness = Witness.at(asked.keep, log, asked.name)
        server = ThreadingHTTPServer((asked.host, asked.port), Door)
    except (OSError, ValueError) as problem:
        print(f"cannot witness: {problem}", file=sys.stderr)
        return 1
    print(f"witness of {log.origin} on {asked.host}:{asked.port}, cosigns as {Door.witness.public}", flush=True)
    with held, server, suppress(KeyboardInterrupt):
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
