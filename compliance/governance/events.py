"""What looking at evidence leaves in the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class EvidenceViewed(Event):
    """All that is held on one organisation was shown; `as_at` is the instant asked about, if not the present (AUD-1)."""

    name: ClassVar[str] = "evidence.viewed"
    subject_kind: ClassVar[str | None] = "organisation"

    as_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class EvidenceExported(Event):
    """All that is held on one organisation left the service as a file (AUD-1, SIG-14)."""

    name: ClassVar[str] = "evidence.exported"
    subject_kind: ClassVar[str | None] = "organisation"

    form: str
    rows: int
    as_at: str | None = None
