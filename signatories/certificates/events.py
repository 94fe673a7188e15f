"""What can happen to certificates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class SignatureCertified(Event):
    """A certificate of a signature was made and handed out (SIG-2, AUD-1); `entry` is the log's number of its making."""

    name: ClassVar[str] = "signature.certified"
    subject_kind: ClassVar[str | None] = "signature"

    instrument: str
    version: UUID
    entry: int | None = None
