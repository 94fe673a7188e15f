"""What happens to the confidentiality statement (SHA-4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class StatementPublished(Event):
    """A version of the statement is in force; `digest` is the SHA-256 of its words."""

    name: ClassVar[str] = "statement.published"
    subject_kind: ClassVar[str | None] = "statement_version"

    rules: tuple[str, ...] = ("SHA-4",)
    number: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class StatementAcknowledged(Event):
    """Somebody has read a version and keeps to it; `version` is its id, `digest` the SHA-256 of what they read."""

    name: ClassVar[str] = "statement.acknowledged"
    subject_kind: ClassVar[str | None] = "statement_acknowledgement"

    rules: tuple[str, ...] = ("SHA-4",)
    version: UUID
    person: UUID
    digest: str
