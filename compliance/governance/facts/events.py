"""What happens to facts: how many were told, of which organisation; the counts themselves stand in the table (GOV-2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from audit.events import Event


@dataclass(frozen=True, kw_only=True)
class FactsReported(Event):
    """The case system told what it counted of an organisation: so many facts that are new, and so many corrected.

    `digest` is the SHA-256 of what was told of it, as JSON: what stands in the table can be held against it.
    """

    name: ClassVar[str] = "facts.reported"

    rules: tuple[str, ...] = ("GOV-2",)
    new: int
    corrected: int
    digest: str
