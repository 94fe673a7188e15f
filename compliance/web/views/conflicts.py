"""Conflicts of interest: who is kept from which case, setting and lifting that, and what was asked all the same (DEC-6).

Nobody is shown one of their own, whatever their role: not in the list, not by its address, not in a number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.decisions.exceptions import listing, queries, use_cases
from compliance.decisions.exceptions.listing import CONFLICT_SORTS
from compliance.identity import queries as identity
from compliance.identity.proposals.models import Proposal
from compliance.kernel.context import Context, reading, work
from compliance.kernel.tables import Table
from compliance.web import asked as asking
from compliance.web import lists
from compliance.web.access import guarded
from compliance.web.forms.exceptions import KeepApart, Lift
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission

pages = Blueprint("conflicts", __name__, url_prefix="/conflicts")

STATES = ("keeps_apart", "lifted")
WAITS = "A second person has to agree. Until then nothing is kept from them."


@pages.get("")
@guarded(Permission.CONFLICT_READ)
def conflicts() -> Reply:
    """Everybody who is or was kept from a case, the newest first, or as asked."""
    asked, sort = _asked(), lists.sort_of(CONFLICT_SORTS)
    after = lists.place_of(CONFLICT_SORTS, sort)
    with work() as ctx:
        page = listing.conflicts(ctx, **asked, sort=sort, after=after)
        # How many there are is another number for whoever is kept from seeing one.
        record(ctx, ListViewed(what="conflicts", rows=None))
    return show(
        "conflicts.html",
        rows=page.rows,
        after=page.after,
        beginning=after is None,
        sort=sort,
        asked=asked,
        state=lists.one_of("state", STATES),
        filtered=any(value not in (None, False) for value in asked.values()),
    )


@pages.get("/export.<form>")
@guarded(Permission.CONFLICT_READ)
def export(form: str) -> Reply:
    """The list as it was searched and sorted, as a file."""
    asked, sort = _asked(), lists.sort_of(CONFLICT_SORTS)

    def table(ctx: Context) -> Table:
        found, most = lists.walked(partial(listing.conflicts, ctx, **asked, sort=sort, limit=listing.MOST))
        return listing.table_of_conflicts(ctx, found, most=most)

    return lists.file_of(form, "conflicts", table, counted=False)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.CONFLICT_PROPOSE)
def propose() -> Reply:
    """Ask that somebody is kept from a case."""
    form = KeepApart()
    if form.sent():
        with telling(form):
            with work() as ctx:
                made = use_cases.propose_conflict(
                    ctx,
                    person_id=queries.whom(ctx, form.email.data or "").id,
                    reference=form.reference.data or "",
                    grounds=form.grounds.data or "",
                )
            return on("proposals.proposal", WAITS, proposal_id=made.id)
    return show("conflict_new.html", form)


@pages.get("/<uuid:conflict_id>")
@guarded(Permission.CONFLICT_READ)
def conflict(conflict_id: UUID) -> Reply:
    """One of them, with its grounds; and, for the two who set it, what its person asked all the same."""
    with work() as ctx:
        it = use_cases.view_conflict(ctx, conflict_id)
        ids = {
            who
            for who in (str(it.person_id), it.asked_by, it.agreed_by, it.lift_asked_by, it.lift_agreed_by)
            if who is not None
        }
        return show(
            "conflict.html",
            it=it,
            names=identity.names_of(ctx, ids),
            grounds=queries.grounds_of(ctx, it),
            attempts=queries.attempts(ctx, it),
            set_it=queries.set_by(ctx, it),
        )


@pages.route("/<uuid:conflict_id>/lift", methods=["GET", "POST"])
@guarded(Permission.CONFLICT_PROPOSE)
def lift(conflict_id: UUID) -> Reply:
    """Ask that somebody is no longer kept from a case."""
    form = Lift()
    if form.sent():
        with telling(form):
            with work() as ctx:
                made = use_cases.propose_lifting(ctx, conflict_id, grounds=form.grounds.data or "")
            done = "A second person has to agree. Until then they are kept from the case."
            return on("proposals.proposal", done, proposal_id=made.id)
    with reading() as ctx:
        it = queries.conflict(ctx, conflict_id)
        names = identity.names_of(ctx, [str(it.person_id)])
    if not form.summary and it.lifted_at is not None:
        return redirect(url_for("conflicts.conflict", conflict_id=conflict_id), 303)
    return show("conflict_lift.html", form, it=it, names=names)


def _asked() -> dict[str, Any]:
    """What the list is narrowed to."""
    state = lists.one_of("state", STATES)
    return {
        "search": lists.asked("search"),
        "lifted": None if state is None else state == "lifted",
        "attempted": lists.one_of("attempted", ("yes",)) is not None,
    }


def _said(ctx: Context, proposal: Proposal, asked: Mapping[str, Any]) -> Iterable[asking.Fact]:
    yield ("Case", str(asked["reference"]))
    yield ("Grounds", use_cases.grounds_asked(ctx, proposal))


asking.in_words(queries.SET, "Keep somebody from a case")(_said)
asking.in_words(queries.LIFT, "Let somebody near a case again")(_said)
