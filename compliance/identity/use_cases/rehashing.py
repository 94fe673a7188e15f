"""Hashing a password anew once the parameters have risen, without its owner noticing (IDN-5)."""

from __future__ import annotations

from uuid import UUID

from audit.record import record
from compliance.identity import passwords, queries
from compliance.identity.events import PasswordRehashed
from compliance.identity.models import Password
from compliance.kernel.context import NOBODY, House, Origin


def rehash(house: House, origin: Origin, *, person_id: UUID, password_id: UUID, phc: str, password: str) -> None:
    """Keep this password, just found right against `phc`, under today's parameters; how old it is stays as it was.

    The hash is made outside any transaction. Where another sign-in was first, or another password is set by now,
    nothing changes.
    """
    today = passwords.hash_password(password)
    with house.work(NOBODY, origin) as ctx:
        person = queries.person(ctx, person_id, lock=True)
        kept = ctx.session.get(Password, password_id)
        if kept is None or kept.ended_at or kept.hash != phc:
            return
        kept.hash = today

        record(ctx, PasswordRehashed(subject=person.id, organisation=person.organisation_id, password=kept.id))
