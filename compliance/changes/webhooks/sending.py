"""Sending changes: one address after the other is nobody's turn but its own, and each gets its changes in order (DEC-4).

Whoever delivers takes an address by one statement with a lease, and commits. Then, with no transaction open, the
change behind its place is sent; then the place moves on, in a transaction of its own. Whoever dies in between leaves
a lease that ends, and the change is sent again with the same `webhook-id`: at least once, never skipped, never out of
order. What is not taken is tried again after a pause, without end; the changes behind it wait, those of other
addresses do not: each address that has something to take has a thread of its own.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from sqlalchemy import CursorResult, exists, insert, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from audit.record import record
from compliance.changes import feed
from compliance.changes.feed import Change, Place
from compliance.kernel import outward
from compliance.kernel.context import Context, House, worker
from compliance.kernel.db import WRITES
from compliance.kernel.jobs import Run, Stopping
from compliance.kernel.outward import NotTaken, Problem, Reach
from compliance.kernel.secrets import Unreadable
from policies.values import Policy

from . import queries, rules
from .events import WebhookFailed, WebhookRecovered
from .models import WebhookDelivery, WebhookEndpoint, WebhookProgress, WebhookSecret

log = structlog.get_logger("compliance.webhooks")

NAME = "send-changes"
SENDER = worker(NAME)
TOGETHER_SECONDS = 0.5
"""For how long one look of the scheduler waits for those who deliver; they go on without it."""

_A_TURN = 200
"""Messages that an address gets before its lease is given back."""

_UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Claimed:
    """An address that is ours to deliver to, as it was when it was taken."""

    id: UUID
    url: str
    types: tuple[str, ...]


@dataclass(frozen=True)
class Message:
    """What is sent: its id, its type, when it happened, what it says, and the change it tells of; none for a try."""

    id: UUID
    type: str
    at: str
    data: dict[str, Any]
    change: Change | None


def send_due(house: House, stopping: Stopping) -> Run:
    """Have every address that is due delivered to, each by a thread of its own; how many there were."""
    due = _due(house)
    busy = {thread.name for thread in threading.enumerate()}
    threads = [
        threading.Thread(
            target=deliver, args=[house, endpoint_id, stopping], name=_thread(house, endpoint_id), daemon=True
        )
        for endpoint_id in due
        if _thread(house, endpoint_id) not in busy
    ]
    for thread in threads:
        thread.start()
    until = time.monotonic() + TOGETHER_SECONDS
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return Run(len(threads), sum(not thread.is_alive() for thread in threads), 0)


def deliver(house: House, endpoint_id: UUID, stopping: Stopping) -> int:
    """Deliver to one address until nothing is left, or it does not take something; how many it took."""
    taken = 0
    try:
        held = _claim(house, endpoint_id)
        if held is None:
            return 0
        try:
            while taken < _A_TURN and not stopping.told and (message := _next(house, held)) is not None:
                if not _send(house, held, message, stopping):
                    return taken
                taken += 1
        finally:
            _let_go(house, held)
    except SQLAlchemyError as problem:
        log.error("changes could not be sent", webhook=str(endpoint_id), problem=type(problem).__name__)
    return taken


def _thread(house: House, endpoint_id: UUID) -> str:
    return f"webhook {id(house)} {endpoint_id}"


def _due(house: House) -> list[UUID]:
    """The addresses that have something to take, and are free, live, signed for and due."""
    now = house.clock.now()
    signed = exists().where(WebhookSecret.endpoint_id == WebhookEndpoint.id)
    wanted = (
        select(WebhookEndpoint.id)
        .join(WebhookProgress, WebhookProgress.endpoint_id == WebhookEndpoint.id)
        .where(WebhookEndpoint.ended_at.is_(None), signed, _free(now), WebhookProgress.due_at <= now)
    )
    with house.reading(SENDER) as ctx:
        newest = feed.newest(ctx)
        asked = set(
            ctx.session.scalars(select(WebhookDelivery.endpoint_id).where(WebhookDelivery.asked_at.is_not(None)))
        )
        behind = select(WebhookProgress).where(WebhookProgress.endpoint_id.in_(wanted))
        return [
            one.endpoint_id
            for one in ctx.session.scalars(behind)
            if queries.place_of(one) < newest or one.endpoint_id in asked
        ]


def _free(now: datetime) -> Any:
    """That nobody delivers to it. A lease that ends too far ahead was made by a clock since set back."""
    held = WebhookProgress.held_until
    return or_(held.is_(None), held <= now, held > now + timedelta(hours=1))


def _claim(house: House, endpoint_id: UUID) -> Claimed | None:
    now = house.clock.now()
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        taking = (
            update(WebhookProgress)
            .where(WebhookProgress.endpoint_id == endpoint_id, _free(now), WebhookProgress.due_at <= now)
            .values(held_until=now + _lease(house))
        )
        if not cast(CursorResult[Any], connection.execute(taking)).rowcount:
            return None
        wanted = select(WebhookEndpoint.id, WebhookEndpoint.url, WebhookEndpoint.types, WebhookEndpoint.ended_at)
        row = connection.execute(wanted.where(WebhookEndpoint.id == endpoint_id)).one()
    return None if row.ended_at else Claimed(row.id, row.url, tuple(row.types.split()))


def _lease(house: House) -> timedelta:
    return rules.lease(house.the(Policy).changes.whole_seconds)


def _let_go(house: House, held: Claimed) -> None:
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(
            update(WebhookProgress).where(WebhookProgress.endpoint_id == held.id).values(held_until=None)
        )


def _next(house: House, held: Claimed) -> Message | None:
    """What is to be sent next: what somebody asked for by hand, else the change behind its place that it wants."""
    with house.reading(SENDER) as ctx:
        asked = ctx.session.scalars(
            select(WebhookDelivery)
            .where(WebhookDelivery.endpoint_id == held.id, WebhookDelivery.asked_at.is_not(None))
            .order_by(WebhookDelivery.asked_at, WebhookDelivery.id)
            .limit(1)
        ).one_or_none()
        if asked is not None:
            return _again(ctx, held, asked)
        place = queries.place_of(ctx.session.get_one(WebhookProgress, held.id))
        while changes := feed.after(ctx, place):
            wanted = feed.wanted_by(changes, held.types)
            if wanted:
                return _telling(held, wanted[0])
            place = changes[-1].place
        passed = place != queries.place_of(ctx.session.get_one(WebhookProgress, held.id))
    if passed:
        _pass_over(house, held, place)
    return None


def _again(ctx: Context, held: Claimed, asked: WebhookDelivery) -> Message:
    if asked.entry is None or asked.kind is None or asked.subject_id is None:
        return Message(
            asked.id, rules.TRY, asked.first_at.strftime("%Y-%m-%dT%H:%M:%SZ"), {"webhook": str(held.id)}, None
        )
    change = feed.at(ctx, Place(asked.entry, asked.kind, asked.subject_id))
    if change is None:
        raise LookupError("nothing is ever taken out of the feed")
    return _telling(held, change)


def _telling(held: Claimed, change: Change) -> Message:
    """Its id follows from the address and the change: it is the same however often, and by whomever, it is sent."""
    place = change.place
    new_id = uuid5(NAMESPACE_URL, f"{held.id}/{place.entry}/{place.kind}/{place.subject_id}")
    return Message(new_id, change.type, change.at, change.said, change)


def _pass_over(house: House, held: Claimed, place: Place) -> None:
    """What it does not want counts as taken."""
    with house.work(SENDER) as ctx:
        progress = ctx.session.get_one(WebhookProgress, held.id, with_for_update=True)
        _moved_on(progress, place)


def _moved_on(progress: WebhookProgress, place: Place) -> None:
    if queries.place_of(progress) < place:
        progress.entry, progress.kind, progress.subject_id = place.entry, place.kind, place.subject_id


def _send(house: House, held: Claimed, message: Message, stopping: Stopping) -> bool:
    """Send it and put down what came of it; whether it was taken."""
    try:
        with house.reading(SENDER) as ctx:
            signing = [queries.opened(ctx, secret) for secret in queries.secrets_of(ctx, held.id)]
            values = ctx.the(Policy).changes
        reach = Reach(house.settings.outward_networks, values.whole_seconds, values.answer_bytes)
        headers, body = signed(message, signing, house.clock.now())
        log.info("change is sent", webhook=str(held.id), message=str(message.id), traceparent=headers["traceparent"])
        outward.post(held.url, headers, body, reach, stopping)
    except NotTaken as refusal:
        if refusal.problem is not Problem.INTERRUPTED:
            _not_taken(house, held, message, refusal.problem.value)
        return False
    except Unreadable:
        _not_taken(house, held, message, _UNREADABLE)
        return False
    _taken(house, held, message)
    return True


def signed(message: Message, signing: Sequence[bytes], now: datetime) -> tuple[dict[str, str], bytes]:
    """The message as it goes out: its headers, and its body, which is what is signed (Standard Webhooks)."""
    body = json.dumps(
        {"type": message.type, "timestamp": message.at, "data": message.data}, separators=(",", ":"), ensure_ascii=False
    ).encode()
    webhook_id, timestamp = f"msg_{message.id.hex}", int(now.timestamp())
    return {
        "Content-Type": "application/json",
        "User-Agent": "marac-compliance",
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": rules.signature(signing, webhook_id, timestamp, body),
        "traceparent": f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01",
    }, body


def _taken(house: House, held: Claimed, message: Message) -> None:
    with house.work(SENDER) as ctx:
        now = ctx.now()
        _keep(ctx, held, message, taken_at=now, problem=None)
        progress = ctx.session.get_one(WebhookProgress, held.id, with_for_update=True, populate_existing=True)
        if progress.failing_since is not None:
            record(ctx, WebhookRecovered(subject=held.id))
        progress.taken_at, progress.tries, progress.problem, progress.failing_since = now, 0, None, None
        progress.held_until = now + _lease(house)
        if message.change is not None:
            _moved_on(progress, message.change.place)


def _not_taken(house: House, held: Claimed, message: Message, problem: str) -> None:
    """Tried again after a pause; the log is told of each kind of failure once in a row. A try by hand is not repeated."""
    log.warning("change was not taken", webhook=str(held.id), message=str(message.id), problem=problem)
    with house.work(SENDER) as ctx:
        values = ctx.the(Policy).changes
        by_hand = _keep(ctx, held, message, taken_at=None, problem=problem)
        progress = ctx.session.get_one(WebhookProgress, held.id, with_for_update=True, populate_existing=True)
        if by_hand:
            return
        if problem != progress.problem:
            record(ctx, WebhookFailed(subject=held.id, problem=problem, tries=progress.tries + 1))
        progress.tries += 1
        progress.problem = problem
        progress.failing_since = progress.failing_since or ctx.now()
        progress.due_at = ctx.now() + rules.pause_after(
            progress.tries,
            first=timedelta(seconds=values.first_pause_seconds),
            longest=timedelta(minutes=values.longest_pause_minutes),
        )


def _keep(ctx: Context, held: Claimed, message: Message, *, taken_at: datetime | None, problem: str | None) -> bool:
    """Put down how a message fared; whether it was one that somebody had sent by hand."""
    known = ctx.session.get(WebhookDelivery, message.id, with_for_update=True)
    if known is not None:
        by_hand = known.asked_at is not None
        known.tries += 1
        known.last_at, known.problem, known.asked_at = ctx.now(), problem, None
        known.taken_at = taken_at or known.taken_at
        return by_hand
    place = message.change.place if message.change else None
    ctx.session.execute(
        insert(WebhookDelivery).values(
            id=message.id, endpoint_id=held.id, type=message.type, tries=1, first_at=ctx.now(), last_at=ctx.now(),
            taken_at=taken_at, problem=problem, entry=place.entry if place else None,
            kind=place.kind if place else None, subject_id=place.subject_id if place else None,
        )
    )  # fmt: skip
    return False
