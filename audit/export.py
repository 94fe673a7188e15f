"""The whole log in a folder: what `audit/offline.py` checks anywhere, without us and without our word (AUD-3).

`log.ndjson` holds an entry a line, `checkpoint` the signed note, `key` the public keys, one a line. The form is
written down in docs/log-format.md. Entries that were not sealed yet are sealed first.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import select

from compliance.kernel.context import House, operator

from .events import Event
from .models import COLUMNS, HEAD, AuditEntry, LogSeal
from .record import record
from .sealing import seal_all, verifiers

_AT_ONCE = 2000
_TELL_EVERY = 100_000


@dataclass(frozen=True, kw_only=True)
class LogExported(Event):
    """The whole log, up to this size, was written to a folder (AUD-1)."""

    name: ClassVar[str] = "audit.exported"
    subject_kind: ClassVar[str | None] = "audit_log"

    size: int


def export(house: House, folder: Path, *, progress: Callable[[int], None]) -> int:
    """Write the log as it is sealed now; says how many entries. Raises FileExistsError for a folder that is there."""
    folder.mkdir(mode=0o700, parents=True)
    seal_all(house)
    with house.engine.connect() as connection:
        size, note = connection.execute(select(LogSeal.size, LogSeal.note).where(LogSeal.id == HEAD)).one()
    with house.work(operator("audit export")) as ctx:
        record(ctx, LogExported(size=size))

    wanted = select(AuditEntry.__table__).where(AuditEntry.number < size).order_by(AuditEntry.number)
    with (
        house.engine.connect() as connection,
        (folder / "log.ndjson").open("w", encoding="utf-8", newline="\n") as file,
    ):
        rows = connection.execution_options(yield_per=_AT_ONCE).execute(wanted).mappings()
        for count, row in enumerate(rows, 1):
            file.write(line(row))
            if count % _TELL_EVERY == 0:
                progress(count)
    (folder / "checkpoint").write_text(note, encoding="utf-8")
    (folder / "key").write_text("".join(f"{verifier}\n" for verifier in verifiers(house)), encoding="utf-8")
    return size


def line(row: Any) -> str:
    """An entry as a line of the log (docs/log-format.md)."""
    entry = {name: row[name] for name in COLUMNS if name != "personal" or row["format"] != 1}
    entry["hash"] = row["hash"].hex()
    return json.dumps(entry, separators=(",", ":"), ensure_ascii=False) + "\n"
