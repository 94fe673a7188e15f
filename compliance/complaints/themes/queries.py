"""Counting complaints between partners for those who learn from them and see none of them (COM-6, COM-7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from compliance.complaints.models import Complaint
from compliance.kernel.calendar import Quarter
from compliance.kernel.clock import london_date, start_of
from compliance.kernel.context import Context
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as register

from .figures import Figures, Seen, by_quarter, figures, span

QUARTERS = (4, 8, 12)
"""Over how many quarters can be counted."""

MOST = 20_000
"""Complaints that are counted at the most; beyond it the oldest are left out, and that is said."""

SORTS = ("name", "raised", "about", "open", "middle")


@dataclass(frozen=True)
class OfTheme:
    """One theme: its name and meaning, what of it was raised in each quarter, and altogether."""

    code: str
    name: str
    means: str
    by_quarter: Sequence[Figures]
    whole: Figures


@dataclass(frozen=True)
class OfOrganisation:
    """One organisation: how many complaints it raised, and the figures of those about it."""

    id: UUID
    name: str
    raised: int
    about: Figures


@dataclass(frozen=True)
class Themes:
    """Everything that is counted over these quarters; `cut` where there was more than could be."""

    quarters: Sequence[Quarter]
    themes: Sequence[OfTheme]
    organisations: Sequence[OfOrganisation]
    by_quarter: Sequence[Figures]
    whole: Figures
    cut: bool

    def of(self, code: str | None) -> tuple[Sequence[Figures], Figures]:
        """The figures of one theme, quarter by quarter and altogether; of all of them for None and for none of these."""
        found = next((each for each in self.themes if each.code == code), None)
        return (found.by_quarter, found.whole) if found else (self.by_quarter, self.whole)


def themes(ctx: Context, *, quarters: int = QUARTERS[0]) -> Themes:
    """What was raised in the last so many quarters, the one that runs among them; raises Forbidden.

    Complaints count in the quarter in which they were raised, as they stand today. Figures of an organisation are of
    all themes together, so that no two tables side by side tell who complained of what about whom.
    """
    require(ctx, Permission.THEME_READ)
    those = span(london_date(ctx.now()), quarters)
    seen = _seen(ctx, those[0].first_day)
    known = ctx.the(Policy).complaint_themes
    codes = dict.fromkeys([*known, *(each.theme for each in seen)])

    def of_theme(code: str) -> OfTheme:
        rows = [each for each in seen if each.theme == code]
        theme = known.get(code)
        name, means = (
            (theme.name, theme.means) if theme else (code.replace("_", " ").capitalize(), "No longer a theme.")
        )
        return OfTheme(code, name, means, by_quarter(rows, those), figures(rows))

    return Themes(
        those, [of_theme(code) for code in codes], _of_organisations(ctx, seen), by_quarter(seen, those), figures(seen),
        cut=len(seen) == MOST,
    )  # fmt: skip


def in_order(rows: Sequence[OfOrganisation], sort: str, search: str | None = None) -> list[OfOrganisation]:
    """The organisations whose name holds what is searched for, sorted; `-` turns the order round."""
    name = sort.removeprefix("-")
    keys = {
        "name": lambda each: each.name.casefold(),
        "raised": lambda each: each.raised,
        "about": lambda each: each.about.raised,
        "open": lambda each: each.about.open,
        "middle": lambda each: -1 if each.about.middle is None else each.about.middle,
    }
    needle = (search or "").strip().casefold()
    found = sorted((each for each in rows if needle in each.name.casefold()), key=lambda each: each.name.casefold())
    return sorted(found, key=keys[name], reverse=sort.startswith("-"))


def _seen(ctx: Context, since: date) -> list[Seen]:
    row = Complaint
    found = ctx.session.execute(
        select(row.theme, row.from_organisation_id, row.about_organisation_id, row.raised_at, row.stage, row.ended_at)
        .where(row.raised_at >= start_of(since))
        .order_by(row.raised_at.desc(), row.id)
        .limit(MOST)
    )
    return [
        Seen(theme, from_id, about_id, london_date(raised_at), stage, london_date(ended_at) if ended_at else None)
        for theme, from_id, about_id, raised_at, stage, ended_at in found
    ]


def _of_organisations(ctx: Context, seen: Sequence[Seen]) -> list[OfOrganisation]:
    involved = {each for one in seen for each in (one.from_id, one.about_id)}
    return [
        OfOrganisation(
            organisation_id,
            name,
            sum(each.from_id == organisation_id for each in seen),
            figures(each for each in seen if each.about_id == organisation_id),
        )
        for organisation_id, name in register.names(ctx)
        if organisation_id in involved
    ]
