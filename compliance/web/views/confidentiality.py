"""The confidentiality statement: reading and acknowledging it, who has, and publishing another version (SHA-4)."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import Context, in_force, reading, work
from compliance.kernel.tables import Table
from compliance.sharing.statement import queries, tables, use_cases
from compliance.sharing.statement.queries import Which
from compliance.web import lists
from compliance.web.access import could, guarded, signed_in
from compliance.web.forms.plain import telling
from compliance.web.forms.sharing import Acknowledge, HolderQuestion, Publish
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("confidentiality", __name__, url_prefix="/confidentiality")

WHICH = {
    Which.MISSING: "Those who have not acknowledged it",
    Which.DONE: "Those who have",
    Which.ALL: "All who hold a licence",
}


@pages.get("")
@signed_in
def statement() -> Reply:
    """The version in force, and whether one has acknowledged it."""
    form = Acknowledge()
    with reading() as ctx:
        version = queries.newest(ctx)
        me = ctx.actor.person_id
        mine = queries.acknowledgement(ctx, version.id, me) if version and me else None
    form.version.data = str(version.number) if version else ""
    return show("confidentiality.html", form, version=version, mine=mine, asked=could(Permission.STATEMENT_ACKNOWLEDGE))


@pages.post("/acknowledged")
@guarded(Permission.STATEMENT_ACKNOWLEDGE)
def acknowledge() -> Reply:
    """Say that one has read it and keeps to it."""
    said = Acknowledge().version.data or ""
    with work() as ctx:
        use_cases.acknowledge(ctx, int(said) if said.isascii() and said.isdigit() and len(said) < 7 else 0)
    return on("confidentiality.statement", "Thank you. That you have read it is recorded.")


@pages.get("/acknowledgements")
@guarded(Permission.STATEMENT_READ)
def acknowledgements() -> Reply:
    """Who holds a licence, and whether they have acknowledged the version in force."""
    form, sort = _question(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    with work() as ctx:
        page = queries.holders(ctx, **_asked(form), sort=sort, after=after, limit=lists.PAGE)
        version = queries.newest(ctx)
        record(ctx, ListViewed(what="acknowledgements", rows=len(page.rows)))
    return show(
        "acknowledgements.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort,
        version=version, filtered=_asked(form) != {"which": Which.ALL, "search": None},
    )  # fmt: skip


@pages.get("/acknowledgements/export.<form>")
@guarded(Permission.STATEMENT_READ)
def export(form: str) -> Reply:
    """The same as it was searched and sorted, as a file."""
    asked, sort = _asked(_question()), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        rows, most = lists.walked(partial(queries.holders, ctx, **asked, sort=sort, limit=queries.MOST))
        return tables.of_holders(ctx, rows, most=most)

    return lists.file_of(form, "acknowledgements", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.STATEMENT_PUBLISH)
def publish() -> Reply:
    """Put another version into force."""
    form = Publish()
    with reading() as ctx:
        version = queries.newest(ctx)
    if form.sent():
        with telling(form):
            with work() as ctx:
                made = use_cases.publish(ctx, form.words.data or "")
            done = f"Version {made.number} is in force. Everybody is asked to acknowledge it."
            return on("confidentiality.statement", done)
    elif not form.is_submitted() and version is not None:
        form.words.data = version.words
    return show("confidentiality_new.html", form, version=version, most=in_force(Policy).sharing.statement_most)


def _question() -> HolderQuestion:
    form = HolderQuestion()
    form.which.choices = [(which.value, words) for which, words in WHICH.items()]
    if form.which.data not in list(Which):
        form.which.data = Which.ALL.value
    return form


def _asked(form: HolderQuestion) -> dict[str, Any]:
    return {"which": Which(form.which.data), "search": form.search.data or None}
