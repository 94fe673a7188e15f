"""What reminding leaves in the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class OrganisationReminded(Event):
    """Letters were written to an organisation about a version or a policy; `days` of them were left, -1 for none."""

    name: ClassVar[str] = "organisation.reminded"
    subject_kind: ClassVar[str | None] = "organisation"

    kind: str
    about: UUID
    days: int
    letters: int
