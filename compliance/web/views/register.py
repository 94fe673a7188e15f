"""The register of signatories: as it stands and as it stood, to be looked at and taken away (SIG-1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint

from compliance.kernel.clock import LONDON, said_day, said_time, showing
from compliance.kernel.context import house, in_force, reading, work
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import Form
from compliance.web import lists, step_up
from compliance.web.access import guarded
from compliance.web.forms.looking import NOW, THEN, RegisterQuestion
from compliance.web.forms.plain import telling
from compliance.web.replies import Reply, attachment, show
from compliance.web.words import STATES
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries, use_cases
from signatories.queries import Look, RegisterRow
from signatories.queries.register import SORTS
from signatories.rules import State

pages = Blueprint("register", __name__)

SECOND = "second"
"""How the address asks for the second of two times that clocks show alike."""


@pages.get("/register")
@guarded(Permission.REGISTER_READ)
def register() -> Reply:
    """Every organisation, where it stands with each instrument, today or at a past instant."""
    form = _question()
    rows: list[RegisterRow] = []
    seen: Look | None = None
    sort = lists.one_of("sort", [*SORTS, *(f"-{key}" for key in SORTS)]) or "name"
    asked = _asked(form) if form.understood() else None
    if asked is not None and not form.summary:
        with telling(form), work() as ctx:
            rows = use_cases.view_register(ctx, as_at=asked.as_at, known_at=asked.known_at, sort=sort, **asked.filters)
            seen = queries.look(ctx, asked.as_at, asked.known_at)
    most = queries.MOST if len(rows) >= queries.MOST else None
    only_due = lists.one_of("isa_due", ("yes",)) is not None
    if only_due:
        rows = [row for row in rows if row.isa.due]
    filters = {} if asked is None else asked.filters
    return show(
        "register.html",
        form,
        sheet=lists.cut(rows),
        sort=sort,
        only_due=only_due,
        most=most,
        seen=seen if asked and asked.as_at else None,
        whole_day=asked is not None and not isinstance(asked.as_at, datetime),
        note=asked.note if asked else None,
        second=asked.second if asked else None,
        required=in_force(Policy).signatories.required_instruments,
        narrowed=any(filters[name] for name in ("sector", "area", "state")) if filters else False,
        filtered=any(filters.values()) or bool(asked and asked.as_at) or only_due,
    )


@pages.get("/register/export.<form>")
@guarded(Permission.REGISTER_READ)
def export(form: str) -> Reply:
    """The register as it was asked for, as a file that says when it was produced."""
    if form not in list(Form):
        raise NotFound()
    step_up.needed()
    question = _question()
    question.understood()
    asked = _asked(question)
    with work() as ctx:
        file = use_cases.export_register(ctx, form, as_at=asked.as_at, known_at=asked.known_at, **asked.filters)
    return attachment(file.content, file.media_type, file.file_name)


@dataclass(frozen=True)
class _Asked:
    """What was asked: when, with which knowledge, and which rows; `note` says which instant a time that clocks show
    never, or twice, was taken for, and `second` whether the other of two could be asked for, or is."""

    as_at: datetime | date | None
    known_at: datetime | None
    note: str | None
    second: bool | None
    filters: dict[str, Any]


def _question() -> RegisterQuestion:
    form = RegisterQuestion()
    policy = in_force(Policy)
    with reading() as ctx:
        sectors = queries.sectors(ctx)
    form.sector.choices = [("", "All sectors"), *((sector, sector) for sector in sectors)]
    form.area.choices = [("", "All areas"), *((area.code, area.name) for area in policy.areas.values())]
    form.state.choices = [("", "All states"), *((state.value, STATES[state.value][0]) for state in State)]
    form.known.data = form.known.data or THEN
    return form


def _asked(form: RegisterQuestion) -> _Asked:
    as_at, note, second = _instant(form)
    known_at = house().clock.now() if as_at is not None and form.known.data == NOW else None
    filters = {name: form[name].data or None for name in ("search", "sector", "area", "state")}
    return _Asked(as_at, known_at, note, second, filters)


def _instant(form: RegisterQuestion) -> tuple[datetime | date | None, str | None, bool | None]:
    """The day that is meant, or the instant; for the two nights on which clocks change, how it was taken."""
    day, at = form.as_at.data, form.as_at_time.at
    if day is None:
        if at is not None and not form.as_at.errors:
            form.tell_at("as_at", "Enter the day as well as the time.")
        return None, None, None
    if at is None:
        return day, None, None
    meant = showing(day, at)
    if not meant:
        instant = datetime.combine(day, at, LONDON).astimezone(UTC)
        said = f"Clocks went forward on {said_day(day)} and left this time out. It is taken as {said_time(instant)}."
        return instant, said, None
    if len(meant) == 1:
        return meant[0], None, None
    second = lists.one_of("which", (SECOND,)) is not None
    which = "second, after clocks went back" if second else "first, before clocks went back"
    return meant[second], f"On {said_day(day)} clocks showed this time twice. This is the {which}.", second
