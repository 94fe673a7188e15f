"""Where changes of rights are sent: each address, how it fares, what was sent, its secret, and turning it off (DEC-4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, url_for

from audit.lists import ListViewed
from audit.record import record
from compliance.changes.webhooks import queries, use_cases
from compliance.changes.webhooks.queries import State
from compliance.identity import queries as identity
from compliance.identity.proposals.models import Proposal
from compliance.kernel.context import Context, in_force, reading, work
from compliance.kernel.tables import Table
from compliance.web import asked as asking
from compliance.web import lists
from compliance.web.access import guarded
from compliance.web.forms.people import Confirm
from compliance.web.forms.plain import telling
from compliance.web.forms.webhooks import STATE_WORDS, TYPE_WORDS, DeliveryQuestion, NewWebhook, WebhookQuestion
from compliance.web.replies import Reply, on, show
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

pages = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@pages.get("")
@guarded(Permission.WEBHOOK_READ)
def webhooks() -> Reply:
    """Every address that changes are or were sent to: searched, filtered, sorted, a page at a time."""
    form, sort = WebhookQuestion(), lists.sort_of(queries.SORTS)
    after = lists.place_of(queries.SORTS, sort)
    form.understood()
    asked = _asked()
    with work() as ctx:
        page = queries.endpoints(ctx, **asked, sort=sort, after=after, limit=lists.PAGE)
        record(ctx, ListViewed(what="webhooks", rows=len(page.rows)))
    return show(
        "webhooks.html",
        form,
        rows=page.rows,
        after=page.after,
        beginning=after is None,
        sort=sort,
        filtered=any(asked.values()),
        state_words=STATE_WORDS,
    )


@pages.get("/export.<form>")
@guarded(Permission.WEBHOOK_READ)
def export(form: str) -> Reply:
    """The list as it was searched and sorted, as a file: no secret is in it."""
    asked, sort = _asked(), lists.sort_of(queries.SORTS)

    def table(ctx: Context) -> Table:
        require(ctx, Permission.WEBHOOK_READ)

        found, most = lists.walked(partial(queries.endpoints, ctx, **asked, sort=sort, limit=queries.MOST))
        return queries.as_table(ctx, found, _names(ctx, *(row.endpoint for row in found)), most=most)

    return lists.file_of(form, "webhooks", table)


@pages.route("/new", methods=["GET", "POST"])
@guarded(Permission.WEBHOOK_PROPOSE)
def propose() -> Reply:
    """Propose that changes are sent to an address; nothing is before somebody else agrees."""
    form = NewWebhook()
    if form.sent():
        with telling(form):
            with work() as ctx:
                made = use_cases.propose_endpoint(
                    ctx,
                    name=form.name.data or "",
                    url=form.url.data or "",
                    types=form.types.data or (),
                    reason=form.reason.data or "",
                )
            done = "A second person has to agree. Until then nothing is sent there."
            return on("proposals.proposal", done, proposal_id=made.id)
    return show("webhook_new.html", form)


@pages.get("/<uuid:webhook_id>")
@guarded(Permission.WEBHOOK_READ)
def webhook(webhook_id: UUID) -> Reply:
    """One address: how it fares, what it has still to take, and what was sent to it, the newest first."""
    form, sort = DeliveryQuestion(), lists.sort_of(queries.DELIVERY_SORTS)
    after = lists.place_of(queries.DELIVERY_SORTS, sort)
    form.understood()
    kind, failed = lists.one_of("kind", TYPE_WORDS), lists.one_of("taken", ("no",)) is not None
    with work() as ctx:
        it = use_cases.view(ctx, webhook_id)
        page = queries.deliveries(ctx, it.id, kind=kind, failed=failed, sort=sort, after=after, limit=lists.PAGE)
        return show(
            "webhook.html",
            form,
            it=it,
            state=queries.state_of(ctx, it),
            secrets=queries.secrets_of(ctx, it.id),
            waiting=queries.waiting(ctx, it),
            counted=queries.COUNTED,
            rows=page.rows,
            after=page.after,
            beginning=after is None,
            sort=sort,
            filtered=bool(kind or failed),
            names=_names(ctx, it),
            state_words=STATE_WORDS,
            type_words=TYPE_WORDS,
            days=ctx.the(Policy).changes.shown_days,
        )


@pages.route("/<uuid:webhook_id>/secret", methods=["GET", "POST"])
@guarded(Permission.WEBHOOK_PROPOSE)
def secret(webhook_id: UUID) -> Reply:
    """Make what signs for an address from now on; it is shown this once."""
    form = Confirm()
    with reading() as ctx:
        it = queries.endpoint(ctx, webhook_id)
        known = len(queries.secrets_of(ctx, webhook_id))
    if form.sent():
        with telling(form):
            with work() as ctx:
                made = use_cases.make_secret(ctx, webhook_id)
            return show("webhook_secret_made.html", it=it, made=made, earlier=known)
    if it.ended_at and not form.summary:
        return redirect(url_for("webhooks.webhook", webhook_id=webhook_id), 303)
    return show("webhook_secret.html", form, it=it, known=known, hours=in_force(Policy).changes.overlap_hours)


@pages.route("/<uuid:webhook_id>/end", methods=["GET", "POST"])
@guarded(Permission.WEBHOOK_PROPOSE)
def end(webhook_id: UUID) -> Reply:
    """Send nothing there any more, for good."""
    form = Confirm()
    if form.sent():
        with telling(form):
            with work() as ctx:
                use_cases.end_endpoint(ctx, webhook_id)
            return on("webhooks.webhook", "Nothing is sent there any more.", webhook_id=webhook_id)
    with reading() as ctx:
        it = queries.endpoint(ctx, webhook_id)
    if it.ended_at and not form.summary:
        return redirect(url_for("webhooks.webhook", webhook_id=webhook_id), 303)
    return show("webhook_end.html", form, it=it)


@pages.post("/<uuid:webhook_id>/try")
@guarded(Permission.WEBHOOK_SEND)
def try_it(webhook_id: UUID) -> Reply:
    """Have a message sent that tells of nothing, and what waits tried at once."""
    with work() as ctx:
        use_cases.try_endpoint(ctx, webhook_id)
    done = "A message is sent there within a few seconds. Load this page again to see how it fared."
    return on("webhooks.webhook", done, webhook_id=webhook_id)


@pages.post("/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/again")
@guarded(Permission.WEBHOOK_SEND)
def again(webhook_id: UUID, delivery_id: UUID) -> Reply:
    """Have one message sent once more."""
    with work() as ctx:
        use_cases.send_again(ctx, webhook_id, delivery_id)
    return on("webhooks.webhook", "It is sent again within a few seconds.", webhook_id=webhook_id)


def _asked() -> dict[str, Any]:
    """What the list is narrowed to."""
    state = lists.one_of("state", list(State))
    return {"search": lists.asked("search"), "state": State(state) if state else None}


def _names(ctx: Context, *rows: Any) -> dict[str, str]:
    ids = {who for it in rows for who in (it.made_by, it.agreed_by, it.ended_by) if who}
    return identity.names_of(ctx, ids)


@asking.in_words(use_cases.MAKE, "Send changes of rights to an address")
def _said(_ctx: Context, _proposal: Proposal, asked: Mapping[str, Any]) -> Iterable[asking.Fact]:
    yield ("What stands behind it", str(asked["name"]))
    yield ("Address", str(asked["url"]))
    yield ("What is sent there", "\n".join(TYPE_WORDS.get(one, one) for one in asked["types"]) or "All changes")
