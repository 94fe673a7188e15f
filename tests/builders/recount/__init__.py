"""The figures of a report counted again by hand: over rows as they lie in the tables, with none of the report's own code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from compliance.kernel.context import House

from . import conduct, registers
from .rows import Rows

CHAPTERS: dict[str, Callable[[Rows], dict[str, int | None]]] = {
    "signatories": registers.signatories, "licences": registers.licences, "training": registers.training,
    "growth": registers.growth, "instruments": registers.instruments, "audits": conduct.audits, "breaches": conduct.breaches,
    "complaints": conduct.complaints, "retention": conduct.retention, "accountability": conduct.accountability,
    "support": conduct.support,
}  # fmt: skip


def recounted(house: House, since: date, until: date, *chapters: str) -> dict[str, int | None]:
    """Each figure of these chapters by chapter and code, for a span of London dates up to and not including `until`."""
    rows = Rows(house, since, until)
    return {f"{one}.{code}": value for one in chapters for code, value in CHAPTERS[one](rows).items()}
