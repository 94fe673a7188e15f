"""The Information Asset Register: what this service keeps, and where each stands (OP 11.1, SIG-8)."""

from __future__ import annotations

from audit.lists import ListExported, ListViewed
from audit.record import record
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from compliance.kernel.tables import File, Form, Table, form_of, write
from policies.access import require
from policies.groups import InformationAsset
from policies.permissions import Permission
from policies.values import Policy

WHAT = "information-assets"
"""What the log calls the list."""

SORTS = ("name", "owner")
"""What it can be sorted by; with a minus before it, the other way round."""


def view_assets(ctx: Context, *, search: str | None = None, sort: str | None = None) -> list[InformationAsset]:
    """Show what the service keeps, and keep that it was shown. Raises Invalid at /sort."""
    found = _assets(ctx, search, sort)
    record(ctx, ListViewed(what=WHAT, rows=len(found)))
    return found


def export_assets(ctx: Context, form: Form | str, *, search: str | None = None, sort: str | None = None) -> File:
    """Hand out the Information Asset Register as a file, and keep that it was handed out."""
    kind = form_of(form)
    found = _assets(ctx, search, sort)
    record(ctx, ListExported(what=WHAT, form=kind.value, rows=len(found)))
    base = ctx.house.settings.base_url
    rows = [
        (
            each.name,
            each.holds,
            each.owner,
            each.purpose,
            each.basis,
            each.clause,
            each.kept,
            f"{base}{each.page}" if each.page else "",
            f"{base}{each.export}" if each.export else "",
        )
        for each in found
    ]
    columns = ("Asset", "Holds", "Owner", "Purpose", "Lawful basis", "Clause", "Kept", "Page", "Spreadsheet")
    address = f"{base}/register/information-assets"
    return write(Table("Information Asset Register", WHAT, ctx.now(), columns, rows, address), kind)


def _assets(ctx: Context, search: str | None, sort: str | None) -> list[InformationAsset]:
    require(ctx, Permission.WITHDRAWAL_READ)
    by = sort or SORTS[0]
    if by.removeprefix("-") not in SORTS:
        raise Invalid.at("/sort", f"Sort by one of these: {', '.join(SORTS)}.")
    needle = (search or "").strip().casefold()
    found = [
        each
        for each in ctx.the(Policy).assets.values()
        if needle in f"{each.name} {each.holds} {each.owner} {each.purpose} {each.basis}".casefold()
    ]
    found.sort(key=lambda each: str(getattr(each, by.removeprefix("-"))).casefold(), reverse=by.startswith("-"))
    return found
