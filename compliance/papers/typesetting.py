"""Documents set as tagged PDF (PDF/UA-1), so that they can be read by a screen reader as well as on paper.

Setting is work for a processor, and what is set was written by people. So each document is set by a process of its
own (`compositor`), which holds no keys and no way to the store, is bounded in time and size, and only so many at once.
A unit of work is never open meanwhile.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

from compliance.kernel.errors import Conflict, Throttled

from .documents import Document

_COMPOSITOR = Path(__file__).with_name("compositor.py")
_MOST_BYTES = 4 * 1024 * 1024


class TooLong(Conflict):
    code = "document-too-long"
    rule = "SIG-14"
    detail = "There is too much for one document. Take the spreadsheet instead: it holds the same."


class PressBusy(Throttled):
    code = "documents-busy"
    detail = "Too many documents are being made at the moment. Try again in a few seconds."


class NotSet(RuntimeError):
    """A fault of ours: the template, or what it was given, could not be set as PDF/UA-1."""


class Press:
    """Sets documents, so many at once; whoever waits longer than others take is told to try again."""

    def __init__(self, *, at_once: int = 2, most_seconds: float = 30, line_seconds: float = 10) -> None:
        self._places = threading.BoundedSemaphore(at_once)
        self._most_seconds = most_seconds
        self._line_seconds = line_seconds

    def set(self, document: Document) -> bytes:
        """The document as a PDF; raises TooLong, PressBusy, and NotSet for a fault."""
        asked = {"held": document.held(), "timestamp": int(document.produced_at.timestamp())}
        sent = json.dumps(asked, ensure_ascii=False).encode()
        if len(sent) > _MOST_BYTES:
            raise TooLong()
        if not self._places.acquire(timeout=self._line_seconds):
            raise PressBusy(retry_after=5)
        try:
            done = subprocess.run(  # noqa: S603 - our own program, with nothing of anybody's in its arguments
                [sys.executable, "-I", str(_COMPOSITOR)],
                input=sent, capture_output=True, timeout=self._most_seconds, env={}, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise TooLong() from None
        finally:
            self._places.release()
        if done.returncode:
            raise NotSet(done.stderr.decode(errors="replace")[-2000:])
        return done.stdout
