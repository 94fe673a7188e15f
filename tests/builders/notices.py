"""Letters for tests, and how they stand."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from compliance.kernel.context import House, operator
from compliance.kernel.jobs import Run, Stopping
from compliance.notices.models import Notice
from compliance.notices.sending import send_due
from compliance.notices.ways import Letter
from compliance.notices.writing import write
from tests.builders.identity import every

WORDS = {"name": "Wren Alder", "link": "https://marac.example/invitation/x", "day": "Monday", "clock": "noon"}


def a_letter(
    house: House,
    to: str = "wren@kent.example.org",
    *,
    person_id: UUID | None = None,
    useless_at: datetime | None = None,
) -> UUID:
    """A letter that waits."""
    with house.work(operator("tests")) as ctx:
        notice = write(ctx, "invitation", to=to, person_id=person_id, useless_at=useless_at, **WORDS)
    assert notice is not None
    return notice.id


def a_written_letter(**more: str) -> Letter:
    """A letter as a way is given it."""
    said = {"to": "wren@kent.example.org", "subject": "Your MARAC Hub account", "body": "Hello\n\nIt’s £5.\n"} | more
    return Letter(id=uuid4(), written_at=datetime.fromisoformat("2026-11-21T10:00:00Z"), **said)


def post_goes(house: House, *, limit: int = 500) -> Run:
    """One run of the scheduler's."""
    return send_due(house, Stopping(), limit)


def the_letter(house: House, notice_id: UUID) -> Notice:
    """The row as it stands."""
    return next(row for row in every(house, Notice) if row.id == notice_id)
