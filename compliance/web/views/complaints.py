"""Complaints between partners: whose turn it is, the list, one with its whole story, and raising one (COM-1, COM-5, COM-7)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint

from audit.lists import ListViewed
from audit.record import record
from compliance.complaints import queries, showing, tables, use_cases
from compliance.complaints.queries import Which
from compliance.complaints.use_cases import Matter
from compliance.decisions.exceptions.queries import kept_from
from compliance.kernel.context import Context, in_force, reading, work
from compliance.kernel.ids import parse_id
from compliance.kernel.tables import Table
from compliance.web import lists
from compliance.web.access import guarded, signed_in
from compliance.web.forms.complaints import YES, ComplaintQuestion, RaiseComplaint
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, attachment, on, show
from policies.access import reach
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as register

pages = Blueprint("complaints", __name__, url_prefix="/complaints")

WHICH = {
    Which.OPEN: "All that are open",
    Which.MINE: "My turn",
    Which.WAITING: "Waiting for others",
    Which.OVERDUE: "Overdue",
    Which.ENDED: "Ended",
    Which.ALL: "All",
}
STAGES = {
    1: "Team managers",
    2: "Safeguarding leads and service managers",
    3: "Directors",
    4: "The chair",
}
"""Between whom each stage is (COM-1)."""
GROUPS = (Which.OVERDUE, Which.MINE, Which.WAITING)
"""What somebody looks for first."""


@pages.get("/turns")
@guarded(Permission.COMPLAINT_READ)
def turns() -> Reply:
    """Whose turn it is: what is overdue, what waits for oneself, and what waits for others."""
    with work() as ctx:
        groups = [(which, queries.complaints(ctx, which=which)) for which in GROUPS]
        record(ctx, ListViewed(what="complaints", rows=sum(len(page.rows) for _, page in groups)))
    return show("complaints_turns.html", groups=[(each, WHICH[each], page) for each, page in groups], **_words())


@pages.get("")
@guarded(Permission.COMPLAINT_READ)
def complaints() -> Reply:
    """The complaints one may know of: searched, filtered, sorted, a page at a time; what is due first stands first."""
    form, sort = _question(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    with work() as ctx:
        page = queries.complaints(ctx, **_asked(form), sort=sort, after=after, limit=lists.PAGE)
        record(ctx, ListViewed(what="complaints", rows=len(page.rows)))
    return show(
        "complaints.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort, **_words(),
        filtered=_asked(form) != {"which": Which.OPEN, "stage": None, "theme": None, "search": None},
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.COMPLAINT_READ)
def export(form: str) -> Reply:
    """The complaints as they were searched and sorted, as a file."""
    asked, sort = _asked(_question()), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        rows, most = lists.walked(partial(queries.complaints, ctx, **asked, sort=sort, limit=queries.MOST))
        return tables.of_complaints(ctx, rows, most=most)

    return lists.file_of(form, "complaints", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.COMPLAINT_RAISE)
def raise_one() -> Reply:
    """Complain about another organisation."""
    form = RaiseComplaint()
    with reading() as ctx:
        names = register.names(ctx)
        within = reach(ctx, Permission.COMPLAINT_RAISE)
    mine = [(str(id_), name) for id_, name in names if within is None or id_ in within]
    form.from_id.choices = mine if len(mine) == 1 else [("", "Choose one"), *mine]
    form.about.choices = [("", "Choose one"), *((str(id_), name) for id_, name in names)]
    policy = in_force(Policy)
    form.theme.choices = [("", "Choose one"), *((code, each.name) for code, each in policy.complaint_themes.items())]
    form.area.choices = [("", "None in particular"), *((code, each.name) for code, each in policy.areas.items())]
    if form.sent():
        matter = Matter(
            form.theme.data or "", form.words.data or "", form.immediate_risk.data == YES, form.area.data or None,
            form.reference.data or None,
        )  # fmt: skip
        with telling(form):
            with work() as ctx:
                made = use_cases.raise_complaint(
                    ctx, _id(form.from_id.data), _id(form.about.data), matter, ours=form.ours, theirs=form.theirs
                )
                hidden = made.reference in kept_from(ctx)
            done = "The complaint is raised, at stage 1. Both sides are told by letter."
            if hidden:
                return on("complaints.complaints", done)
            return on("complaints.complaint", done, complaint_id=made.id)
    return show("complaint_raise.html", form, themes=policy.complaint_themes, days=policy.complaints.stage_working_days)


@pages.get("/<uuid:complaint_id>")
@signed_in
def complaint(complaint_id: UUID) -> Reply:
    """One complaint: where it stands, whose turn it is, and its story, the same for everybody who reads it (COM-2)."""
    with work() as ctx:
        whole = showing.view(ctx, complaint_id)
    return show(
        "complaint.html", whole=whole, it=whole.complaint, stages=STAGES, theme=theme(whole.complaint.theme),
    )  # fmt: skip


@pages.get("/<uuid:complaint_id>/reports/<uuid:report_id>")
@signed_in
def report_file(complaint_id: UUID, report_id: UUID) -> Reply:
    """The file of a report, as it was handed in (COM-3)."""
    with work() as ctx:
        report, content = showing.read_report(ctx, complaint_id, report_id)
    return attachment(content, report.media_type or "application/octet-stream", report.file_name or "report")


def theme(code: str) -> str:
    """A theme in words; one that the policy knows no more by its code."""
    known = in_force(Policy).complaint_themes.get(code)
    return known.name if known else code


def _words() -> dict[str, Any]:
    """What stages and themes are called, for a list."""
    return {"STAGES": STAGES, "themes": in_force(Policy).complaint_themes}


def _id(typed: str | None) -> UUID:
    return parse_id(typed or "") or UUID(int=0)


def _question() -> ComplaintQuestion:
    form = ComplaintQuestion()
    form.which.choices = [(which.value, words) for which, words in WHICH.items()]
    form.stage.choices = [("", "All stages"), *((str(stage), f"{stage}: {who}") for stage, who in STAGES.items())]
    themes = in_force(Policy).complaint_themes
    form.theme.choices = [("", "All themes"), *((code, each.name) for code, each in themes.items())]
    return form


def _asked(form: ComplaintQuestion) -> dict[str, Any]:
    which = form.which.data if form.which.data in list(Which) else Which.OPEN
    stage = form.stage.data if form.stage.data in {str(stage) for stage in STAGES} else None
    return {
        "which": Which(which),
        "stage": int(stage) if stage else None,
        "theme": form.theme.data if form.theme.data in in_force(Policy).complaint_themes else None,
        "search": form.search.data or None,
    }
