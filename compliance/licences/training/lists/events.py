"""What can happen to a list of training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class TrainingListSent(Event):
    """A list of what people learnt was recorded: how many rows were taken, and how many refused (GOV-7).

    What each row that was taken recorded has its own entry beside this one.
    """

    name: ClassVar[str] = "training_list.sent"
    subject_kind: ClassVar[str | None] = "training_list"
    taken: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class TrainingListTried(Event):
    """A list of what people learnt was looked at, row by row, and nothing was recorded (AUD-1)."""

    name: ClassVar[str] = "training_list.tried"
    subject_kind: ClassVar[str | None] = "training_list"
    rows: int
