"""What happens to reports, as the log tells it: what they say stands in their register, its hash here (GOV-1, GOV-4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class ReportEvent(Event):
    """Something that happened to a report; `kind` and `period`, such as *2026Q4*, say which."""

    subject_kind: ClassVar[str | None] = "report"

    rules: tuple[str, ...] = ("GOV-1",)
    kind: str
    period: str


@dataclass(frozen=True, kw_only=True)
class ReportCounted(ReportEvent):
    """A report was counted from the registers for somebody, and not issued; `forms` are the files they were given."""

    name: ClassVar[str] = "report.counted"

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReportIssued(ReportEvent):
    """A report was issued: `sha256` is the hash of what it says, for ever."""

    name: ClassVar[str] = "report.issued"

    edition: int
    sha256: str
    letters: int


@dataclass(frozen=True, kw_only=True)
class ReportViewed(ReportEvent):
    """An issued report was read."""

    name: ClassVar[str] = "report.viewed"

    edition: int


@dataclass(frozen=True, kw_only=True)
class ReportExported(ReportEvent):
    """An issued report was handed out as a file of this form."""

    name: ClassVar[str] = "report.exported"

    edition: int
    form: str
