"""Holding the log to what the clients were answered, entry by entry, once all is quiet."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from audit.models import HEAD, AuditEntry, LogHead
from audit.sealing import seal_all
from audit.verify import verify_log
from compliance.accesses.reporting.models import ReportedAccess
from compliance.kernel.context import House
from signatories.models import IsaCheck, PolicyDocument

from .witness import Witness
from .writers import EVENTS, Ledger, Receipt

OF_CLIENTS = frozenset({"person", "client"})
OURS = frozenset({"job", "operator"})
TOLD = "case_access."
EFFECTS: dict[str, Any] = {"policy_document.recorded": PolicyDocument, "isa.checked": IsaCheck}
"""Events that make one row each, which is their subject."""


@dataclass
class Reckoning:
    """What was found; the lists name what is wrong, at most a few of each."""

    entries: int = 0
    acknowledged: int = 0
    written_unanswered: int = 0
    unwritten_unanswered: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    disagreeing: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not any((self.lost, self.doubled, self.invented, self.disagreeing, self.log, self.answers))


@dataclass(frozen=True)
class Before:
    """What there was when the first client began: so many entries, and these rows."""

    entries: int
    rows: frozenset[UUID]

    @classmethod
    def look(cls, house: House) -> Before:
        with house.engine.connect() as connection:
            size = connection.execute(select(LogHead.size).where(LogHead.id == HEAD)).scalar_one()
            rows = [row for kind in EFFECTS.values() for row in connection.execute(select(kind.id)).scalars()]
        return cls(size, frozenset(rows))


def reckon(house: House, ledger: Ledger, witness: Witness, before: Before) -> Reckoning:
    """Compare, once nobody writes any more."""
    found = Reckoning(acknowledged=ledger.acknowledged, answers=list(ledger.faults))
    written: defaultdict[str, list[Receipt]] = defaultdict(list)
    events: defaultdict[str, list[Receipt]] = defaultdict(list)
    subjects: dict[str, list[UUID]] = {event: [] for event in EFFECTS}
    for entry in _entries(house):
        found.entries += 1
        if entry.event in subjects:
            subjects[entry.event].append(UUID(entry.subject_id))
        if entry.number < before.entries:
            continue
        receipt = Receipt(entry.number, entry.hash.hex())
        if entry.event.startswith(TOLD):
            events[json.loads(entry.detail)["event_id"]].append(receipt)
        elif entry.actor_kind in OF_CLIENTS and entry.request_id in ledger.sent:
            written[entry.request_id].append(receipt)
        elif entry.actor_kind not in OURS:
            found.invented.append(f"{entry.number} {entry.event} by {entry.actor_kind} under {entry.request_id}")
    _compare(found, ledger, written)
    _compare_events(found, house, ledger, events)
    _compare_effects(found, house, ledger, before, subjects)
    _verify(found, house, witness)
    return found


def _entries(house: House) -> Iterator[Row[Any]]:
    log = AuditEntry
    wanted = select(log.number, log.hash, log.event, log.actor_kind, log.subject_id, log.request_id, log.detail)
    with house.engine.connect() as connection:
        yield from connection.execution_options(yield_per=5000).execute(wanted.order_by(log.number))


def _compare(found: Reckoning, ledger: Ledger, written: dict[str, list[Receipt]]) -> None:
    most = Counter[str]()
    for answered in ledger.answered.values():
        most[answered.kind] = max(most[answered.kind], len(answered.receipts))
    for request_id, kind in ledger.sent.items():
        there = written.get(request_id, [])
        answered = ledger.answered.get(request_id)
        if kind == EVENTS:
            found.by_kind[kind] += answered is not None
            continue
        if answered is None:
            if there:
                found.written_unanswered += 1
            else:
                found.unwritten_unanswered += 1
            if len(there) > most[kind]:
                found.doubled.append(f"{kind} {request_id}: {len(there)} entries, and no answer")
            continue
        found.by_kind[kind] += 1
        missing = set(answered.receipts) - set(there)
        if missing:
            found.lost.append(f"{kind} {request_id}: {sorted(missing)} was acknowledged; the log has {there}")
        if len(there) > len(answered.receipts):
            found.doubled.append(f"{kind} {request_id}: acknowledged {answered.receipts}; the log has {there}")


def _compare_events(found: Reckoning, house: House, ledger: Ledger, written: dict[str, list[Receipt]]) -> None:
    """Each event that was told stands once at the most, however often it was told, and under the receipt given for it."""
    for answered in ledger.answered.values():
        for event_id, receipt in zip(answered.events, answered.receipts if answered.events else (), strict=True):
            if receipt not in written.get(event_id, []):
                found.lost.append(f"event {event_id}: {receipt} was acknowledged; the log has {written.get(event_id)}")
    for event_id, receipts in written.items():
        if event_id not in ledger.told:
            found.invented.append(f"event {event_id}: {receipts}")
        if len(receipts) > 1:
            found.doubled.append(f"event {event_id}: {receipts}")
    with house.engine.connect() as connection:
        kept = connection.execute(select(ReportedAccess.event_id, ReportedAccess.number))
        rows = {row.event_id: row.number for row in kept}
    told = {event_id: receipts[0].entry for event_id, receipts in written.items()}
    found.disagreeing += [f"event {each[0]}: row and entry" for each in rows.items() ^ told.items()]


def _compare_effects(
    found: Reckoning, house: House, ledger: Ledger, before: Before, subjects: dict[str, list[UUID]]
) -> None:
    """Each of these events has its row and each row its event, but for rows that were there before any event."""
    made = {answered.made for answered in ledger.answered.values() if answered.made}
    for event, kind in EFFECTS.items():
        with house.engine.connect() as connection:
            rows = set(connection.execute(select(kind.id)).scalars())
        told = Counter(subjects[event])
        found.disagreeing += [f"{event}: {row} has an entry and is not there" for row in told if row not in rows]
        found.disagreeing += [f"{event}: {row} has {times} entries" for row, times in told.items() if times > 1]
        found.disagreeing += [f"{event}: {row} is there without an entry" for row in rows - set(told) - before.rows]
        made -= rows & set(told)
    found.disagreeing += [f"{row} was acknowledged and is not there, or without its entry" for row in made]


def _verify(found: Reckoning, house: House, witness: Witness) -> None:
    seal_all(house)
    for checkpoint in (None, *witness.kept[:1], *witness.kept[-1:]):
        looked = verify_log(house, since=checkpoint)
        if looked.why is not None:
            found.log.append(f"verify: {looked.why}")
    found.log += witness.complaints
