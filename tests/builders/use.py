"""Licences by the dozen with holders of their own, and uses of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

from compliance.identity.models import Person
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.db import WRITES
from compliance.kernel.secrets import KeyRing
from compliance.licences.models import Licence, LicenceArea
from compliance.licences.quarterly.jobs import JOBS
from compliance.licences.rules import Kind, Status
from compliance.licences.uses import note_uses
from compliance.notices.models import Notice
from tests.builders.identity import every
from tests.builders.licences import rows_made

WARN, AUDIT = JOBS


def licences_in_use(house: House, organisation_id: UUID, number: int, *, since: datetime | None = None) -> list[UUID]:
    """So many active licences, each of a person of their own: h0@swale.gov.uk and so on."""
    with house.work(operator("test")) as ctx:
        begun = since or ctx.now()
        people = [
            Person(
                id=ctx.new_id(), full_name=f"Holder {each} Made-Up", email=f"h{each}@swale.gov.uk",
                organisation_id=organisation_id, created_at=begun,
            )
            for each in range(number)
        ]  # fmt: skip
        rows_made(ctx, *people)
        ctx.session.flush()
        made = [
            Licence(
                id=ctx.new_id(), person_id=person.id, organisation_id=organisation_id, kind=Kind.STANDING,
                status=Status.ACTIVE, reason="-", requested_by="-", requested_at=begun, activated_at=begun,
                areas=[LicenceArea(area="mid-kent")],
            )
            for person in people
        ]  # fmt: skip
        rows_made(ctx, *made)
    return [licence.id for licence in made]


def used(house: House, *licence_ids: UUID, at: datetime | None = None) -> None:
    """These licences are used, now or then, as the decisions write it down."""
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        note_uses(connection, [str(licence_id) for licence_id in licence_ids], at or house.clock.now())


def posted(house: House, address: str) -> list[dict[str, str]]:
    """Every letter to this address, in the order of their writing: its subject and its body."""
    ring = house.the(KeyRing)
    return [
        json.loads(ring.open(row.words or b"", place=f"notices.words:{row.id}"))
        for row in sorted(every(house, Notice), key=lambda row: (row.written_at, row.id))
        if ring.open(row.address, place=f"notices.address:{row.id}") == address.encode()
    ]


def move_to(clock: FixedClock, instant: str) -> None:
    """Let it be this instant, as 2027-07-01T09:00, in UTC."""
    clock.move(datetime.fromisoformat(instant).replace(tzinfo=UTC) - clock.now())


__all__ = ["AUDIT", "WARN", "licences_in_use", "move_to", "posted", "used"]
