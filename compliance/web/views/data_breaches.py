"""Personal-data breaches: the register of Article 33(5), one breach with its clock, and its draft for the ICO (BRE-3)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.breaches.notifying import queries, rules, showing, tables, use_cases, wording
from compliance.breaches.notifying.papers import not_known
from compliance.breaches.notifying.queries import Which
from compliance.breaches.notifying.rules import WHOM, Stands, Whom
from compliance.breaches.queries import called
from compliance.kernel.clock import said_instant
from compliance.kernel.context import Context, house, in_force, work
from compliance.kernel.tables import Table
from compliance.papers.issuing import issue
from compliance.web import lists, step_up
from compliance.web.access import can, guarded
from compliance.web.forms.data_breaches import DataBreachQuestion
from compliance.web.replies import Reply, attachment, show
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("data_breaches", __name__, url_prefix="/data-breaches")

WHICH = {
    Which.ALL: "All",
    Which.RUNNING: "Clock runs",
    Which.OVER: "Time is over",
    Which.PEOPLE: "People wait to be told",
    Which.FOLLOWS: "ICO told, more to follow",
    Which.NOTIFIED: "ICO told",
    Which.NOT_NOTIFIED: "ICO not told, with reasons",
}

WHOM_SAID = {
    Whom.REGULATOR: "The ICO, in the time that the clock shows (Article 33)",
    Whom.PEOPLE: "The people concerned, without undue delay (Article 34)",
    Whom.PARTNERS: "The organisations whose information it is, without undue delay",
}
STEPS = {
    rules.Todo.ASSESS: ("assess", Permission.DATA_BREACH_ASSESS),
    rules.Todo.DECIDE: ("decide", Permission.DATA_BREACH_NOTIFY),
    rules.Todo.TELL: ("told", Permission.DATA_BREACH_NOTIFY),
    rules.Todo.DECIDE_PEOPLE: ("decide_people", Permission.DATA_BREACH_NOTIFY),
    rules.Todo.TELL_PEOPLE: ("people_told", Permission.DATA_BREACH_NOTIFY),
    rules.Todo.TELL_PARTNERS: ("partners_told", Permission.DATA_BREACH_ASSESS),
    rules.Todo.FOLLOW: ("told", Permission.DATA_BREACH_NOTIFY),
}
"""The page on which each thing is done, and who comes there."""


@pages.get("")
@guarded(Permission.DATA_BREACH_READ)
def register() -> Reply:
    """The register: searched, filtered, sorted, a page at a time; the newest stands first."""
    form, sort = _question(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    with work() as ctx:
        page = queries.data_breaches(ctx, **_asked(form), sort=sort, after=after, limit=lists.PAGE)
        counted = queries.counted(ctx)
        record(ctx, ListViewed(what="data-breaches", rows=len(page.rows)))
        now = ctx.now()
    return show(
        "data_breaches.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort,
        counted=counted, filtered=_asked(form) != {"which": Which.ALL, "search": None}, at=now, called=called,
        zoned=said_instant, RISKS=wording.RISKS,
        hours=in_force(Policy).breaches.notify_hours,
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.DATA_BREACH_READ)
def export(form: str) -> Reply:
    """The register as it was searched and sorted, as a file."""
    asked, sort = _asked(_question()), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        rows, most = lists.walked(partial(queries.data_breaches, ctx, **asked, sort=sort, limit=queries.MOST))
        return tables.of_register(ctx, rows, most=most)

    return lists.file_of(form, "data-breaches", table)


@pages.get("/<uuid:data_breach_id>")
@guarded(Permission.DATA_BREACH_READ)
def data_breach(data_breach_id: UUID) -> Reply:
    """One breach: what is left of its clock, what is to be done and by whom, and everything that was written about it."""
    with work() as ctx:
        whole = use_cases.view(ctx, data_breach_id)
    return show("data_breach.html", **shown(whole))


@pages.get("/<uuid:data_breach_id>/draft.pdf")
@guarded(Permission.DATA_BREACH_READ)
def draft(data_breach_id: UUID) -> Reply:
    """What is known, as a document from which the ICO is told."""
    step_up.needed()
    with work() as ctx:
        document = use_cases.draft(ctx, data_breach_id)
    file = issue(house(), document)
    return attachment(file.content, file.media_type, file.file_name)


def shown(whole: showing.Whole) -> dict[str, Any]:
    """What the pages about one breach are given."""
    listed, now = whole.listed, whole.read_at
    stands = listed.stands(now)
    risk = listed.risk or rules.Risk.NOT_KNOWN
    return {
        "whole": whole,
        "it": listed.breach,
        "incident": listed.incident,
        "number": called(listed.incident),
        "incident_page": incident_page(listed.incident.id),
        "stands": stands,
        "runs": stands in (Stands.RUNNING, Stands.OVER),
        "left": listed.left(now),
        "risk": risk,
        "whom": [WHOM_SAID[each] for each in Whom if each in WHOM[risk]],
        "to_do": [(*wording.TODO[each], STEPS[each][0], can(STEPS[each][1])) for each in listed.to_do],
        "missing": not_known(whole),
        "zoned": said_instant,
        "RISKS": wording.RISKS,
        "SAID": wording.DECISIONS,
    }


def incident_page(incident_id: UUID) -> str:
    """Where the incident itself is shown, with its path."""
    return url_for("breaches.breach", incident_id=incident_id)


def _question() -> DataBreachQuestion:
    form = DataBreachQuestion()
    form.which.choices = [(which.value, words) for which, words in WHICH.items()]
    return form


def _asked(form: DataBreachQuestion) -> dict[str, Any]:
    which = form.which.data if form.which.data in list(Which) else Which.ALL
    return {"which": Which(which), "search": form.search.data or None}
