"""The figures of a report counted again by hand: over rows as they lie in the tables, with none of the report's own code."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from compliance.kernel.context import House

from .recounting import registers, taking_part, watching
from .recounting.rows import Figures, Rows

CHAPTERS: dict[str, Callable[[Rows], Figures]] = {
    "signatories": registers.signatories, "licences": registers.licences, "training": registers.training,
    "audits": watching.audits, "breaches": watching.breaches, "complaints": watching.complaints,
    "retention": watching.retention, "accountability": taking_part.accountability,
    "instruments": registers.instruments, "growth": taking_part.growth, "support": taking_part.support,
}  # fmt: skip


def recounted(house: House, since: date, until: date, chapters: Iterable[str]) -> dict[str, Figures]:
    """Each figure of these chapters by its code, as a report keeps it, for the London dates up to and not including `until`."""
    rows = Rows(house, since, until)
    return {chapter: CHAPTERS[chapter](rows) for chapter in chapters}
