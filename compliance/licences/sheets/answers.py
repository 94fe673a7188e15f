"""What becomes of each row of a list: taken, or refused with its reason, and nothing half done (LIC-4, GOV-7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from audit.record import recorded
from compliance.kernel.context import Context
from compliance.kernel.errors import Conflict, Invalid, Refusal
from policies.values import Policy

from .columns import Column

Cells = Mapping[str, str]

Take = Callable[[Cells, int], tuple[str, UUID]]
"""Does what a row says, given its number too: what it then says, and the id of what it made. Raises a refusal."""


class HalfDone(Conflict):
    """A row was refused after it had changed something: then nothing of the whole list is done."""

    code = "bulk-half-done"
    rule = "LIC-4"
    detail = "Something else changed while the list was carried out. Nothing was done: send it again."


@dataclass(frozen=True)
class Answer:
    """What became of a row: taken or refused, in words, and which column it is about, if one; `made` is what it made."""

    row: int
    cells: Cells
    taken: bool
    says: str
    field: str = ""
    made: UUID | None = None


def bounded(ctx: Context, rows: Sequence[Cells]) -> None:
    """A list is neither empty nor too long; raises Invalid at `/rows`."""
    most = ctx.the(Policy).licences.bulk_rows
    if not 1 <= len(rows) <= most:
        raise Invalid.at("/rows", f"Send between 1 and {most:,} rows at a time.")


def answered(ctx: Context, cells: Cells, columns: Sequence[Column], take: Take, also: Mapping[str, str]) -> Answer:
    """Take a row or say why not, and which column that is about; `also` names columns for other fields of refusals.

    Raises HalfDone where a row was refused after it had changed something.
    """
    number = number_of(cells)
    before = len(recorded(ctx))
    try:
        _readable(cells, columns)
        says, made = take(cells, number)
    except Refusal as refusal:
        if len(recorded(ctx)) != before:
            raise HalfDone() from refusal
        first = refusal.fields[0] if refusal.fields else None
        at = first.pointer.strip("/").partition("/")[0] if first else ""
        named = {column.code: column.name for column in columns} | dict(also)
        return Answer(number, cells, False, first.detail if first else refusal.words, named.get(at, ""))
    return Answer(number, cells, True, says, made=made)


def number_of(cells: Cells) -> int:
    """The number of a row, as spreadsheets show it; 0 where it says none."""
    return int(cells["row"]) if cells.get("row", "").isdigit() else 0


def _readable(cells: Cells, columns: Sequence[Column]) -> None:
    if cells.get("problem"):
        raise Invalid(cells["problem"])
    for column in columns:
        if cells.get(column.code, "").startswith("="):
            raise Invalid.at(f"/{column.code}", "This looks like a formula. Put the value itself in its place.")
