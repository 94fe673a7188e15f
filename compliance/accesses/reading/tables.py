"""The log, a person's day and a case's readers as they go into files (OP 6.5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from audit.models import AuditEntry
from compliance.kernel.clock import LONDON
from compliance.kernel.context import Context
from compliance.kernel.tables import Table

from . import words
from .cases import CaseReaders
from .days import CASE_SYSTEM, Day, Line
from .names import Names
from .rules import DENIED, PERMITTED, SEEN, TAKEN
from .words import visible

ENTRY_COLUMNS: dict[str, Callable[[AuditEntry, Names], object]] = {
    "Entry": lambda entry, _known: entry.number,
    "When (UK time)": lambda entry, _known: clock(entry.at),
    "Happened (UK time)": lambda entry, _known: clock(words.happened(entry) or entry.at),
    "What happened": lambda entry, _known: words.happening(entry.event),
    "Outcome": lambda entry, _known: words.outcome(entry.outcome),
    "Who": lambda entry, known: known.of(entry.actor_id) or words.acted(entry.actor_kind, entry.actor_id),
    "In which roles": lambda entry, _known: ", ".join(map(words.role, (entry.actor_roles or "").split())),
    "For which organisation": lambda entry, known: _named(known.places, entry.actor_organisation),
    "About whom or what": lambda entry, known: _about(entry, known),
    "Whose": lambda entry, known: _named(known.places, entry.organisation),
    "Reference": lambda entry, _known: entry.reference,
    "Rules": lambda entry, _known: entry.rules,
    "Purpose": lambda entry, _known: entry.purpose,
    "From where": lambda entry, _known: words.whence(entry),
    "Event": lambda entry, _known: entry.event,
    "Who (id)": lambda entry, _known: f"{entry.actor_kind} {entry.actor_id}",
    "About (id)": lambda entry, _known: f"{entry.subject_kind or ''} {entry.subject_id or ''}".strip(),
    "Sign-in": lambda entry, _known: entry.session_id,
    "Request": lambda entry, _known: entry.request_id,
    "Detail": lambda entry, _known: entry.detail,
    "Hash": lambda entry, _known: entry.hash.hex(),
}
"""The columns of a file of entries, and what stands in each."""

_READERS = (
    "Person", "Organisation", "First", "Last", "Looked", "Took away", "Permitted", "Denied", "Refused there",
    "Of these in batches",
)  # fmt: skip
_DAY = (
    "When (UK time)", "What happened", "Outcome", "By", "About", "Action", "Reference", "Rules", "Records", "Involved",
    "Out of hours", "From where", "Entry",
)  # fmt: skip


def entry_row(entry: AuditEntry, known: Names) -> list[str]:
    """One entry as a row of a file: names beside ids, and nothing in it that cannot be seen."""
    return [visible(says(entry, known)) for says in ENTRY_COLUMNS.values()]


def of_entries(ctx: Context, *, rows: int, most: int | None) -> Table:
    """The head of a file of entries: its rows come one by one."""
    return Table(
        title=f"Audit log: {rows:,} entries, the newest first",
        stem="audit-log",
        produced_at=ctx.now(),
        columns=tuple(ENTRY_COLUMNS),
        rows=(),
        address=f"{ctx.house.settings.base_url}/audit",
        most=most,
        sheet="Audit log",
    )


def of_day(ctx: Context, day: Day, lines: Sequence[Line]) -> Table:
    """A person's day."""
    return Table(
        title=f"The day of {day.person.name}, {day.on.isoformat()}",
        stem=f"day-{day.on.isoformat()}",
        produced_at=ctx.now(),
        columns=_DAY,
        rows=[_day_row(line, day.person.name, day.names) for line in lines],
        address=f"{ctx.house.settings.base_url}/audit/people/{day.person_id}/day?on={day.on.isoformat()}",
        sheet="Day",
    )


def of_readers(ctx: Context, reference: str, found: CaseReaders, known: Names) -> Table:
    """A case's readers."""
    rows = [
        (
            person_of(each.person_id, known), _named(known.places, each.organisation_id), clock(each.first_at),
            clock(each.last_at), *(str(each.counts.get(what, 0)) for what in (SEEN, TAKEN, PERMITTED, DENIED)),
            str(each.refused), str(each.in_batches),
        )
        for each in found.reads
    ]  # fmt: skip
    return Table(
        title=f"Who looked at {visible(reference)}",
        stem="case-readers",
        produced_at=ctx.now(),
        columns=_READERS,
        rows=[[visible(cell) for cell in row] for row in rows],
        address=f"{ctx.house.settings.base_url}/audit/references",
        sheet="Readers",
    )


def person_of(person_id: str | None, known: Names) -> str:
    """A reader by their name."""
    return known.of(person_id) or "Somebody unknown to the service"


def clock(instant: datetime | str) -> str:
    """An instant to the second, in UK local time, as a spreadsheet sorts it."""
    moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return moment.astimezone(LONDON).strftime("%Y-%m-%d %H:%M:%S")


def what_happened(line: Line) -> str:
    """A line of a day in words."""
    return words.ACCESSES.get(line.event, line.event) if line.place == CASE_SYSTEM else words.happening(line.event)


def _day_row(line: Line, own_name: str, known: Names) -> list[str]:
    by = (
        own_name if line.by_them else known.of(line.other_id) or words.acted(line.other_kind or "", line.other_id or "")
    )
    cells: Iterable[object] = (
        clock(line.at), what_happened(line), words.outcome(line.outcome), by,
        known.called(line.other_id) if line.by_them else own_name, line.action, line.reference, line.rules,
        line.records, {True: "Yes", False: "No"}.get(line.involved) if line.involved is not None else "",
        "Yes" if line.out_of_hours else "", line.address, line.number,
    )  # fmt: skip
    return [visible(cell) for cell in cells]


def _named(places: Mapping[str, str], organisation_id: str | None) -> str | None:
    return places.get(organisation_id or "", organisation_id or "")


def _about(entry: AuditEntry, known: Names) -> str:
    return known.called(entry.subject_id) or words.role(entry.subject_kind or "")
