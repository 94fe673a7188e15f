"""Accesses and decisions that rules ask about, put into the log as the case system and the desk would (AUD-6)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from audit.append import append, take_turn
from audit.models import Moment
from compliance.accesses.flags import jobs, use_cases
from compliance.accesses.flags.models import AccessFlag
from compliance.accesses.flags.rules import Reason, Step
from compliance.accesses.flags.use_cases import Concern
from compliance.accesses.reporting.models import ReportedAccess
from compliance.decisions.exceptions.models import Conflict, ConflictAttempt
from compliance.kernel.clock import london_date
from compliance.kernel.context import House
from compliance.kernel.db import WRITES
from compliance.kernel.jobs import Run, Stopping
from tests.builders.identity import COMMAND, Acting, every, someone
from tests.builders.licences import rows_made


def an_entry(**said: Any) -> dict[str, Any]:
    """The draft of an entry of the case system's, with only what a rule may look at."""
    return {
        "event": "decision.answered", "outcome": "deny", "actor_kind": "client", "actor_id": "client",
        "actor_organisation": None, "actor_roles": "case_system", "subject_kind": "person", "subject_id": None,
        "organisation": None, "reference": None, "rules": None, "purpose": None, "address": None, "request_id": None,
        "session_id": None, "policy_version": "test", "state_version": 0, "detail": "{}",
    } | said  # fmt: skip


def put(house: House, drafts: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]] = ()) -> list[int]:
    """Entries with a row of what was reported for each, in one transaction: their numbers."""
    now = Moment.write(house.clock.now())
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        turn = take_turn(connection, len(drafts))
        receipts = append(connection, turn, [{"at": now} | draft for draft in drafts])
        numbers = [receipt.entry for receipt in receipts]
        if rows:
            connection.execute(
                insert(ReportedAccess), [row | {"number": number} for row, number in zip(rows, numbers, strict=True)]
            )
    return numbers


def opens(
    house: House, person_id: UUID, *references: str, at: datetime | None = None, every_seconds: int = 1, **said: Any
) -> list[int]:
    """This person opens these cases one after another, and the case system reports it."""
    begins = at or house.clock.now()
    drafts = [
        an_entry(
            event="case_access.viewed", outcome="done", subject_id=str(person_id), reference=each, purpose="meeting"
        )
        for each in references
    ]
    rows = [
        {
            "client_id": "client", "event_id": str(uuid4()), "fingerprint": "0", "kind": "view", "outcome": "done",
            "person_id": person_id, "organisation_id": None, "action": "case.view", "reference": each,
            "happened_at": begins + timedelta(seconds=place * every_seconds), "involved": True, "records": 1,
            "out_of_hours": False,
        } | said
        for place, each in enumerate(references)
    ]  # fmt: skip
    return put(house, drafts, rows)


def refused(house: House, person_id: UUID, times: int) -> list[int]:
    """So many decisions refuse this person."""
    return put(house, [an_entry(subject_id=str(person_id), reference=f"C-{n}", rules="LIC-3") for n in range(times)])


def answered(house: House, *items: tuple[UUID, str, bool, str | None]) -> list[int]:
    """One batch: of each person and case, whether it was permitted, and by which rules."""
    held = [[str(who), ref, "case.view", "case", "mid-kent", None, None, None, ok, by] for who, ref, ok, by in items]
    return put(house, [an_entry(event="decisions.answered", outcome="mixed", detail=json.dumps({"items": held}))])


def looked(house: House, *, most: int = 5_000) -> Run:
    """The errand runs once."""
    return jobs.look(house, Stopping(), most=most)


def flags(house: House, rule: str | None = None) -> list[AccessFlag]:
    """Every flag, in the order they were raised in."""
    found = sorted(every(house, AccessFlag), key=lambda flag: (flag.raised_at, flag.last_number or 0))
    return [flag for flag in found if rule in (None, flag.rule)]


def a_concern(house: House, by: Acting | None = None, **said: Any) -> AccessFlag:
    """Somebody reports a concern."""
    with house.work(*(by or someone(house, "delegate"))) as ctx:
        return use_cases.report_concern(ctx, Concern(**{"words": "She knew too much.", "reference": "C-7"} | said))


def reviewed(
    house: House, flag: AccessFlag, by: Acting, step: Step = Step.EXPLAIN, reason: Reason = Reason.PART_OF_WORK
) -> AccessFlag:
    """This reviewer explains a flag, unless told otherwise."""
    with house.work(*by) as ctx:
        return use_cases.review(ctx, flag.id, step=step, reason=reason, words="I asked.", accesses=flag.accesses)


def a_conflict(house: House, person_id: UUID, reference: str, asked_by: Acting, agreed_by: Acting) -> UUID:
    """Two people keep a person from a case."""
    with house.work(COMMAND) as ctx:
        row = Conflict(
            id=ctx.new_id(), person_id=person_id, reference=reference, grounds=b"-", asked_by=asked_by.actor.id,
            agreed_by=agreed_by.actor.id, set_at=ctx.now(),
        )  # fmt: skip
        rows_made(ctx, row)
        return row.id


def attempted(house: House, conflict_id: UUID, action: str = "case.view") -> None:
    """They ask for it all the same."""
    now = house.clock.now()
    row = {"conflict_id": conflict_id, "action": action, "day": london_date(now), "first_at": now}
    with house.engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(insert(ConflictAttempt).values(**row))


def again(house: House, flag: AccessFlag) -> AccessFlag:
    """The flag as it is now."""
    with house.reading(COMMAND) as ctx:
        return ctx.session.scalars(select(AccessFlag).where(AccessFlag.id == flag.id)).one()
