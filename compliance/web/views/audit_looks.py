"""A person's day, and a case's readers: the two questions that are asked of the log most (OP 1.5, 6.5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import request, url_for

from audit.lists import ListExported, ListViewed
from audit.reading import Reader
from audit.record import record
from compliance.accesses.reading import cases, days, tables
from compliance.accesses.reading.cases import CaseReaders
from compliance.accesses.reading.names import Names, names
from compliance.accesses.reading.reader import reader
from compliance.accesses.reading.rules import Reads
from compliance.identity import queries as identity
from compliance.identity.models import Person
from compliance.kernel import tables as files
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context, house, work
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import Form, Table
from compliance.web import lists, step_up
from compliance.web.access import guarded
from compliance.web.forms.audit import CaseQuestion, DayQuestion, PersonQuestion
from compliance.web.replies import Reply, attachment, show
from policies.permissions import Permission

from .audit import its_places, pages, reading_for, within

LONGEST = 255
WHAT = (
    (days.HERE, "What was done in this service"), (days.DECIDED, "Decisions, one at a time"),
    (days.IN_BATCH, "Decisions, many in a call"), (days.CASE_SYSTEM, "What was done in the case system"),
)  # fmt: skip
FORMS = (("CSV", "csv"), ("Excel", "xlsx"), ("JSON", "json"))
SORTS = ("person", "organisation", *cases.SORTS)


@pages.get("/people")
@guarded(Permission.AUDIT_READ)
def people() -> Reply:
    """Find the person whose day is asked for."""
    form = PersonQuestion()
    found: list[Person] = []
    asked = (form.who.data or "").strip()
    with work() as ctx:
        reads = reader(ctx)
        places = its_places(ctx, reads)
        if form.understood() and asked:
            found = identity.found_by(ctx, asked, within=within(reads))
            record(ctx, ListViewed(what="people-in-the-log", rows=len(found), purpose=reads.purpose))
    return show(
        "audit_people.html", form, **reading_for(reads), found=found, asked=asked, on=form.day.data or _today(),
        organisations=places,
    )  # fmt: skip


@pages.get("/people/<uuid:person_id>/day")
@guarded(Permission.AUDIT_READ)
def day(person_id: UUID) -> Reply:
    """Everything by and about one person on one London day, in the order of the clock."""
    form = DayQuestion(data={"day": _on()})
    form.what.choices = [("", "Everything"), *WHAT]
    understood = form.understood()
    on = (form.day.data or _today()) if understood else _today()
    with work() as ctx:
        reads = reader(ctx)
        found = days.person_day(
            ctx, person_id, on, reader=reads, after=request.args.get("after") or None, only=_what(form)
        )
    return show(
        "audit_day.html",
        form,
        **reading_for(reads),
        found=found,
        before=on - timedelta(days=1),
        next_day=on + timedelta(days=1) if on < _today() else None,
        beginning=not request.args.get("after"),
        narrowed=bool(form.what.data),
        day_downloads=[
            (called, url_for("audit.export_day", person_id=person_id, on=on, form=code)) for called, code in FORMS
        ],
    )


@pages.get("/people/<uuid:person_id>/day/export.<form>")
@guarded(Permission.AUDIT_EXPORT)
def export_day(person_id: UUID, form: str) -> Reply:
    """A person's day whole, as a file."""
    on = _on() or _today()

    def table(ctx: Context, reads: Reader) -> tuple[Table, dict[str, Any]]:
        lines: list[days.Line] = []
        after: str | None = None
        while True:
            found = days.person_day(ctx, person_id, on, reader=reads, after=after, limit=lists.MOST)
            lines.extend(found.lines)
            after = found.after
            if after is None or len(lines) >= lists.MOST:
                break
        return tables.of_day(ctx, found, lines), {"subject": person_id}

    return _file(form, "person-day", table)


@pages.get("/references")
@guarded(Permission.AUDIT_READ)
def references() -> Reply:
    """Who looked at this case?"""
    form = CaseQuestion()
    reference = (form.reference.data or "").strip()[:LONGEST]
    found, known = CaseReaders([], None, False), Names({}, {})
    sort = lists.one_of("sort", (*SORTS, *(f"-{name}" for name in SORTS))) or "-last"
    with work() as ctx:
        reads = reader(ctx)
        if form.understood() and reference:
            found, known = _readers(ctx, reads, reference, sort)
    sheet = lists.cut(found.reads)
    return show(
        "audit_references.html",
        form,
        **reading_for(reads),
        reference=reference,
        found=found,
        sheet=sheet,
        known=known,
        sort=sort,
        totals=_totals(found.reads),
    )


@pages.get("/references/export.<form>")
@guarded(Permission.AUDIT_EXPORT)
def export_references(form: str) -> Reply:
    """A case's readers as they are searched and sorted, as a file."""
    question = CaseQuestion()
    reference = (question.reference.data or "").strip()[:LONGEST]
    if not reference:
        raise NotFound()
    sort = lists.one_of("sort", (*SORTS, *(f"-{name}" for name in SORTS))) or "-last"

    def table(ctx: Context, reads: Reader) -> tuple[Table, dict[str, Any]]:
        found, known = _readers(ctx, reads, reference, sort)
        return tables.of_readers(ctx, reference, found, known), {"reference": reference}

    return _file(form, "case-readers", table)


def _readers(ctx: Context, reads: Reader, reference: str, sort: str) -> tuple[CaseReaders, Names]:
    """A case's readers with their names, those that the search finds, in the order asked for."""
    found = cases.readers_of(ctx, reference, reader=reads)
    known = names(ctx, (id_ for each in found.reads for id_ in (each.person_id, each.organisation_id)))
    search = (lists.asked("search") or "").casefold()

    def called(each: Reads) -> tuple[str, str]:
        return tables.person_of(each.person_id, known), known.places.get(each.organisation_id or "", "")

    by: dict[str, Callable[[Reads], Any]] = {
        "person": lambda each: called(each)[0].casefold(), "organisation": lambda each: called(each)[1].casefold(),
    } | cases.SORTS  # fmt: skip
    fit = [each for each in found.reads if any(search in name.casefold() for name in called(each))]
    ordered = sorted(fit, key=by[sort.removeprefix("-")], reverse=sort.startswith("-"))
    return CaseReaders(ordered, found.batches_since, found.cut), known


def _file(form: str, what: str, table: Callable[[Context, Reader], tuple[Table, dict[str, Any]]]) -> Reply:
    """A list of the log as a file, after a fresh code; that it was taken away, and why, is recorded (AUD-1)."""
    if form not in list(Form):
        raise NotFound()
    step_up.needed()
    with work() as ctx:
        reads = reader(ctx, Permission.AUDIT_EXPORT)
        made, whose = table(ctx, reads)
        file = files.write(made, Form(form))
        record(ctx, ListExported(what=what, form=form, rows=len(made.rows), purpose=reads.purpose, **whose))
    return attachment(file.content, file.media_type, file.file_name)


def _totals(reads: list[Reads]) -> dict[str, int]:
    """How many looked, and how many only asked."""
    opened = {each.person_id for each in reads if each.opened}
    return {"opened": len(opened), "asked": len({each.person_id for each in reads} - opened)}


def _what(form: DayQuestion) -> str | None:
    return form.what.data if form.what.data in {code for code, _ in WHAT} else None


def _on() -> date | None:
    """The day as an address has it; None for none and for nonsense."""
    try:
        return date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return None


def _today() -> date:
    return london_date(house().clock.now())
