"""Which entries of the log the journal takes, and what it takes of them: ids and codes, as the log has them (RET-12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from audit.models import HEAD, AuditEntry, LogHead
from compliance.kernel.secrets import KeyRing

from . import disposed, kept, programs, rights
from .doing import ELSEWHERE, Again
from .events import DoneAgain, RestoreSettled
from .lines import SEEN, Line

TAKEN_BACK = rights.TAKEN_BACK | kept.TAKEN_BACK
"""What takes which of these back."""

CONTEXT = frozenset({"disposal.proposed", "disposal.approved", DoneAgain.name, RestoreSettled.name})
"""What is taken besides, since doing the others again asks for it, or to know where the journal and the log agree."""

AT_ONCE = 20_000
"""How many entries of the log are looked through at a time; so far apart at most are lines that the log is known by."""


def again() -> Mapping[str, Again]:
    """What is done again, and by what."""
    return rights.AGAIN | programs.AGAIN | kept.AGAIN | disposed.AGAIN | ELSEWHERE


def events() -> list[str]:
    """The events of which the journal has a line."""
    return sorted({*again(), *TAKEN_BACK, *CONTEXT})


def since(connection: Connection, ring: KeyRing, number: int, place: int) -> Sequence[Line]:
    """What the log says after this entry, of so many entries, as lines from this place on; nothing for nothing new.

    Where a whole portion of the log says nothing of the kind, one line says how far it was looked through.
    """
    head = connection.execute(select(LogHead.size).where(LogHead.id == HEAD)).scalar_one()
    last = min(head - 1, number + AT_ONCE)
    if last <= number:
        return ()
    named = AuditEntry.__table__.c
    wanted = (
        select(
            named.number, named.hash, named.at, named.event, named.actor_id, named.subject_id, named.organisation,
            named.reference, named.detail,
        )
        .where(named.number > number, named.number <= last, named.event.in_(events()))
        .order_by(named.number)
    )  # fmt: skip
    found = [
        Line(
            place + offset, row.number, row.hash.hex(), row.at, row.event, row.actor_id, row.subject_id,
            row.organisation, row.reference, row.detail,
            kept.sealed(connection, ring, row.event, row.number, row.subject_id),
        )
        for offset, row in enumerate(connection.execute(wanted).all())
    ]  # fmt: skip
    if last - number == AT_ONCE and (not found or found[-1].number < last):
        at = connection.execute(select(named.hash, named.at).where(named.number == last)).one()
        found.append(Line(place + len(found), last, at.hash.hex(), at.at, SEEN))
    return found


def is_known(connection: Connection, line: Line) -> bool:
    """Whether the log has this very entry."""
    wanted = select(AuditEntry.hash).where(AuditEntry.number == line.number)
    found = connection.execute(wanted).scalar_one_or_none()
    return found is not None and bytes(found).hex() == line.hash
