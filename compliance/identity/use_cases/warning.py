"""Telling people in time that their password ends (IDN-2)."""

from __future__ import annotations

from uuid import UUID

from audit.record import record
from compliance.identity import expiry, queries
from compliance.identity.events import PasswordWarned
from compliance.kernel.context import Context

from .letters import tell


def warn_of_expiry(ctx: Context, person_id: UUID) -> None:
    """Tell somebody of the nearest warning that is still true of their password, once; nothing where none is.

    What fell due while nobody told it is not told after it: of four warnings missed, the last is the one that helps.
    """
    person = queries.person(ctx, person_id, lock=True)
    password = queries.live_password(ctx, person.id)
    if password is None or password.compromised_at or person.closed_at or person.locked_at:
        return
    days = expiry.warning_for(ctx, password)
    until = queries.password_until(ctx, person.id)
    if days is None or until is None:
        return
    name = expiry.once(password.id, days)
    if tell(ctx, person, "password_expiring", at=until, once=name, useless_at=until) is None:
        return

    record(ctx, PasswordWarned(subject=person.id, organisation=person.organisation_id, password=password.id, days=days))
