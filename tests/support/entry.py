"""The commands' entry, begun once for many commands: each is a fork of a process that has imported the service already.

A command of its own imports for three seconds of a core and then works for a tenth of one. What a fork does is the same
from there on: the arguments, the environment, the directory and the streams are the command's own, and so is its end.

Run as a script, `entry.py <fd>` is that process: it serves the socket it is given until that is closed.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

_LENGTH = 8
_ENDED = 4
_HERE = threading.Lock()
_warm: list[tuple[socket.socket, subprocess.Popen[bytes]]] = []


def command(
    words: Sequence[str], *, environment: Mapping[str, str], directory: Path, timeout: float
) -> tuple[int, str, str]:
    """Give a command: how it ended, what it printed, and what it complained of. Raises TimeoutError."""
    asked = json.dumps({"words": list(words), "environment": dict(environment), "directory": str(directory)}).encode()
    with _HERE, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        warm = _begun()
        warm.settimeout(timeout)
        socket.send_fds(warm, [len(asked).to_bytes(_LENGTH, "big")], [out.fileno(), err.fileno()])
        warm.sendall(asked)
        try:
            code = int.from_bytes(_exactly(warm, _ENDED), "big", signed=True)
        except TimeoutError:
            _end()
            raise
        out.seek(0)
        err.seek(0)
        return code, out.read().decode(), err.read().decode()


def _begun() -> socket.socket:
    if not _warm:
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())], pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                cwd=Path(__file__).parents[2],
            )  # fmt: skip
        _warm.append((ours, process))
    return _warm[0][0]


def _end() -> None:
    ours, process = _warm.pop()
    ours.close()
    process.kill()
    process.wait()


def _exactly(line: socket.socket, many: int) -> bytes:
    got = b""
    while len(got) < many:
        more = line.recv(many - len(got))
        if not more:
            raise EOFError
        got += more
    return got


def _serve(line: socket.socket) -> None:
    import compliance.cli.commands  # noqa: F401 - so that no fork has to

    while True:
        length, streams, _, _ = socket.recv_fds(line, _LENGTH, 2)
        if not length:
            return
        asked = json.loads(_exactly(line, int.from_bytes(length, "big")))
        child = os.fork()
        if child == 0:
            line.close()
            _run(asked["words"], asked["environment"], asked["directory"], streams)
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(child, 0)
        line.sendall(os.waitstatus_to_exitcode(status).to_bytes(_ENDED, "big", signed=True))


def _run(words: list[str], environment: dict[str, str], directory: str, streams: Sequence[int]) -> None:
    """In the fork: become the command, and end with it."""
    from compliance.cli import main

    code = 1
    try:
        os.dup2(streams[0], 1)
        os.dup2(streams[1], 2)
        os.chdir(directory)
        os.environ.clear()
        os.environ.update(environment)
        os.setsid()
        sys.argv = ["compliance", *words]
        main(words, prog_name="compliance")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001 - whatever it is ends the command, and is shown
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    _serve(socket.socket(fileno=int(sys.argv[1])))
