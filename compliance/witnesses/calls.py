"""A witness that is called over HTTPS: the client of c2sp.org/tlog-witness (AUD-3).

Asking it and telling it are one call: it takes what has grown from what it holds, and says what it holds otherwise.
It says a size only. A witness that shows its checkpoint as well (`GET <prefix>/checkpoint`, as `audit/witness.py`
does) proves what it says, because our own key signed that.

Nothing that it answers is believed further than that, and no more of it is read than a checkpoint is long. It is
not followed elsewhere, and however slow it is, the whole takes seconds.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from audit.notes import BadNote
from compliance.kernel.jobs import Stopping

from .own import Shown, Since
from .rules import LARGEST, Answer, Held, Problem

CONNECT_SECONDS = 3.0
WHOLE_SECONDS = 8.0
"""For how long a witness is waited for: until it takes the connection, and for everything together."""

MOST_BYTES = 64 * 1024
ROUNDS = 4
SIZE_TYPE = "text/x.tlog.size"
_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n")
_COSIGNATURE = re.compile("\u2014 [^ \n]+ ([A-Za-z0-9+/]+={0,2})")

Reply = tuple[int, str, bytes]


class NotAsked(Exception):
    """The witness could not be asked; why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


class Line:
    """One errand to a witness: as many calls as it takes, within one deadline, and ended when we are told to stop."""

    def __init__(self, prefix: str, stopping: Stopping, seconds: float) -> None:
        self._target = urlsplit(prefix)
        self._stopping = stopping
        self._over = False
        self._connection: HTTPConnection | None = None
        self._held: socket.socket | None = None
        self._deadline = threading.Timer(seconds, self._give_up)
        self._deadline.daemon = True

    @contextmanager
    def open(self) -> Iterator[Line]:
        self._deadline.start()
        try:
            with self._stopping.interrupting(self._hang_up):
                yield self
        finally:
            self._deadline.cancel()

    def call(self, method: str, name: str, body: bytes = b"") -> Reply:
        """The status, the type and the body of an answer; raises NotAsked."""
        if self._over or self._stopping.told:
            raise NotAsked(Problem.INTERRUPTED if self._stopping.told else Problem.NO_ANSWER)
        try:
            return self._call(method, name, body)
        except ssl.SSLError as problem:
            raise NotAsked(self._why(Problem.NOT_TRUSTED)) from problem
        except TimeoutError as problem:
            raise NotAsked(self._why(Problem.NO_ANSWER)) from problem
        except OSError as problem:
            raise NotAsked(self._why(Problem.NOT_REACHED)) from problem
        except (HTTPException, ValueError, AttributeError) as problem:
            # The library stumbles over a socket that was shut under its hands in more ways than one.
            raise NotAsked(self._why(Problem.NOT_UNDERSTOOD)) from problem

    def _call(self, method: str, name: str, body: bytes) -> Reply:
        host, port = self._target.hostname or "", self._target.port
        if self._target.scheme == "https":
            trusts = ssl.create_default_context()
            self._connection = HTTPSConnection(host, port, timeout=CONNECT_SECONDS, context=trusts)
        else:
            self._connection = HTTPConnection(host, port, timeout=CONNECT_SECONDS)
        connection = self._connection
        try:
            connection.connect()
            # The library lets go of it while an answer is still being read.
            self._held = connection.sock
            if self._over or self._stopping.told:
                self._hang_up()
            headers = {"Content-Type": "text/plain; charset=utf-8", "Connection": "close"} if body else {}
            connection.request(method, f"{self._target.path}/{name}", body or None, headers)
            reply = connection.getresponse()
            said = reply.read(MOST_BYTES + 1)
            if len(said) > MOST_BYTES:
                raise NotAsked(Problem.NOT_UNDERSTOOD)
            if self._over or self._stopping.told:
                # What we cut off ourselves looks to the library like an answer that ended.
                raise NotAsked(self._why(Problem.NO_ANSWER))
            return reply.status, reply.headers.get_content_type(), said
        finally:
            self._held = None
            connection.close()

    def _why(self, otherwise: Problem) -> Problem:
        if self._stopping.told:
            return Problem.INTERRUPTED
        return Problem.NO_ANSWER if self._over else otherwise

    def _give_up(self) -> None:
        self._over = True
        self._hang_up()

    def _hang_up(self) -> None:
        held = self._held or (self._connection.sock if self._connection else None)
        if held is not None:
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)


