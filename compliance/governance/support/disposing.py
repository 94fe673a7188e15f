"""Requests for help go after their time, by the schedule of the service's own records (RET-9)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_

from compliance.kernel.context import Context
from retention.own.kinds import Kind, held

from .models import HelpRequest


def _over(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    return and_(HelpRequest.ended_at < before, ~held("support", organisations=(HelpRequest.organisation_id,)))


KIND = Kind("support", HelpRequest, HelpRequest.ended_at, _over, ())
