"""What looking at an organisation's assurance leaves in the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class AssuranceViewed(Event):
    """How current one organisation's policies are was given out (AUD-1)."""

    name: ClassVar[str] = "organisation.assurance_viewed"
    subject_kind: ClassVar[str | None] = "organisation"
