"""Challenging an entry of the register, what waits for a decision, and deciding (SIG-3)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.kernel.context import Context, reading, work
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import Table
from compliance.web import lists
from compliance.web.access import can, guarded
from compliance.web.forms.challenges import Dismiss, Raise, Uphold
from compliance.web.forms.looking import ChallengeQuestion
from compliance.web.forms.plain import PlainForm, telling
from compliance.web.replies import Reply, on, show
from compliance.web.words import STATES
from policies.permissions import Permission
from signatories import queries as register
from signatories.challenges import queries, use_cases
from signatories.challenges.corrections import Correction
from signatories.challenges.entries import entry
from signatories.challenges.models import Challenge
from signatories.challenges.rules import REMEDIES, Entry, Remedy, State

pages = Blueprint("challenges", __name__, url_prefix="/register")

SAYS = {
    Remedy.CORRECT: "Correct it: a new entry takes its place",
    Remedy.STRIKE_OUT: "Strike it out: it should never have been made",
}


@pages.get("/challenges")
@guarded(Permission.CHALLENGE_READ)
def challenges() -> Reply:
    """Every challenge one may know of: searched, filtered, sorted, a page at a time."""
    form, sort = _question(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    with work() as ctx:
        page = queries.challenges(ctx, **_asked(form), sort=sort, after=after, limit=lists.PAGE)
        record(ctx, ListViewed(what="challenges", rows=len(page.rows)))
    return show(
        "challenges.html",
        form,
        rows=page.rows,
        after=page.after,
        beginning=after is None,
        sort=sort,
        filtered=any(_asked(form).values()),
    )


@pages.get("/challenges/export.<form>")
@guarded(Permission.CHALLENGE_READ)
def export(form: str) -> Reply:
    """The challenges as they were searched and sorted, as a file."""
    asked, sort = _asked(_question()), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        rows, most = lists.walked(partial(queries.challenges, ctx, **asked, sort=sort, limit=queries.MOST))
        return use_cases.as_table(ctx, rows, most=most)

    return lists.file_of(form, "challenges", table)


@pages.get("/challenges/<uuid:challenge_id>")
@guarded(Permission.CHALLENGE_READ)
def challenge(challenge_id: UUID) -> Reply:
    """One challenge: what is doubted and why, whom it waits for, and what was decided."""
    with work() as ctx:
        return show("challenge.html", **_shown(ctx, use_cases.view(ctx, challenge_id)))


@pages.route("/entries/<entry_kind>/<uuid:entry_id>/challenge", methods=["GET", "POST"])
@guarded(Permission.CHALLENGE_RAISE)
def doubt(entry_kind: str, entry_id: UUID) -> Reply:
    """Doubt an entry, and say why."""
    if entry_kind not in list(Entry):
        raise NotFound()
    with reading() as ctx:
        said = queries.said(ctx, entry(ctx, Entry(entry_kind), entry_id))
        if not can(Permission.CHALLENGE_RAISE, said.organisation_id):
            raise NotFound()
        organisation = register.organisation(ctx, said.organisation_id)
    form = Raise()
    if form.sent():
        with telling(form):
            with work() as ctx:
                made = use_cases.raise_challenge(ctx, entry_kind, entry_id, grounds=form.grounds.data or "")
            done = "The entry is challenged. Somebody else looks at it and decides; you will be told by letter."
            return on("challenges.challenge", done, challenge_id=made.id)
    return show("challenge_raise.html", form, said=said, organisation=organisation)


@pages.route("/challenges/<uuid:challenge_id>/upheld", methods=["GET", "POST"])
@guarded(Permission.CHALLENGE_DECIDE)
def uphold(challenge_id: UUID) -> Reply:
    """Agree that the entry is wrong, and put it right."""
    form = Uphold()
    with reading() as ctx:
        kind = Entry(queries.visible(ctx, challenge_id).entry_kind)
    form.remedy.choices = [(remedy.value, SAYS[remedy]) for remedy in REMEDIES[kind]]
    if len(REMEDIES[kind]) == 1 and not form.is_submitted():
        form.remedy.data = REMEDIES[kind][0].value
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.uphold(
                    ctx, challenge_id, reasons=form.reasons.data or "", remedy=form.remedy.data, correction=_said(form)
                )
            return on(
                "challenges.challenge", "The challenge is upheld, and the entry put right.", challenge_id=challenge_id
            )
    return _step("challenge_uphold.html", challenge_id, form)


@pages.route("/challenges/<uuid:challenge_id>/dismissed", methods=["GET", "POST"])
@guarded(Permission.CHALLENGE_DECIDE)
def dismiss(challenge_id: UUID) -> Reply:
    """Leave the entry as it is, and say why."""
    form = Dismiss()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.dismiss(ctx, challenge_id, reasons=form.reasons.data or "")
            return on(
                "challenges.challenge",
                "The challenge is dismissed. The entry stays as it is.",
                challenge_id=challenge_id,
            )
    return _step("challenge_dismiss.html", challenge_id, form)


def _step(template: str, challenge_id: UUID, form: PlainForm) -> Reply:
    """The page of a decision; whoever cannot take it is led to the page that says why."""
    with reading() as ctx:
        shown = _shown(ctx, queries.visible(ctx, challenge_id))
    if not form.summary and (shown["why_not"] is not None or shown["it"].status != State.OPEN.value):
        return redirect(url_for("challenges.challenge", challenge_id=challenge_id), 303)
    return show(template, form, **shown)


def _shown(ctx: Context, it: Challenge) -> dict[str, Any]:
    kind = Entry(it.entry_kind)
    row = entry(ctx, kind, it.entry_id)
    new = queries.said(ctx, entry(ctx, kind, it.corrected_by_id)) if it.corrected_by_id else None
    return {
        "it": it,
        "said": queries.said(ctx, row),
        "new": new,
        "organisation": register.organisation(ctx, it.organisation_id),
        "names": queries.people(ctx, (it.raised_by, it.decided_by)),
        "why_not": queries.why_not(ctx, it, row) if it.status == State.OPEN.value else None,
    }


def _said(form: Uphold) -> Correction | None:
    """What the entry should have said; nothing where it is struck out."""
    if form.remedy.data != Remedy.CORRECT.value:
        return None
    return Correction(
        name=form.name.data or None,
        role=form.role.data or None,
        signed_on=form.signed_on.data,
        letter_on=form.letter_on.data,
        letter_reasons=form.letter_reasons.data or None,
    )


def _question() -> ChallengeQuestion:
    form = ChallengeQuestion()
    form.state.choices = [("", "All states"), *((state.value, STATES[state.value][0]) for state in State)]
    return form


def _asked(form: ChallengeQuestion) -> dict[str, Any]:
    state = form.state.data if form.state.data in list(State) else None
    return {"search": form.search.data or None, "status": state}
