"""What the service has to know: written with the change that causes it, sent afterwards, under a key that makes it one (AUD-1, RET-1, GOV-2)."""

from __future__ import annotations

import json
import sqlite3
import uuid
from datetime import datetime
from typing import Any

from compliance.client import NoAnswer, Refused, Service

from .clocks import london_day
from .store import Store

AT_ONCE = 200


def looked(db: sqlite3.Connection, person: str, action: str, reference: str, now: datetime, kind: str = "view") -> None:
    """Somebody saw a case, or took something out of it."""
    named = uuid.uuid4().hex
    event = {
        "id": named,
        "kind": kind,
        "person": person,
        "at": now.isoformat(),
        "action": action,
        "reference": reference,
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


def invite(db: sqlite3.Connection, reference: str, person_id: str, now: datetime, *, closed: bool) -> None:
    """A named person may come near a case: one of a by-invite partner, or anybody where the MARAC is closed (OP 5.2)."""
    body = {"reference": reference, "person_id": person_id, "closed": closed}
    _write(db, "invitation", "POST", "invitations", body, uuid.uuid4().hex, now)


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
    """What each organisation did in this case, as counts (GOV-2): of its month and area, everything closed so far."""
    case = db.execute("SELECT area, referred_at FROM cases WHERE reference = ?", (reference,)).fetchone()
    month, area = case["referred_at"][:7], case["area"]
    counted: dict[tuple[str, str], int] = {}
    for row in db.execute(_COUNTS, {"month": f"{month}-%", "area": area}):
        for counter in row.keys()[1:]:
            counted[row["organisation"], counter] = row[counter] or 0
    body = {
        "facts": [
            {"organisation_id": organisation, "area": area, "period": month, "counter": counter, "count": count}
            for (organisation, counter), count in sorted(counted.items())
        ]
    }
    if body["facts"]:
        _write(db, "facts", "POST", "facts", body, f"facts-{reference}", now)


_COUNTS = """
WITH them AS (SELECT reference FROM cases WHERE referred_at LIKE :month AND area = :area AND status = 'closed'),
     who AS (SELECT organisation FROM research JOIN them USING (reference)
             UNION SELECT organisation FROM actions JOIN them USING (reference)
             UNION SELECT organisation FROM attendance JOIN them USING (reference))
SELECT organisation,
    (SELECT count(*) FROM research r JOIN them USING (reference) WHERE r.organisation = who.organisation) AS research_due,
    (SELECT count(*) FROM research r JOIN them USING (reference) WHERE r.organisation = who.organisation
        AND substr(r.sent_at, 1, 10) <= r.due_on) AS research_sent,
    (SELECT count(*) FROM actions a JOIN them USING (reference) WHERE a.organisation = who.organisation) AS actions_set,
    (SELECT count(*) FROM actions a JOIN them USING (reference) WHERE a.organisation = who.organisation
        AND a.status = 'done') AS actions_done,
    (SELECT count(*) FROM attendance t JOIN them USING (reference) WHERE t.organisation = who.organisation
        AND t.came) AS meetings_attended,
    (SELECT count(*) FROM attendance t JOIN them USING (reference) WHERE t.organisation = who.organisation
        AND NOT t.came) AS meetings_missed,
    (SELECT count(*) FROM attendance t JOIN them USING (reference) WHERE t.organisation = who.organisation
        AND t.came AND t.statement_read) AS statement_read
FROM who
"""


def send(store: Store, service: Service, now: datetime) -> int:
    """Send what waits, the oldest first; how much was taken. What the service cannot take now waits for the next time."""
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
            refused = str(problem)
        with store.writing() as db:
            db.execute("UPDATE outbox SET sent_at = ?, refused = ? WHERE id = ?", (now.isoformat(), refused, row["id"]))
        taken += refused is None
    return taken


def _write(
    db: sqlite3.Connection, kind: str, method: str, path: str, body: dict[str, Any], key: str, now: datetime
) -> None:
    db.execute(
        "INSERT INTO outbox (kind, method, path, body, key, written_at) VALUES (?, ?, ?, ?, ?, ?)",
        (kind, method, path, json.dumps(body), key, now.isoformat()),
    )
