"""Themes of complaints as files that leave the service, for the steering group and for training (COM-6)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.context import Context
from compliance.kernel.tables import Table

from .figures import STAGES, Figures
from .queries import OfOrganisation, Themes

_FIGURES = (
    "Open", "Ended", *(f"Reached stage {stage}" for stage in STAGES), "Half ended within days", "Longest, in days",
)  # fmt: skip


def of_themes(ctx: Context, found: Themes) -> Table:
    """One line for each theme, with what was raised in each quarter."""
    columns = ("Theme", *(str(quarter) for quarter in found.quarters), "Raised", *_FIGURES)
    lines = [
        (each.name, *(str(figures.raised) for figures in each.by_quarter), str(each.whole.raised), *_said(each.whole))
        for each in found.themes
    ]
    return Table("Themes of complaints", "complaint-themes", ctx.now(), columns, lines, _address(ctx), None, "Themes")


def of_organisations(ctx: Context, found: Themes, rows: Sequence[OfOrganisation]) -> Table:
    """One line for each organisation, over all themes."""
    first, last = found.quarters[0], found.quarters[-1]
    lines = [
        (each.name, f"{first} to {last}", str(each.raised), str(each.about.raised), *_said(each.about)) for each in rows
    ]
    columns = ("Organisation", "Quarters", "Raised by it", "Raised about it", *_FIGURES)
    title = "Complaints by organisation"
    return Table(title, "complaints-by-organisation", ctx.now(), columns, lines, _address(ctx), None, "Organisations")


def _said(figures: Figures) -> tuple[str, ...]:
    took = ("" if days is None else str(days) for days in (figures.middle, figures.longest))
    return (str(figures.open), str(figures.ended), *(str(figures.reached[stage]) for stage in STAGES), *took)


def _address(ctx: Context) -> str:
    return f"{ctx.house.settings.base_url}/complaints/themes"
