"""What a document says, before it is set: its title, its sections, and where the register itself stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compliance.kernel.clock import london_date, said_day, said_time
from compliance.kernel.tables import DEFINITIVE

_IN_TYPE = re.compile(
    "[^\n\\u0020-\\u007e\\u00a0-\\u04ff\\u05d0-\\u05ea\\u0621-\\u063a\\u0640-\\u064a\\u1e00-\\u1fff"
    "\\u200b-\\u200d\\u2010-\\u2027\\u2030-\\u2040\\u20a0-\\u20bf\\u2190-\\u22ff]"
)
"""What the typefaces at hand have no sign for: they have Latin, Greek, Cyrillic, Hebrew and Arabic."""


@dataclass(frozen=True)
class Section:
    """One part: paragraphs, then a picture, then facts in two columns, then a table, then text that is shown as it stands.

    `picture` is an SVG that brings its own style, `pictured` says what is to be seen in it; a table says the same.
    """

    heading: str
    says: Sequence[str] = ()
    facts: Sequence[tuple[str, str]] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    verbatim: str = ""
    picture: str = ""
    pictured: str = ""


@dataclass(frozen=True)
class Document:
    """A whole document; `stem` begins its file's name, `address` is where the register it was taken from stands."""

    title: str
    stem: str
    produced_at: datetime
    address: str
    sections: Sequence[Section]
    says: Sequence[str] = ()
    wide: bool = False

    @property
    def notice(self) -> str:
        """The line on every page and at the end (SIG-14)."""
        at = f"{said_day(london_date(self.produced_at))} at {said_time(self.produced_at)}"
        return f"Produced on {at}, UK local time. {DEFINITIVE}: {self.address}"

    def held(self) -> dict[str, Any]:
        """As the compositor takes it."""
        sections = [
            {
                "heading": each.heading,
                "says": each.says,
                "facts": each.facts,
                "columns": each.columns,
                "rows": each.rows,
                "verbatim": each.verbatim,
                "picture": each.picture,
                "pictured": each.pictured,
            }
            for each in self.sections
        ]
        said = {"title": self.title, "notice": self.notice, "says": self.says, "wide": self.wide, "sections": sections}
        held: dict[str, Any] = in_type(said)
        return held


def in_type(value: Any) -> Any:
    """The same with what has no sign written by its number, such as `[U+6F22]`: shown, and never left out."""
    if isinstance(value, str):
        return _IN_TYPE.sub(lambda found: f"[U+{ord(found[0]):04X}]", value)
    if isinstance(value, dict):
        return {name: in_type(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [in_type(each) for each in value]
    return value
