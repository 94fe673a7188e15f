"""`compliance export steering-pack` and `compliance export report`: four files, counted once, that say the same (GOV-1, GOV-4)."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from compliance.app import furnished, house_of
from compliance.governance.figures.frozen import thaw
from compliance.governance.figures.spans import span_of, written
from compliance.governance.reports.models import IssuedReport
from compliance.kernel.clock import london_date
from compliance.kernel.settings import Settings
from policies.values import packaged
from tests.builders.identity import every, logged
from tests.support.installation import Installation

BEGINS = {"pack.json": b"{", "pack.html": b"<!doctype html>", "pack.pdf": b"%PDF", "pack.xlsx": b"PK"}


def _period(seeded: Installation, kind: str) -> str:
    """The span that runs on the machine's own clock: the registers of the seed begin today."""
    house = house_of(furnished(Settings.from_environment(seeded.environment)))
    means = packaged().report_kinds[kind]
    period = written(means, span_of(means, london_date(house.clock.now())))
    house.engine.dispose()
    return period


@pytest.mark.rule("GOV-1")
def test_the_pack_is_written_in_four_forms_that_only_their_owner_reads(seeded: Installation, tmp_path: Path) -> None:
    quarter, to = _period(seeded, "steering_pack"), tmp_path / "new" / "pack"

    said = seeded.tries("export", "steering-pack", "--quarter", quarter, "--to", str(to))

    assert said.code == 0, said.err
    assert "counting signatories (1 of " in said.err, "it says how far it is"
    assert {path.name: path.read_bytes()[: len(BEGINS[path.name])] for path in to.iterdir()} == BEGINS
    assert {stat.S_IMODE(path.stat().st_mode) for path in to.iterdir()} == {0o600}
    report = thaw((to / "pack.json").read_text())
    assert report.kind == "steering_pack"
    page = (to / "pack.html").read_text()
    assert all(chapter.heading in page for chapter in report.chapters)

    house = house_of(furnished(Settings.from_environment(seeded.environment)))
    [entry] = logged(house, "report.counted")
    detail = json.loads(entry.detail or "{}")
    assert (detail["period"], sorted(detail["forms"])) == (quarter, ["html", "json", "pdf", "xlsx"])
    assert every(house, IssuedReport) == [], "it is counted, and not issued"
    house.engine.dispose()


@pytest.mark.rule("GOV-4")
def test_the_annual_summary_is_written_for_everybody(seeded: Installation, tmp_path: Path) -> None:
    said = seeded.tries(
        "export", "report", "annual_summary", "--period", _period(seeded, "annual_summary"), "--to", str(tmp_path)
    )

    assert said.code == 0, said.err
    assert {path.name for path in tmp_path.glob("pack.*")} == set(BEGINS)
    assert "No organisation is named." in (tmp_path / "pack.html").read_text()


@pytest.mark.rule("GOV-1", "GOV-4")
@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("steering-pack", "--quarter", "2016Q4"), "nothing is known of"),
        (("steering-pack", "--quarter", "2999Q4"), "has not begun"),
        (("steering-pack", "--quarter", "spring"), "Give a quarter such as 2026Q4."),
        (("report", "gossip", "--period", "2026"), "Choose one of these: steering_pack"),
    ],
)
def test_what_cannot_be_counted_is_said_and_nothing_is_written(
    seeded: Installation, tmp_path: Path, asked: tuple[str, ...], says: str
) -> None:
    to = tmp_path / "pack"

    said = seeded.tries("export", *asked, "--to", str(to))

    assert (said.code, to.exists()) == (1, False)
    assert says in said.err
    assert "Traceback" not in said.err


@pytest.mark.rule("GOV-1")
def test_a_folder_that_cannot_be_written_to_is_named(seeded: Installation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here already")

    said = seeded.tries(
        "export", "steering-pack", "--quarter", _period(seeded, "steering_pack"), "--to", str(tmp_path / "file" / "in")
    )

    assert said.code == 1
    assert "cannot be written to" in said.err
    assert "Traceback" not in said.err
