"""What can happen to a list of requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class BulkRequestSent(Event):
    """A spreadsheet of requests was carried out: how many rows were taken, and how many refused (LIC-4).

    What each row that was taken did has its own entry beside this one.
    """

    name: ClassVar[str] = "bulk_request.sent"
    subject_kind: ClassVar[str | None] = "bulk_request"
    taken: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class BulkRequestTried(Event):
    """A spreadsheet of requests was looked at, row by row, and nothing was done (AUD-1)."""

    name: ClassVar[str] = "bulk_request.tried"
    subject_kind: ClassVar[str | None] = "bulk_request"
    rows: int
