"""Outages that were closed, and what the register says of packs, go after their time (RET-9)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement

from compliance.kernel.context import Context
from retention.own.kinds import Kind, Part

from .models import Outage, Transcription


def _over(_ctx: Context, before: datetime) -> ColumnElement[bool]:
    return Outage.closed_at < before


KINDS = [Kind("outages", Outage, Outage.closed_at, _over, (Part(Transcription, Transcription.outage_id),))]
