"""Escalations that ended go after their time, by the schedule of the service's own records (RET-9)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_

from compliance.kernel.context import Context
from retention.own.kinds import Kind, Part, held

from .models import Escalation, EscalationAsk


def _over(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    return and_(Escalation.ended_at < before, ~held("escalations", organisations=(Escalation.organisation_id,)))


KIND = Kind("escalations", Escalation, Escalation.ended_at, _over, (Part(EscalationAsk, EscalationAsk.escalation_id),))
