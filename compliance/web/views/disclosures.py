"""Disclosures to other bodies: the register, asking a manager, and their answer (SHA-3)."""

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
from compliance.kernel.tables import Table
from compliance.sharing.disclosures import queries, tables, use_cases
from compliance.sharing.disclosures.queries import Which
from compliance.sharing.disclosures.rules import Step
from compliance.web import lists
from compliance.web.access import guarded
from compliance.web.forms.plain import telling
from compliance.web.forms.sharing import Disclose, Disclosed, DisclosureAnswer, DisclosureQuestion
from compliance.web.replies import Reply, on, show
from compliance.web.sharing_words import DISCLOSURE_STATES, DISCLOSURE_STEPS
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

pages = Blueprint("disclosures", __name__, url_prefix="/sharing/disclosures")

WHICH = {
    Which.ALL: "All",
    Which.WAITING: "Waiting for a manager",
    Which.AUTHORISED: "Authorised, not disclosed yet",
    Which.MADE: "Disclosed",
    Which.REFUSED: "Refused",
}

DONE = {
    Step.AUTHORISE: "It is authorised, and whoever asked is told by letter.",
    Step.REFUSE: "It is refused, and whoever asked is told by letter.",
    Step.MAKE: "The disclosure is in the register.",
}


@pages.get("")
@guarded(Permission.SHARING_REGISTER_READ)
def register() -> Reply:
    """The register as far as one may know of it: searched, filtered, sorted, a page at a time."""
    form, sort = _question(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    policy = in_force(Policy)
    with work() as ctx:
        page = queries.disclosures(ctx, **_asked(form), sort=sort, after=after, limit=lists.PAGE)
        counted = queries.counted(ctx)
        record(ctx, ListViewed(what="disclosures", rows=len(page.rows)))
    return show(
        "disclosures.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort,
        called=queries.called, states=DISCLOSURE_STATES, bodies=policy.disclosure_bodies,
        materials=policy.disclosure_materials, counted=counted,
        filtered=_asked(form) != {"which": Which.ALL, "body": None, "search": None},
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.SHARING_REGISTER_READ)
def export(form: str) -> Reply:
    """The register as it was searched and sorted, as a file."""
    asked, sort = _asked(_question()), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        rows, most = lists.walked(partial(queries.disclosures, ctx, **asked, sort=sort, limit=queries.MOST))
        names = names_of(ctx, {row.disclosure.answered_by or "" for row in rows})
        return tables.of_disclosures(ctx, rows, names, most=most)

    return lists.file_of(form, "disclosures", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.DISCLOSURE_ASK)
def ask() -> Reply:
    """Ask for a manager's authority."""
    form, policy = Disclose(), in_force(Policy)
    form.body.choices = [("", "Choose one"), *((code, each.name) for code, each in policy.disclosure_bodies.items())]
    form.material.choices = [
        ("", "Choose one"), *((code, each.name) for code, each in policy.disclosure_materials.items()),
    ]  # fmt: skip
    if form.sent():
        with telling(form):
            said = use_cases.Wanted(
                form.reference.data or "", form.body.data or "", form.recipient.data or "", form.material.data or "",
                form.words.data or "",
            )  # fmt: skip
            with work() as ctx:
                made = use_cases.ask(ctx, said)
                called = queries.called(made)
            return on(
                "disclosures.disclosure", f"Disclosure {called} waits for a manager. Nothing leaves before that.",
                disclosure_id=made.id,
            )  # fmt: skip
    return show("disclosure_new.html", form, words_most=policy.sharing.words_most)


@pages.get("/<uuid:disclosure_id>")
@guarded(Permission.SHARING_REGISTER_READ)
def disclosure(disclosure_id: UUID) -> Reply:
    """One entry of the register, and what it waits for."""
    with work() as ctx:
        whole = use_cases.view(ctx, disclosure_id)
        it = whole.disclosure
        able = use_cases.can_take(ctx, it)
        names = names_of(ctx, {str(it.asked_by), it.answered_by or "", it.made_by or ""})
        place = ctx.session.get_one(Organisation, it.organisation_id).name if it.organisation_id else None
        overdue = it.status == "asked" and it.answer_by < london_date(ctx.now())
    policy = in_force(Policy)
    return show(
        "disclosure.html", whole=whole, it=it, able=able, names=names, place=place, overdue=overdue,
        called=queries.called(it), state=DISCLOSURE_STATES[it.status], steps=DISCLOSURE_STEPS,
        body=policy.disclosure_bodies.get(it.body), material=policy.disclosure_materials.get(it.material),
    )  # fmt: skip


@pages.route("/<uuid:disclosure_id>/steps/<step>", methods=["GET", "POST"])
@guarded(Permission.SHARING_REGISTER_READ)
def step(disclosure_id: UUID, step: str) -> Reply:
    """Authorise it, refuse it, or say that it was disclosed."""
    if step not in list(Step):
        raise NotFound()
    taken = Step(step)
    with reading() as ctx:
        it = queries.visible(ctx, disclosure_id)
        able = use_cases.can_take(ctx, it)
    form: DisclosureAnswer | Disclosed = Disclosed() if taken is Step.MAKE else DisclosureAnswer()
    if form.sent():
        with telling(form):
            with work() as ctx:
                if isinstance(form, Disclosed):
                    use_cases.make(ctx, disclosure_id, made_on=form.made_on.data)
                else:
                    act = use_cases.authorise if taken is Step.AUTHORISE else use_cases.refuse
                    act(ctx, disclosure_id, words=form.words.data or "")
            return on("disclosures.disclosure", DONE[taken], disclosure_id=disclosure_id)
    if not form.summary and taken not in able:
        return redirect(url_for("disclosures.disclosure", disclosure_id=disclosure_id), 303)
    return show("disclosure_step.html", form, it=it, step=taken, says=DISCLOSURE_STEPS[step], called=queries.called(it))


def _question() -> DisclosureQuestion:
    form = DisclosureQuestion()
    form.which.choices = [(which.value, words) for which, words in WHICH.items()]
    if form.which.data not in list(Which):
        form.which.data = Which.ALL.value
    form.body.choices = [
        ("", "Anybody"), *((code, each.name) for code, each in in_force(Policy).disclosure_bodies.items()),
    ]  # fmt: skip
    return form


def _asked(form: DisclosureQuestion) -> dict[str, Any]:
    return {
        "which": Which(form.which.data),
        "body": form.body.data if form.body.data in in_force(Policy).disclosure_bodies else None,
        "search": form.search.data or None,
    }
