"""What people fill in to ask for evidence."""

from __future__ import annotations

from .fields import Day
from .register import Question


class EvidenceQuestion(Question):
    as_at = Day("As at the end of", description="For example, 30 3 2025. Leave it empty for now.")
