"""What the service has to know: written with the change that causes it, sent afterwards, under a key that makes it one (AUD-1, RET-1, GOV-2)."""

from __future__ import annotations

import json
import logging
import sqlite3
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from compliance.client import NoAnswer, Refused, Service

from .clocks import london_day
from .store import Store

AT_ONCE = 200

log = logging.getLogger("case_system")


@dataclass(frozen=True)
class Look:
    """Somebody saw something of a case, or took it out: who, by which action, from where, and whether they have a part in it."""

    person: str
    action: str
    reference: str
    kind: str = "view"
    address: str | None = None
    involved: bool | None = None


def looked(db: sqlite3.Connection, look: Look, now: datetime) -> None:
    """Report it (AUD-1; Data Protection Act 2018, section 62)."""
    named = uuid.uuid4().hex
    event = {"id": named, "at": now.isoformat()} | {
        name: value for name, value in asdict(look).items() if value is not None
    }
    _write(db, "access", "POST", "access-events", {"events": [event]}, named, now)


def signed_in(db: sqlite3.Connection, person: str, now: datetime) -> None:
    """Somebody came in: a use of their licence (LIC-8)."""
    named = uuid.uuid4().hex
    event = {"id": named, "kind": "sign_in", "person": person, "at": now.isoformat()}
    _write(db, "access", "POST", "access-events", {"events": [event]}, named, now)


def record(db: sqlite3.Connection, reference: str, now: datetime) -> None:
    """There is a record whose time is to be kept: its group, when it was opened, and whom it is about by a number."""
    row = db.execute("SELECT * FROM cases WHERE reference = ?", (reference,)).fetchone()
    body = {
        "groups": [row["retention_group"]], "opened_on": london_day(datetime.fromisoformat(row["referred_at"])).isoformat(),
        "kind": "case", "subject": row["subject"],
    } | ({"born_on": row["born_on"]} if row["born_on"] else {})  # fmt: skip
    _write(db, "record", "PUT", f"retention/records/{reference}", body, f"record-{reference}", now)


def happened(db: sqlite3.Connection, reference: str, kind: str, on: str, now: datetime) -> None:
    """Something happened that makes the record's clear period begin again (RET-10)."""
    named = uuid.uuid4().hex
    body = {"event_id": named, "kind": kind, "happened_on": on}
    _write(db, "event", "POST", f"retention/records/{reference}/events", body, named, now)


def shared(db: sqlite3.Connection, body: dict[str, Any], now: datetime) -> None:
    """That it was decided to share, or not to, with the lawful basis (SHA-1)."""
    _write(db, "sharing", "POST", "sharing-decisions", body, uuid.uuid4().hex, now)


def disposed(db: sqlite3.Connection, instruction: str, now: datetime) -> None:
    """What was instructed is done (RET-8)."""
    body = {"method": "erased", "disposed_on": london_day(now).isoformat()}
    _write(
        db, "disposal", "POST", f"retention/instructions/{instruction}/confirmation", body, f"gone-{instruction}", now
    )


def facts(db: sqlite3.Connection, reference: str, now: datetime) -> None:
    """What each organisation did in this case so far, as counts (GOV-2). Told again after each step, it takes the old one's place.

    Research is of the month in which it was asked for; the meeting and its actions are of the month of the meeting.
    """
    case = db.execute("SELECT * FROM cases WHERE reference = ?", (reference,)).fetchone()
    asked_in = london_day(datetime.fromisoformat(case["reviewed_at"])).isoformat()[:7] if case["reviewed_at"] else None
    heard_in = case["heard_on"][:7] if case["heard_on"] else None
    told = []
    for row in db.execute(_COUNTS, {"reference": reference, "today": london_day(now).isoformat()}):
        for counter in row.keys()[1:]:
            period = asked_in if counter.startswith("research_") else heard_in
            if period is not None:
                told.append(
                    {"organisation_id": row["organisation"], "area": case["area"], "period": period, "counter": counter,
                     "count": row[counter], "reference": reference}
                )  # fmt: skip
    if told:
        _write(db, "facts", "POST", "facts", {"facts": told}, uuid.uuid4().hex, now)


_COUNTS = """
SELECT organisation,
    1 AS research_due,
    (sent_on IS NOT NULL AND sent_on <= due_on) AS research_sent,
    (SELECT count(*) FROM actions a WHERE a.reference = r.reference AND a.organisation = r.organisation
        AND a.status IN ('accepted', 'done')) AS actions_set,
    (SELECT count(*) FROM actions a WHERE a.reference = r.reference AND a.organisation = r.organisation
        AND a.status = 'done') AS actions_done,
    (SELECT count(*) FROM actions a WHERE a.reference = r.reference AND a.organisation = r.organisation
        AND a.status = 'accepted' AND a.due_on < :today) AS actions_overdue,
    coalesce((SELECT came FROM attendance t WHERE t.reference = r.reference AND t.organisation = r.organisation), 0)
        AS meetings_attended,
    coalesce((SELECT NOT came FROM attendance t WHERE t.reference = r.reference AND t.organisation = r.organisation), 0)
        AS meetings_missed,
    coalesce((SELECT statement_read FROM attendance t WHERE t.reference = r.reference
        AND t.organisation = r.organisation), 0) AS statement_read
FROM research r WHERE reference = :reference ORDER BY organisation
"""


def send(store: Store, service: Service, now: datetime) -> int:
    """Send what waits, the oldest first; how much was taken. What the service cannot take now waits for the next time.

    What it will never take stays here with its reason, and is shouted about: somebody has to look.
    """
    with store.reading() as db:
        waiting = db.execute(
            "SELECT * FROM outbox WHERE sent_at IS NULL AND refused IS NULL ORDER BY id LIMIT ?", (AT_ONCE,)
        ).fetchall()
    taken = 0
    for row in waiting:
        refused = None
        try:
            service.write(row["method"], row["path"], json.loads(row["body"]), key=row["key"])
        except NoAnswer:
            break
        except Refused as problem:
            if not problem.is_about_this:
                break
            refused = str(problem)
            log.error("the service does not take %s %s: %s", row["kind"], row["id"], problem)
        with store.writing() as db:
            db.execute(
                "UPDATE outbox SET sent_at = ?, refused = ? WHERE id = ?",
                (None if refused else now.isoformat(), refused, row["id"]),
            )
        taken += refused is None
    return taken


def _write(
    db: sqlite3.Connection, kind: str, method: str, path: str, body: dict[str, Any], key: str, now: datetime
) -> None:
    db.execute(
        "INSERT INTO outbox (kind, method, path, body, key, written_at) VALUES (?, ?, ?, ?, ?, ?)",
        (kind, method, path, json.dumps(body), key, now.isoformat()),
    )
