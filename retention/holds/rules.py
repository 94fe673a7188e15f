"""What a hold can name, and when it is looked at again: tables and pure functions (RET-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Reach(StrEnum):
    """What the value of a hold is: one record, whoever it is about, an organisation, or a kind of record."""

    RECORD = "record"
    SUBJECT = "subject"
    ORGANISATION = "organisation"
    KIND = "kind"


@dataclass(frozen=True)
class Marks:
    """All of a record that a hold can name it by; nothing where that is not known of it."""

    reference: str
    kind: str
    subject: str | None = None
    organisation: str | None = None

    def of(self, reach: Reach) -> str | None:
        """What a hold of this reach would have to name."""
        return {
            Reach.RECORD: self.reference, Reach.SUBJECT: self.subject,
            Reach.ORGANISATION: self.organisation, Reach.KIND: self.kind,
        }[reach]  # fmt: skip

    @property
    def all(self) -> list[tuple[str, str]]:
        """Each reach by which it can be named, with the value."""
        return [(reach.value, value) for reach in Reach if (value := self.of(reach)) is not None]


def review_in_time(today: date, review_on: date, days_most: int) -> bool:
    """Whether a hold is looked at again after today, and soon enough."""
    return 0 < (review_on - today).days <= days_most
