"""What was done again after the store had been turned back, for the hub to look at (RET-12)."""

from __future__ import annotations

from flask import Blueprint, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import Context, work
from compliance.kernel.tables import Table
from compliance.web import lists
from compliance.web.access import guarded
from compliance.web.replies import Reply, show
from policies.permissions import Permission
from retention.journal import listing
from retention.journal.listing import HOW, SORTS, WHAT, Row, Which

pages = Blueprint("restored", __name__, url_prefix="/retention/restored")

WHICH = {Which.ALL: "All", Which.TO_LOOK: "For somebody to look at"}


@pages.get("")
@guarded(Permission.RETENTION_READ)
def done_again() -> Reply:
    """Each thing, searched, filtered and sorted; the newest first."""
    with work() as ctx:
        sheet = lists.cut(_found(ctx))
        record(ctx, ListViewed(what="done-again", rows=len(sheet.rows)))
    return show(
        "restored.html", sheet=sheet, search=lists.asked("search"), which=_which(), what=_what(), sort=_sort(),
        choices=WHICH, kinds=WHAT, ways=HOW, link_of=link_of,
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.RETENTION_READ)
def export(form: str) -> Reply:
    """The same as a file."""

    def table(ctx: Context) -> Table:
        return listing.table(ctx, _found(ctx))

    return lists.file_of(form, "done-again", table)


def link_of(row: Row) -> str | None:
    """The page of what it is about, where it has one."""
    room, thing = row.what.partition(".")[0], row.thing
    if room in {"account", "authenticator", "passkey", "password", "role", "invitation"}:
        return url_for("people.person", person_id=thing)
    if room == "licence":
        return url_for("licences.licence", licence_id=thing)
    if row.what == "disposal.confirmed":
        return url_for("disposal_certificates.certificate", certificate_id=thing)
    return url_for("holds.hold", hold_id=thing) if room == "retention_hold" else None


def _found(ctx: Context) -> list[Row]:
    return listing.done_again(ctx, search=lists.asked("search"), which=_which(), what=_what(), sort=_sort())


def _which() -> Which:
    return Which(lists.one_of("which", list(Which)) or Which.ALL)


def _what() -> str | None:
    return lists.one_of("what", WHAT)


def _sort() -> str:
    return lists.one_of("sort", SORTS) or SORTS[0]
