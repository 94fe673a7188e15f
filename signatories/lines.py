"""The statements that the facts of organisations are read by: columns in one shape, not loaded rows.

`known` is the instant by which something must have been on the register, and not corrected yet; None is for all
that it says now. What held at an instant, and what was known by one, are asked apart (SIG-3).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    Uuid,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import NullType, TypeEngine

from compliance.kernel.db import Instant

from .models import (
    Correctable,
    Instrument,
    InstrumentVersion,
    KeyContact,
    Organisation,
    OrganisationArea,
    OrganisationDomain,
    PolicyDocument,
    Signature,
    SigningRefusal,
    Withdrawal,
)

Columns = Select[*tuple[Any, ...]]
Column = ColumnElement[Any] | InstrumentedAttribute[Any]

_SHAPE: dict[str, TypeEngine[Any]] = {
    "code": String(), "id": Uuid(), "version_id": NullType(), "version": String(), "name": String(), "role": String(),
    "method": String(), "at": Instant(), "ended_at": Instant(), "day": Date(), "last_day": Date(),
}  # fmt: skip
"""What a line may say; each kind of line leaves the rest empty. A version is meant by its id as it is stored: making
an identifier of it for every signature would be a fifth of the work."""

KINDS = ("version", "signature", "refusal", "withdrawal", "policy")


def _line(what: str, owner: Column | None, **says: Column) -> Columns:
    """One kind of line, in the shape of all of them. The owner is kept as it is stored: it only sorts lines."""
    return select(
        literal_column(f"'{what}'").label("what"),
        type_coerce(_nothing(NullType()) if owner is None else owner, NullType()).label("owner"),
        *(type_coerce(says.get(name, _nothing(kind)), kind).label(name) for name, kind in _SHAPE.items()),
    )


def _nothing(kind: TypeEngine[Any]) -> Column:
    return cast(null(), Uuid() if isinstance(kind, NullType) else kind)


def lines(at: datetime, known: datetime | None, ids: Sequence[UUID] | None) -> Any:
    """Every version, and everything that these organisations, or all, did about them up to `at` or announced by then."""

    def of(statement: Columns, owner: Column) -> Columns:
        return statement if ids is None else statement.where(owner.in_(ids))

    return union_all(
        versions().where(*recorded(known, InstrumentVersion.published_at)),
        of(_signatures(at, known), Signature.organisation_id),
        of(_open_refusals(at, known), SigningRefusal.organisation_id),
        of(_withdrawals(known), Withdrawal.organisation_id),
        of(_policies(at), PolicyDocument.organisation_id),
    )


def recorded(known: datetime | None, recorded_at: Column) -> list[ColumnElement[bool]]:
    """What was recorded by the instant at which it is to be known; anything, where that is now."""
    return [] if known is None else [recorded_at <= known]


def believed(entry: type[Correctable], known: datetime | None) -> ColumnElement[bool]:
    """That no correction of the entry was known (SIG-3)."""
    if known is None:
        return entry.superseded_at.is_(None)
    return or_(entry.superseded_at.is_(None), entry.superseded_at > known)


def standing_withdrawals(known: datetime | None) -> list[ColumnElement[bool]]:
    """The withdrawals, in effect or announced, that were on the register and not called off."""
    one = Withdrawal
    called_off = one.called_off_at.is_(None)
    return [
        *recorded(known, func.coalesce(one.recorded_at, one.effective_at)),
        believed(one, known),
        called_off if known is None else or_(called_off, one.called_off_at > known),
    ]


def organisations(at: datetime, known: datetime | None, ids: Sequence[UUID] | None) -> Columns:
    """A row for each organisation, with what it has many of in one column each."""
    filled = KeyContact.since <= at, or_(KeyContact.ended_at.is_(None), KeyContact.ended_at > at)
    domain = OrganisationDomain
    statement = select(
        Organisation.id,
        type_coerce(Organisation.id, NullType()).label("owner"),
        Organisation.code,
        Organisation.name,
        Organisation.sector,
        Organisation.kind,
        Organisation.takes_licences,
        Organisation.created_at,
        _joined(OrganisationArea.area, OrganisationArea.organisation_id).label("areas"),
        _joined(domain.domain, domain.organisation_id, *recorded(known, domain.added_at)).label("domains"),
        _joined(KeyContact.kind, KeyContact.organisation_id, *filled).label("contacts"),
    ).order_by(Organisation.name, Organisation.code)
    return statement if ids is None else statement.where(Organisation.id.in_(ids))


BETWEEN = "\n"
"""What no code of an area or of a contact and no domain holds."""


def _joined(
    column: InstrumentedAttribute[str], owner: InstrumentedAttribute[UUID], *fits: ColumnElement[bool]
) -> ColumnElement[Any]:
    return select(func.aggregate_strings(column, BETWEEN)).where(owner == Organisation.id, *fits).scalar_subquery()


def versions() -> Columns:
    """Every version there is."""
    version = InstrumentVersion
    return _line(
        "version", None, code=Instrument.code, id=version.id, version_id=version.id, version=version.label, at=version.published_at,
        day=version.effective_on, last_day=version.resign_by,
    ).join(Instrument, Instrument.id == version.instrument_id)  # fmt: skip


def _signatures(at: datetime, known: datetime | None) -> Columns:
    one = Signature
    return (
        _line(
            "signature", one.organisation_id, code=Instrument.code, id=one.id, version_id=one.version_id,
            version=InstrumentVersion.label, name=one.signed_name, role=one.signed_role, method=one.method,
            at=one.signed_at, ended_at=one.ended_at,
        )
        .join(InstrumentVersion, InstrumentVersion.id == one.version_id)
        .join(Instrument, Instrument.id == one.instrument_id)
        .where(one.signed_at <= at, *recorded(known, one.recorded_at), believed(one, known))
    )  # fmt: skip


def _open_refusals(at: datetime, known: datetime | None) -> Columns:
    one = SigningRefusal
    return (
        _line("refusal", one.organisation_id, code=Instrument.code)
        .join(Instrument, Instrument.id == one.instrument_id)
        .where(one.refused_at <= at, or_(one.ended_at.is_(None), one.ended_at > at), believed(one, known))
    )


def _withdrawals(known: datetime | None) -> Columns:
    return _line(
        "withdrawal", Withdrawal.organisation_id, code=Withdrawal.instruments, at=Withdrawal.effective_at
    ).where(*standing_withdrawals(known))


def _policies(at: datetime) -> Columns:
    policy = PolicyDocument
    return _line("policy", policy.organisation_id, code=policy.kind, day=policy.next_review_on).where(
        policy.recorded_at <= at, or_(policy.replaced_at.is_(None), policy.replaced_at > at)
    )
