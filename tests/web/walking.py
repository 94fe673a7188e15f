"""Opening page after page and keeping what each asked of the store, and the things that some pages are of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import event, update

from compliance.decisions.exceptions.use_cases import end_break_glass
from compliance.identity.models import SignIn
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.licences.models import Licence
from compliance.licences.rules import Kind, Status
from signatories import use_cases as signatories
from signatories.models import Signature
from tests.builders import exceptions
from tests.builders.challenges import challenges
from tests.builders.identity import every
from tests.builders.licences import acting
from tests.builders.signatories import a_pdf
from tests.web.conftest import Visitor

MOST = 12
MORE = dict.fromkeys(("reports.now", "reports.take_now", "reports.since"), 96)
"""What is counted from every register at once, for whoever asks for just that: not more the more there is, and not twelve."""
NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE", "INSERT INTO audit_personal")
"""Where transactions begin and end; and the second half of an entry of the log, which is counted by its first."""


class Walk:
    """Opens pages and keeps what each asked of the store."""

    def __init__(self, house: House, app: Flask) -> None:
        self.house = house
        self.app = app
        self.opened: set[str] = set()
        self.too_dear: list[str] = []
        self.costs: dict[str, int] = {}

    def open(self, who: str, visitor: Visitor, *addresses: str, answers: int = 200) -> None:
        """Open each of these as `who` it is; raises AssertionError for one that is answered otherwise."""
        for address in addresses:
            self._not_seen_lately()
            with _statements(self.house) as statements:
                answer = visitor.get(address)
            assert answer.status_code == answers, f"{address} for {who} was answered with {answer.status_code}"
            page = self.app.url_map.bind("").match(address.partition("?")[0])[0]
            self.opened.add(page)
            self.costs[f"{address} for {who}"] = len(statements)
            if len(statements) > MORE.get(page, MOST):
                listed = "\n".join(f"    {place}. {each}" for place, each in enumerate(statements, 1))
                self.too_dear.append(f"{address} for {who} asked {len(statements)} times:\n{listed}")

    def _not_seen_lately(self) -> None:
        """That a sign-in was seen is kept once a minute: each page here is the one that has to."""
        earlier = self.house.clock.now() - timedelta(minutes=2)
        with self.house.engine.execution_options(**{WRITES: True}).begin() as connection:
            connection.execute(update(SignIn).where(SignIn.ended_at.is_(None)).values(seen_at=earlier))


@contextmanager
def _statements(house: House) -> Iterator[list[str]]:
    """What is asked of the store meanwhile, but for where transactions begin and end."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(NOT_COUNTED):
            asked.append(" ".join(statement.split())[:300])

    event.listen(house.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(house.engine, "before_cursor_execute", note)


def a_policy_with_its_file(house: House, organisation_id: UUID) -> UUID:
    """A safeguarding policy that was recorded with its file."""
    with acting(house) as ctx:
        return signatories.record_policy_document(
            ctx, organisation_id, kind="safeguarding", title="Our policy", owner="Head", dated_on=date(2026, 1, 5),
            next_review_on=date(2026, 12, 5), file_name="policy.pdf", file=a_pdf(),
        ).id  # fmt: skip


def licences_of(house: House, organisation_id: UUID) -> dict[Status, UUID]:
    """A standing licence of an organisation in each state."""
    standing = (each for each in every(house, Licence) if each.kind == Kind.STANDING)
    return {Status(each.status): each.id for each in standing if each.organisation_id == organisation_id}


def beside_the_rule(house: House, person_id: UUID) -> tuple[UUID, UUID, UUID]:
    """A case open to this person, one that was, and one they are kept from."""
    opened, over = (exceptions.opened(house, person_id, reference).id for reference in ("E-1", "E-2"))
    with acting(house) as ctx:
        end_break_glass(ctx, over)
    return opened, over, exceptions.kept(house, person_id, "K-1").id


def challenged(house: House, organisation_id: UUID) -> tuple[UUID, UUID]:
    """A challenge of one of an organisation's signatures that waits for a decision, and another of its signatures."""
    its = [row.id for row in every(house, Signature) if row.organisation_id == organisation_id]
    return challenges(house, its[0]).id, its[1]
