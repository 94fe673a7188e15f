"""The service as an operator runs it, whatever of it may be killed, and the supervisor who starts it again.

`compliance serve` and `compliance scheduler` run under a supervisor that does what systemd does: what ends is started
again, and what is left of it goes first. PostgreSQL has one too. Nobody else lends a hand.
"""

from __future__ import annotations

import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

import psutil

from compliance.kernel.settings import REPOSITORY
from tests.support.installation import ENTRY, Installation
from tests.support.postgres import PostgresServer

WORKERS = 2
RESTED_SECONDS = 0.2
"""How long the supervisor rests before it starts again what ended; systemd's own is a tenth of a second."""

LOOKS_EVERY_SECONDS = 0.05


@dataclass
class Part:
    """One command of the operator's, kept running."""

    installation: Installation
    words: tuple[str, ...]
    over: threading.Event = field(default_factory=threading.Event)
    started: int = 0

    def __post_init__(self) -> None:
        self._start()
        self._watching = threading.Thread(target=self._watch, name=f"supervisor of {self.words[0]}")
        self._watching.start()

    def family(self) -> list[psutil.Process]:
        """The process and all below it, the eldest first; none between its end and its new start."""
        with suppress(psutil.NoSuchProcess):
            eldest = psutil.Process(self.process.pid)
            return [eldest, *eldest.children(recursive=True)]
        return []

    def end(self) -> None:
        """Tell it to stop, as an operator does, and see that it has."""
        self.over.set()
        self._watching.join()
        family = self.family()
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(20)
        _kill(family)
        self.process.wait()

    def _start(self) -> None:
        with (self.installation.var / f"{self.words[0]}.log").open("a") as log:
            self.process = subprocess.Popen(
                [*ENTRY, *self.words], cwd=REPOSITORY, env=self.installation.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.started += 1
        self._known: list[psutil.Process] = []

    def _watch(self) -> None:
        while not self.over.wait(LOOKS_EVERY_SECONDS):
            if self.process.poll() is None:
                self._known = self.family() or self._known
                continue
            _kill(self._known)
            if self.over.wait(RESTED_SECONDS):
                return
            self._start()


@dataclass
class Service:
    """Everything that runs, and how to kill each part of it."""

    installation: Installation
    postgres: PostgresServer | None
    serve: Part
    scheduler: Part
    over: threading.Event = field(default_factory=threading.Event)
    alone: threading.Lock = field(default_factory=threading.Lock)

    @property
    def ways(self) -> dict[str, Callable[[random.Random], None]]:
        """What can be killed, by name."""
        always = {
            "a worker": self.kill_a_worker,
            "the server": self.kill_the_server,
            "the whole service": self.kill_the_service,
            "the scheduler": self.kill_the_scheduler,
        }
        return always | ({"PostgreSQL": self.kill_postgres} if self.postgres else {})

    def workers(self) -> list[psutil.Process]:
        """The processes that answer."""
        server = self._server()
        with suppress(psutil.NoSuchProcess):
            return [each for each in server.children() if _answers(each)] if server else []
        return []

    def kill_a_worker(self, dice: random.Random) -> None:
        """One of the processes that answer."""
        found = self.workers()
        if found:
            _kill([dice.choice(found)])

    def kill_the_server(self, _dice: random.Random) -> None:
        """The process that keeps the workers, and not what keeps that."""
        server = self._server()
        if server:
            _kill([server])

    def kill_the_service(self, _dice: random.Random) -> None:
        """All that answers and all that keeps it, at once."""
        _kill(self.serve.family())

    def kill_the_scheduler(self, _dice: random.Random) -> None:
        """Whoever seals and runs the jobs."""
        _kill(self.scheduler.family())

    def kill_postgres(self, _dice: random.Random) -> None:
        """Every process of the database's."""
        assert self.postgres is not None
        with self.alone:
            self.postgres.kill()

    def is_ready(self) -> bool:
        """Whether it says of itself that it is fit to answer."""
        return asked(self.installation.port, "/ready") == 200

    def _server(self) -> psutil.Process | None:
        with suppress(psutil.NoSuchProcess):
            return next((each for each in psutil.Process(self.serve.process.pid).children()), None)
        return None

    def keep_postgres(self) -> None:
        """Start PostgreSQL again whenever it is gone, until all is over."""
        assert self.postgres is not None
        while not self.over.wait(LOOKS_EVERY_SECONDS):
            # A server that is still dying is not started again: as with systemd, all of it goes first.
            with self.alone:
                if self.postgres.pid is None:
                    self.postgres.start()


@contextmanager
def kept_running(installation: Installation, postgres: PostgresServer | None) -> Iterator[Service]:
    """The service at work, each part with its supervisor; in the end all of it is told to stop."""
    scheduler = Part(installation, ("scheduler",))
    serve = Part(installation, ("serve", "--port", str(installation.port), "--workers", str(WORKERS)))
    service = Service(installation, postgres, serve, scheduler)
    keeper = threading.Thread(target=service.keep_postgres, name="supervisor of PostgreSQL")
    if postgres:
        keeper.start()
    try:
        yield service
    finally:
        for part in (serve, scheduler):
            part.end()
        service.over.set()
        if postgres:
            keeper.join()


def until(come: Callable[[], bool], within: float) -> float:
    """Wait for this to come true; how many seconds that took, or infinity where it did not within so many."""
    began = time.monotonic()
    while not come():
        if time.monotonic() - began > within:
            return float("inf")
        time.sleep(0.05)
    return time.monotonic() - began


def asked(port: int, path: str, headers: dict[str, str] | None = None) -> int:
    """The status of an answer, over a connection of its own; 0 where there is none."""
    line = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", path, headers=headers or {})
        return line.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        line.close()


def _answers(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return "wsgi:application" in process.cmdline()
    return False


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
