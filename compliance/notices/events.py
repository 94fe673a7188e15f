"""What happens to letters, as the log tells it: ids and kinds, never words nor addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class NoticeEvent(Event):
    """Something that happened to a letter; `person` is whom it is for."""

    subject_kind: ClassVar[str | None] = "notice"

    kind: str
    person: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class NoticeSent(NoticeEvent):
    """The mail server took it (GOV-5)."""

    name: ClassVar[str] = "notice.sent"


@dataclass(frozen=True, kw_only=True)
class NoticeFailed(NoticeEvent):
    """The mail server did not take it; it is tried again (GOV-5)."""

    name: ClassVar[str] = "notice.failed"

    outcome: str = "failed"
    tries: int
    problem: str


@dataclass(frozen=True, kw_only=True)
class NoticeDropped(NoticeEvent):
    """It came to be of no use before it could be sent (GOV-5)."""

    name: ClassVar[str] = "notice.dropped"

    outcome: str = "failed"


@dataclass(frozen=True, kw_only=True)
class NoticesViewed(Event):
    """How letters stand was shown: kinds and addressees, never words (AUD-1, GOV-5)."""

    name: ClassVar[str] = "notices.viewed"
    subject_kind: ClassVar[str | None] = "notices"

    rows: int
