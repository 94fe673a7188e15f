"""Finding whose sign-in to a program is over: the sign-in it came from, its time, or the right to use the case system (DEC-4).

A right can end by somebody's act, by the policy and by time alone. So it is not waited for word of an end: everybody who
is signed in to a program is looked at again and again, by the same rules as every decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Connection, select

from audit.models import HEAD, LogHead
from compliance.identity.clients import ending, telling
from compliance.identity.clients.ending import Standing
from compliance.identity.clients.rules import End
from compliance.kernel.context import House, worker
from compliance.kernel.jobs import Run, Stopping
from policies.values import Policy

from .book import Book
from .case_system import ACTION, TYPE
from .facts import book_of
from .rules import Stale, decide

ENDER = worker("tell-programs")


class Endings:
    """Looks again and again, and reads people again only where somebody's rights, the policy or their time has moved on."""

    def __init__(self) -> None:
        self._book: Book | None = None
        self._people: frozenset[UUID] = frozenset()

    def go(self, house: House, stopping: Stopping, limit: int) -> Run:
        """End what is over, then tell the programs."""
        ended = self.end_those_over(house, stopping)
        told = telling.tell_due(house, stopping, limit)
        return Run(ended + told.found, ended + told.done, told.failed)

    def end_those_over(self, house: House, stopping: Stopping) -> int:
        """End every sign-on that is over, each in a transaction of its own; says how many."""
        with house.engine.connect() as connection:
            standing = ending.standing(connection, house.clock.now())
            if not standing:
                return 0
            may = self._who_may(connection, house, [each for each in standing if each.over is None])
        over = [(each.id, each.over or End.RIGHT_ENDED) for each in standing if each.over or each.id not in may]
        for sign_on_id, why in over:
            if stopping.told:
                break
            with house.work(ENDER) as ctx:
                ending.end(ctx, sign_on_id, why)
        return len(over)

    def _who_may(self, connection: Connection, house: House, looked_at: Sequence[Standing]) -> set[UUID]:
        """Those of them whose person may use the case system at this instant."""
        if not looked_at:
            return set()
        people = frozenset(each.person_id for each in looked_at)
        now = house.clock.now().timestamp()
        book = self._book
        if book is None or not people <= self._people or not _is_current(connection, house, book, people, now):
            book = book_of(connection, house, people)
            self._book, self._people = book, people
        return {each.id for each in looked_at if _may(book, each, now)}


def _is_current(connection: Connection, house: House, book: Book, people: Iterable[UUID], now: float) -> bool:
    version = connection.execute(select(LogHead.state_version).where(LogHead.id == HEAD)).scalar_one()
    if book.state_version != version or book.policy.version != house.the(Policy, connection).version:
        return False
    return all((known := book.people.get(str(each))) is not None and now < known.until for each in people)


def _may(book: Book, one: Standing, now: float) -> bool:
    try:
        return decide(
            book, now, str(one.person_id), ACTION, TYPE, one.client_id, None, None, False, one.client_id
        ).permit  # fmt: skip
    except Stale:
        # It changed in the moment since it was read: the next look, in a moment, will say.
        return True
