"""Single records of the register, and the lists that belong to one organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import contains_eager, joinedload

from compliance.identity.models import SignIn
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from compliance.kernel.finding import the_one
from policies.access import require
from policies.permissions import Permission
from signatories.models import (
    Instrument,
    InstrumentVersion,
    KeyContact,
    Opening,
    Organisation,
    PolicyDocument,
    Withdrawal,
)

MOST = 1000
"""How many rows any one list holds at the most."""


def organisation(ctx: Context, organisation_id: UUID, *, lock: bool = False) -> Organisation:
    """One organisation; raises NotFound. With `lock`, everything about its standing waits its turn behind us."""
    statement = select(Organisation).where(Organisation.id == organisation_id)
    if lock:
        # Not the strongest lock: rows that merely refer to the organisation can still be written meanwhile.
        statement = statement.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = ctx.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound()
    return found


def organisation_by_code(ctx: Context, code: str) -> Organisation:
    """One organisation by its code, such as `kent-police`; raises NotFound."""
    found = ctx.session.scalars(select(Organisation).where(Organisation.code == code)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def names(ctx: Context) -> list[tuple[UUID, str]]:
    """Every organisation's id and name, by name, for a list to choose from."""
    require(ctx, Permission.REGISTER_READ)
    rows = ctx.session.execute(select(Organisation.id, Organisation.name).order_by(Organisation.name).limit(MOST))
    return [(row.id, row.name) for row in rows]


def sectors(ctx: Context) -> list[str]:
    """The sectors there are organisations of, by name."""
    require(ctx, Permission.REGISTER_READ)
    return list(ctx.session.scalars(select(Organisation.sector).distinct().order_by(Organisation.sector).limit(MOST)))


def version(ctx: Context, version_id: UUID) -> InstrumentVersion:
    """One version with its instrument; raises NotFound."""
    found = ctx.session.get(InstrumentVersion, version_id, options=[joinedload(InstrumentVersion.instrument)])
    if found is None:
        raise NotFound()
    return found


def versions(ctx: Context) -> list[InstrumentVersion]:
    """Every version of every instrument, in the order in which they take effect."""
    return list(ctx.session.scalars(_versions().limit(MOST)))


def current_version(ctx: Context, instrument_code: str, on: date) -> InstrumentVersion | None:
    """The version of an instrument in force on a London date; None before the first takes effect."""
    return ctx.session.scalars(
        _versions(Instrument.code == instrument_code, InstrumentVersion.effective_on <= on)
        .order_by(None)
        .order_by(InstrumentVersion.effective_on.desc(), InstrumentVersion.published_at.desc())
        .limit(1)
    ).first()


def opened(ctx: Context, version_id: UUID) -> datetime | None:
    """When the text of a version was last opened in the session at hand; None if it was not, or the session is over."""
    if ctx.origin.session_id is None:
        return None
    over = exists().where(SignIn.id == Opening.session_id, SignIn.ended_at.is_not(None))
    return ctx.session.scalars(
        select(Opening.opened_at).where(
            Opening.version_id == version_id,
            Opening.session_id == ctx.origin.session_id,
            Opening.person_id == ctx.actor.person_id,
            ~over,
        )
    ).one_or_none()


def key_contacts(ctx: Context, organisation_id: UUID) -> list[KeyContact]:
    """Whom the hub rings at an organisation (LIC-10): its own people and the hub may look."""
    require(ctx, Permission.CONTACT_MANAGE, organisation=organisation_id)
    found = ctx.session.scalars(
        select(KeyContact)
        .where(KeyContact.organisation_id == organisation_id, KeyContact.ended_at.is_(None))
        .order_by(KeyContact.kind, KeyContact.since, KeyContact.id)
        .limit(MOST)
    ).all()
    return list(found) or _none_of(ctx, organisation_id)


def policy_documents(ctx: Context, organisation_id: UUID) -> list[PolicyDocument]:
    """An organisation's current policies (SIG-11), one of a kind."""
    require(ctx, Permission.REGISTER_READ)
    return list(
        ctx.session.scalars(
            select(PolicyDocument)
            .where(PolicyDocument.organisation_id == organisation_id, PolicyDocument.replaced_at.is_(None))
            .order_by(PolicyDocument.kind)
            .limit(MOST)
        )
    )


@dataclass(frozen=True)
class WithdrawalRow:
    """A line of the withdrawal register (SIG-8)."""

    withdrawal: Withdrawal
    organisation: str
    letter: str
    letter_sha256: str
    recorded_by: str


def withdrawal(ctx: Context, withdrawal_id: UUID, *, lock: bool = False) -> Withdrawal:
    """One withdrawal; raises NotFound."""
    statement = select(Withdrawal).where(Withdrawal.id == withdrawal_id)
    return the_one(ctx, statement, lock=lock)


def _versions(*conditions: ColumnElement[bool]) -> Select[InstrumentVersion]:
    return (
        select(InstrumentVersion)
        .join(InstrumentVersion.instrument)
        .options(contains_eager(InstrumentVersion.instrument))
        .where(*conditions)
        .order_by(Instrument.code, InstrumentVersion.effective_on, InstrumentVersion.published_at)
    )


def _none_of(ctx: Context, organisation_id: UUID) -> list[Any]:
    """Nothing, for an organisation that is there; raises NotFound for one that is not."""
    organisation(ctx, organisation_id)
    return []
