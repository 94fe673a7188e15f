"""Having changes sent somewhere: two people agree on the address, one makes its secret, anyone of them turns it off."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.changes import feed
from compliance.identity import queries as identity
from compliance.identity.proposals.acts import takes_two
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.use_cases import propose
from compliance.kernel import outward
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import Invalid
from compliance.kernel.secrets import KeyRing
from compliance.kernel.text import line
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from retention.journal.doing import Done, Forgotten, Way, does_again, held
from retention.journal.lines import Line

from . import queries, rules
from .errors import EndpointKnown, EndpointOver, NoSecretYet, SecretsOverlap, TooManyEndpoints
from .events import WebhookEnded, WebhookMade, WebhookSecretMade, WebhookSentAgain, WebhookViewed
from .models import WebhookDelivery, WebhookEndpoint, WebhookProgress, WebhookSecret

MAKE = "webhook.make"
"""The kind of the act that takes two people; what is asked is a name, an address and the types wanted."""


def propose_endpoint(ctx: Context, *, name: str, url: str, types: Iterable[str] = (), reason: str) -> Proposal:
    """Ask that changes be sent to an address; nothing is until a second person agrees to exactly this.

    Raises Invalid at /name, /url or /types, EndpointKnown, TooManyEndpoints, and whatever `propose` raises.
    """
    require(ctx, Permission.WEBHOOK_PROPOSE)
    asked = {"name": line(name, pointer="/name", limit=200), "url": url.strip(), "types": sorted(set(types))}
    _fits(ctx, asked)
    return propose(ctx, MAKE, asked, thing=f"webhook:{asked['url']}"[:160], reason=reason)


@takes_two(MAKE, propose=Permission.WEBHOOK_PROPOSE, approve=Permission.WEBHOOK_APPROVE)
def make_endpoint(ctx: Context, proposal: Proposal, asked: Mapping[str, Any]) -> None:
    """Have changes sent there from here on: those of before are not, and nothing is until its secret is made."""
    _fits(ctx, asked)
    one = WebhookEndpoint(
        id=ctx.new_id(), name=asked["name"], url=asked["url"], types="\n".join(asked["types"]), made_at=ctx.now(),
        made_by=proposal.proposer, agreed_by=ctx.actor.id,
    )  # fmt: skip
    place = feed.newest(ctx)
    one.progress = WebhookProgress(
        endpoint_id=one.id, entry=place.entry, kind=place.kind, subject_id=place.subject_id, due_at=ctx.now(), tries=0
    )
    ctx.session.add(one)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, "uq_webhook_endpoints_url_live"):
            raise EndpointKnown() from problem
        raise

    record(ctx, WebhookMade(subject=one.id, proposed_by=proposal.proposer))


def make_secret(ctx: Context, endpoint_id: UUID) -> str:
    """Make what signs for an address from now on, and give it, here and nowhere again.

    An earlier one signs beside it for the hours that the policy says. Raises FreshCodeNeeded, EndpointOver, SecretsOverlap.
    """
    require(ctx, Permission.WEBHOOK_PROPOSE)
    identity.require_fresh(ctx)
    one = _live(ctx, endpoint_id)
    known = queries.secrets_of(ctx, one.id)
    if len(known) > 1:
        raise SecretsOverlap()

    made = secrets.token_bytes(rules.SECRET_BYTES)
    new_id = ctx.new_id()
    sealed = ctx.the(KeyRing).seal(made, place=f"webhook_secrets.secret:{new_id}")
    ctx.session.add(
        WebhookSecret(id=new_id, endpoint_id=one.id, secret=sealed, made_at=ctx.now(), made_by=ctx.actor.id)
    )
    for earlier in known:
        earlier.until = ctx.now() + timedelta(hours=ctx.the(Policy).changes.overlap_hours)

    record(ctx, WebhookSecretMade(subject=one.id, secret_id=new_id, earlier=known[0].id if known else None))
    return rules.written(made)


def end_endpoint(ctx: Context, endpoint_id: UUID) -> WebhookEndpoint:
    """Send nothing there any more, from this commit on but for what is on its way. Raises EndpointOver."""
    require(ctx, Permission.WEBHOOK_PROPOSE)
    one = _live(ctx, endpoint_id)

    one.ended_at = ctx.now()
    one.ended_by = ctx.actor.id

    record(ctx, WebhookEnded(subject=one.id))
    return one


@does_again(WebhookEnded.name)
def end_again(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """Nothing is sent there after a restore either (RET-12)."""
    found = held(ctx, WebhookEndpoint, line.thing)
    if found is None or found.ended_at is not None:
        return None
    found.ended_at, found.ended_by = ctx.now(), ctx.actor.id
    record(ctx, WebhookEnded(subject=found.id, rules=("RET-12",)))
    return Done(Way.EXACTLY, (found.id,))


def try_endpoint(ctx: Context, endpoint_id: UUID) -> WebhookDelivery:
    """Have a message sent that tells of nothing, to see whether it arrives. Raises EndpointOver, NoSecretYet."""
    one = _sendable(ctx, endpoint_id)
    tried = WebhookDelivery(
        id=ctx.new_id(), endpoint_id=one.id, type=rules.TRY, tries=0, first_at=ctx.now(), last_at=ctx.now(),
        asked_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(tried)
    _at_once(ctx, one)

    record(ctx, WebhookSentAgain(subject=one.id, message=tried.id))
    return tried


def send_again(ctx: Context, endpoint_id: UUID, delivery_id: UUID) -> WebhookDelivery:
    """Have a message sent once more, now, with the id it had. One that was not taken yet is simply tried at once.

    Raises EndpointOver, NoSecretYet, NotFound.
    """
    one = _sendable(ctx, endpoint_id)
    message = queries.delivery(ctx, one.id, delivery_id)

    if message.taken_at is not None or message.entry is None:
        message.asked_at = ctx.now()
    _at_once(ctx, one)

    record(ctx, WebhookSentAgain(subject=one.id, message=message.id))
    return message


def view(ctx: Context, endpoint_id: UUID) -> WebhookEndpoint:
    """Show one address, and keep that it was shown. Raises Forbidden and NotFound."""
    require(ctx, Permission.WEBHOOK_READ)
    one = queries.endpoint(ctx, endpoint_id)
    record(ctx, WebhookViewed(subject=one.id))
    return one


def _at_once(ctx: Context, one: WebhookEndpoint) -> None:
    progress = ctx.session.get_one(WebhookProgress, one.id, with_for_update=True, populate_existing=True)
    progress.due_at = ctx.now()


def _sendable(ctx: Context, endpoint_id: UUID) -> WebhookEndpoint:
    require(ctx, Permission.WEBHOOK_SEND)
    one = _live(ctx, endpoint_id)
    if not queries.secrets_of(ctx, one.id):
        raise NoSecretYet()
    return one


def _live(ctx: Context, endpoint_id: UUID) -> WebhookEndpoint:
    one = queries.endpoint(ctx, endpoint_id, lock=True)
    if one.ended_at is not None:
        raise EndpointOver()
    return one


def _fits(ctx: Context, asked: Mapping[str, Any]) -> None:
    wrong = outward.wrong_with(asked["url"], ctx.house.settings.outward_networks)
    if wrong:
        raise Invalid.at("/url", wrong)
    if rules.unknown(asked["types"]):
        raise Invalid.at("/types", f"Choose any of: {', '.join(rules.TYPES)}.")
    if queries.known(ctx, asked["url"]):
        raise EndpointKnown()
    if queries.live(ctx) >= ctx.the(Policy).changes.endpoints_most:
        raise TooManyEndpoints()
