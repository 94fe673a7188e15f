"""The report of a quarter, and the exemptions, as files that leave the service (LIC-8)."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.kernel.calendar import Quarter
from compliance.kernel.context import Context
from compliance.kernel.tables import Table, day, moment

from .reports import Exempt, Line

_LINES = (
    "Person", "E-mail address", "Organisation", "Last used", "Warned", "Exempt until", "Verdict", "Judged", "Ended or ends on",
)  # fmt: skip
_EXEMPT = ("Person", "Organisation", "Reason", "Given", "Last day")


def of_quarter(ctx: Context, quarter: Quarter, lines: Sequence[Line], *, most: int | None = None) -> Table:
    """One line for each licence; where nothing stands under *Judged*, the verdict is what would be found today."""
    rows = [
        (
            line.person,
            line.email,
            line.organisation,
            moment(line.used_at),
            moment(line.warned_at),
            day(line.exempt_until),
            line.verdict,
            moment(line.judged_at),
            day(line.ends_on),
        )
        for line in lines
    ]
    address = f"{ctx.house.settings.base_url}/licences/use/{quarter}"
    return Table(
        f"Use of licences, {quarter.said}", f"use-{quarter}", ctx.now(), _LINES, rows, address, most, str(quarter)
    )


def of_exemptions(ctx: Context, exemptions: Sequence[Exempt], *, most: int | None = None) -> Table:
    """One line for each exemption in force."""
    rows = [
        (
            each.person,
            each.organisation,
            each.exemption.reason,
            moment(each.exemption.granted_at),
            each.exemption.ends_on.isoformat(),
        )
        for each in exemptions
    ]
    address = f"{ctx.house.settings.base_url}/licences/use/exemptions"
    return Table(
        "Exemptions from the audit of use", "exemptions", ctx.now(), _EXEMPT, rows, address, most, "Exemptions"
    )
