"""Some entries with the proof of each, in one ZIP that anybody can check (AUD-3).

`entries.ndjson` holds the entries as docs/log-format.md has them, a line each; `proofs/<number>.tlog-proof` that each
stands in the log (c2sp.org/tlog-proof@v1), all against the one `checkpoint`; `key` the public keys. `README.txt` says
how to check it, and `audit/offline_bundle.py` does.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import Connection, select

from compliance.kernel.context import House

from .export import line
from .models import HEAD, AuditEntry, LogSeal
from .sealing import LogTouched, Prover, seal_all, verifiers

_AT_ONCE = 500
_TRIES = 20
_MOMENT_SECONDS = 0.05

_README = """\
{count} entries of the audit log {origin}, and the proof of each.

entries.ndjson   the entries, one a line, the newest first; the form is docs/log-format.md of the service's source
proofs/          for each entry a file of c2sp.org/tlog-proof@v1: that it stands in the log of the checkpoint
checkpoint       what the log was at {size} entries, signed
key              the public keys the checkpoint is signed with

To check it, take audit/offline.py and audit/offline_bundle.py from the service's source, not from whoever gave you
this, and run

    python offline_bundle.py THIS-FILE.zip --key KEY

with a key that you were given by another way than this file. It needs Python and the package cryptography, and no
network. It says whether every entry is as it was written and sealed. It cannot say that nothing was left out: which
entries are here was chosen by whoever took them away, and is recorded in the log.
"""


def write(house: House, numbers: Sequence[int], to: IO[bytes]) -> None:
    """Write the bundle of these entries, in this order; what is not sealed yet is sealed first."""
    _seal_up_to(house, max(numbers, default=-1))
    origin = ", ".join(sorted({verifier.name for verifier in verifiers(house)}))
    with house.engine.connect() as connection, ZipFile(to, "w", ZIP_DEFLATED) as bundle:
        prover = Prover(connection)
        with bundle.open(_file("entries.ndjson"), "w") as entries:
            for start in range(0, len(numbers), _AT_ONCE):
                for each in _lines(connection, numbers[start : start + _AT_ONCE]):
                    entries.write(each.encode())
        for number in numbers:
            proof = prover.of(number)
            if proof is None:
                raise LogTouched(f"entry {number} was not sealed with the others")
            bundle.writestr(_file(f"proofs/{number}.tlog-proof"), proof.written)
        bundle.writestr(_file("checkpoint"), prover.sealed.note)
        bundle.writestr(_file("key"), "".join(f"{verifier}\n" for verifier in verifiers(house)))
        told = _README.format(count=len(numbers), origin=origin, size=prover.sealed.size)
        bundle.writestr(_file("README.txt"), told)


def _seal_up_to(house: House, number: int) -> None:
    """Seal until this entry is sealed: somebody else may be sealing meanwhile, and take it in a moment later."""
    for _ in range(_TRIES):
        if _sealed(house, number):
            return
        seal_all(house)
        if _sealed(house, number):
            return
        time.sleep(_MOMENT_SECONDS)
    raise LogTouched(f"entry {number} cannot be sealed")


def _sealed(house: House, number: int) -> bool:
    with house.engine.connect() as connection:
        return connection.execute(select(LogSeal.size).where(LogSeal.id == HEAD)).scalar_one() > number


def _lines(connection: Connection, numbers: Sequence[int]) -> list[str]:
    wanted = select(AuditEntry.__table__).where(AuditEntry.number.in_(numbers))
    rows = {row["number"]: row for row in connection.execute(wanted).mappings()}
    return [line(rows[number]) for number in numbers]


def _file(name: str) -> ZipInfo:
    """A file of the bundle with no date of its own: the same entries make the same bytes."""
    info = ZipInfo(name)
    info.compress_type = ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


__all__ = ["write"]
