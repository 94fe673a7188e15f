"""Keeping the server alive: when it dies, whatever is left of it goes too, and it is started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType

import structlog

from compliance.changes.waiting import STOP_FD

log = structlog.get_logger("compliance.serve")

REST_SECONDS = 1.0


def serve_for_good(*, host: str, port: int, workers: int, threads: int) -> None:
    """Run the server until this process is told to stop; a server that ends by itself is replaced.

    A worker that dies is replaced by the server itself. It gives up where workers die one after another, and
    then, or when it is killed, it is started afresh here: no hand is needed.
    """
    command = [
        str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(threads), "--backlog", "1024", "--no-ws", "--http", "1",
        "--respawn-failed-workers", "--log-level", "warning", "wsgi:application",
    ]  # fmt: skip
    told_to_stop = threading.Event()
    # Whoever waits for a change in one of its processes is let go when our end of this is shut.
    theirs, ours = os.pipe()
    # What its processes count of themselves is put together from here, whichever of them is asked.
    counted = tempfile.TemporaryDirectory(prefix="marac-metrics-", ignore_cleanup_errors=True)
    environment = os.environ | {
        "COMPLIANCE_THREADS": str(threads),
        "PROMETHEUS_MULTIPROC_DIR": counted.name,
        STOP_FD: str(theirs),
    }
    server = _start(command, environment, theirs)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if not told_to_stop.is_set():
            os.close(ours)
        told_to_stop.set()
        _signal_all(server, signal.SIGTERM)

    for wish in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wish, stop)
    while True:
        code = server.wait()
        _signal_all(server, signal.SIGKILL)
        if told_to_stop.is_set():
            counted.cleanup()
            return
        log.error("the server ended and is started again", code=code)
        if told_to_stop.wait(REST_SECONDS):
            counted.cleanup()
            return
        server = _start(command, environment, theirs)


def _start(command: list[str], environment: Mapping[str, str], stop_fd: int) -> subprocess.Popen[bytes]:
    """In a process group of its own, so that what is left of it can be found."""
    return subprocess.Popen(command, process_group=0, env=environment, pass_fds=(stop_fd,))  # noqa: S603 - the same interpreter's own server


def _signal_all(server: subprocess.Popen[bytes], which: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(server.pid, which)
