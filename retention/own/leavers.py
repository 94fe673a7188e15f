"""Accounts of people who left: who they were and what they signed in with goes; the id stays, because the log speaks of it (RET-9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select

from compliance.accesses.reading.models import SavedSearch
from compliance.identity.models import (
    AccountInvitation,
    Authenticator,
    KnownDevice,
    Passkey,
    PasskeyUse,
    Password,
    Person,
    RoleHeld,
    SignIn,
    SpentStep,
)
from compliance.identity.queries import still_held
from compliance.kernel.context import Context
from compliance.licences.models import Licence, Training, Vetting
from compliance.licences.rules import Status
from compliance.notices.models import Notice

from . import open as still_open
from .kinds import Gone, held

FORMER = "Former user"
"""What a leaver's account is called from then on."""

_NOWHERE = "former-user.invalid"
_PAST = (Status.REFUSED.value, Status.DEACTIVATED.value)
_THEIRS: Sequence[Any] = (Password, Authenticator, Passkey, AccountInvitation, SavedSearch, Training, Vetting)
_OF_FACTORS: Sequence[tuple[Any, Any]] = (
    (SpentStep.authenticator_id, Authenticator),
    (PasskeyUse.passkey_id, Passkey),
)


def over(ctx: Context, before: datetime) -> ColumnElement[bool]:
    """Whoever has no right any more, and whose last right and last sign-in ended before this instant; nothing open names them."""
    role = exists().where(
        RoleHeld.person_id == Person.id,
        or_(still_held(ctx.now()), RoleHeld.ended_at >= before, RoleHeld.ends_at >= before),
    )
    link = AccountInvitation
    licence = exists().where(
        Licence.person_id == Person.id,
        or_(
            Licence.status.not_in(_PAST),
            Licence.deactivated_at >= before,
            and_(Licence.status == Status.REFUSED.value, Licence.decided_at >= before),
        ),
    )
    return and_(
        ~_done(),
        Person.created_at < before,
        or_(Person.closed_at.is_(None), Person.closed_at < before),
        ~role,
        ~licence,
        ~exists().where(SignIn.person_id == Person.id, func.coalesce(SignIn.ended_at, SignIn.seen_at) >= before),
        ~exists().where(
            link.person_id == Person.id, link.used_at.is_(None), link.withdrawn_at.is_(None), link.ends_at >= before
        ),
        ~still_open.names(Person.id),
        ~held("accounts", organisations=(Person.organisation_id,), people=(Person.id,)),
    )


def forget(ctx: Context, person: Person) -> Gone:
    """Close the account for good, and let go of all that says who it was."""
    person.full_name, person.email = FORMER, f"{person.id.hex}@{_NOWHERE}"
    person.closed_at = person.closed_at or ctx.now()
    gone = Gone((), 1)
    for column, of in _OF_FACTORS:
        theirs = select(of.id).where(of.person_id == person.id)
        gone += Gone((), _without(ctx, column.class_, column.in_(theirs)))
    for kind in _THEIRS:
        rows = ctx.session.scalars(select(kind).where(kind.person_id == person.id)).all()
        for row in rows:
            ctx.session.delete(row)
        gone += Gone(tuple(row.id for row in rows), len(rows))
    gone += Gone((), _without(ctx, KnownDevice, KnownDevice.person_id == person.id))
    sent = and_(Notice.person_id == person.id, or_(Notice.sent_at.is_not(None), Notice.dropped_at.is_not(None)))
    return gone + Gone((), _without(ctx, Notice, sent))


def _done() -> ColumnElement[bool]:
    return Person.email.like(f"%@{_NOWHERE}")


def _without(ctx: Context, kind: Any, wanted: ColumnElement[bool]) -> int:
    done: Any = ctx.session.execute(delete(kind).where(wanted).execution_options(synchronize_session=False))
    return int(done.rowcount)
