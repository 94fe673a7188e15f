"""Our own records: each kind, for how long it is kept, how many are due, and when they were last disposed of (RET-9)."""

from __future__ import annotations

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record
from compliance.changes.webhooks.disposing import DELIVERIES, SECRETS
from compliance.governance.escalations.disposing import KIND as ESCALATIONS
from compliance.governance.outages.disposing import KINDS as OUTAGES
from compliance.governance.support.disposing import KIND as SUPPORT
from compliance.kernel.context import Context, work
from compliance.kernel.tables import Table
from compliance.web import lists
from compliance.web.access import guarded
from compliance.web.replies import Reply, show
from policies.permissions import Permission
from retention.own import showing, tables
from retention.own.schedule import KINDS
from retention.own.showing import SORTS, Shown, Which

EVERY = (*KINDS, ESCALATIONS, *OUTAGES, SUPPORT, DELIVERIES, SECRETS)
"""What is disposed of by the schedule, of every room."""

pages = Blueprint("own_records", __name__, url_prefix="/retention/own-records")

WHICH = {
    Which.ALL: "All kinds",
    Which.TIMED: "Kept for a time",
    Which.DUE: "Some are due now",
    Which.UNCONFIRMED: "To be confirmed",
}


@pages.get("")
@guarded(Permission.RETENTION_READ)
def schedule() -> Reply:
    """Every rule of the schedule, searched, filtered and sorted."""
    with work() as ctx:
        found = _found(ctx)
        record(ctx, ListViewed(what="own-records", rows=len(found)))
    return show(
        "own_records.html", rows=found, search=lists.asked("search"), which=_which(), sort=_sort(), choices=WHICH,
        counted=showing.COUNTED,
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.RETENTION_READ)
def export(form: str) -> Reply:
    """The same as a file."""

    def table(ctx: Context) -> Table:
        return tables.of_schedule(ctx, _found(ctx))

    return lists.file_of(form, "own-records", table)


def _found(ctx: Context) -> list[Shown]:
    return showing.schedule(ctx, EVERY, search=lists.asked("search"), which=_which(), sort=_sort())


def _which() -> Which:
    return Which(lists.one_of("which", list(Which)) or Which.ALL)


def _sort() -> str:
    return lists.one_of("sort", [*SORTS, *(f"-{key}" for key in SORTS)]) or SORTS[0]
