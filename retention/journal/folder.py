"""The journal as files of a folder that is not the store's: lines, only ever added, and how many there are (RET-12).

`journal` holds the lines. `head` holds how many there are, with a mark, and is written after them: a journal that is
shorter than its head says was cut. A last line without an end was being written when the power failed, and counts for
nothing. The folder has to be there: one that we made where another is not mounted would keep nothing.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from compliance.kernel.secrets import KeyRing

from . import lines
from .lines import BEGINNING, Broken, Line

JOURNAL, HEAD, LOCK = "journal", "head", "lock"
TURN_SECONDS = 120.0
_LOOK_AGAIN_SECONDS = 0.05
_BLOCK = 64 * 1024


class OutOfReach(OSError):
    """The folder is not there, cannot be read or written to, or somebody else does not let go of it."""


class Folder:
    """One journal; whoever reads or adds has its turn (`turn`)."""

    def __init__(self, path: Path, ring: KeyRing) -> None:
        self._folder, self._ring = path, ring
        self._file = path / JOURNAL

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Be the only process that looks at it and adds to it; raises OutOfReach, Broken."""
        if not self._folder.is_dir():
            raise OutOfReach("the folder is not there")
        try:
            with (self._folder / LOCK).open("ab") as lock:
                _wait(lock.fileno())
                yield
        except (Broken, OutOfReach):
            raise
        except OSError as problem:
            raise OutOfReach(f"the folder cannot be read or written to ({type(problem).__name__})") from problem

    def last(self) -> tuple[Line | None, str]:
        """The last line and its mark; None for an empty journal. Raises Broken where it was cut."""
        line = next(self.backwards(), None)
        said = self._head()
        if said > (line.place if line else 0):
            raise Broken(f"it holds fewer lines than the {said} that it had: it was cut")
        return line, self._last_mark

    _last_mark = BEGINNING

    def backwards(self) -> Iterator[Line]:
        """Its lines from the last to the first, each checked against the one before it. Raises Broken."""
        texts = _backwards(self._file)
        text = next(texts, None)
        self._last_mark = lines.mark_of(text) if text else BEGINNING
        place: int | None = None
        while text is not None:
            before = next(texts, None)
            line = lines.read(text, self._ring, after=lines.mark_of(before) if before else BEGINNING)
            if (place is not None and line.place != place - 1) or (before is None and line.place != 1):
                raise Broken("a line is not in its place")
            yield line
            place, text = line.place, before

    def check(self) -> int:
        """Read it whole from its first line on; how many lines it holds. Raises Broken."""
        count = 0
        if self._file.exists():
            with self._file.open(encoding="utf-8", newline="\n") as file:
                texts = (text[:-1] for text in file if text.endswith("\n"))
                for line in lines.checked(texts, self._ring):
                    count = line.place
        if count < self._head():
            raise Broken("it was cut")
        return count

    def add(self, found: Sequence[Line], *, after: str) -> None:
        """Add these; they are on the disk when this comes back."""
        texts = []
        for line in found:
            text, after = lines.written(line, self._ring, after=after)
            texts.append(f"{text}\n")
        with self._file.open("ab") as file:
            _drop_torn(self._file, file.fileno())
            file.write("".join(texts).encode())
            file.flush()
            os.fsync(file.fileno())
        self._keep_head(found[-1].place)

    def _head(self) -> int:
        """How many lines it had when it was last added to."""
        try:
            count, _, mark = (self._folder / HEAD).read_text().strip().partition(" ")
        except FileNotFoundError:
            return 0
        if mark != self._ring.fingerprint("journal head", count):
            raise Broken("its head does not bear our mark")
        return int(count)

    def _keep_head(self, count: int) -> None:
        path = self._folder / HEAD
        beside = path.with_name(f"{HEAD}.new")
        with beside.open("w") as file:
            file.write(f"{count} {self._ring.fingerprint('journal head', str(count))}\n")
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _wait(lock: int) -> None:
    until = time.monotonic() + TURN_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise OutOfReach("another process does not let go of it") from None
            time.sleep(_LOOK_AGAIN_SECONDS)


def _whole(file: Path) -> int:
    """How many bytes of it are whole lines."""
    end = file.stat().st_size
    with file.open("rb") as looking:
        while end:
            start = max(0, end - _BLOCK)
            looking.seek(start)
            found = looking.read(end - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            end = start
    return 0


def _drop_torn(file: Path, handle: int) -> None:
    whole = _whole(file)
    if whole < file.stat().st_size:
        os.ftruncate(handle, whole)


def _backwards(file: Path) -> Iterator[str]:
    """Its whole lines from the last to the first, without their ends."""
    if not file.exists():
        return
    end, rest = _whole(file), b""
    with file.open("rb") as looking:
        while end:
            start = max(0, end - _BLOCK)
            looking.seek(start)
            parts = (looking.read(end - start) + rest).split(b"\n")
            rest, end = parts[0], start
            for part in reversed(parts[1:]):
                if part:
                    yield _text(part)
    if rest:
        yield _text(rest)


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeError as problem:
        raise Broken("a line cannot be understood") from problem
