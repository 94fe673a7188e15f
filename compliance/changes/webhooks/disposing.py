"""What was sent, and what signed it, goes after its time, by the schedule of the service's own records (RET-9)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_

from compliance.kernel.context import Context
from retention.own.kinds import Kind, held

from .models import WebhookDelivery, WebhookEndpoint, WebhookSecret


def _deliveries(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    """What is not taken yet stays, and so does what somebody wants sent once more."""
    it = WebhookDelivery
    settled = or_(it.taken_at.is_not(None), it.entry.is_(None))
    return and_(it.last_at < before, settled, it.asked_at.is_(None), ~held("webhook_deliveries"))


def _secrets(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    it, endpoint = WebhookSecret, WebhookEndpoint
    over = exists().where(endpoint.id == it.endpoint_id, endpoint.ended_at < before)
    return and_(or_(it.until < before, over), ~held("webhook_secrets"))


DELIVERIES = Kind("webhook_deliveries", WebhookDelivery, WebhookDelivery.last_at, _deliveries)
SECRETS = Kind("webhook_secrets", WebhookSecret, WebhookSecret.made_at, _secrets)
