"""What happened between an organisation and the instruments, entry by entry, the corrected ones too (SIG-1, SIG-3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DateTime,
    Row,
    Select,
    String,
    Uuid,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from compliance.kernel.context import Context
from compliance.kernel.db import Instant
from policies.access import may, require
from policies.permissions import Permission
from signatories.challenges.models import Challenge
from signatories.models import Instrument, InstrumentVersion, IsaCheck, Signature, SigningRefusal, Withdrawal

from .records import MOST, organisation

CALLED_OFF = "called its withdrawal off"


@dataclass(frozen=True)
class Line:
    """One thing that happened between an organisation and an instrument; the reasons and letters stay elsewhere.

    `kind` and `id` say which entry of the register tells it; an entry about two instruments makes two lines.
    `superseded_at` is when the entry was found wrong, `corrects_id` which entry it took the place of (SIG-3).
    `takes_effect_at` is the instant of a withdrawal that is announced, `duties_acknowledged_at` when the duties that
    stay with one were (SIG-7). `challenge_id` is the challenge that waits for a decision, if the asker may know of it.
    """

    at: datetime
    what: str
    instrument: str
    version: str | None
    name: str | None
    role: str | None
    method: str | None
    kind: str
    id: UUID
    recorded_at: datetime
    superseded_at: datetime | None
    corrects_id: UUID | None
    takes_effect_at: datetime | None = None
    duties_acknowledged_at: datetime | None = None
    challenge_id: UUID | None = None

    @property
    def effective_at(self) -> datetime:
        """When what it tells of counts, or is to count."""
        return self.takes_effect_at or self.at

    @property
    def believed(self) -> bool:
        """Whether it was neither corrected, struck out nor called off."""
        return self.superseded_at is None and self.what != CALLED_OFF


def history(
    ctx: Context, organisation_id: UUID, *, at: datetime | None = None, known: datetime | None = None
) -> list[Line]:
    """Everything an organisation signed, refused and withdrew, and each look at the ISA's own list: newest first.

    As at an instant: what had happened and was known by then, or at a later instant. Entries that were corrected
    stay, and say since when they are not believed.
    """
    require(ctx, Permission.REGISTER_READ)
    told_of = may(ctx, Permission.CHALLENGE_READ, organisation=organisation_id)
    at = at or ctx.now()
    known = max(known or at, at)
    happened = union_all(*(each.where(owner == organisation_id) for each, owner in _HAPPENED)).subquery()
    challenged = select(Challenge.id).where(Challenge.entry_id == happened.c.id, Challenge.status == "open")
    rows = ctx.session.execute(
        select(happened, (challenged.scalar_subquery() if told_of else null()).label("challenge_id"))
        .where(happened.c.recorded_at <= known)
        .order_by(happened.c.at.desc(), happened.c.what.desc(), happened.c.recorded_at.desc())
        .limit(MOST)
    )
    lines = [line for row in rows for line in _told(row, at, known) if line.at <= at]
    lines.sort(key=lambda line: line.at, reverse=True)
    if not lines:
        organisation(ctx, organisation_id)
    return lines


def _told(row: Row[Any], at: datetime, known: datetime) -> Iterator[Line]:
    """The lines of one entry, as they were known; a withdrawal tells of its announcement until its instant has come."""
    what, when, takes_effect_at = row.what, row.at, None
    if row.called_off_at is not None and row.called_off_at <= known:
        what, when = CALLED_OFF, row.called_off_at
    elif row.what == "withdrew" and row.at > at:
        what, when, takes_effect_at = "announced its withdrawal", row.recorded_at, row.at
    superseded_at = row.superseded_at if row.superseded_at is not None and row.superseded_at <= known else None
    for code in row.codes.split():
        yield Line(
            when, what, code, row.version, row.name, row.role, row.method, row.kind, row.id, row.recorded_at,
            superseded_at, row.corrects_id, takes_effect_at, row.duties_acknowledged_at, row.challenge_id,
        )  # fmt: skip


def _happened(
    entry: type[Any],
    kind: str,
    what: Any,
    at: Any,
    codes: Any,
    recorded_at: Any,
    **says: Any,
) -> Select[*tuple[Any, ...]]:
    no_time = type_coerce(cast(null(), DateTime(timezone=True)), Instant())
    nothing = {"called_off_at": no_time, "duties_acknowledged_at": no_time}
    return select(
        literal_column(f"'{kind}'").label("kind"),
        entry.id.label("id"),
        what.label("what"),
        at.label("at"),
        codes.label("codes"),
        recorded_at.label("recorded_at"),
        entry.superseded_at.label("superseded_at"),
        cast(entry.corrects_id, Uuid()).label("corrects_id"),
        *(
            says.get(name, nothing.get(name, cast(null(), String()))).label(name)
            for name in ("version", "name", "role", "method", "called_off_at", "duties_acknowledged_at")
        ),
    )


_HAPPENED: tuple[tuple[Select[*tuple[Any, ...]], InstrumentedAttribute[UUID]], ...] = (
    (
        _happened(
            Signature, "signature", literal_column("'signed'"), Signature.signed_at, Instrument.code,
            Signature.recorded_at, version=InstrumentVersion.label, name=Signature.signed_name,
            role=Signature.signed_role, method=Signature.method,
        )
        .join(InstrumentVersion, InstrumentVersion.id == Signature.version_id)
        .join(Instrument, Instrument.id == Signature.instrument_id),
        Signature.organisation_id,
    ),
    (
        _happened(
            SigningRefusal, "refusal", literal_column("'refused'"), SigningRefusal.refused_at, Instrument.code,
            SigningRefusal.refused_at, version=InstrumentVersion.label,
        )
        .join(InstrumentVersion, InstrumentVersion.id == SigningRefusal.version_id)
        .join(Instrument, Instrument.id == SigningRefusal.instrument_id),
        SigningRefusal.organisation_id,
    ),
    (
        _happened(
            Withdrawal, "withdrawal", literal_column("'withdrew'"), Withdrawal.effective_at, Withdrawal.instruments,
            func.coalesce(Withdrawal.recorded_at, Withdrawal.effective_at), called_off_at=Withdrawal.called_off_at,
            duties_acknowledged_at=Withdrawal.duties_acknowledged_at,
        ),
        Withdrawal.organisation_id,
    ),
    (
        _happened(
            IsaCheck, "isa_check",
            case(
                (IsaCheck.found, literal_column("'found on the ISA''s list'")),
                else_=literal_column("'not found on the ISA''s list'"),
            ),
            IsaCheck.checked_at, literal_column("'isa'"), IsaCheck.checked_at,
        ),
        IsaCheck.organisation_id,
    ),
)  # fmt: skip
"""What can have happened, each in the same shape, and whose it was."""
