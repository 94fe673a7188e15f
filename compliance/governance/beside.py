"""What an organisation keeps beside its signatures, as at an instant: challenges, policies and contacts, in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    String,
    case,
    cast,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

from compliance.kernel.context import Context
from compliance.kernel.db import Instant
from signatories.challenges.models import Challenge
from signatories.models import KeyContact, PolicyDocument

from .packs import MOST

Column = ColumnElement[Any] | InstrumentedAttribute[Any]

_SHAPE: dict[str, TypeEngine[Any]] = {
    "kind": String(), "one": String(), "two": String(), "three": String(), "held": String(), "began": Instant(),
    "ended": Instant(), "day": Date(), "next_day": Date(),
}  # fmt: skip
"""What a line may say; each kind of line leaves the rest empty."""


def beside(ctx: Context, organisation_id: UUID, at: datetime) -> Mapping[str, Sequence[Row[Any]]]:
    """The lines by what they are, `challenge`, `policy` and `contact`: those known by `at` and not over then."""
    challenge, policy, contact = Challenge, PolicyDocument, KeyContact
    every = union_all(
        _line(
            "challenge", kind=challenge.entry_kind, one=challenge.grounds, two=challenge.status,
            three=challenge.reasons, began=challenge.raised_at, ended=challenge.decided_at,
        ).where(challenge.organisation_id == organisation_id, challenge.raised_at <= at),
        _line(
            "policy", kind=policy.kind, one=policy.title, two=policy.owner, three=policy.link,
            held=case((policy.upload_id.is_not(None), literal_column("'file'"))), began=policy.recorded_at,
            day=policy.dated_on, next_day=policy.next_review_on,
        ).where(
            policy.organisation_id == organisation_id, policy.recorded_at <= at,
            or_(policy.replaced_at.is_(None), policy.replaced_at > at),
        ),
        _line(
            "contact", kind=contact.kind, one=contact.name, two=contact.email, three=contact.telephone,
            began=contact.since,
        ).where(
            contact.organisation_id == organisation_id, contact.since <= at,
            or_(contact.ended_at.is_(None), contact.ended_at > at),
        ),
    ).subquery()  # fmt: skip
    found: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in ctx.session.execute(select(every).order_by(every.c.kind, every.c.began, every.c.one).limit(MOST)):
        found[row.what].append(row)
    return found


def _line(what: str, **says: Column) -> Select[*tuple[Any, ...]]:
    return select(
        literal_column(f"'{what}'").label("what"),
        *(type_coerce(says.get(name, cast(null(), kind)), kind).label(name) for name, kind in _SHAPE.items()),
    )
