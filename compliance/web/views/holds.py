"""Holds: what is kept whatever its time, placed, kept up and lifted (RET-6)."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import Context, in_force, reading, work
from compliance.kernel.tables import Table
from compliance.web import lists
from compliance.web.access import guarded
from compliance.web.forms.plain import telling
from compliance.web.forms.records import REACHES, HoldQuestion, KeepHold, LiftHold, PlaceHold
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission
from policies.values import Policy
from retention.holds import queries, showing, tables, use_cases
from retention.holds.queries import Which
from retention.holds.rules import Reach
from signatories import queries as register

pages = Blueprint("holds", __name__, url_prefix="/retention/holds")

WHICH = {
    Which.IN_FORCE: "In force",
    Which.DUE: "In force, and to be looked at again by now",
    Which.OVERDUE: "In force, and overdue to be looked at",
    Which.LIFTED: "Lifted",
    Which.ALL: "All",
}
_NOT_CARRIED = frozenset({"csrf_token", "counted"})


@pages.get("")
@guarded(Permission.RETENTION_READ)
def holds() -> Reply:
    """The holds: searched, filtered, sorted, a page at a time; what is looked at first stands first."""
    form, sort = _question(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    asked = _asked(form)
    with work() as ctx:
        page = queries.holds(ctx, **asked, sort=sort, after=after, limit=lists.PAGE)
        counted = queries.counted(ctx)
        record(ctx, ListViewed(what="holds", rows=len(page.rows)))
    return show(
        "holds.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort, counted=counted,
        grounds=in_force(Policy).hold_grounds, reaches=REACHES,
        filtered=any(value for name, value in asked.items() if name != "which") or asked["which"] is not Which.IN_FORCE,
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.RETENTION_READ)
def export(form: str) -> Reply:
    """The holds as they were searched and sorted, as a file."""
    asked, sort = _asked(_question()), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        rows, most = lists.walked(partial(queries.holds, ctx, **asked, sort=sort, limit=queries.MOST))
        return tables.of_holds(ctx, rows, most=most)

    return lists.file_of(form, "holds", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.HOLD_PLACE)
def place() -> Reply:
    """Place a hold: first it is said how many records it names, and then it is placed."""
    form = _form()
    if form.sent() and _chosen(form):
        with telling(form):
            if form.counted.data:
                with work() as ctx:
                    made = use_cases.place(ctx, **_said(form)).id
                return on("holds.hold", "The hold is placed.", hold_id=made)
            with reading() as ctx:
                reached = use_cases.would_name(ctx, **_said(form))
            carried = [
                (name, value) for name, values in request.form.lists() if name not in _NOT_CARRIED for value in values
            ]
            return show(
                "hold_check.html", form, reached=reached, carried=carried, reaches=REACHES,
                ground=in_force(Policy).hold_grounds[form.ground.data or ""].name, called=_called(form),
            )  # fmt: skip
    return show("hold_new.html", form)


@pages.get("/<uuid:hold_id>")
@guarded(Permission.RETENTION_READ)
def hold(hold_id: UUID) -> Reply:
    """One hold: what it names, why, and when it is looked at again."""
    with work() as ctx:
        whole = showing.view(ctx, hold_id)
    return show("hold.html", whole=whole, it=whole.hold, grounds=in_force(Policy).hold_grounds, reaches=REACHES)


@pages.route("/<uuid:hold_id>/review", methods=["GET", "POST"])
@guarded(Permission.HOLD_PLACE)
def keep_up(hold_id: UUID) -> Reply:
    """Say that a hold was looked at and stays, and when it is looked at again."""
    form = KeepHold()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.prolong(ctx, hold_id, review_on=form.review_on.data or date.min)
            return on("holds.hold", "The hold is kept up.", hold_id=hold_id)
    return _step("hold_keep.html", form, hold_id)


@pages.route("/<uuid:hold_id>/lift", methods=["GET", "POST"])
@guarded(Permission.HOLD_LIFT)
def lift(hold_id: UUID) -> Reply:
    """Lift a hold, with a reason and a fresh code."""
    form = LiftHold()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.lift(ctx, hold_id, reason=form.reason.data or "")
            return on("holds.hold", "The hold is lifted.", hold_id=hold_id)
    return _step("hold_lift.html", form, hold_id)


def _step(template: str, form: KeepHold | LiftHold, hold_id: UUID) -> Reply:
    """The form of a step, for a hold that is in force."""
    with reading() as ctx:
        whole = showing.of(ctx, hold_id)
    if not form.summary and whole.hold.lifted_at is not None:
        return redirect(url_for("holds.hold", hold_id=hold_id), 303)
    return show(template, form, whole=whole, it=whole.hold)


def _form() -> PlaceHold:
    """The form to place one, with what its address says already: the page of a record leads here."""
    form = PlaceHold()
    form.ground.choices = [(code, ground.name) for code, ground in in_force(Policy).hold_grounds.items()]
    with reading() as ctx:
        names = register.names(ctx)
    form.organisation.choices = [("", "None"), *((str(each), name) for each, name in names)]
    if request.method == "GET":
        form.reach.data = lists.one_of("reach", list(Reach))
        form.value.data = lists.asked("value", 255)
    return form


def _chosen(form: PlaceHold) -> bool:
    """Whether there is something to hold; said beside the field where it belongs."""
    if form.reach.data == Reach.ORGANISATION.value:
        if not form.organisation.data:
            form.tell_at("organisation", "Choose the organisation.")
    elif not (form.value.data or "").strip():
        form.tell_at("value", "Enter what is held.")
    return form.status == 200


def _said(form: PlaceHold) -> dict[str, Any]:
    by_organisation = form.reach.data == Reach.ORGANISATION.value
    return {
        "ground": form.ground.data or "", "reach": form.reach.data or "", "reason": form.reason.data or "",
        "value": (form.organisation.data if by_organisation else form.value.data) or "",
        "review_on": form.review_on.data or date.min,
    }  # fmt: skip


def _called(form: PlaceHold) -> str:
    if form.reach.data != Reach.ORGANISATION.value:
        return form.value.data or ""
    return next(str(each[1]) for each in form.organisation.choices or () if each[0] == form.organisation.data)


def _question() -> HoldQuestion:
    form = HoldQuestion()
    form.which.choices = [(which.value, words) for which, words in WHICH.items()]
    grounds = in_force(Policy).hold_grounds
    form.ground.choices = [("", "Any ground"), *((code, each.name) for code, each in grounds.items())]
    form.reach.choices = [("", "Anything"), *((each.value, words) for each, words in REACHES.items())]
    return form


def _asked(form: HoldQuestion) -> dict[str, Any]:
    return {
        "which": Which(form.which.data) if form.which.data in list(Which) else Which.IN_FORCE,
        "ground": form.ground.data if form.ground.data in in_force(Policy).hold_grounds else None,
        "reach": form.reach.data if form.reach.data in list(Reach) else None,
        "search": form.search.data or None,
    }
