"""The steering pack of a large hub: seconds and memory of the command that counts it and writes it four times (GOV-1)."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from compliance.app import house_of
from compliance.governance.figures import spans
from compliance.kernel.clock import london_date
from compliance.kernel.context import House
from policies.values import Policy

from .history import live
from .pages import ENTRIES, ORGANISATIONS, PEOPLE, write_log
from .population import populate
from .stand import a_hub

EACH = 4
"""Breaches, and complaints, that each organisation had in a year and a half; of records three times as many."""

KINDS = ("steering_pack", "annual_summary")


@dataclass(frozen=True)
class Made:
    """One report: of which kind, seconds from starting the command to its end, the most memory, and bytes of its files."""

    kind: str
    period: str
    seconds: float
    megabytes: float
    sizes: dict[str, int]


def measure(store: str = "sqlite", *, entries: int = ENTRIES) -> list[Made]:
    """Fill a store of its own with a hub and its year, and have the command make each report there."""
    with a_hub(store) as app:
        house = house_of(app)
        ids = populate(house, PEOPLE, organisations=ORGANISATIONS)
        live(house, each=EACH)
        write_log(house, ids, entries)
        kinds, today = house.the(Policy).report_kinds, london_date(house.clock.now())
        wanted = [(code, spans.written(kinds[code], spans.span_of(kinds[code], today))) for code in KINDS]
        _at_rest(house)
        return [_made(kind, period) for kind, period in wanted]


def _at_rest(house: House) -> None:
    """A store that took its year over a year: how its rows are spread is known, and nothing waits to be written to the disk."""
    with house.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as store:
        store.exec_driver_sql("ANALYZE")
    house.engine.dispose()
    os.sync()


def _made(kind: str, period: str) -> Made:
    """By the command itself, in a process of its own, as whoever asks for it has it."""
    with tempfile.TemporaryDirectory(prefix="marac-pack-") as directory:
        asked = [
            sys.executable,
            "-m",
            "compliance.cli",
            "export",
            "report",
            kind,
            "--period",
            period,
            "--to",
            directory,
        ]
        began = time.perf_counter()
        child = os.posix_spawn(sys.executable, asked, os.environ)
        _, status, used = os.wait4(child, 0)
        took = time.perf_counter() - began
        if status:
            raise RuntimeError(f"the command ended with {os.waitstatus_to_exitcode(status)}")
        sizes = {path.name: path.stat().st_size for path in sorted(Path(directory).iterdir())}
    return Made(kind, period, took, used.ru_maxrss / 1024, sizes)
