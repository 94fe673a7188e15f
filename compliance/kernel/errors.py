"""The five ways this service says no.

Each refusal has a stable `code` for programs, the id of the `rule` it keeps where there is one, and words
that say what to do next. None of them ever repeats a submitted value. What HTTP status a kind becomes is
known only to the two doors (`compliance.api.errors`, `compliance.web.errors`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one thing that was sent: a JSON pointer such as `/name`, and words for a person."""

    pointer: str
    detail: str


class Refusal(Exception):
    """The service will not do what was asked, and nothing was changed."""

    code: ClassVar[str] = "refused"
    rule: ClassVar[str | None] = None
    detail: ClassVar[str] = "This cannot be done."

    def __init__(self, detail: str | None = None, *, fields: tuple[FieldError, ...] = ()) -> None:
        self.words = detail or self.detail
        self.fields = fields
        super().__init__(self.words)


class NotFound(Refusal):
    """There is no such thing, or none that the person asking may know of (ROL-4)."""

    code = "not-found"
    detail = "There is nothing here under that name. Check the address, or go back to the list."


class Forbidden(Refusal):
    """The person may know of the thing, and may not do this to it."""

    code = "forbidden"
    detail = "Your role does not let you do this. Ask the MARAC Hub Team if you think it should."


class Invalid(Refusal):
    """What was sent cannot be understood or is not acceptable as it stands."""

    code = "invalid"
    detail = "Some of what was sent is not right."

    @classmethod
    def at(cls, pointer: str, detail: str) -> Invalid:
        """One thing is wrong, at this JSON pointer."""
        return cls(detail, fields=(FieldError(pointer, detail),))


class Conflict(Refusal):
    """What was asked does not fit the state things are in now."""

    code = "conflict"
    detail = "Something else changed first. Look at it again, then decide."


class Throttled(Refusal):
    """Too much, too fast; `retry_after` says how many seconds to wait."""

    code = "throttled"
    detail = "Too many attempts came from here. Wait a while, then try again."

    def __init__(self, detail: str | None = None, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class StaleForm(Conflict):
    """Two people changed the same record; the second is told, and nothing of theirs was kept."""

    code = "changed-meanwhile"
    detail = "Somebody else changed this while you were looking at it. Nothing of yours was saved: look again."
