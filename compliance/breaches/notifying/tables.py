"""The register of personal-data breaches as a file: the facts, the effects and the remedy, as Article 33(5) asks (BRE-3)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.breaches.queries import called
from compliance.kernel.context import Context
from compliance.kernel.tables import Table, moment

from . import saying, showing
from .queries import Listed
from .wording import DECISIONS, RISKS, STANDS

_COLUMNS = (
    "Breach", "Organisation", "Case reference", "State", "Happened", "Known since", "ICO to be told by", "ICO told",
    "Told late because", "ICO reference", "Decided", "Reasons", "Risk", "Kinds of data", "People, about", "Records, about", "Facts",
    "Effects", "Remedial action", "People told", "About telling people", "Partners told", "Assessments",
)  # fmt: skip


def of_register(ctx: Context, rows: Sequence[Listed], *, most: int | None = None) -> Table:
    """One line for each breach, as its newest assessment has it."""
    address = f"{ctx.house.settings.base_url}/data-breaches"
    lines = [_line(ctx, row) for row in rows]
    return Table("Personal-data breaches", "data-breaches", ctx.now(), _COLUMNS, lines, address, most, "Data breaches")


def _line(ctx: Context, row: Listed) -> tuple[str, ...]:
    breach, newest = row.breach, row.assessment
    opened = showing.opened(ctx, newest) if newest else None
    return (
        called(row.incident),
        row.organisation or "",
        row.incident.reference or "",
        STANDS[row.stands(ctx.now())],
        moment(row.incident.happened_at),
        moment(breach.aware_at),
        moment(breach.tell_by),
        moment(breach.notified_at),
        showing.late_reason(ctx, row),
        breach.regulator_reference or "",
        DECISIONS[breach.decision] if breach.decision else "",
        _said(ctx, row, "decision_words"),
        RISKS[row.risk] if row.risk else "",
        "; ".join(opened.categories) if opened else "",
        _about(newest.people if newest else None),
        _about(newest.records if newest else None),
        opened.facts if opened else "",
        opened.effects if opened else "",
        opened.remedy if opened else "",
        moment(breach.people_told_at),
        _said(ctx, row, "people_words"),
        moment(breach.partners_told_at),
        str(newest.number) if newest else "0",
    )


def _said(ctx: Context, row: Listed, column: str) -> str:
    """All that was said of a decision, one line for each, the oldest first."""
    said = saying.everything(ctx, row.breach, column)
    return "\n".join(f"{moment(each.at)}, {DECISIONS[each.what]}: {each.words}" for each in said)


def _about(number: int | None) -> str:
    return "" if number is None else str(number)
