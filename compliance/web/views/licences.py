"""Licences: asked for, looked at against the checklist, decided on, rested, ended, passed on (LIC-1 to LIC-13)."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, request

from audit.record import record
from compliance.decisions.exceptions.shown import cases_of
from compliance.identity import queries as identity
from compliance.kernel.context import Context, house, in_force, reading, work
from compliance.kernel.errors import NotFound
from compliance.kernel.ids import parse_id
from compliance.kernel.tables import Table
from compliance.licences import queries, tables, use_cases
from compliance.licences.capacity.figures import idle_before
from compliance.licences.events import LicencesViewed, LicenceViewed
from compliance.licences.models import Licence
from compliance.licences.quarterly import queries as quarterly
from compliance.licences.rotas import queries as rotas
from compliance.licences.rules import (
    ENDED,
    HOLDS_A_SEAT,
    Kind,
    Status,
    Suspension,
)
from compliance.licences.waiting import queries as waiting
from compliance.web import lists
from compliance.web.access import can, guarded
from compliance.web.forms import licences as forms
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, on, show
from compliance.web.words import STATES
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as signatories

pages = Blueprint("licences", __name__, url_prefix="/licences")

PAGE = 50


@pages.get("")
@guarded(Permission.LICENCE_READ)
def licences() -> Reply:
    """The licences one may know of, sorted as asked, and the seats of the contract."""
    asked, sort = _asked(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    with work() as ctx:
        page = queries.licences(ctx, **asked, sort=sort, after=after, limit=PAGE)
        seats = queries.seats(ctx)
        used = queries.last_uses(ctx, [licence.id for licence in page.rows])
        record(ctx, LicencesViewed(shown=len(page.rows)))
    return show(
        "licences.html",
        licences=page.rows,
        after=page.after,
        sort=sort,
        seats=[each for each in seats if each.seats],
        used=used,
        asked=asked,
        statuses=[(status.value, STATES[status.value][0]) for status in Status],
        areas=in_force(Policy).areas.values(),
        beginning=after is None,
    )


@pages.get("/export.<form>")
@guarded(Permission.LICENCE_READ)
def export(form: str) -> Reply:
    """The licences as they were searched and sorted, as a file."""
    asked, sort = _asked(), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        found, most = lists.walked(partial(queries.licences, ctx, **asked, sort=sort, limit=queries.MOST))
        return tables.of_licences(ctx, found, queries.last_uses(ctx, [row.id for row in found]), most=most)

    return lists.file_of(form, "licences", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.LICENCE_REQUEST)
def ask() -> Reply:
    """Ask for a licence for a colleague; the hub evaluates it (OP 6.2)."""
    form = forms.Request()
    with reading() as ctx:
        mine = [(id_, name) for id_, name in signatories.names(ctx) if can(Permission.LICENCE_REQUEST, id_)]
    form.organisation_id.choices = [
        *([("", "Choose an organisation")] if len(mine) > 1 else []),
        *((str(id_), name) for id_, name in mine),
    ]
    form.areas.choices = [(area.code, area.name) for area in in_force(Policy).areas.values()]
    if not form.is_submitted() and lists.an_id("organisation") in dict(mine):
        form.organisation_id.data = request.args["organisation"]
    named = parse_id(form.organisation_id.data or "")
    if form.is_submitted() and named and named not in dict(mine):
        raise NotFound()
    if form.sent():
        with telling(form):
            with work() as ctx:
                made = use_cases.request(
                    ctx,
                    organisation_id=UUID(form.organisation_id.data),
                    full_name=form.full_name.data or "",
                    email=form.email.data or "",
                    areas=form.areas.data or [],
                    reason=form.reason.data or "",
                    kind=Kind(form.kind.data),
                    cases=form.references,
                    ends_on=form.ends_on.data,
                )
            done = "The licence is asked for. The MARAC Hub Team decides once its checklist is complete."
            return on("licences.licence", done, licence_id=made.id)
    return show("licence_request.html", form)


@pages.get("/<uuid:licence_id>")
@guarded(Permission.LICENCE_READ)
def licence(licence_id: UUID) -> Reply:
    """One licence: its state and what that waits for, its checklist, and what can be done."""
    with work() as ctx:
        found = queries.visible(ctx, licence_id, lock=False)
        checklist = queries.checklist_of(ctx, found)
        waits_for_person = found.status == Status.APPROVED
        has_password = waits_for_person and identity.live_password(ctx, found.person_id) is not None
        people = _names(ctx, found.requested_by, found.decided_by)
        standing = waiting.standing(ctx, found)
        shares = rotas.of_licence(ctx, found)
        use = quarterly.of_licence(ctx, found) if found.status in HOLDS_A_SEAT else None
        used = use.used_at if use is not None else _last_use(ctx, found)
        cases = cases_of(ctx, found)
        record(ctx, LicenceViewed(subject=found.id, organisation=found.organisation_id))
    return show(
        "licence.html",
        licence=found,
        cases=cases,
        checklist=checklist,
        used=used,
        has_password=has_password,
        people=people,
        standing=standing,
        shares=shares,
        use=use,
        steps=_steps(found, standing.open_offer if standing else False, use is not None and use.exemption is None),
    )


def _steps(found: Licence, offered: bool, to_exempt: bool) -> list[tuple[str, str, str]]:
    """What this person can do to the licence as it stands: the words, the page, the look of the link."""
    offer_open = frozenset({Status.REQUESTED}) if offered else frozenset()
    # Whoever is out of turn can be suspended for another reason, and is let in by the timetable alone (LIC-6).
    out_of_turn = found.rota_id is not None and found.suspension == Suspension.ROTA
    at_rest = frozenset({Status.SUSPENDED})
    known: tuple[tuple[str, str, Permission, frozenset[Status]], ...] = (
        ("Decide on it", "licences.approve", Permission.LICENCE_APPROVE, frozenset({Status.REQUESTED})),
        ("Refuse", "licences.refuse", Permission.LICENCE_REFUSE, frozenset({Status.REQUESTED})),
        ("Answer the offer of a seat", "licences.offer", Permission.OFFER_ANSWER, offer_open),
        (
            "Suspend",
            "licences.suspend",
            Permission.LICENCE_SUSPEND,
            frozenset({Status.ACTIVE}) | (at_rest if out_of_turn else frozenset()),
        ),
        ("Resume", "licences.resume", Permission.LICENCE_RESUME, frozenset() if out_of_turn else at_rest),
        (
            "Give the seat to somebody else",
            "licences.reallocate",
            Permission.LICENCE_REALLOCATE,
            HOLDS_A_SEAT if found.rota_id is None else frozenset(),
        ),
        ("Move to another role or organisation", "licences.move", Permission.LICENCE_REQUEST, HOLDS_A_SEAT),
        (
            "Exempt from the audit of use",
            "use_audit.exempt",
            Permission.EXEMPTION_GRANT,
            HOLDS_A_SEAT if to_exempt else frozenset(),
        ),
        ("Record training", "licences.training", Permission.TRAINING_RECORD, frozenset(Status) - ENDED),
        ("Record vetting", "licences.vetting", Permission.VETTING_RECORD, frozenset(Status) - ENDED),
    )
    steps = [
        (words, endpoint, "")
        for words, endpoint, permission, states in known
        if found.status in states and can(permission, found.organisation_id)
    ]
    ends = (Permission.LICENCE_DEACTIVATE, Permission.LICENCE_END_OWN)
    if found.status not in ENDED and any(can(permission, found.organisation_id) for permission in ends):
        words = "Take the request back" if found.status == Status.REQUESTED else "End the licence"
        steps.append((words, "licences.deactivate", "warning"))
    return steps


def _last_use(ctx: Context, ended: Licence) -> datetime | None:
    return queries.last_uses(ctx, [ended.id]).get(ended.id) if ended.activated_at else None


def _names(ctx: Context, *written: str | None) -> dict[str, str]:
    """The names behind the ids of whoever acted; what was no person was a job or a command, and says so."""
    ids = {text for text in written if text}
    return dict.fromkeys(ids, "the service itself") | identity.names_of(ctx, ids)


def _asked() -> dict[str, Any]:
    """What the list is narrowed to."""
    return {
        "status": lists.one_of("status", list(Status)),
        "kind": lists.one_of("kind", list(Kind)),
        "area": lists.one_of("area", in_force(Policy).areas),
        "search": lists.asked("search"),
        "idle_before": _idle_before() if lists.one_of("idle", ("yes",)) else None,
    }


def _idle_before() -> datetime:
    """The instant since which an idle seat has not been used."""
    return idle_before(house().clock.now(), in_force(Policy).capacity.idle_days)
