"""What was done again after the store had been turned back, as the log tells it (RET-12)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class DoneAgain(Event):
    """What the store had forgotten holds again; `kind` says how: exactly, by refusing more than was ended, or not by us.

    `what` is the event that was forgotten, `entry` the number and `mark` the hash it had in the log, `things` every row
    that this changed.
    """

    name: ClassVar[str] = "restore.done_again"
    subject_kind: ClassVar[str | None] = "forgotten_entry"

    rules: tuple[str, ...] = ("RET-12",)
    what: str
    kind: str
    entry: int
    mark: str
    things: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RestoreSettled(Event):
    """The store was turned back; so many entries of the journal were not in its log, and all that followed from them was done.

    `first` is the number of the earliest of them, `done` how many things were changed, `to_look` what a person has to see to.
    """

    name: ClassVar[str] = "restore.settled"
    subject_kind: ClassVar[str | None] = "restore"

    rules: tuple[str, ...] = ("RET-12",)
    first: int
    forgotten: int
    done: int
    denied: int
    to_look: int
