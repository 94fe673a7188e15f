"""A folder as witness: it keeps the newest checkpoint in a file, and never one that is older (AUD-3).

It lies on another machine, or on a medium that this one can add to and not take back. It has to be there: a folder
that we made ourselves where another is not mounted would be the witness of nothing.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from audit.notes import BadNote

from .own import Since
from .rules import Answer, Held, Problem

CHECKPOINT = "checkpoint"
MOST_BYTES = 64 * 1024
TURN_SECONDS = 5.0
_LOOK_AGAIN_SECONDS = 0.02


def offer(witness: str, since: Since, *, read: Callable[[str], Held], is_accepted: Callable[[Held], bool]) -> Answer:
    """Give the folder the newest checkpoint; it takes what has grown from the one it holds, and nothing else.

    One that two people have accepted is kept beside as superseded, and the newest takes its place.
    """
    folder = Path(witness)
    if not folder.is_dir():
        return Answer(witness, problem=Problem.NO_FOLDER)
    try:
        with _turn(folder):
            return _offer(witness, folder, since, read, is_accepted)
    except TimeoutError:
        return Answer(witness, problem=Problem.NO_ANSWER)
    except OSError:
        return Answer(witness, problem=Problem.NOT_WRITABLE)


def _offer(
    witness: str, folder: Path, since: Since, read: Callable[[str], Held], is_accepted: Callable[[Held], bool]
) -> Answer:
    path = folder / CHECKPOINT
    try:
        held = _held(path, read)
    except (BadNote, UnicodeError, OSError):
        return Answer(witness, problem=Problem.NOT_READABLE)
    newest = since(held.size if held else 0)
    if held is not None and held.root is not None:
        if newest is None or not newest.has_grown_from(held.size, held.root):
            contradiction = Answer(witness, problem=Problem.FORKED if newest else Problem.AHEAD, held=held)
            newest = since(0)
            if newest is None or not is_accepted(held):
                return contradiction
            path.rename(folder / f"{CHECKPOINT}.superseded-{held.size}-{held.root.hex()[:16]}")
        elif newest.size == held.size:
            return Answer(witness, held.size)
    if newest is None:
        return Answer(witness, 0)
    _keep(path, newest.note)
    return Answer(witness, newest.size)


def _held(path: Path, read: Callable[[str], Held]) -> Held | None:
    """What is kept; None for nothing yet. Raises BadNote, UnicodeError and OSError where it cannot be told."""
    try:
        with path.open("rb") as file:
            found = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return None
    if len(found) > MOST_BYTES:
        raise BadNote("that is larger than any checkpoint")
    return read(found.decode())


def _keep(path: Path, note: str) -> None:
    """Put the note in the file's place at one stroke, so that a power cut leaves the old or the new."""
    beside = path.with_name(f"{path.name}.new")
    with beside.open("w") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Be the only one who looks at the folder and writes to it; raises TimeoutError."""
    with (folder / "lock").open("wb") as lock:
        until = time.monotonic() + TURN_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise TimeoutError from None
                time.sleep(_LOOK_AGAIN_SECONDS)
        yield
