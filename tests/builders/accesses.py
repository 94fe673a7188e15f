"""What the case system told of people's accesses, and what it asked about them, as the log and its table keep both."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from audit.append import append, take_turn
from audit.models import Moment
from compliance.accesses.audits.counting import Counted
from compliance.accesses.audits.jobs import OPEN
from compliance.accesses.audits.models import AccessAudit
from compliance.accesses.audits.rules import Figures
from compliance.accesses.audits.use_cases import open_audit
from compliance.accesses.reporting.models import ReportedAccess
from compliance.identity.models import Person
from compliance.kernel.calendar import Quarter
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, worker
from compliance.kernel.db import WRITES
from compliance.kernel.jobs import Run, run_now
from tests.builders.identity import every
from tests.builders.licences import again, an_organisation
from tests.builders.use import licences_in_use, move_to

CLIENT = "case-system"
Q2, Q3 = Quarter(2026, 2), Quarter(2026, 3)
VIEW = ("case.view", "case")


def an_entry(at: datetime, event: str, **says: Any) -> dict[str, Any]:
    """The draft of an entry of this event, as the case system's client writes it unless told otherwise."""
    return {
        "at": Moment.write(at), "event": event, "outcome": "done", "actor_kind": "client", "actor_id": CLIENT,
        "actor_organisation": None, "actor_roles": "case_system", "subject_kind": None, "subject_id": None,
        "organisation": None, "reference": None, "rules": None, "purpose": None, "address": None, "request_id": None,
        "session_id": None, "state_version": 0, "policy_version": "test", "detail": "{}",
    } | says  # fmt: skip


def reported(
    house: House,
    person_id: UUID,
    at: datetime,
    kind: str = "view",
    *,
    reference: str | None = "C-1",
    refused: bool = False,
    out_of_hours: bool = False,
    organisation_id: UUID | None = None,
) -> int:
    """Something that somebody did in the case system at this instant, reported now; its number in the log."""
    organisation = organisation_id or _employer(house, person_id)
    outcome, reference = "refused" if refused else "done", None if kind == "sign_in" else reference
    entry = an_entry(
        house.clock.now(), f"case_access.{kind}", outcome=outcome, subject_kind="person", subject_id=str(person_id),
        organisation=_text(organisation), reference=reference,
    )  # fmt: skip
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        turn = take_turn(connection, 1)
        append(connection, turn, [entry])
        connection.execute(
            insert(ReportedAccess).values(
                number=turn.next_number, client_id=CLIENT, event_id=str(uuid4()), fingerprint="-", kind=kind,
                outcome=outcome, person_id=person_id, organisation_id=organisation, reference=reference,
                happened_at=at, records=1, out_of_hours=out_of_hours,
            )
        )  # fmt: skip
    return turn.next_number


def answered(
    house: House,
    person_id: UUID,
    at: datetime,
    *,
    permit: bool = True,
    reference: str = "C-1",
    asked: tuple[str, str] = VIEW,
    rules: str | None = None,
) -> None:
    """A question about somebody that was answered at this instant, with an entry of its own."""
    logged(
        house,
        an_entry(
            at, "decision.answered", outcome="permit" if permit else "deny", subject_kind="person",
            subject_id=str(person_id), organisation=_text(_employer(house, person_id)), reference=reference, rules=rules,
            detail=_written([*asked, "mid-kent", None, False]),
        ),
    )  # fmt: skip


def an_item(
    person_id: UUID | None, *, permit: bool = True, reference: str = "C-1", asked: tuple[str, str] = VIEW,
    rules: str | None = None,
) -> list[object]:  # fmt: skip
    """One question of a batch and its answer."""
    subject = str(person_id) if person_id else None
    return [subject, reference, *asked, "mid-kent", None, False, None, permit, rules]


def answered_together(house: House, at: datetime, items: Sequence[list[object]]) -> None:
    """A batch that was answered at this instant: one entry."""
    logged(house, an_entry(at, "decisions.answered", outcome="mixed", detail=_written({"items": items})))


def signed_in_here(house: House, person_id: UUID, at: datetime) -> None:
    """A sign-in to this service, whole at this instant."""
    logged(
        house,
        an_entry(
            at, "sign_in.done", actor_kind="person", actor_id=str(person_id), subject_kind="person",
            subject_id=str(person_id), organisation=_text(_employer(house, person_id)),
            detail=_written({"method": "app", "session": str(uuid4()), "stage": "whole"}),
        ),
    )  # fmt: skip


def logged(house: House, *entries: dict[str, Any]) -> None:
    """Entries of the log that bear the instants they say."""
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        append(connection, take_turn(connection, len(entries)), list(entries))


def an_audit(house: House, organisation_id: UUID, *people: UUID, quarter: Quarter = Q3) -> UUID:
    """An open audit of an organisation's quarter in which these people did nothing."""
    nothing = {organisation_id: dict.fromkeys(people, Figures())}
    with house.work(worker("test")) as ctx:
        return open_audit(ctx, Counted(quarter, 0, 1, nothing, 0), organisation_id).id


def opened(house: House, clock: FixedClock, *, code: str = "swale") -> tuple[AccessAudit, UUID]:
    """The audit of an organisation's last quarter of 2026 on the day it opened, and its one person, who viewed a case."""
    organisation = an_organisation(house, code)
    (licence,) = licences_in_use(house, organisation, 1)
    person = again(house, licence).person_id
    reported(house, person, datetime(2026, 11, 24, 12, tzinfo=UTC))
    move_to(clock, "2027-01-04T09:00")
    assert run_now(house, OPEN) == Run(1, 1, 0)
    return audit_of(house, organisation), person


def audit_of(house: House, organisation_id: UUID) -> AccessAudit:
    """The first audit there is of an organisation."""
    return next(each for each in every(house, AccessAudit) if each.organisation_id == organisation_id)


def _employer(house: House, person_id: UUID) -> UUID | None:
    with house.engine.connect() as connection:
        return connection.execute(select(Person.organisation_id).where(Person.id == person_id)).scalar_one()


def _text(organisation_id: UUID | None) -> str | None:
    return str(organisation_id) if organisation_id else None


def _written(detail: object) -> str:
    return json.dumps(detail, separators=(",", ":"))
