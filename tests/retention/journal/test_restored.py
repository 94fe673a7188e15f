"""A copy of the store is put back: what was disposed of and which rights ended since is done again before anything else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from audit.models import AuditEntry
from compliance.app import house_of
from compliance.identity import use_cases as identity
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from retention.disposals.models import DisposalItem, DisposalManifest
from retention.journal.keeping import keep
from tests.builders.disposals import agreed, confirms, items, may_go, proposed, waited
from tests.builders.identity import every, logged, someone
from tests.builders.retention import RECORDS, a_keeper, a_record, records
from tests.witnesses.conftest import Copies, Past


@pytest.fixture
def house(app: Flask, tmp_path: Path) -> House:
    """A house that keeps a journal."""
    house = house_of(app)
    (tmp_path / "journal").mkdir()
    house.settings = replace(house.settings, journal=tmp_path / "journal")
    return house


@pytest.fixture
def past(house: House, tmp_path: Path, request: pytest.FixtureRequest) -> Past:
    """Copies of its store."""
    server = lambda: request.getfixturevalue("postgres_databases").server  # noqa: E731
    return Past(house, Copies(house.settings.database_url, tmp_path, server))


def again(house: House) -> list[tuple[str, str]]:
    """What was done again, and how, in its order."""
    said = [json.loads(entry.detail) for entry in logged(house, "restore.done_again")]
    return [(each["what"], each["kind"]) for each in said]


@pytest.mark.rule("RET-12", "RET-8")
@pytest.mark.parametrize("copied", ["before the proposal", "before it was told", "before the confirmation"])
def test_a_record_that_was_disposed_of_is_disposed_of_again(
    app: Flask, house: House, past: Past, clock: FixedClock, copied: str
) -> None:
    found = may_go(app, "R-1", "R-2")
    keep(house)
    if copied == "before the proposal":
        past.take()
    manifest = proposed(house, *found)
    agreed(house, manifest)
    keep(house)
    if copied == "before it was told":
        past.take()
    waited(house, clock)
    if copied == "before the confirmation":
        keep(house)
        past.take()
    assert confirms(app, items(house)["R-1"].id).get_json()["certificate"] == 1
    was = items(house)["R-1"]
    assert keep(house).forgotten == 0

    past.put_back()
    assert records(house)["R-1"].status != "disposed"
    kept = keep(house)

    assert kept.forgotten
    gone = records(house)["R-1"]
    assert (gone.status, gone.born_on, gone.subject, gone.next_review_on) == ("disposed", None, None, None)
    now = items(house)["R-1"]
    same = ("id", "status", "certificate", "method", "disposed_on", "rule", "minimum_ended_on", "confirmed_by", "confirmed_at")
    assert {name: getattr(now, name) for name in same} == {name: getattr(was, name) for name in same}
    assert (records(house)["R-2"].status, items(house)["R-2"].status) == ("instructed", "instructed")
    assert ("disposal.confirmed", "exactly") in again(house)
    assert confirms(app, items(house)["R-2"].id).get_json()["certificate"] == 2
    assert every(house, DisposalManifest)[0].status == "done"

    assert keep(house).forgotten == 0, "a start after that finds nothing to do"
    assert len(logged(house, "restore.settled")) == 1
