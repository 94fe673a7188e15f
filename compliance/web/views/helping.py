"""Asking for help, and what the hub does about it (GOV-6, OP 6.4)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.governance.support import queries, tables, use_cases
from compliance.governance.support.queries import Which
from compliance.governance.support.rules import Step, called
from compliance.governance.support.use_cases import SIGNED_IN, Caller
from compliance.kernel.context import Context, in_force, reading, work
from compliance.kernel.ids import parse_id
from compliance.kernel.tables import Table
from compliance.web import lists
from compliance.web.access import can, guarded, signed_in
from compliance.web.forms.help import (
    MATTERS,
    Ask,
    EndContact,
    EndHelp,
    HelpQuestion,
    LogCall,
    NameContact,
    PassOn,
    Sort,
)
from compliance.web.forms.plain import PlainForm, telling
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as register

pages = Blueprint("help", __name__, url_prefix="/help")

WHICH = {
    Which.OPEN: "All that are open",
    Which.ASKED: "Nobody has said whose matter",
    Which.OVERDUE: "Overdue",
    Which.SUPPLIER: "The supplier’s",
    Which.ENDED: "Ended",
    Which.ALL: "All",
}
OWN = (Which.OPEN, Which.ENDED, Which.ALL)
"""What whoever reads their own alone can narrow the list to: how the hub sorts them is no matter of theirs."""


@pages.get("")
@signed_in
def requests() -> Reply:
    """One's own requests for help; for the hub, everybody's: searched, filtered, sorted, a page at a time."""
    form, sort = _question(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    with work() as ctx:
        page = queries.requests(ctx, **_asked(form), sort=sort, after=after, limit=lists.PAGE)
        record(ctx, ListViewed(what="help-requests", rows=len(page.rows)))
    return show(
        "help.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort, called=called,
        subjects=in_force(Policy).help_subjects, matters=MATTERS, filtered=_asked(form) != _EVERYTHING, everybodys=can(Permission.HELP_READ),
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.HELP_READ)
def export(form: str) -> Reply:
    """The requests as they were searched and sorted, as a file."""
    asked, sort = _asked(_question()), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        rows, most = lists.walked(partial(queries.requests, ctx, **asked, sort=sort, limit=queries.MOST))
        return tables.of_requests(ctx, rows, most=most)

    return lists.file_of(form, "help-requests", table)


@pages.route("/new", methods=["GET", "POST"])
@signed_in
def ask() -> Reply:
    """Ask for help."""
    form = Ask()
    form.about.choices = _subjects()
    if form.sent():
        with telling(form):
            with work() as ctx:
                made = use_cases.ask(ctx, about=form.about.data or "", words=form.words.data or "").id
            return on("help.request", "The MARAC Hub Team has your request.", request_id=made)
    return show("help_new.html", form, days=in_force(Policy).support.answer_working_days, call=False)


@pages.route("/call", methods=["GET", "POST"])
@guarded(Permission.HELP_HANDLE)
def log_call() -> Reply:
    """Log what somebody asked for by telephone or letter."""
    form = LogCall()
    form.about.choices = _subjects()
    form.verified_by.choices = [(code, each.name) for code, each in in_force(Policy).help_checks.items()]
    with reading() as ctx:
        form.organisation_id.choices = [
            ("", "None that is in the register"),
            *((str(one), name) for one, name in register.names(ctx)),
        ]
    if form.sent():
        with telling(form):
            organisation_id = parse_id(form.organisation_id.data or "")
            caller = Caller(form.who.data or "", form.verified_by.data or "", organisation_id)
            with work() as ctx:
                made = use_cases.log_call(ctx, caller, about=form.about.data or "", words=form.words.data or "").id
            return on("help.request", "The request is logged.", request_id=made)
    return show("help_new.html", form, days=in_force(Policy).support.answer_working_days, call=True)


@pages.get("/<uuid:request_id>")
@signed_in
def request(request_id: UUID) -> Reply:
    """One request: what was asked, whose matter it is, and what came of it."""
    with work() as ctx:
        whole = use_cases.view(ctx, request_id)
    policy, it = in_force(Policy), whole.request
    checks = {code: each.name for code, each in policy.help_checks.items()} | {SIGNED_IN: "Signed in here"}
    return show(
        "help_request.html", whole=whole, it=it, name=called(it.year, it.number), may={step.value for step in whole.may},
        subjects=policy.help_subjects, checks=checks, matters=MATTERS,
        everybodys=can(Permission.HELP_READ), overdue=whole.overdue,
    )  # fmt: skip


@pages.route("/<uuid:request_id>/matter", methods=["GET", "POST"])
@guarded(Permission.HELP_HANDLE)
def sort(request_id: UUID) -> Reply:
    """Say whose matter it is."""
    form = Sort()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.sort(ctx, request_id, matter=form.matter.data or "")
            return on("help.request", "It is said whose matter this is.", request_id=request_id)
    return _step(request_id, form, Step.SORT, "Whose matter is it?")


@pages.route("/<uuid:request_id>/supplier", methods=["GET", "POST"])
@guarded(Permission.HELP_HANDLE)
def pass_on(request_id: UUID) -> Reply:
    """Pass it on to the supplier."""
    form = PassOn()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.pass_on(ctx, request_id, ticket=form.ticket.data or "")
            return on("help.request", "It is with the supplier.", request_id=request_id)
    return _step(request_id, form, Step.PASS_ON, "Pass it on to the supplier")


@pages.route("/<uuid:request_id>/end", methods=["GET", "POST"])
@guarded(Permission.HELP_HANDLE)
def end(request_id: UUID) -> Reply:
    """End it, with what came of it."""
    form = EndHelp()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.end(ctx, request_id, outcome=form.outcome.data or "")
            return on("help.request", "It has ended. Whoever asked here is told by letter.", request_id=request_id)
    return _step(request_id, form, Step.END, "End the request")


@pages.get("/contacts")
@guarded(Permission.HELP_READ)
def contacts() -> Reply:
    """Who passes requests on to the supplier."""
    with work() as ctx:
        rows = queries.contacts(ctx)
        record(ctx, ListViewed(what="support-contacts", rows=len(rows)))
    return show("help_contacts.html", rows=rows, ending=EndContact())


@pages.route("/contacts/new", methods=["GET", "POST"])
@guarded(Permission.HELP_NAME)
def name_contact() -> Reply:
    """Name a support contact."""
    form = NameContact()
    with reading() as ctx:
        people = use_cases.who_can_be_named(ctx)
        form.person_id.choices = [("", "Choose one"), *((str(each.id), each.full_name) for each in people)]
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.name_contact(
                    ctx, parse_id(form.person_id.data or "") or UUID(int=0), ends_on=form.ends_on.data
                )
            return on("help.contacts", "They can pass requests on to the supplier.")
    return show("help_contact_new.html", form)


@pages.post("/contacts/<uuid:support_contact_id>/end")
@guarded(Permission.HELP_NAME)
def end_contact(support_contact_id: UUID) -> Reply:
    """Somebody is no support contact any more."""
    form = EndContact()
    with telling(form), work() as ctx:
        use_cases.end_contact(ctx, support_contact_id)
    return on("help.contacts", None if form.summary else "They pass nothing on any more.")


_EVERYTHING: dict[str, Any] = {"which": Which.OPEN, "search": None}


def _step(request_id: UUID, form: PlainForm, step: Step, title: str) -> Reply:
    """The page of a step; where there is no such step now, the request's own page instead."""
    with reading() as ctx:
        whole = queries.whole(ctx, queries.visible(ctx, request_id))
    it = whole.request
    if not form.summary and step not in whole.may:
        return redirect(url_for("help.request", request_id=request_id), 303)
    return show("help_step.html", form, whole=whole, it=it, name=called(it.year, it.number), title=title)


def _subjects() -> list[tuple[str, str]]:
    return [(code, each.name) for code, each in in_force(Policy).help_subjects.items()]


def _question() -> HelpQuestion:
    form = HelpQuestion()
    everybodys = can(Permission.HELP_READ)
    form.which.choices = [(which.value, words) for which, words in WHICH.items() if everybodys or which in OWN]
    if not everybodys:
        form.search.label.text = "Search by number"
    return form


def _asked(form: HelpQuestion) -> dict[str, Any]:
    return {
        "which": Which(form.which.data) if form.which.data in list(Which) else Which.OPEN,
        "search": form.search.data or None,
    }
