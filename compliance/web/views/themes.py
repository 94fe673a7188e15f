"""What complaints between partners are about, in figures: no case, no person, and no complaint by itself (COM-6, COM-7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record
from compliance.complaints.themes import queries, tables
from compliance.complaints.themes.figures import STAGES, Figures
from compliance.complaints.themes.queries import QUARTERS, Themes
from compliance.kernel.context import Context, work
from compliance.kernel.tables import Table
from compliance.web import charts, lists
from compliance.web.access import guarded
from compliance.web.charts import Chart, Series
from compliance.web.replies import Reply, show
from compliance.web.words import count
from policies.permissions import Permission

pages = Blueprint("themes", __name__, url_prefix="/complaints/themes")


@pages.get("")
@guarded(Permission.THEME_READ)
def themes() -> Reply:
    """Themes over the quarters, how far complaints go and how long they take, and the organisations in them."""
    back, sort = _quarters(), _sort()
    with work() as ctx:
        found = queries.themes(ctx, quarters=back)
        record(ctx, ListViewed(what="complaint-themes", rows=len(found.themes)))
    chosen = next((each for each in found.themes if each.code == lists.asked("theme")), None)
    by_quarter, whole = found.of(chosen.code if chosen else None)
    search = lists.asked("search")
    return show(
        "themes.html", found=found, chosen=chosen, back=back, choices=QUARTERS, stages=STAGES, sort=sort, search=search,
        organisations=queries.in_order(found.organisations, sort, search),
        pictures=_pictures(found, by_quarter, whole) if whole.raised else {}, **_rows(found, by_quarter, whole),
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.THEME_READ)
def export(form: str) -> Reply:
    """The themes over the quarters, as a file."""
    back = _quarters()
    return lists.file_of(
        form, "complaint-themes", lambda ctx: tables.of_themes(ctx, queries.themes(ctx, quarters=back))
    )


@pages.get("/organisations/export.<form>")
@guarded(Permission.THEME_READ)
def export_organisations(form: str) -> Reply:
    """The organisations as they were searched and sorted, as a file."""
    back, sort, search = _quarters(), _sort(), lists.asked("search")

    def table(ctx: Context) -> Table:
        found = queries.themes(ctx, quarters=back)
        return tables.of_organisations(ctx, found, queries.in_order(found.organisations, sort, search))

    return lists.file_of(form, "complaints-by-organisation", table)


def _rows(found: Themes, by_quarter: Sequence[Figures], whole: Figures) -> dict[str, Any]:
    """What the pictures show, as tables."""
    each = list(zip(found.quarters, by_quarter, strict=True))
    return {
        "rows_raised": [(quarter, figures.raised, figures.ended, figures.open) for quarter, figures in each],
        "rows_stages": [(f"Stage {stage}", whole.reached[stage]) for stage in STAGES],
        "rows_time": [(quarter, _days(figures.middle), _days(figures.longest)) for quarter, figures in each],
    }


def _days(number: int | None) -> str:
    return "None ended" if number is None else count(number, "day")


def _quarters() -> int:
    return int(lists.one_of("quarters", [str(each) for each in QUARTERS]) or QUARTERS[0])


def _sort() -> str:
    return lists.one_of("sort", [*queries.SORTS, *(f"-{name}" for name in queries.SORTS)]) or "-about"


def _pictures(found: Themes, by_quarter: Sequence[Figures], whole: Figures) -> dict[str, Any]:
    """Three pictures: how many came, how far they went, how long they took."""
    labels = [str(quarter) for quarter in found.quarters]
    pictures: dict[str, Any] = {
        "raised": charts.columns(
            Chart(
                "chart-raised", "Complaints raised in each quarter, and how many of them have ended",
                f"{count(whole.raised, 'was', 'were')} raised in {count(len(labels), 'quarter')}; "
                f"{whole.ended} ended, {whole.open} open.",
                labels,
                [
                    Series("Ended", [each.ended for each in by_quarter]),
                    Series("Open", [each.open for each in by_quarter]),
                ],
            )
        ),
        "stages": charts.columns(
            Chart(
                "chart-stages", "How far the complaints went",
                "The highest stage reached: "
                + ", ".join(f"{whole.reached[stage]} at stage {stage}" for stage in STAGES) + ".",
                [f"Stage {stage}" for stage in STAGES],
                [Series("Complaints", [whole.reached[stage] for stage in STAGES])],
            )
        ),
    }  # fmt: skip
    if whole.middle is not None:
        pictures["time"] = charts.lines(
            Chart(
                "chart-time", "Days until half of those that ended had ended",
                f"Half of those that ended did so within {count(whole.middle, 'day')}, the longest took "
                f"{count(whole.longest or 0, 'day')}.",
                labels, [Series("Days", [each.middle for each in by_quarter])],
            )
        )  # fmt: skip
    return pictures
