"""How the journal stands: whether all of it is ours, and how far it is behind the log (RET-12)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from audit.models import AuditEntry
from compliance.kernel.context import House

from . import copied
from .keeping import folder_of


@dataclass(frozen=True)
class Standing:
    """How many lines it holds, how many entries it lacks, and the instant of the oldest of those.

    `agrees` is whether the log has the entry of its last line.
    """

    lines: int
    behind: int
    oldest: str | None
    agrees: bool


def standing(house: House) -> Standing | None:
    """Read it whole; None where there is none to read. Raises Broken, OutOfReach."""
    folder = folder_of(house)
    if folder is None:
        return None
    with folder.turn():
        count = folder.check()
        last, _ = folder.last()
    named = AuditEntry.__table__.c
    lacking = select(func.count(), func.min(named.at)).where(
        named.event.in_(copied.events()), named.number > (last.number if last else -1)
    )
    with house.engine.connect() as connection:
        behind, oldest = connection.execute(lacking).one()
        agrees = last is None or copied.is_known(connection, last)
    return Standing(count, behind, oldest, agrees)
