"""Breaches: what waits for whom, reporting one, and what each came to (BRE-1, BRE-2)."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from werkzeug.datastructures import MultiDict

from audit.lists import ListViewed
from audit.record import record
from compliance.accesses.flags import queries as flags
from compliance.breaches import queries, reporting, showing, tables, use_cases
from compliance.breaches.models import Incident
from compliance.breaches.notifying import queries as notifying
from compliance.breaches.queries import Which
from compliance.breaches.reporting import Report as Said
from compliance.breaches.rules import Kind, Status
from compliance.kernel.clock import showing as instants
from compliance.kernel.context import Context, in_force, reading, work
from compliance.kernel.ids import parse_id
from compliance.kernel.tables import Table
from compliance.web import lists
from compliance.web.access import could, guarded
from compliance.web.breach_words import BREACH_KINDS, BREACH_STATES
from compliance.web.forms.breaches import KINDS, BreachQuestion, Report
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, on, show
from compliance.web.words import day
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("breaches", __name__, url_prefix="/breaches")

WHICH = {
    Which.OPEN: "All that are open",
    Which.MY_TURN: "My turn",
    Which.OVERDUE: "Overdue",
    Which.MY_ACTIONS: "With something for me to do",
    Which.REPORTED_BY_ME: "Reported by me",
    Which.ENDED: "Resolved or closed",
    Which.ALL: "All",
}

WHOSE = {
    Status.REPORTED: "the MARAC Hub Team, which raises it with the organisation that it is about",
    Status.RAISED: "the organisation that it is about, which says what it found and did",
    Status.ANSWERED: "the MARAC Hub Team, which says whether the answer resolves it or takes it to the MARAC manager",
    Status.WITH_MANAGER: "the MARAC manager, who resolves it or takes it to the steering group",
    Status.WITH_STEERING: "the steering group, which closes it",
}
"""Whose move it is, and what the move is."""


@pages.get("")
@guarded(Permission.INCIDENT_REPORT)
def breaches() -> Reply:
    """The breaches one may know of: searched, filtered, sorted, a page at a time; and what one has half written."""
    form, sort = _question(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    with work() as ctx:
        page = queries.incidents(ctx, **_asked(form), sort=sort, after=after, limit=lists.PAGE)
        counted = queries.counted(ctx)
        drafts = [(draft, reporting.opened(ctx, draft)) for draft in reporting.own_drafts(ctx)]
        record(ctx, ListViewed(what="incidents", rows=len(page.rows)))
    return show(
        "breaches.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort, counted=counted,
        drafts=drafts, called=queries.called, kinds=BREACH_KINDS, states=BREACH_STATES,
        draft_days=in_force(Policy).breaches.draft_days,
        filtered=_asked(form) != {"which": _usual(), "kind": None, "search": None},
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.INCIDENT_REPORT)
def export(form: str) -> Reply:
    """The breaches as they were searched and sorted, as a file."""
    asked, sort = _asked(_question()), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        rows, most = lists.walked(partial(queries.incidents, ctx, **asked, sort=sort, limit=queries.MOST))
        return tables.of_incidents(ctx, rows, most=most)

    return lists.file_of(form, "incidents", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.INCIDENT_REPORT)
def report() -> Reply:
    """Report a breach, or keep what is written so far and go on later."""
    form = _report_form()
    draft_id = parse_id(form.draft.data or "")
    if form.is_submitted() and request.form.get("act") == "keep":
        with telling(form):
            with work() as ctx:
                reporting.save_draft(ctx, _typed(), draft_id=draft_id)
            return on("breaches.breaches", "What you have written is kept. You can go on with it from this page.")
    elif form.sent():
        said = _said(form)
        if said is not None:
            with telling(form):
                with work() as ctx:
                    made = use_cases.report(ctx, said)
                    if draft_id is not None:
                        reporting.throw_away(ctx, draft_id)
                    called = queries.called(made)
                done = f"Thank you. Breach {called} is reported, and the MARAC Hub Team is told."
                return on("breaches.breaches", done, which=Which.REPORTED_BY_ME.value)
    return show("breach_report.html", form, words_most=in_force(Policy).breaches.words_most)


@pages.post("/drafts/<uuid:draft_id>/thrown-away")
@guarded(Permission.INCIDENT_REPORT)
def throw_away(draft_id: UUID) -> Reply:
    """Throw away what one has half written."""
    with work() as ctx:
        reporting.throw_away(ctx, draft_id)
    return on("breaches.breaches", "What you had written is thrown away.")


@pages.get("/<uuid:incident_id>")
@guarded(Permission.INCIDENT_REPORT)
def breach(incident_id: UUID) -> Reply:
    """One breach: where it stands, whose move it is and by when, its path, and what belongs to it."""
    with work() as ctx:
        whole = showing.view(ctx, incident_id)
        data = notifying.of_incident(ctx, incident_id) if whole.whole and could(Permission.DATA_BREACH_READ) else None
    return show("breach.html", whole=whole, it=whole.incident, data=data, **words_of(whole.incident))


def words_of(it: Incident) -> dict[str, Any]:
    """How a breach is said on its pages."""
    return {
        "called": queries.called(it),
        "kind": BREACH_KINDS[it.kind],
        "state": BREACH_STATES[it.status],
        "move": WHOSE.get(Status(it.status)),
    }


def organisations(ctx: Context) -> list[tuple[str, str]]:
    """Every organisation of the register, to choose from."""
    return [(str(id_), name) for id_, name in queries.partners(ctx)]


def _report_form() -> Report:
    """The form as it was sent; or as it was kept half written; or with what a flag says already."""
    flag_id = parse_id(request.args.get("flag", ""))
    with reading() as ctx:
        kept: dict[str, str] = {}
        draft_id = parse_id(request.args.get("draft", ""))
        if request.method == "GET" and draft_id is not None:
            kept = reporting.opened(ctx, reporting.own_draft(ctx, draft_id)) | {"draft": str(draft_id)}
        elif request.method == "GET" and flag_id is not None:
            flag = flags.visible(ctx, flag_id)
            kept = {
                "flag": str(flag.id), "kind": Kind.DATA_BREACH.value, "reference": flag.reference or "",
                "organisation": str(flag.organisation_id or ""),
            }  # fmt: skip
        named = organisations(ctx)
    form = Report(formdata=MultiDict(kept)) if kept else Report()
    form.organisation.choices = [("", "I do not know, or none in particular"), *named]
    return form


def _typed() -> dict[str, str]:
    """Everything that was typed, understood or not, as it is kept half written."""
    names = set(Report()._fields) - {"csrf_token", "draft"}
    parts = {f"{name}-{part}" for name in ("happened_on", "aware_on") for part in ("day", "month", "year")}
    return {name: request.form[name] for name in sorted(names | parts) if request.form.get(name)}


def _said(form: Report) -> Said | None:
    """What is reported; None where a time cannot be understood, which is said beside it."""
    happened_at = _instant(form, "happened")
    aware_at = _instant(form, "aware")
    if form.summary:
        return None
    same_day = form.aware_on.data == form.happened_on.data and form.aware_at.at is None
    if happened_at is not None and aware_at is not None and same_day:
        aware_at = max(aware_at, happened_at)
    return Said(
        form.kind.data, form.words.data or "", parse_id(form.organisation.data or ""), form.reference.data or None,
        happened_at, aware_at, parse_id(form.flag.data or ""),
    )  # fmt: skip


def _instant(form: Report, what: str) -> datetime | None:
    """A day and a time by the clock in London: of an hour that comes twice the first, and the day's beginning without one."""
    on_field, at_field = form._fields[f"{what}_on"], form._fields[f"{what}_at"]
    on_day: date | None = on_field.data
    at: time | None = at_field.at
    if on_day is None:
        if at is not None and not on_field.errors:
            form.tell_at(f"{what}_on", "Enter the day, too.")
        return None
    meant = instants(on_day, at or time.min)
    if not meant:
        form.tell_at(f"{what}_at", f"Clocks go forward on {day(on_day)} and leave this time out. Choose another.")
        return None
    return meant[0]


def _question() -> BreachQuestion:
    form = BreachQuestion()
    shown = WHICH if could(Permission.INCIDENT_READ) else {Which.REPORTED_BY_ME: WHICH[Which.REPORTED_BY_ME]}
    form.which.choices = [(which.value, words) for which, words in shown.items()]
    if form.which.data not in shown:
        form.which.data = _usual().value
    form.kind.choices = [("", "Any kind"), *((kind.value, BREACH_KINDS[kind]) for kind in KINDS)]
    return form


def _usual() -> Which:
    return Which.OPEN if could(Permission.INCIDENT_READ) else Which.REPORTED_BY_ME


def _asked(form: BreachQuestion) -> dict[str, Any]:
    return {
        "which": Which(form.which.data),
        "kind": Kind(form.kind.data) if form.kind.data in list(Kind) else None,
        "search": form.search.data or None,
    }
