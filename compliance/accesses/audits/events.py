"""What happens to access audits, as the log tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class AccessAuditEvent(Event):
    """Something that happened to one audit; `subject` is it."""

    subject_kind: ClassVar[str | None] = "access_audit"

    rules: tuple[str, ...] = ("AUD-5",)


@dataclass(frozen=True, kw_only=True)
class AccessAuditOpened(AccessAuditEvent):
    """An organisation's quarter was counted, over the log's entries from `first` up to and without `end`."""

    name: ClassVar[str] = "access_audit.opened"

    quarter: str
    people: int
    first: int
    end: int


@dataclass(frozen=True, kw_only=True)
class AccessAuditFound(AccessAuditEvent):
    """Somebody who read an audit wrote down what they found; the words stand beside it."""

    name: ClassVar[str] = "access_audit.found"

    finding: UUID
    kind: str
    person: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class AccessAuditSigned(AccessAuditEvent):
    """An audit was signed off by somebody not in it; of `late` people something had been
    reported since it was opened."""

    name: ClassVar[str] = "access_audit.signed_off"

    quarter: str
    findings: int
    late: int


@dataclass(frozen=True, kw_only=True)
class AccessAuditViewed(AccessAuditEvent):
    """Somebody read an audit: its people, their figures and what was found (AUD-1)."""

    name: ClassVar[str] = "access_audit.viewed"


@dataclass(frozen=True, kw_only=True)
class AccessAuditExported(AccessAuditEvent):
    """An audit left the service as a file (AUD-1)."""

    name: ClassVar[str] = "access_audit.exported"

    form: str
    people: int


@dataclass(frozen=True, kw_only=True)
class AccessAuditsTold(Event):
    """Somebody was written to of audits that were opened, are due soon, or are past their last day (GOV-5)."""

    name: ClassVar[str] = "access_audit.told"
    subject_kind: ClassVar[str | None] = "person"

    rules: tuple[str, ...] = ("AUD-5",)
    letters: int
