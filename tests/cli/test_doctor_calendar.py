"""`compliance doctor` says in good time that bank holidays run out, because beyond them no audit is due (LIC-8)."""

from __future__ import annotations

import pytest
from flask import Flask

from compliance.cli.doctor import Finding, examine
from compliance.kernel.clock import FixedClock
from tests.builders.use import move_to

CHECK = "Bank holidays are known for a year ahead (LIC-8)"


def the_finding(app: Flask) -> Finding:
    return next(finding for finding in examine(app) if finding.check == CHECK)


@pytest.mark.rule("LIC-8")
def test_it_warns_a_year_before_the_calendar_ends_and_calls_it_wrong_a_quarter_before(
    sqlite_app: Flask, clock: FixedClock
) -> None:
    assert (the_finding(sqlite_app).well, the_finding(sqlite_app).says) == (True, "as it must be")
    move_to(clock, "2029-02-01T09:00")
    assert the_finding(sqlite_app).well
    assert "known up to 2029-12-31 only" in the_finding(sqlite_app).says
    move_to(clock, "2029-11-01T09:00")
    assert not the_finding(sqlite_app).well
