"""What takes two people: what waits for whom, what exactly is asked, and deciding on it (ROL-3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, url_for

from compliance.identity import queries as identity
from compliance.identity.proposals import queries, use_cases
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.rules import State
from compliance.kernel.context import Context, acting, reading, work
from compliance.kernel.errors import Conflict, Invalid
from compliance.web import asked
from compliance.web.access import signed_in
from compliance.web.forms.people import Confirm
from compliance.web.forms.plain import PlainForm
from compliance.web.forms.proposals import Approve, Refuse
from compliance.web.replies import Reply, on, show

pages = Blueprint("proposals", __name__, url_prefix="/proposals")

LATELY = 20


@pages.get("")
@signed_in
def proposals() -> Reply:
    """What waits for this person, what they asked for, what others have to decide, and what was decided lately."""
    with reading() as ctx:
        lists = {
            "to_decide": queries.to_decide(ctx),
            "asked_for": queries.asked_for(ctx),
            "for_others": queries.for_others(ctx),
            "decided": queries.decided(ctx, limit=LATELY),
        }
        names = _names(ctx, *lists.values())
        return show("proposals.html", lists=lists, names=names, title_of=asked.title, standing=asked.standing)


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
