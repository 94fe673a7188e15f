"""Who waits for a seat, in which order, and how many seats there are (LIC-5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from compliance.kernel.context import in_force, reading, work
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import Form
from compliance.licences import queries as licences
from compliance.licences import use_cases
from compliance.licences.rules import Kind
from compliance.licences.waiting import queries
from compliance.licences.waiting.use_cases import export_waiting, view_waiting
from compliance.web import lists, step_up
from compliance.web.access import can, guarded
from compliance.web.forms.licences import Seats
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, attachment, on, show
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as signatories

pages = Blueprint("waiting", __name__, url_prefix="/licences")

_REACHED = Permission.LICENCE_READ


@pages.get("/waiting")
@guarded(Permission.LICENCE_READ)
def waiting() -> Reply:
    """The waiting list in its order, which it says, and what passed it by (LIC-9)."""
    with work() as ctx:
        organisations = [(id_, name) for id_, name in signatories.names(ctx) if can(_REACHED, id_)]
        asked = _asked(dict(organisations))
        lines = view_waiting(ctx, asked)
        order, passed = queries.order(ctx), queries.passed_over(ctx)
        counted = [each for each in licences.seats(ctx) if each.seats]
    return show(
        "waiting.html",
        sheet=lists.cut(lines),
        order=order,
        passed=passed,
        seats=counted,
        asked=asked,
        filtered=any(asked.values()),
        organisations=organisations,
        areas=in_force(Policy).areas.values(),
        days=in_force(Policy).licences.offer_working_days,
    )


@pages.get("/waiting/export.<form>")
@guarded(Permission.LICENCE_READ)
def export(form: str) -> Reply:
    """The list as it was asked for, as a file."""
    if form not in list(Form):
        raise NotFound()
    step_up.needed()
    with work() as ctx:
        organisations = {id_: name for id_, name in signatories.names(ctx) if can(_REACHED, id_)}
        file = export_waiting(ctx, form, _asked(organisations))
    return attachment(file.content, file.media_type, file.file_name)


@pages.route("/seats/<kind>", methods=["GET", "POST"])
@guarded(Permission.SEATS_SET)
def seats(kind: str) -> Reply:
    """How many seats of a kind the contract has; what comes free is offered to whoever waits."""
    if kind not in list(Kind):
        raise NotFound()
    with reading() as ctx:
        found = next(each for each in licences.seats(ctx) if each.kind == kind)
    form = Seats()
    if not form.is_submitted():
        form.seats.data = str(found.seats)
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.set_seats(ctx, Kind(kind), form.number)
            return on("licences.licences", "The number of seats is changed. What is free is offered to whoever waits.")
    return show("seats.html", form, seats=found)


def _asked(organisations: dict[UUID, str]) -> dict[str, Any]:
    """What the list is narrowed to."""
    kind, organisation = lists.one_of("kind", list(Kind)), lists.an_id("organisation")
    return {
        "kind": Kind(kind) if kind else None,
        "organisation_id": organisation if organisation in organisations else None,
        "area": lists.one_of("area", in_force(Policy).areas),
        "search": lists.asked("search"),
    }
