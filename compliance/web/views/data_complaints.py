"""Complaints about how data is used: their register, their thirty days, and what was done about each (COM-9)."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.complaints.data_protection import queries, tables, use_cases
from compliance.complaints.data_protection.queries import Which
from compliance.complaints.data_protection.rules import NEXT, Status, Step, called
from compliance.complaints.data_protection.use_cases import Came
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context, house, in_force, reading, work
from compliance.kernel.ids import parse_id
from compliance.kernel.tables import Table
from compliance.web import lists
from compliance.web.access import could, guarded
from compliance.web.forms.data_complaints import (
    CHANNELS,
    OUTCOMES,
    PROGRESS,
    Acknowledged,
    Answered,
    DataComplaint,
    DataComplaintQuestion,
    Noted,
)
from compliance.web.forms.plain import PlainForm, telling
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as register

pages = Blueprint("data_complaints", __name__, url_prefix="/data-complaints")

WHICH = {
    Which.OPEN: "All that are open",
    Which.TO_ACKNOWLEDGE: "To be acknowledged",
    Which.OVERDUE: "Overdue",
    Which.ACKNOWLEDGED: "Acknowledged, to be answered",
    Which.ANSWERED: "Answered",
    Which.LATE: "Acknowledged late, or overdue",
    Which.ALL: "All",
}


@pages.get("")
@guarded(Permission.DATA_COMPLAINT_READ)
def complaints() -> Reply:
    """The register: searched, filtered, sorted, a page at a time; what is to be acknowledged first stands first."""
    with work() as ctx:
        form, sort = _question(ctx), lists.sort_of(queries.SORTS)
        after = lists.place_of(queries.SORTS, sort)
        form.understood()
        page = queries.complaints(ctx, **_asked(form), sort=sort, after=after, limit=lists.PAGE)
        counted = queries.counted(ctx)
        record(ctx, ListViewed(what="data-complaints", rows=len(page.rows)))
    return show(
        "data_complaints.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort,
        counted=counted, called=called, outcomes=OUTCOMES, values=in_force(Policy).complaints,
        filtered=_asked(form) != {"which": Which.OPEN, "organisation_id": None, "search": None},
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.DATA_COMPLAINT_READ)
def export(form: str) -> Reply:
    """The register as it was searched and sorted, as a file."""
    sort = lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        asked = _asked(_question(ctx))

        rows, most = lists.walked(partial(queries.complaints, ctx, **asked, sort=sort, limit=queries.MOST))
        return tables.of_complaints(ctx, rows, most=most)

    return lists.file_of(form, "data-complaints", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.DATA_COMPLAINT_HANDLE)
def came() -> Reply:
    """Put a complaint that came into the register."""
    form = DataComplaint()
    with reading() as ctx:
        form.organisation_id.choices = [("", "None in particular"), *_organisations(ctx)]
    if form.sent():
        with telling(form):
            with work() as ctx:
                made = use_cases.record_complaint(
                    ctx,
                    Came(
                        form.channel.data, form.received_on.data, form.who.data or "", form.words.data or "",
                        parse_id(form.organisation_id.data or ""),
                    ),
                )  # fmt: skip
                complaint_id, name = made.id, called(made.year, made.number)
            return on("data_complaints.complaint", f"It is in the register as {name}.", complaint_id=complaint_id)
    return show("data_complaint_new.html", form, values=in_force(Policy).complaints)


@pages.get("/<uuid:complaint_id>")
@guarded(Permission.DATA_COMPLAINT_READ)
def complaint(complaint_id: UUID) -> Reply:
    """One complaint: what it says, its last day, what was done, and what to do next."""
    with work() as ctx:
        whole = use_cases.view(ctx, complaint_id)
    it = whole.complaint
    return show(
        "data_complaint.html", whole=whole, it=it, name=called(it.year, it.number), channels=CHANNELS,
        kinds=PROGRESS, outcomes=OUTCOMES, left=(it.acknowledge_by - _today()).days,
        may={step.value for step in Step if (Status(it.status), step) in NEXT}
        if could(Permission.DATA_COMPLAINT_HANDLE) else (),
    )  # fmt: skip


@pages.route("/<uuid:complaint_id>/acknowledgement", methods=["GET", "POST"])
@guarded(Permission.DATA_COMPLAINT_HANDLE)
def acknowledge(complaint_id: UUID) -> Reply:
    """Say when whoever complained was told that it came."""
    form = Acknowledged()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.acknowledge(ctx, complaint_id, on=form.acknowledged_on.data)
            return on("data_complaints.complaint", "The complaint is acknowledged.", complaint_id=complaint_id)
    elif not form.is_submitted():
        form.acknowledged_on.process(None, _today())
    return _step("data_complaint_acknowledge.html", complaint_id, form, Step.ACKNOWLEDGE)


@pages.route("/<uuid:complaint_id>/progress", methods=["GET", "POST"])
@guarded(Permission.DATA_COMPLAINT_HANDLE)
def note(complaint_id: UUID) -> Reply:
    """Record an enquiry, or that the person was told how it stands."""
    form = Noted()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.note(ctx, complaint_id, kind=form.kind.data, words=form.words.data or "")
            return on("data_complaints.complaint", "It is recorded.", complaint_id=complaint_id)
    return _step("data_complaint_note.html", complaint_id, form, Step.NOTE)


@pages.route("/<uuid:complaint_id>/answer", methods=["GET", "POST"])
@guarded(Permission.DATA_COMPLAINT_HANDLE)
def answer(complaint_id: UUID) -> Reply:
    """Say what a complaint came to, and when the person was told."""
    form = Answered()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.answer(
                    ctx, complaint_id, on=form.answered_on.data, outcome=form.outcome.data, words=form.words.data or ""
                )
            return on("data_complaints.complaint", "The complaint is answered.", complaint_id=complaint_id)
    elif not form.is_submitted():
        form.answered_on.process(None, _today())
    return _step("data_complaint_answer.html", complaint_id, form, Step.ANSWER)


def _step(template: str, complaint_id: UUID, form: PlainForm, step: Step) -> Reply:
    """The page of a step; where there is no such step now, the complaint's own page instead."""
    with reading() as ctx:
        it = queries.visible(ctx, complaint_id)
    if not form.summary and (Status(it.status), step) not in NEXT:
        return redirect(url_for("data_complaints.complaint", complaint_id=complaint_id), 303)
    return show(template, form, it=it, name=called(it.year, it.number))


def _today() -> date:
    return london_date(house().clock.now())


def _organisations(ctx: Context) -> list[tuple[str, str]]:
    return [(str(each), name) for each, name in register.names(ctx)]


def _question(ctx: Context) -> DataComplaintQuestion:
    form = DataComplaintQuestion()
    form.which.choices = [(which.value, words) for which, words in WHICH.items()]
    form.organisation.choices = [("", "Any organisation"), *_organisations(ctx)]
    return form


def _asked(form: DataComplaintQuestion) -> dict[str, Any]:
    return {
        "which": Which(form.which.data) if form.which.data in list(Which) else Which.OPEN,
        "organisation_id": parse_id(form.organisation.data or ""),
        "search": form.search.data or None,
    }
