"""What takes two people: what waits for whom, what exactly is asked, and deciding on it (ROL-3)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, url_for

from compliance.identity import queries as identity
from compliance.identity.proposals import listing, queries, use_cases
from compliance.identity.proposals.acts import ACTS
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.rules import State
from compliance.kernel.context import Context, acting, reading, work
from compliance.kernel.errors import Conflict, Invalid
from compliance.kernel.tables import Table, moment
from compliance.web import asked, lists
from compliance.web.access import signed_in
from compliance.web.forms.people import Confirm
from compliance.web.forms.plain import PlainForm
from compliance.web.forms.proposals import Approve, Refuse
from compliance.web.replies import Reply, on, show

pages = Blueprint("proposals", __name__, url_prefix="/proposals")

ENDED = {
    State.APPROVED: "Approved",
    State.REFUSED: "Refused",
    State.TAKEN_BACK: "Taken back",
    State.EXPIRED: "Nobody decided",
}
COLUMNS = ("What was asked", "For", "Asked by", "Asked", "How it ended", "Decided by", "Ended")


@pages.get("")
@signed_in
def proposals() -> Reply:
    """What waits for this person, what they asked for, what others have to decide, and what was decided."""
    narrowed, sort = _narrowed(), lists.sort_of(listing.SORTS)
    after = lists.place_of(listing.SORTS, sort)
    with reading() as ctx:
        shown = {
            "to_decide": queries.to_decide(ctx),
            "asked_for": queries.asked_for(ctx),
            "for_others": queries.for_others(ctx),
        }
        decided = listing.decided(ctx, **narrowed, sort=sort, after=after)
        names = _names(ctx, *shown.values(), decided.rows)
        return show(
            "proposals.html",
            lists=shown,
            decided=decided,
            narrowed=narrowed,
            sort=sort,
            beginning=after is None,
            kinds=sorted((kind, asked.title(kind)) for kind in ACTS),
            states=[(state.value, words) for state, words in ENDED.items()],
            names=names,
            title_of=asked.title,
            standing=asked.standing,
        )


@pages.get("/export.<form>")
@signed_in
def export(form: str) -> Reply:
    """What was decided, as it was searched and sorted, as a file."""
    narrowed, sort = _narrowed(), lists.sort_of(listing.SORTS)

    def table(ctx: Context) -> Table:
        found, most = lists.walked(partial(listing.decided, ctx, **narrowed, sort=sort, limit=listing.MOST))
        names = _names(ctx, found)
        lines = [
            (
                asked.title(it.kind),
                names.get(str(it.beneficiary_id), "") if it.beneficiary_id else "Everybody",
                names.get(it.proposer, ""),
                moment(it.proposed_at),
                ENDED.get(State(it.state), ENDED[State.EXPIRED]),
                names.get(it.decided_by or "", ""),
                moment(it.decided_at or it.ends_at),
            )
            for it in found
        ]
        address = f"{ctx.house.settings.base_url}/proposals"
        return Table("Proposals that were decided or left", "proposals", ctx.now(), COLUMNS, lines, address, most)

    return lists.file_of(form, "proposals", table)


def _narrowed() -> dict[str, Any]:
    """What the list of those decided is narrowed to."""
    state = lists.one_of("state", [each.value for each in ENDED])
    return {
        "search": lists.asked("search"),
        "state": State(state) if state else None,
        "kind": lists.one_of("kind", ACTS),
    }


@pages.get("/<uuid:proposal_id>")
@signed_in
def proposal(proposal_id: UUID) -> Reply:
    """One proposal: everything asked, who asked and why, who can decide until when, and why one cannot."""
    with reading() as ctx:
        return show("proposal.html", **_shown(ctx, proposal_id))


@pages.route("/<uuid:proposal_id>/approval", methods=["GET", "POST"])
@signed_in
def approve(proposal_id: UUID) -> Reply:
    """Agree to what is shown, and have it done; what has changed since it was shown is not agreed to."""
    form = Approve()
    if form.sent():
        try:
            with work() as ctx:
                use_cases.approve(ctx, proposal_id, digest=form.digest.data or "")
            return _back(proposal_id, "You have agreed, and it is done.")
        except (Conflict, Invalid) as refusal:
            form.tell(refusal)
    return _step("proposal_approve.html", proposal_id, form)


@pages.route("/<uuid:proposal_id>/refusal", methods=["GET", "POST"])
@signed_in
def refuse(proposal_id: UUID) -> Reply:
    """Say no, and why."""
    form = Refuse()
    if form.sent():
        try:
            with work() as ctx:
                use_cases.refuse(ctx, proposal_id, reason=form.reason.data or "")
            return _back(proposal_id, "You have refused it. Nothing was changed.")
        except (Conflict, Invalid) as refusal:
            form.tell(refusal)
    return _step("proposal_refuse.html", proposal_id, form)


@pages.route("/<uuid:proposal_id>/return", methods=["GET", "POST"])
@signed_in
def take_back(proposal_id: UUID) -> Reply:
    """Take back what one asked for."""
    form = Confirm()
    if form.sent():
        try:
            with work() as ctx:
                use_cases.take_back(ctx, proposal_id)
            return _back(proposal_id, "You have taken it back. Nothing was changed.")
        except Conflict as refusal:
            form.tell(refusal)
    return _step("proposal_take_back.html", proposal_id, form, own=True)


def _step(template: str, proposal_id: UUID, form: PlainForm, *, own: bool = False) -> Reply:
    """The page of a step; whoever cannot take it is led to the page that says why."""
    with reading() as ctx:
        shown = _shown(ctx, proposal_id)
    may = shown["own"] if own else (shown["why_not"] is None or (template == "proposal_refuse.html" and shown["void"]))
    if not form.summary and not (shown["open"] and may):
        return redirect(url_for("proposals.proposal", proposal_id=proposal_id), 303)
    if isinstance(form, Approve):
        form.digest.data = shown["it"].digest
    return show(template, form, **shown)


def _shown(ctx: Context, proposal_id: UUID) -> dict[str, Any]:
    it = queries.visible(ctx, proposal_id)
    not_second = queries.why_not_second(ctx, it)
    void = queries.why_void(ctx, it)
    return {
        "it": it,
        "asked": asked.said(ctx, it),
        "standing": asked.standing(it, ctx.now()),
        "names": _names(ctx, [it]),
        "open": it.state == State.PROPOSED and it.ends_at > ctx.now(),
        "own": it.proposer == acting().id,
        "why_not": not_second or void,
        "void": not_second is None and void is not None,
        "deciders": asked.deciders(it.kind),
    }


def _names(ctx: Context, *rows: Iterable[Proposal]) -> dict[str, str]:
    ids = {
        str(who) for listed in rows for it in listed for who in (it.proposer, it.beneficiary_id, it.decided_by) if who
    }
    return identity.names_of(ctx, ids)


def _back(proposal_id: UUID, done: str) -> Reply:
    return on("proposals.proposal", done, proposal_id=proposal_id)
