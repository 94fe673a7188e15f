"""Letters as a list: searched by whom they are for, narrowed, sorted and walked; never their words or where they go (GOV-5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, String, Uuid, case, column, func, select, table

from compliance.kernel.context import Context
from compliance.kernel.keyset import By, Page, Sorts
from compliance.kernel.tables import Table, moment

from .models import Notice
from .queries import ROW, LetterRow, known

MOST = 500
"""Rows of a page at the most."""

_PEOPLE = table("people", column("id", Uuid), column("full_name", String))


class State(StrEnum):
    """How a letter stands: tried and not taken, waiting, sent, or of no more use."""

    FAILING = "failing"
    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"


_STATE: ColumnElement[str] = case(
    (Notice.sent_at.is_not(None), State.SENT.value),
    (Notice.dropped_at.is_not(None), State.DROPPED.value),
    (Notice.problem.is_not(None), State.FAILING.value),
    else_=State.WAITING.value,
)

SORTS = Sorts(
    Notice.id,
    {
        "written": By(Notice.written_at, datetime),
        "person": By(func.lower(_PEOPLE.c.full_name), nullable=True),
        "letter": By(Notice.kind),
        "state": By(_STATE),
    },
    usual="-written",
)
"""How letters can be sorted; those to nobody with an account come before all people."""


def letters(
    ctx: Context,
    *,
    search: str | None = None,
    state: State | None = None,
    kind: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[LetterRow]:
    """Letters, the newest first where nothing is said; `search` looks in the name of whom they are for."""
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)

    wanted = select(*ROW).where(known(ctx))
    if search or sort.removeprefix("-") == "person":
        wanted = wanted.outerjoin(_PEOPLE, _PEOPLE.c.id == Notice.person_id)
    if search and search.strip():
        wanted = wanted.where(_PEOPLE.c.full_name.icontains(search.strip(), autoescape=True))
    if state is not None:
        wanted = wanted.where(_STATE.in_((state.value,)))
    if kind is not None:
        wanted = wanted.where(Notice.kind == kind)
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=min(limit, MOST))
    return page.each(lambda row: LetterRow(*row))


def state_of(row: LetterRow) -> State:
    """How this letter stands."""
    if row.sent_at:
        return State.SENT
    if row.dropped_at:
        return State.DROPPED
    return State.FAILING if row.problem else State.WAITING


def as_table(ctx: Context, found: Sequence[LetterRow], names: Mapping[str, str], *, most: int | None = None) -> Table:
    """One line for each letter; `names` are those of whom they are for, `most` at how many lines it was cut."""
    lines = [
        (
            names.get(str(row.person_id), ""),
            row.kind,
            moment(row.written_at),
            state_of(row),
            row.problem or "",
            str(row.tries),
            moment(row.ended_at),
        )
        for row in found
    ]
    columns = ("For", "Letter", "Written", "State", "What is wrong", "Tries", "Sent, or of no more use")
    address = f"{ctx.house.settings.base_url}/notices"
    return Table("Letters of this service", "letters", ctx.now(), columns, lines, address, most, "Letters")
