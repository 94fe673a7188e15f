"""Answers that came many to a call: one entry of the log holds them all, and who or what is in it only its detail says.

No index leads to them. So no more than so many of the newest are looked through, and whoever is shown what was found
is told from when on that was.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select

from audit.models import AuditEntry
from audit.reading import Reader
from audit.ways import BATCH, in_a_batch
from compliance.kernel.context import Context

from .rules import BATCHES_MOST


@dataclass(frozen=True)
class Answer:
    """One answer of a batch: the entry's number and instant, who and what it was about, and what was answered."""

    number: int
    at: datetime
    person_id: str | None
    reference: str
    action: str
    purpose: str | None
    permit: bool
    rules: str | None
    address: str | None


@dataclass(frozen=True)
class Found:
    """The answers found; `since` is the instant of the oldest batch looked through where older ones were left."""

    answers: list[Answer]
    since: datetime | None


NONE = Found([], None)


def answers(
    ctx: Context,
    reader: Reader,
    *,
    person_id: str | None = None,
    reference: str | None = None,
    between: tuple[int, int] | None = None,
    most: int = BATCHES_MOST,
) -> Found:
    """Answers about a person, or about a case, out of the newest batches, or of those between two numbers.

    A batch is about many organisations' people and says of none whose they were: who sees only their own
    organisation's entries sees none (ROL-4).
    """
    if reader.organisations is not None:
        return NONE
    entry = AuditEntry
    newest = select(entry.number).where(entry.event == BATCH).order_by(entry.number.desc()).limit(most + 1)
    if between is not None:
        newest = newest.where(entry.number >= between[0], entry.number < between[1])
    wanted = [value for value in (person_id, reference) if value is not None]
    matches = in_a_batch(wanted)
    rows = ctx.session.execute(
        select(entry.number, entry.at, entry.address, case((matches, entry.detail)))
        .where(entry.number.in_(select(newest.subquery().c.number)))
        .order_by(entry.number)
    ).all()
    cut = len(rows) > most
    looked_at = rows[1:] if cut else rows
    found = [
        answer
        for number, at, address, detail in looked_at
        if detail is not None
        for answer in _of(number, datetime.fromisoformat(at), address, detail)
        if person_id in (None, answer.person_id)
        and reference in (None, answer.reference)
        and answer.reference not in reader.without
    ]
    return Found(found, datetime.fromisoformat(looked_at[0].at) if cut else None)


def _of(number: int, at: datetime, address: str | None, detail: str) -> list[Answer]:
    items = json.loads(detail)["items"]
    return [
        Answer(number, at, person, reference, action, purpose, permit, rules, address)
        for person, reference, action, _type, _area, _owner, _closed, purpose, permit, rules in items
    ]
