"""Requests for re-use: whose answer waits, asking, and answering (SHA-2)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.identity.queries import names_of
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context, in_force, reading, work
from compliance.kernel.errors import NotFound
from compliance.kernel.ids import parse_id
from compliance.kernel.tables import Table
from compliance.sharing.reuse import queries, tables, use_cases
from compliance.sharing.reuse.queries import Which
from compliance.sharing.reuse.rules import Step
from compliance.web import lists
from compliance.web.access import guarded
from compliance.web.forms.plain import telling
from compliance.web.forms.sharing import Reuse, ReuseQuestion, ReuseStep
from compliance.web.replies import Reply, on, show
from compliance.web.sharing_words import REUSE_STATES, REUSE_STEPS
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from .sharing import organisations

pages = Blueprint("reuse", __name__, url_prefix="/sharing/reuse")

WHICH = {
    Which.OPEN: "All that are open",
    Which.MY_TURN: "For me to answer",
    Which.OVERDUE: "Overdue",
    Which.ENDED: "Answered or taken back",
    Which.ALL: "All",
}

DONE = {
    Step.PERMIT: "It is permitted, and whoever asked is told by letter.",
    Step.REFUSE: "It is refused, and whoever asked is told by letter.",
    Step.RELY: "The overriding reason is recorded. The supplier and whoever asked are told by letter.",
    Step.WITHDRAW: "The request is taken back.",
}


@pages.get("")
@guarded(Permission.SHARING_REGISTER_READ)
def requests() -> Reply:
    """The requests one may know of: searched, filtered, sorted, a page at a time."""
    form, sort = _question(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    with work() as ctx:
        page = queries.requests(ctx, **_asked(form), sort=sort, after=after, limit=lists.PAGE)
        counted = queries.counted(ctx)
        record(ctx, ListViewed(what="reuse_requests", rows=len(page.rows)))
    return show(
        "reuse.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort,
        called=queries.called, states=REUSE_STATES, purposes=in_force(Policy).reuse_purposes, counted=counted,
        filtered=_asked(form) != {"which": Which.OPEN, "purpose": None, "search": None},
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.SHARING_REGISTER_READ)
def export(form: str) -> Reply:
    """The requests as they were searched and sorted, as a file."""
    asked, sort = _asked(_question()), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        rows, most = lists.walked(partial(queries.requests, ctx, **asked, sort=sort, limit=queries.MOST))
        return tables.of_requests(ctx, rows, most=most)

    return lists.file_of(form, "reuse_requests", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.REUSE_ASK)
def ask() -> Reply:
    """Ask a supplier."""
    form, policy = Reuse(), in_force(Policy)
    with reading() as ctx:
        named = organisations(ctx)
    form.supplier_id.choices = [("", "Choose an organisation"), *named]
    form.purpose.choices = [("", "Choose one"), *((code, each.name) for code, each in policy.reuse_purposes.items())]
    if form.sent():
        with telling(form):
            said = use_cases.Asked(
                form.reference.data or "", parse_id(form.supplier_id.data or "") or UUID(int=0),
                form.purpose.data or "", form.words.data or "",
            )  # fmt: skip
            with work() as ctx:
                made = use_cases.ask(ctx, said)
                called = queries.called(made)
            return on("reuse.request_", f"Request {called} is with the supplier.", reuse_id=made.id)
    return show("reuse_new.html", form, days=policy.sharing.reuse_working_days, words_most=policy.sharing.words_most)


@pages.get("/<uuid:reuse_id>")
@guarded(Permission.SHARING_REGISTER_READ)
def request_(reuse_id: UUID) -> Reply:
    """One request: what is asked, where it stands, whose answer it waits for and by when."""
    with work() as ctx:
        whole = use_cases.view(ctx, reuse_id)
        it = whole.request
        able = use_cases.can_take(ctx, it)
        names = names_of(ctx, {str(it.asked_by), it.answered_by or "", it.refused_by or ""})
        places = {
            each: ctx.session.get_one(Organisation, each).name
            for each in (it.supplier_id, it.asking_organisation_id)
            if each
        }
        overdue = it.status == "open" and it.answer_by < london_date(ctx.now())
    policy = in_force(Policy)
    return show(
        "reuse_request.html", whole=whole, it=it, able=able, names=names, places=places, overdue=overdue,
        called=queries.called(it), state=REUSE_STATES[it.status], steps=REUSE_STEPS,
        purpose=policy.reuse_purposes.get(it.purpose), override=policy.reuse_overrides.get(it.override or ""),
    )  # fmt: skip


@pages.route("/<uuid:reuse_id>/steps/<step>", methods=["GET", "POST"])
@guarded(Permission.SHARING_REGISTER_READ)
def step(reuse_id: UUID, step: str) -> Reply:
    """Permit, refuse, rely on an overriding reason, or take back; and say why."""
    if step not in list(Step):
        raise NotFound()
    taken, form, policy = Step(step), ReuseStep(), in_force(Policy)
    with reading() as ctx:
        it = queries.visible(ctx, reuse_id)
        able = use_cases.can_take(ctx, it)
    form.reason.choices = [
        ("", "Choose one"), *((code, f"{each.name} ({each.clause})") for code, each in policy.reuse_overrides.items()),
    ]  # fmt: skip
    if form.sent():
        with telling(form):
            with work() as ctx:
                _take(ctx, reuse_id, taken, form)
            return on("reuse.request_", DONE[taken], reuse_id=reuse_id)
    elif not form.is_submitted():
        form.seen.data = it.status
    if not form.summary and taken not in able:
        return redirect(url_for("reuse.request_", reuse_id=reuse_id), 303)
    return show("reuse_step.html", form, it=it, step=taken, says=REUSE_STEPS[step], called=queries.called(it))


def _take(ctx: Context, reuse_id: UUID, taken: Step, form: ReuseStep) -> None:
    words, seen = form.words.data or "", form.seen.data or None
    if taken is Step.RELY:
        use_cases.rely(ctx, reuse_id, reason=form.reason.data or "", words=words, seen=seen)
        return
    act = {Step.PERMIT: use_cases.permit, Step.REFUSE: use_cases.refuse, Step.WITHDRAW: use_cases.withdraw}[taken]
    act(ctx, reuse_id, words=words, seen=seen)


def _question() -> ReuseQuestion:
    form = ReuseQuestion()
    form.which.choices = [(which.value, words) for which, words in WHICH.items()]
    if form.which.data not in list(Which):
        form.which.data = Which.OPEN.value
    form.purpose.choices = [
        ("", "Any"), *((code, each.name) for code, each in in_force(Policy).reuse_purposes.items()),
    ]  # fmt: skip
    return form


def _asked(form: ReuseQuestion) -> dict[str, Any]:
    return {
        "which": Which(form.which.data),
        "purpose": form.purpose.data if form.purpose.data in in_force(Policy).reuse_purposes else None,
        "search": form.search.data or None,
    }
