"""A pack of evidence as it is, whether it is shown, printed or opened as a spreadsheet: the same rows three times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from compliance.kernel.clock import london_date, said_day, said_time
from compliance.kernel.tables import Table
from compliance.papers.documents import Document, Section

Row = tuple[str, ...]

MOST = 1000
"""Rows of a part at the most."""


@dataclass(frozen=True)
class Part:
    """One register's part of a pack: its columns and rows, or the words that say why there are none.

    `says` stands above the rows, `nothing` in their place. `shown` is False for what the
    reader may know nothing of.
    """

    code: str
    heading: str
    columns: Sequence[str]
    rows: Sequence[Row]
    says: str = ""
    nothing: str = "Nothing was on the register."
    shown: bool = True

    @property
    def words(self) -> str:
        """What stands above the rows, with whether they were cut."""
        cut = f" Only the first {MOST:,} are here." if len(self.rows) >= MOST else ""
        return f"{self.says}{cut}".strip()

    @property
    def count(self) -> str:
        """How many entries there are, as it is said in every form of the pack."""
        if not self.shown:
            return "Not shown"
        return f"{len(self.rows):,}"


@dataclass(frozen=True)
class Pack:
    """Everything held on one organisation as at an instant (SIG-14)."""

    organisation_id: UUID
    name: str
    code: str
    at: datetime
    past: bool
    produced_at: datetime
    address: str
    parts: tuple[Part, ...]

    @property
    def title(self) -> str:
        """What the pack is called."""
        return f"Evidence pack: {self.name}"

    @property
    def as_at(self) -> str:
        """The instant it speaks of, in words."""
        return f"As at {said_day(london_date(self.at))} at {said_time(self.at)} (UK local time)"

    @property
    def rows(self) -> int:
        return sum(len(part.rows) for part in self.parts)

    @property
    def contents(self) -> Part:
        """What is in it, and how much of each."""
        rows = [(part.heading, part.count) for part in self.parts]
        return Part("contents", "Contents", ("Part", "Entries"), rows, says=f"{self.as_at}.")


def sheets(pack: Pack) -> list[Table]:
    """The pack as the sheets of a spreadsheet: its contents, then one for each part."""
    stem = f"evidence-{pack.code}"

    def sheet(part: Part) -> Table:
        rows = part.rows or [(part.nothing, *[""] * (len(part.columns) - 1))]
        title = f"{pack.title}. {part.heading}. {pack.as_at}"
        return Table(title, stem, pack.produced_at, part.columns, rows, pack.address, sheet=part.heading[:31])

    return [sheet(part) for part in (pack.contents, *pack.parts)]


def document(pack: Pack) -> Document:
    """The pack as a document to be set and signed."""

    def section(part: Part) -> Section:
        says = tuple(words for words in (part.words, "" if part.rows else part.nothing) if words)
        return Section(part.heading, says, (), part.columns, part.rows)

    return Document(
        title=pack.title,
        stem=f"evidence-{pack.code}",
        produced_at=pack.produced_at,
        address=pack.address,
        says=(f"{pack.as_at}. Everything this service holds on the organisation, from its own registers.",),
        sections=[section(part) for part in (pack.contents, *pack.parts)],
        wide=True,
    )
