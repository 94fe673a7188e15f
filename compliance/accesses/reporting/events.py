"""What people did in the case system, as the log tells it: one entry for each event that was reported (AUD-1).

The actor is the client that reported it, the subject the person who did it, the organisation theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from audit.events import Event

from .rules import Kind


@dataclass(frozen=True, kw_only=True)
class CaseAccess(Event):
    """Something a person did in the case system. Whom it was disclosed to and where they were are kept apart (AUD-3)."""

    subject_kind: ClassVar[str | None] = "person"
    private: ClassVar[frozenset[str]] = frozenset({"recipient", "address"})

    event_id: str
    happened_at: datetime
    records: int
    action: str | None = None
    involved: bool | None = None
    recipient: str | None = None
    address: str | None = None


@dataclass(frozen=True, kw_only=True)
class CaseSystemSignedIn(CaseAccess):
    """Somebody signed in to the case system, or was refused."""

    name: ClassVar[str] = "case_access.signed_in"


@dataclass(frozen=True, kw_only=True)
class CaseViewed(CaseAccess):
    """Somebody looked at a case: consultation, DPA 2018 s.62(2)."""

    name: ClassVar[str] = "case_access.viewed"


@dataclass(frozen=True, kw_only=True)
class CaseDownloaded(CaseAccess):
    """Somebody took a document of a case away."""

    name: ClassVar[str] = "case_access.downloaded"


@dataclass(frozen=True, kw_only=True)
class CaseExported(CaseAccess):
    """Somebody took records of a case away as a file."""

    name: ClassVar[str] = "case_access.exported"


@dataclass(frozen=True, kw_only=True)
class CaseDisclosed(CaseAccess):
    """Somebody handed something of a case to a person or body: disclosure, DPA 2018 s.62(3)."""

    name: ClassVar[str] = "case_access.disclosed"


OF_KIND: dict[Kind, type[CaseAccess]] = {
    Kind.SIGN_IN: CaseSystemSignedIn,
    Kind.VIEW: CaseViewed,
    Kind.DOWNLOAD: CaseDownloaded,
    Kind.EXPORT: CaseExported,
    Kind.DISCLOSURE: CaseDisclosed,
}