def offer(
    witness: str, since: Since, *, origin: str, guess: int, read: Callable[[str], Held], stopping: Stopping,
    seconds: float = WHOLE_SECONDS,
) -> Answer:  # fmt: skip
    """Give the witness the newest checkpoint. `guess` is the size it is thought to hold; `read` opens a note of ours."""
    try:
        with Line(witness, stopping, seconds).open() as line:
            answer = _offer(witness, line, since, origin, guess)
            return _with_proof(answer, line, since, read) if answer.contradicts else answer
    except NotAsked as problem:
        return Answer(witness, problem=problem.problem)


def _offer(witness: str, line: Line, since: Since, origin: str, guess: int) -> Answer:
    old, said = guess, False
    for _ in range(ROUNDS):
        newest = since(old)
        if newest is None:
            if said:
                return Answer(witness, problem=Problem.CLAIMS_MORE, held=Held(origin, old))
            newest, old = since(0), 0
            if newest is None:
                return Answer(witness, 0)
        status, kind, body = line.call("POST", "add-checkpoint", _asked(old, newest))
        if status == 200:
            return Answer(witness, newest.size) if _is_cosigned(body) else _odd(witness)
        if status == 409 and kind == SIZE_TYPE and (size := _size(body)) is not None and size != old:
            old, said = size, True
            continue
        # That the sizes agree is looked at before anything else is, so from here on it is the roots that do not.
        if (status == 409 and old == newest.size) or (status == 422 and old):
            return Answer(witness, problem=Problem.CLAIMS_OTHER, held=Held(origin, old))
        return Answer(witness, problem=_REFUSALS.get(status) or _of(status))
    return _odd(witness)


def _with_proof(answer: Answer, line: Line, since: Since, read: Callable[[str], Held]) -> Answer:
    """The same, proven by the checkpoint that the witness holds, where it shows one and that bears it out."""
    with suppress(NotAsked, BadNote, UnicodeError):
        status, _, body = line.call("GET", "checkpoint")
        if status == 200:
            held = read(body.decode())
            newest = since(held.size) if held.size else None
            if held.size and newest is None:
                return Answer(answer.witness, problem=Problem.AHEAD, held=held)
            if newest is not None and held.root is not None and not newest.has_grown_from(held.size, held.root):
                return Answer(answer.witness, problem=Problem.FORKED, held=held)
    return answer


def _asked(old: int, newest: Shown) -> bytes:
    hashes = "".join(f"{b64encode(each).decode()}\n" for each in newest.path)
    return f"old {old}\n{hashes}\n{newest.note}".encode()


def _size(body: bytes) -> int | None:
    found = _SIZE.fullmatch(body)
    size = int(found[1]) if found else LARGEST + 1
    return size if size <= LARGEST else None


def _is_cosigned(body: bytes) -> bool:
    """Whether this is what a witness answers: one line or more that look like its signature."""
    with suppress(ValueError):
        lines = body.decode().rstrip("\n").split("\n")
        return all((found := _COSIGNATURE.fullmatch(line)) and b64decode(found[1], validate=True) for line in lines)
    return False


_REFUSALS = {403: Problem.KEY_UNKNOWN, 404: Problem.LOG_UNKNOWN}


def _of(status: int) -> Problem:
    if 300 <= status < 400:
        return Problem.REDIRECTED
    return Problem.NO_ANSWER if status >= 500 or status == 429 else Problem.NOT_UNDERSTOOD


def _odd(witness: str) -> Answer:
    return Answer(witness, problem=Problem.NOT_UNDERSTOOD)
