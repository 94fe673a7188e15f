"""Looking at the assurance of every partner and at the checks of the ISA's list, and taking them away (AUD-1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, Unpack
from uuid import UUID

from audit.lists import ListExported, ListViewed
from audit.record import record
from compliance.kernel.context import Context
from compliance.kernel.tables import File, Form, Table, day, form_of, moment, write

from . import queries
from .events import AssuranceViewed
from .queries import AssuranceRow, CheckRow
from .rules import Currency

ASSURANCE, CHECKS = "assurance", "isa-checks"


class Wanted(TypedDict, total=False):
    """How the list of assurance can be asked for; see `queries.assurance`."""

    search: str | None
    sector: str | None
    state: Currency | str | None
    sort: str


def view_assurance(ctx: Context, **wanted: Unpack[Wanted]) -> list[AssuranceRow]:
    """Show how current every organisation's policies are (SIG-11), and keep that it was shown."""
    rows = queries.assurance(ctx, **wanted)
    record(ctx, ListViewed(what=ASSURANCE, rows=len(rows)))
    return rows


def view_assurance_of(ctx: Context, organisation_id: UUID) -> AssuranceRow:
    """Show how current one organisation's policies are (SIG-11), and keep that it was shown."""
    row = queries.of_one(ctx, organisation_id)
    record(ctx, AssuranceViewed(subject=organisation_id, organisation=organisation_id))
    return row


def export_assurance(ctx: Context, form: Form | str, **wanted: Unpack[Wanted]) -> File:
    """Hand out how current every organisation's policies are as a file, and keep that it was handed out."""
    kind = form_of(form)
    rows = queries.assurance(ctx, **wanted)
    record(ctx, ListExported(what=ASSURANCE, form=kind.value, rows=len(rows)))
    columns = (
        "Organisation", "Code", "Sector", "Signatory", "Assurance", "Policy", "State", "Next review", "Stands so until",
    )  # fmt: skip
    lines = [
        (
            row.organisation.name,
            row.organisation.code,
            row.organisation.sector,
            "yes" if row.organisation.signatory else "no",
            row.currency.value,
            policy,
            stands.currency.value,
            day(stands.review_on),
            day(stands.until),
        )
        for row in rows
        for policy, stands in row.policies.items()
    ]
    return _file(ctx, kind, "Assurance of the partners", ASSURANCE, columns, lines)


def view_checks(
    ctx: Context, *, search: str | None = None, only_due: bool = True, sort: str = "name"
) -> list[CheckRow]:
    """Show for whom the ISA's own list was looked at, or is to be (SIG-12), and keep that it was shown."""
    rows = queries.checks(ctx, search=search, only_due=only_due, sort=sort)
    record(ctx, ListViewed(what=CHECKS, rows=len(rows)))
    return rows


def export_checks(
    ctx: Context, form: Form | str, *, search: str | None = None, only_due: bool = True, sort: str = "name"
) -> File:
    """Hand out the checks of the ISA's own list as a file, and keep that they were handed out."""
    kind = form_of(form)
    rows = queries.checks(ctx, search=search, only_due=only_due, sort=sort)
    record(ctx, ListExported(what=CHECKS, form=kind.value, rows=len(rows)))
    columns = ("Organisation", "Code", "Source", "Last checked", "Checked by", "On the list", "Check due", "Due now")
    lines = [
        (
            row.organisation.name,
            row.organisation.code,
            row.isa.source or "",
            moment(row.isa.checked_at),
            row.checked_by or "",
            {True: "yes", False: "no", None: ""}[row.isa.found],
            row.isa.due_on.isoformat(),
            "yes" if row.isa.due else "no",
        )
        for row in rows
    ]
    return _file(ctx, kind, "Checks of the partnership's own list of ISA signatories", CHECKS, columns, lines)


def _file(
    ctx: Context, form: Form, title: str, stem: str, columns: Sequence[str], lines: Sequence[Sequence[str]]
) -> File:
    address = f"{ctx.house.settings.base_url}/register/{stem}"
    return write(Table(title, stem, ctx.now(), columns, lines, address), form)
