"""Taking what the case system reports: all of a batch or nothing of it, each event once (AUD-1, AUD-2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from audit.append import Receipt
from audit.record import once_entered, record, recorded
from compliance.identity.clients import queries as clients
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import FieldError
from compliance.kernel.secrets import KeyRing
from compliance.licences.uses import note_uses_at
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from . import queries, rules
from .errors import ClientEnded, EventsRefused, ToldDifferently, ToldMeanwhile, TooManyEvents
from .events import OF_KIND, CaseAccess
from .models import ReportedAccess
from .rules import Kind, Outcome, Terms, Told

MOST_NAMED = 50
"""How many of a batch's mistakes are named at once."""

_ONCE = "uq_reported_accesses_client_id_event_id"


@dataclass
class Report:
    """What became of a batch: how many of its events were `new`, and each one's receipt, once they are in the log."""

    new: int
    _receipts: dict[str, Receipt]

    def receipt(self, event_id: str) -> Receipt:
        """Where this event stands in the log."""
        return self._receipts[event_id]


def report(ctx: Context, events: Sequence[Told]) -> Report:
    """Take these events. One that this client told before keeps its first entry, and is no new one.

    Raises TooManyEvents, EventsRefused and ToldDifferently naming the places, ToldMeanwhile at the commit, and
    ClientEnded.
    """
    require(ctx, Permission.ACCESS_REPORT)
    client_id = ctx.actor.id
    if not clients.client_stands(ctx, client_id):
        raise ClientEnded()
    policy = ctx.the(Policy)
    _refuse_as_such(events, policy.audit.events_most)

    ring = ctx.the(KeyRing)
    marks = {told.id: ring.fingerprint("reported-access", told.content) for told in events}
    before = queries.told_before(ctx, client_id, marks)
    differing = [place for place, told in enumerate(events)
                 if told.id in before and before[told.id].fingerprint != marks[told.id]]  # fmt: skip
    if differing:
        raise ToldDifferently(fields=_named((place, "id", "It said something else before.") for place in differing))

    terms = _terms(ctx, policy)
    new = [(place, told) for place, told in enumerate(events) if told.id not in before]
    whose = queries.people(ctx, {told.person for _, told in new})
    _refuse_wrong(new, whose, terms)

    taken = Report(len(new), {event_id: each.receipt for event_id, each in before.items()})
    rows = []
    for _, told in new:
        person = whose[told.person]
        record(ctx, _event(told, person))
        rows.append(_row(told, person, client_id, marks[told.id], rules.out_of_hours(told.at, terms)))
    uses = queries.licences_used(ctx, _signed_in([told for _, told in new], whose, ctx.now()))

    def entered(connection: Connection, receipts: list[Receipt]) -> None:
        for event, receipt in zip(recorded(ctx), receipts, strict=True):
            if isinstance(event, CaseAccess):
                taken._receipts[event.event_id] = receipt
        for row in rows:
            row["number"] = taken.receipt(row["event_id"]).entry
        _add(connection, rows)
        note_uses_at(connection, uses)

    if new:
        once_entered(ctx, entered)
    return taken


def _terms(ctx: Context, policy: Policy) -> Terms:
    values = policy.audit
    return Terms(
        ctx.now(), values.event_late_days, values.event_early_seconds, values.purpose_needed_for,
        policy.access_purposes, policy.case_actions, values.office_from_hour, values.office_until_hour, policy.calendar,
    )  # fmt: skip


def _refuse_as_such(events: Sequence[Told], most: int) -> None:
    """Refuse an empty batch, one that is too large, and one that has an id twice."""
    if not events:
        raise EventsRefused(fields=(FieldError("/events", "Report one event at the least."),))
    if len(events) > most:
        raise TooManyEvents(fields=(FieldError("/events", f"Report {most} events or fewer at once."),))
    seen: set[str] = set()
    twice = []
    for place, told in enumerate(events):
        if told.id in seen:
            twice.append((place, "id", "An event of this batch has this id already."))
        seen.add(told.id)
    if twice:
        raise EventsRefused(fields=_named(twice))


def _refuse_wrong(events: Iterable[tuple[int, Told]], whose: dict[str, queries.Whose], terms: Terms) -> None:
    wrong = []
    for place, told in events:
        wrong += [(place, member, words) for member, words in rules.problems(told, terms)]
        if told.person not in whose:
            wrong.append((place, "person", "Nobody is registered here by this id or address."))
    if wrong:
        raise EventsRefused(fields=_named(wrong))


def _named(wrong: Iterable[tuple[int, str, str]]) -> tuple[FieldError, ...]:
    return tuple(FieldError(f"/events/{place}/{member}", words) for place, member, words in [*wrong][:MOST_NAMED])


def _event(told: Told, whose: queries.Whose) -> CaseAccess:
    return OF_KIND[told.kind](
        subject=whose.person_id, organisation=whose.organisation_id, reference=told.reference,
        outcome=told.outcome.value,
        purpose=told.purpose, event_id=told.id, happened_at=told.at, records=told.touched, action=told.action,
        involved=told.involved, recipient=told.recipient, address=told.address,
    )  # fmt: skip


def _row(told: Told, whose: queries.Whose, client_id: str, fingerprint: str, out_of_hours: bool) -> dict[str, Any]:
    return {
        "client_id": client_id, "event_id": told.id, "fingerprint": fingerprint, "kind": told.kind.value,
        "outcome": told.outcome.value, "person_id": whose.person_id, "organisation_id": whose.organisation_id,
        "action": told.action, "reference": told.reference, "happened_at": told.at, "involved": told.involved,
        "records": told.touched, "out_of_hours": out_of_hours,
    }  # fmt: skip


def _signed_in(events: Iterable[Told], whose: dict[str, queries.Whose], now: datetime) -> dict[UUID, datetime]:
    """When each person last signed in by these events; a clock that is ahead of ours uses no licence in times to come."""
    last: dict[UUID, datetime] = {}
    for told in events:
        if told.kind is Kind.SIGN_IN and told.outcome is Outcome.DONE:
            person_id, at = whose[told.person].person_id, min(told.at, now)
            last[person_id] = max(last.get(person_id, at), at)
    return last


def _add(connection: Connection, rows: list[dict[str, Any]]) -> None:
    try:
        connection.execute(insert(ReportedAccess), rows)
    except IntegrityError as problem:
        if violated(problem, _ONCE):
            raise ToldMeanwhile() from problem
        raise
