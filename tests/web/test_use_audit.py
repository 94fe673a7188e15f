"""The use of licences by quarter, and its exemptions, as people meet them on pages (LIC-8)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.jobs import run_now
from compliance.licences.quarterly.models import UseExemption
from tests.builders.identity import every
from tests.builders.licences import an_organisation, seats
from tests.builders.use import AUDIT, WARN, licences_in_use, move_to, used
from tests.web.conftest import Comes

REASON = {"reason": "Away to have a child", "ends_on-day": "31", "ends_on-month": "12", "ends_on-year": "2026"}


@pytest.fixture
def house(sqlite_app: Flask, clock: FixedClock) -> House:
    """A hub with seats."""
    found = house_of(sqlite_app)
    seats(found)
    return found


@pytest.mark.rule("LIC-8")
def test_the_quarter_that_runs_says_which_licences_will_end_and_when(
    house: House, clock: FixedClock, comes: Comes
) -> None:
    never, busy, _july = licences_in_use(house, an_organisation(house), 3, since=datetime(2026, 9, 1, tzinfo=UTC))
    used(house, busy)
    manager = comes("hub_manager")

    front = manager.get("/licences/use").text
    assert "2 unused" in front
    assert "The audit is due on 4 January 2027" in front
    page = manager.get("/licences/use/2026-Q4").text
    assert page.count("Will end on 4 January 2027 unless used") == 2
    assert page.index("Holder 0") < page.index("Holder 1")
    assert "Holder 1" not in manager.get("/licences/use/2026-Q4?verdict=unused").text
    assert "Holder 2" in manager.get("/licences/use/2026-Q4?search=h2@&sort=-person").text
    assert "No licence fits" in manager.get("/licences/use/2026-Q4?search=nobody").text
    assert manager.get("/licences/use/2027-Q1").status_code == 404
    assert manager.get("/licences/use/last").status_code == 404

    move_to(clock, "2026-12-20T09:00")
    run_now(house, WARN)
    later = comes("hub_manager")
    told = later.get(f"/licences/{never}").text
    assert "Not used this quarter: ends on 4 January 2027 unless used. Warned on 20 December 2026." in told


@pytest.mark.rule("LIC-8")
def test_a_quarters_report_stays_as_it_was_judged(house: House, clock: FixedClock, comes: Comes) -> None:
    never, busy = licences_in_use(house, an_organisation(house), 2, since=datetime(2026, 9, 1, tzinfo=UTC))
    used(house, busy)
    move_to(clock, "2026-12-18T09:00")
    run_now(house, WARN)
    move_to(clock, "2027-01-04T09:00")
    run_now(house, AUDIT)
    move_to(clock, "2027-02-01T09:00")
    used(house, busy)
    officer = comes("ig_officer")

    assert "October to December 2026" in officer.get("/licences/use").text
    page = officer.get("/licences/use/2026-Q4").text
    assert "Ended<small>4 January 2027</small>" in page
    assert "Left as it was<small>4 January 2027</small>" in page
    assert "18 December 2026" in page
    assert "1 February 2027" not in page
    rows = json.loads(officer.get("/licences/use/2026-Q4/export.json").data)["rows"]
    assert [(row["Person"], row["Verdict"], row["Ended or ends on"]) for row in rows] == [
        ("Holder 0 Made-Up", "unused", "2027-01-04"), ("Holder 1 Made-Up", "used", ""),
    ]  # fmt: skip
    for form in ("csv", "xlsx"):
        assert officer.get(f"/licences/use/2026-Q4/export.{form}").status_code == 200
    assert officer.get("/licences/use/2026-Q4/export.pdf").status_code == 404
    assert str(never) in page


@pytest.mark.rule("LIC-8", "ROL-4")
def test_an_organisation_sees_its_own_licences_alone(house: House, clock: FixedClock, comes: Comes) -> None:
    theirs = an_organisation(house, "thanet")
    licences_in_use(house, an_organisation(house), 2, since=datetime(2026, 9, 1, tzinfo=UTC))
    delegate = comes("delegate", organisation_id=theirs)

    assert "0 unused" in delegate.get("/licences/use").text
    assert "Holder" not in delegate.get("/licences/use/2026-Q4").text
    assert delegate.get("/licences/use/exemptions").status_code == 200


@pytest.mark.rule("LIC-8")
def test_a_supervisor_exempts_a_licence_for_a_reason_until_a_day(house: House, comes: Comes) -> None:
    (licence,) = licences_in_use(house, an_organisation(house), 1, since=datetime(2026, 9, 1, tzinfo=UTC))
    supervisor = comes("hub_supervisor")

    assert "Exempt from the audit of use" in supervisor.get(f"/licences/{licence}").text
    form = f"/licences/{licence}/exemption"
    assert "31 December 2026 for the one that runs" in supervisor.get(form).text
    assert supervisor.send(form, {**REASON, "reason": ""}).status_code == 422
    assert supervisor.send(form, {**REASON, "ends_on-year": "2029"}).status_code == 422
    assert supervisor.send(form, REASON).location == f"/licences/{licence}"
    page = supervisor.get(f"/licences/{licence}").text
    assert "Until 31 December 2026" in page
    assert "Away to have a child" in supervisor.get("/licences/use/exemptions?search=holder&sort=-person").text
    assert "No exemption fits" in supervisor.get("/licences/use/exemptions?search=nobody").text
    assert "Away to have a child" in supervisor.get("/licences/use/exemptions/export.csv").data.decode("utf-8-sig")
    assert "0 unused" in supervisor.get("/licences/use").text

    [given] = every(house, UseExemption)
    assert comes("hub_coordinator").get(f"/licences/use/exemptions/{given.id}/end").status_code == 403
    assert supervisor.send(f"/licences/use/exemptions/{given.id}/end").location == "/licences/use/exemptions"
    assert "No licence is exempt" in supervisor.get("/licences/use/exemptions").text
    assert "1 unused" in supervisor.get("/licences/use").text
