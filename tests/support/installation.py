"""The service as an operator runs it: a configuration, commands by the installed entry, processes that answer."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from compliance.kernel.settings import REPOSITORY

from .entry import command

ENTRY = (sys.executable, "-m", "compliance.cli")
PATIENT_SECONDS = 25
"""How long tests wait for a busy store: a slow disk must not pass for a lost race. What proves the 503 sets its own."""
NOT_INHERITED = frozenset({"DATABASE_URL", "PORT", "PYTHONDONTWRITEBYTECODE"})
"""The last because every process would compile the whole service anew."""

COMMAND_SECONDS = 900
READY_WITHIN_SECONDS = 180
STOPPED_WITHIN_SECONDS = 20


@dataclass(frozen=True)
class Said:
    """How a command ended, what it printed, and what it complained of."""

    code: int
    out: str
    err: str


@dataclass
class Installation:
    """One configuration of the service on this machine, and what is done with it from the shell."""

    var: Path
    port: int = field(default_factory=lambda: a_free_port())
    database_url: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the operator sets; nothing of the same kind is taken over from whoever runs the tests."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("COMPLIANCE_") and name not in NOT_INHERITED
        }
        own = {
            "COMPLIANCE_VAR": str(self.var),
            "COMPLIANCE_BASE_URL": self.base_url,
            "COMPLIANCE_WAIT_SECONDS": str(PATIENT_SECONDS),
        }
        where = {"DATABASE_URL": self.database_url} if self.database_url else {}
        return inherited | own | where | dict(self.more)

    def tries(self, *words: str, **settings: str) -> Said:
        """Give a command, with these settings besides, and see how it ends."""
        code, out, err = command(
            words, environment=self.environment | settings, directory=REPOSITORY, timeout=COMMAND_SECONDS
        )
        return Said(code, out.strip(), err.strip())

    def does(self, *words: str) -> str:
        """Give a command that has to succeed; what it prints."""
        said = self.tries(*words)
        assert said.code == 0, f"compliance {' '.join(words)} ended with {said.code}:\n{said.out}\n{said.err}"
        return said.out

    @contextmanager
    def served(self, *, workers: int = 2) -> Iterator[None]:
        """While in here the service answers with so many processes, and the scheduler runs beside it."""
        with ExitStack() as running:
            running.enter_context(self._running("scheduler"))
            running.enter_context(self._running("serve", "--port", str(self.port), "--workers", str(workers)))
            await_ready(self.base_url)
            yield

    @contextmanager
    def _running(self, *words: str) -> Iterator[None]:
        self.var.mkdir(parents=True, exist_ok=True)
        log = self.var / f"{words[0]}.log"
        with log.open("w") as written:
            process = subprocess.Popen(
                [*ENTRY, *words], cwd=REPOSITORY, env=self.environment, stdin=subprocess.DEVNULL, stdout=written,
                stderr=written, start_new_session=True,
            )  # fmt: skip
        try:
            yield
        finally:
            _stop(process)


def await_ready(base_url: str, within: float = READY_WITHIN_SECONDS) -> None:
    """Wait until the service says that it is fit to answer."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            with urlopen(f"{base_url}/ready", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"{base_url}/ready did not answer within {within} seconds")


def a_free_port() -> int:
    """A port that nobody on this machine listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and its own children: kindly, then not."""
    for way in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, way)
        except ProcessLookupError:
            break
        try:
            process.wait(STOPPED_WITHIN_SECONDS)
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()
