"""Disposals: what may go, proposing it, manifests and what is on them, calling one off (RET-5, RET-8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from markupsafe import Markup

from audit.lists import ListViewed
from audit.record import record
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.rules import State
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context, house, in_force, reading, work
from compliance.kernel.ids import parse_id
from compliance.kernel.tables import Table
from compliance.web import asked as asking
from compliance.web import lists
from compliance.web.access import guarded
from compliance.web.disposal_words import OBSTACLES
from compliance.web.forms.disposals import CallOff, ManifestQuestion, ProposeDisposal, ReadyQuestion
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, on, show
from policies.permissions import Permission
from policies.values import Policy
from retention.disposals import candidates, chasing, listing, queries, showing, tables, use_cases
from retention.disposals.candidates import Candidate
from retention.disposals.candidates import Which as Ready
from retention.disposals.errors import CannotBeDisposed
from retention.disposals.listing import Which
from retention.disposals.models import DisposalItem, DisposalManifest
from retention.disposals.rules import ItemStatus, called
from retention.rules import GROUPS
from signatories import queries as register

pages = Blueprint("disposals", __name__, url_prefix="/retention/disposals")

WHICH = {
    Which.OPEN: "All that are not over",
    Which.PROPOSED: "That wait for a second person",
    Which.APPROVED: "In their waiting time",
    Which.INSTRUCTED: "Of which the case system was told",
    Which.LATE: "Not confirmed in time",
    Which.DONE: "Done",
    Which.CALLED_OFF: "Called off",
    Which.ALL: "All",
}
READY = {
    Ready.NOW: "That may be proposed now",
    Ready.IN_THE_WAY: "That something stands in the way of",
    Ready.ALL: "All whose review decided on disposal",
}
_SHOWN_OF_A_RULE = 20
"""References that a proposal's own page names of each rule; the manifest's page has them all."""


@pages.get("")
@guarded(Permission.RETENTION_READ)
def disposals() -> Reply:
    """Manifests: searched, filtered, sorted, a page at a time; the newest first."""
    with work() as ctx:
        form, sort = _question(), lists.sort_of(listing.SORTS)
        after = lists.place_of(listing.SORTS, sort)
        form.understood()
        asked = _asked(form)
        page = listing.manifests(ctx, **asked, sort=sort, after=after, limit=lists.PAGE)
        late, told = chasing.unconfirmed(ctx)
        record(ctx, ListViewed(what="disposals", rows=len(page.rows)))
    return show(
        "disposals.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort, late=late,
        told=told, called=called, S=ItemStatus, filtered=bool(asked["search"]) or asked["which"] is not Which.OPEN,
    )  # fmt: skip


@pages.get("/export.<form>")
@guarded(Permission.RETENTION_READ)
def export(form: str) -> Reply:
    """The manifests as they were searched and sorted, as a file."""
    sort = lists.sort_of(listing.SORTS)

    def table(ctx: Context) -> Table:
        asked = _asked(_question())

        rows, most = lists.walked(partial(listing.manifests, ctx, **asked, sort=sort, limit=listing.MOST))
        return tables.of_manifests(ctx, rows, most=most)

    return lists.file_of(form, "disposals", table)


@pages.get("/ready")
@guarded(Permission.RETENTION_READ)
def ready() -> Reply:
    """Records whose review decided on their disposal, with a box to tick where nothing stands in the way."""
    with work() as ctx:
        form, sort = _of_ready(ctx), lists.sort_of(candidates.SORTS)
        after = lists.place_of(candidates.SORTS, sort)
        form.understood()
        asked = _asked_of_ready(form)
        page = candidates.candidates(ctx, **asked, sort=sort, after=after, limit=lists.PAGE)
        record(ctx, ListViewed(what="records-to-dispose-of", rows=len(page.rows)))
    if "none" in request.args:
        form.refuse("Choose at least one record.")
    return show(
        "disposals_ready.html", form, rows=page.rows, after=page.after, beginning=after is None, sort=sort,
        obstacles=OBSTACLES, most=in_force(Policy).disposal.manifest_most,
        every=lists.here_at("disposals.propose", all="1"),
        filtered=any(value for name, value in asked.items() if name != "which") or asked["which"] is not Ready.NOW,
    )  # fmt: skip


@pages.get("/ready/export.<form>")
@guarded(Permission.RETENTION_READ)
def export_ready(form: str) -> Reply:
    """The same as a file."""
    sort = lists.sort_of(candidates.SORTS)

    def table(ctx: Context) -> Table:
        asked = _asked_of_ready(_of_ready(ctx))

        rows, most = lists.walked(partial(candidates.candidates, ctx, **asked, sort=sort, limit=candidates.MOST))
        return tables.of_candidates(ctx, rows, most=most)

    return lists.file_of(form, "records-to-dispose-of", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.DISPOSAL_PROPOSE)
def propose() -> Reply:
    """See what would be frozen, and ask a second person to agree to it; a fresh code says that it is oneself."""
    form = ProposeDisposal()
    if form.sent():
        with telling(form):
            try:
                with work() as ctx:
                    made = use_cases.propose(ctx, _ids(form.records.data), reason=form.reason.data or "").id
                return on("disposals.manifest", "The manifest waits for a second person.", manifest_id=made)
            except CannotBeDisposed as refusal:
                form.refuse(refusal.words)
                form.rule, form.status = refusal.rule, 409
    with reading() as ctx:
        found = candidates.look(ctx, _ids(form.records.data)) if form.is_submitted() else _chosen(ctx)
    if not found:
        return redirect(url_for("disposals.ready", none="1"), 303)
    goes = [each for each in found if each.obstacle is None]
    form.records.data = " ".join(str(each.record.id) for each in goes)
    return show(
        "disposal_new.html", form, goes=goes, stays=[each for each in found if each.obstacle is not None],
        obstacles=OBSTACLES, wait_days=in_force(Policy).disposal.wait_days,
    )  # fmt: skip


@pages.get("/<uuid:manifest_id>")
@guarded(Permission.RETENTION_READ)
def manifest(manifest_id: UUID) -> Reply:
    """A manifest: what is on it, whose move it is, what happens if nobody moves, and what was left out and why."""
    with work() as ctx:
        whole = showing.view(ctx, manifest_id)
    return show(
        "disposal.html", whole=whole, it=whole.manifest, sheet=lists.cut(list(whole.items)), called=called, S=ItemStatus,
        obstacles={each.value: words for each, words in OBSTACLES.items()}, values=in_force(Policy).disposal,
        waits=whole.proposal.state == State.PROPOSED and whole.proposal.ends_at > house().clock.now(),
    )  # fmt: skip


@pages.get("/<uuid:manifest_id>/export.<form>")
@guarded(Permission.RETENTION_READ)
def export_items(manifest_id: UUID, form: str) -> Reply:
    """What is on a manifest, as a file."""

    def table(ctx: Context) -> Table:
        whole = showing.of(ctx, manifest_id)
        return tables.of_items(ctx, whole.manifest, whole.items)

    return lists.file_of(form, "disposal", table)


@pages.route("/<uuid:manifest_id>/call-off", methods=["GET", "POST"])
@guarded(Permission.DISPOSAL_PROPOSE)
def call_off(manifest_id: UUID) -> Reply:
    """Dispose of nothing by a manifest, as long as the case system was not told."""
    form = CallOff()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.call_off(ctx, manifest_id)
            return on("disposals.manifest", "It is called off.", manifest_id=manifest_id)
    with reading() as ctx:
        whole = showing.of(ctx, manifest_id)
    if not form.summary and not whole.may_call_off:
        return redirect(url_for("disposals.manifest", manifest_id=manifest_id), 303)
    return show("disposal_call_off.html", form, it=whole.manifest, called=called)


def _ids(text: str | None) -> list[UUID]:
    """The records that a page carried along; nonsense is left out."""
    return [found for each in (text or "").split() if (found := parse_id(each)) is not None]


def _chosen(ctx: Context) -> Sequence[Candidate]:
    """The records that were ticked, or as many as one manifest takes of all that fit what is asked."""
    most = ctx.the(Policy).disposal.manifest_most
    if "all" not in request.args:
        return candidates.look(ctx, _ids(" ".join(request.args.getlist("record")))[:most])
    asked = _asked_of_ready(_of_ready(ctx)) | {"which": Ready.NOW}
    sort = lists.sort_of(candidates.SORTS)
    return candidates.candidates(ctx, **asked, sort=sort, limit=min(most, candidates.MOST)).rows


def _question() -> ManifestQuestion:
    form = ManifestQuestion()
    form.which.choices = [(which.value, words) for which, words in WHICH.items()]
    return form


def _asked(form: ManifestQuestion) -> dict[str, Any]:
    which = Which(form.which.data) if form.which.data in list(Which) else Which.OPEN
    return {"which": which, "search": form.search.data or None}


def _of_ready(ctx: Context) -> ReadyQuestion:
    form = ReadyQuestion()
    form.which.choices = [(which.value, words) for which, words in READY.items()]
    form.organisation.choices = [("", "Any organisation"), *((str(i), name) for i, name in register.names(ctx))]
    form.group.choices = [("", "Any group"), *((str(each), f"Group {each}") for each in GROUPS)]
    return form


def _asked_of_ready(form: ReadyQuestion) -> dict[str, Any]:
    return {
        "which": Ready(form.which.data) if form.which.data in list(Ready) else Ready.NOW,
        "organisation_id": parse_id(form.organisation.data or ""),
        "group": int(form.group.data) if form.group.data in [str(each) for each in GROUPS] else None,
        "search": form.search.data or None,
    }


def _said(ctx: Context, _proposal: Proposal, asked: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """What a second person agrees to: the manifest with its lines, and what follows from it."""
    found = ctx.session.get(DisposalManifest, parse_id(str(asked["manifest"])))
    if found is None:
        return [("Manifest", str(asked["manifest"]))]
    items = queries.items_of(ctx, found.id)
    link = Markup('<a class="govuk-link" href="{}">{}</a>').format(
        url_for("disposals.manifest", manifest_id=found.id), called(found.year, found.number)
    )
    days = ctx.the(Policy).disposal.wait_days
    follows = (
        f"{days} days after you agree the case system is told to dispose of them, without any that something stands in "
        "the way of by then. Until that day it can be called off; afterwards it cannot."
    )
    return [
        ("Manifest", link),
        ("Records", str(found.items)),
        *_by_rule(items),
        ("SHA-256 of the manifest", found.digest.hex()),
        ("What follows", follows),
    ]


def _by_rule(items: Iterable[DisposalItem]) -> list[tuple[str, str]]:
    """Each rule with the references under it and the last of the days on which their minimum periods were over."""
    rules: dict[str, list[DisposalItem]] = {}
    for item in items:
        rules.setdefault(item.rule, []).append(item)
    said = []
    for rule, under in sorted(rules.items()):
        days = [item.minimum_ended_on for item in under if item.minimum_ended_on is not None]
        over = f"minimum period over by {said_day(max(days))}" if days else "its subject had reached the age"
        more = len(under) - _SHOWN_OF_A_RULE
        names = ", ".join(item.reference for item in under[:_SHOWN_OF_A_RULE])
        said.append((f"By {rule}, {over}", f"{names}{f' and {more} more' if more > 0 else ''}"))
    return said


asking.in_words(use_cases.DISPOSE, "Dispose of records")(_said)
