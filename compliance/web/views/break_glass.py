"""Cases opened for emergency MARACs: who opened which to whom, ending that early, and looking at it afterwards (DEC-5)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.decisions.exceptions import listing, queries, use_cases
from compliance.decisions.exceptions.listing import GLASS_SORTS
from compliance.decisions.exceptions.models import BreakGlass
from compliance.decisions.exceptions.rules import Stands
from compliance.identity import queries as identity
from compliance.kernel.context import Context, in_force, reading, work
from compliance.kernel.tables import Table
from compliance.web import lists
from compliance.web.access import could, guarded
from compliance.web.forms.exceptions import Open, Review
from compliance.web.forms.people import Confirm
from compliance.web.forms.plain import PlainForm, telling
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("break_glass", __name__, url_prefix="/break-glass")


@pages.get("")
@guarded(Permission.BREAK_GLASS_READ)
def opened() -> Reply:
    """Every case that was opened, the newest first, or as asked."""
    asked, sort = _asked(), lists.sort_of(GLASS_SORTS)
    after = lists.place_of(GLASS_SORTS, sort)
    with work() as ctx:
        page = listing.glasses(ctx, **asked, sort=sort, after=after)
        record(ctx, ListViewed(what="break-glass", rows=len(page.rows)))
    return show(
        "break_glass.html",
        rows=page.rows,
        after=page.after,
        beginning=after is None,
        sort=sort,
        asked=asked,
        states=list(Stands),
    )


@pages.get("/export.<form>")
@guarded(Permission.BREAK_GLASS_READ)
def export(form: str) -> Reply:
    """The list as it was searched and sorted, as a file."""
    asked, sort = _asked(), lists.sort_of(GLASS_SORTS)

    def table(ctx: Context) -> Table:
        found, most = lists.walked(partial(listing.glasses, ctx, **asked, sort=sort, limit=listing.MOST))
        return listing.table_of_glasses(ctx, found, most=most)

    return lists.file_of(form, "break-glass", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.BREAK_GLASS_GRANT)
def grant() -> Reply:
    """Open a case to somebody for some hours."""
    form = Open()
    values = in_force(Policy)
    form.area.choices = [("", "Choose an area MARAC"), *((code, area.name) for code, area in values.areas.items())]
    if not form.is_submitted():
        form.hours.data = str(values.exceptions.break_glass_hours)
    if form.sent():
        with telling(form):
            with work() as ctx:
                given = use_cases.grant_break_glass(
                    ctx,
                    person_id=queries.whom(ctx, form.email.data or "").id,
                    reference=form.reference.data or "",
                    area=form.area.data or "",
                    hours=form.number,
                    reason=form.reason.data or "",
                )
            done = "The case is open to them from now on. Information governance is asked to look at it."
            return on("break_glass.one", done, glass_id=given.id)
    return show("break_glass_new.html", form, most=values.exceptions.break_glass_hours)


@pages.get("/<uuid:glass_id>")
@guarded(Permission.BREAK_GLASS_READ)
def one(glass_id: UUID) -> Reply:
    """One of them: to whom, until when, why, and what was found of it."""
    with work() as ctx:
        return show("break_glass_one.html", **_shown(ctx, use_cases.view_glass(ctx, glass_id)))


@pages.route("/<uuid:glass_id>/end", methods=["GET", "POST"])
@guarded(Permission.BREAK_GLASS_GRANT)
def end(glass_id: UUID) -> Reply:
    """Shut the case again before its time."""
    form = Confirm()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.end_break_glass(ctx, glass_id)
            return on("break_glass.one", "It has ended: the case is shut to them again.", glass_id=glass_id)
    return _step("break_glass_end.html", glass_id, form, lambda shown: shown["stands"] is Stands.OPEN)


@pages.route("/<uuid:glass_id>/review", methods=["GET", "POST"])
@guarded(Permission.BREAK_GLASS_REVIEW)
def review(glass_id: UUID) -> Reply:
    """Say whether it was justified, and what was found."""
    form = Review()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.review_break_glass(
                    ctx, glass_id, justified=form.justified.data == "yes", review=form.review.data or ""
                )
            return on("break_glass.one", "What you found is recorded.", glass_id=glass_id)
    return _step("break_glass_review.html", glass_id, form, lambda shown: shown["why_not"] is None)


def _step(template: str, glass_id: UUID, form: PlainForm, fits: Any) -> Reply:
    """The page of a step; whoever cannot take it is led to the page that says why."""
    with reading() as ctx:
        shown = _shown(ctx, queries.glass(ctx, glass_id))
    if not form.summary and not fits(shown):
        return redirect(url_for("break_glass.one", glass_id=glass_id), 303)
    return show(template, form, **shown)


def _shown(ctx: Context, it: BreakGlass) -> dict[str, Any]:
    ids = {who for who in (str(it.person_id), it.granted_by, it.ended_by, it.reviewed_by) if who}
    return {
        "it": it,
        "stands": queries.stands(ctx, it),
        "names": identity.names_of(ctx, ids),
        "reason": queries.reason_of(ctx, it),
        "review": queries.review_of(ctx, it),
        "why_not": queries.why_not_review(ctx, it) if could(Permission.BREAK_GLASS_REVIEW) else None,
    }


def _asked() -> dict[str, Any]:
    """What the list is narrowed to."""
    state = lists.one_of("state", list(Stands))
    return {"search": lists.asked("search"), "state": Stands(state) if state else None}
