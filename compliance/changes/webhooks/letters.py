"""Telling the hub's managers that an address takes nothing: which, and since when, never what was to be sent (GOV-5)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.identity.those_with import hub_wide
from compliance.identity.use_cases.letters import tell
from compliance.kernel.clock import said_day
from compliance.kernel.context import Context
from policies.permissions import Permission
from policies.values import Policy

from .events import WebhookTold
from .models import WebhookEndpoint, WebhookProgress
from .rules import is_due_to_be_told


def due(ctx: Context) -> list[UUID]:
    """The addresses about which the hub's managers are to be written to now."""
    wanted = (
        select(WebhookProgress)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookProgress.endpoint_id)
        .where(WebhookEndpoint.ended_at.is_(None), WebhookProgress.failing_since.is_not(None))
        .order_by(WebhookProgress.failing_since)
    )
    return [one.endpoint_id for one in ctx.session.scalars(wanted) if _is_due(ctx, one)]


def write(ctx: Context, endpoint_id: UUID) -> None:
    """Write to them; nothing where it has recovered meanwhile, or they were told."""
    progress = ctx.session.get_one(WebhookProgress, endpoint_id, with_for_update=True)
    if progress.failing_since is None or not _is_due(ctx, progress):
        return
    since = progress.failing_since
    progress.told_at = ctx.now()
    record(ctx, WebhookTold(subject=endpoint_id))
    for person in hub_wide(ctx, Permission.WEBHOOK_PROPOSE):
        tell(
            ctx,
            person,
            "webhook_failing",
            once=f"webhook_failing:{endpoint_id}:{ctx.now().isoformat()}:{person.id}"[:160],
            called=progress.endpoint.name,
            since=said_day(since.date()),
            page=f"{ctx.house.settings.base_url}/webhooks/{endpoint_id}",
        )


def _is_due(ctx: Context, progress: WebhookProgress) -> bool:
    values = ctx.the(Policy).changes
    return is_due_to_be_told(
        progress.failing_since,
        progress.told_at,
        ctx.now(),
        after=timedelta(minutes=values.told_after_minutes),
        again=timedelta(hours=values.told_again_hours),
    )
