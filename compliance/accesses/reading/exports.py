"""Taking entries of the log away: as CSV, XLSX, NDJSON in the shape of OCSF, or with the proof of each (AUD-1, AUD-3).

What is taken is settled first, and that it was taken is in the log, by whom, why, how many and by which filters, before
its first byte leaves. Entries never change, so the file is then written a little at a time and holds no transaction open.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from tempfile import TemporaryFile
from typing import IO

from audit import bundles, ocsf
from audit import queries as log
from audit.models import AuditEntry
from audit.reading import EntriesExported, Reader
from audit.record import record
from audit.ways import Asked
from compliance.identity import queries as identity
from compliance.kernel import tables as files
from compliance.kernel.context import Actor, Context, House
from compliance.kernel.errors import NotFound
from compliance.kernel.tables import Table
from policies.groups import AuditValues
from policies.values import Policy

from . import tables
from .names import Names, names

_PIECE = 64 * 1024


class Form(StrEnum):
    """What kind of file."""

    CSV = "csv"
    XLSX = "xlsx"
    NDJSON = "ndjson"
    BUNDLE = "zip"


MOST: dict[Form, Callable[[AuditValues], int]] = {
    Form.CSV: lambda values: values.export_rows_most,
    Form.XLSX: lambda values: values.sheet_rows_most,
    Form.NDJSON: lambda values: values.export_rows_most,
    Form.BUNDLE: lambda values: values.proofs_most,
}
"""How many entries a file of each kind holds at the most."""

MEDIA_TYPES = {
    Form.CSV: files.MEDIA_TYPES[files.Form.CSV],
    Form.XLSX: files.MEDIA_TYPES[files.Form.XLSX],
    Form.NDJSON: "application/x-ndjson",
    Form.BUNDLE: "application/zip",
}


@dataclass(frozen=True)
class Taken:
    """What was taken: the entries' numbers, newest first, where the list was cut, and all that the file says beside."""

    form: Form
    numbers: list[int]
    head: Table
    actor: Actor

    @property
    def file_name(self) -> str:
        return f"{self.head.stem}-{self.head.produced_at:%Y-%m-%d}.{self.form.value}"


def take(ctx: Context, form: str, asked: Asked, *, reader: Reader) -> Taken:
    """Settle which entries the file holds and record that they leave; the code just given must be fresh (IDN-6).

    Raises NotFound for a kind of file that there is not, and FreshCodeNeeded.
    """
    if form not in list(Form):
        raise NotFound()
    identity.require_fresh(ctx)
    kind = Form(form)
    most = MOST[kind](ctx.the(Policy).audit)
    found = log.found(ctx, asked, reader=reader, most=most + 1)
    numbers = found[:most]
    first, last = (numbers[0], numbers[-1]) if numbers else (None, None)
    record(
        ctx,
        EntriesExported(form=kind.value, rows=len(numbers), first=first, last=last, asked=asked.names, **reader.why),
    )
    head = tables.of_entries(ctx, rows=len(numbers), most=most if len(found) > most else None)
    return Taken(kind, numbers, head, ctx.actor)


def written(house: House, taken: Taken) -> Iterator[bytes]:
    """The file, a piece at a time; what stands in it was settled and recorded before."""
    if taken.form is Form.CSV:
        return files.csv_lines(taken.head, _rows(house, taken))
    if taken.form is Form.NDJSON:
        return _events(house, taken)
    # Both of these are read from their end, so they are made whole before the first piece leaves.
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed by whoever reads it to its end
    if taken.form is Form.XLSX:
        files.write_long_xlsx(taken.head, _rows(house, taken), file)
    else:
        bundles.write(house, taken.numbers, file)
    return _pieces(file)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _rows(house: House, taken: Taken) -> Iterator[list[str]]:
    for entry, known in _entries(house, taken):
        yield tables.entry_row(entry, known)


def _events(house: House, taken: Taken) -> Iterator[bytes]:
    for entry, known in _entries(house, taken):
        said = ocsf.row(entry, {id_: each.name for id_, each in known.people.items()})
        yield json.dumps(said, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"


def _entries(house: House, taken: Taken) -> Iterator[tuple[AuditEntry, Names]]:
    """Each entry with the names of those beside it; the store is asked again for every thousand."""
    for start in range(0, len(taken.numbers), log.AT_ONCE):
        with house.reading(taken.actor) as ctx:
            entries = log.read(ctx.session, taken.numbers[start : start + log.AT_ONCE])
            known = names(ctx, (id_ for each in entries for id_ in _ids(each)))
        for entry in entries:
            yield entry, known


def _ids(entry: AuditEntry) -> tuple[str | None, ...]:
    return entry.actor_id, entry.subject_id, entry.organisation, entry.actor_organisation
