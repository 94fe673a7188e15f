"""Why there is no answer at all."""

from __future__ import annotations


class NoAnswer(RuntimeError):
    """The state or the log could not be reached in time: nothing was decided, and nothing is permitted (AUD-2, DEC-3)."""


class CallerEnded(RuntimeError):
    """The service client that calls was ended: its token opens nothing any more (DEC-4)."""
