"""The quarterly access audits, as people meet them on pages and take them away (AUD-5)."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader

from compliance.accesses.audits.jobs import OPEN
from compliance.accesses.audits.models import AccessAudit
from compliance.accesses.audits.rules import FIGURES
from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.jobs import run_now
from tests.builders.accesses import answered, reported
from tests.builders.identity import an_employer, every
from tests.builders.licences import again, an_organisation
from tests.builders.use import licences_in_use, move_to
from tests.support.browser import shuts_nobody_out
from tests.web.conftest import Comes, Seat

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 2, tzinfo=UTC)
FINDING = {"kind": "to_be_asked", "words": "Why so many at night?"}


@pytest.fixture
def house(sqlite_app: Flask) -> House:
    return house_of(sqlite_app)


@pytest.fixture
def audit(house: House, clock: FixedClock) -> AccessAudit:
    """The last quarter of 2026 of Swale: two people, one of them busy at night, and something reported late."""
    busy, _ = (again(house, each).person_id for each in licences_in_use(house, an_organisation(house), 2))
    for number in range(3):
        reported(house, busy, NIGHT, reference=f"C-{number}", out_of_hours=True)
    reported(house, busy, NOON, "download", reference="C-7")
    answered(house, busy, NOON, permit=False)
    move_to(clock, "2027-01-04T09:00")
    run_now(house, OPEN)
    reported(house, busy, NOON, "export", reference="C-8")
    return every(house, AccessAudit)[0]


@pytest.mark.rule("AUD-5")
def test_the_list_is_searched_filtered_sorted_and_taken_away(
    house: House, clock: FixedClock, audit: AccessAudit, comes: Comes
) -> None:
    officer = comes("ig_officer")

    page = officer.get("/access-audits").text
    assert "Swale" in page
    assert "October to December 2026" in page
    for fits in ("search=swa", "quarter=2026-Q4", "state=open", "sort=-due", "sort=organisation&state=nonsense"):
        assert f"/access-audits/{audit.id}" in officer.get(f"/access-audits?{fits}").text, fits
    for misses in ("search=thanet", "state=overdue", "state=signed_off"):
        assert "No audit fits" in officer.get(f"/access-audits?{misses}").text, misses
    [row] = json.loads(officer.get("/access-audits/export.json?quarter=2026-Q4").data)["rows"]
    assert (row["Organisation"], row["State"], row["People"], row["Cases opened"]) == ("Swale", "Open", "2", "4")
    for form in ("csv", "xlsx"):
        assert officer.get(f"/access-audits/export.{form}").status_code == 200
    assert officer.get("/access-audits/export.pdf").status_code == 404
    move_to(clock, "2027-02-02T09:00")
    assert "Overdue" in comes("ig_officer").get("/access-audits?state=overdue").text


@pytest.mark.rule("AUD-5")
def test_an_audit_says_what_was_done_whose_turn_it_is_and_takes_findings_and_a_sign_off(
    audit: AccessAudit, comes: Comes
) -> None:
    here = f"/access-audits/{audit.id}"
    manager = comes("hub_manager", full_name="Morgan Made-Up")
    officer = comes("ig_officer", full_name="Ida Made-Up")

    page = officer.get(here).text
    assert "by one of these: Ida Made-Up, Morgan Made-Up" in page
    assert "1 February 2027" in page
    assert "<svg" in page
    assert "Reported late" in page
    assert page.index("Holder 0") < page.index("Holder 1")
    assert "Nobody of that name" in officer.get(f"{here}?search=nobody").text
    assert officer.send(f"{here}/findings", FINDING | {"words": ""}).status_code == 422
    assert officer.send(f"{here}/findings", FINDING | {"person_id": str(UUID(int=1))}).status_code == 422
    assert officer.send(f"{here}/findings", FINDING).location == here
    page = officer.get(here).text
    assert "Why so many at night?" in page
    assert "by one of these: Morgan Made-Up" in page
    assert "You wrote a finding of this audit." in page
    assert officer.get(f"{here}/sign-off").location == here

    assert manager.get(f"{here}/findings").status_code == 403
    assert manager.send(f"{here}/sign-off", {"conclusion": ""}).status_code == 422
    assert manager.send(f"{here}/sign-off", {"conclusion": "They answered well."}).location == here
    page = manager.get(here).text
    assert "They answered well." in page
    assert "Whose turn" not in page
    for path in ("findings", "sign-off"):
        assert officer.get(f"{here}/{path}").location == here
    assert "Signed off" in officer.get("/access-audits?state=signed_off").text


@pytest.mark.rule("AUD-5")
def test_a_form_sent_after_the_sign_off_says_so_and_keeps_what_was_typed(audit: AccessAudit, comes: Comes) -> None:
    here = f"/access-audits/{audit.id}"
    officer, manager = comes("ig_officer"), comes("hub_manager")
    form = officer.get(f"{here}/findings")
    manager.send(f"{here}/sign-off", {"conclusion": "Fine."})

    late = officer.again(form, f"{here}/findings", FINDING)

    assert late.status_code == 409
    assert "This audit is signed off." in late.text
    assert "Why so many at night?" in late.text


@pytest.mark.rule("AUD-5")
def test_page_document_and_spreadsheet_have_the_same_figures(audit: AccessAudit, comes: Comes) -> None:
    here = f"/access-audits/{audit.id}"
    officer = comes("ig_officer")
    officer.send(f"{here}/findings", FINDING)

    page = officer.get(here).text
    shown = dict(re.findall(r'data-figure="(\w+)">([\d,]+)<', page))
    book = load_workbook(BytesIO(officer.get(f"{here}/export.xlsx").data), read_only=True)
    sheet = [row[1] for row in list(book["Together"].iter_rows(values_only=True))[2:]]
    pdf = officer.get(f"{here}/export.pdf")
    text = " ".join(" ".join(leaf.extract_text() for leaf in PdfReader(BytesIO(pdf.data)).pages).split())

    assert shown == dict(zip(FIGURES, sheet, strict=True))
    assert shown == {
        "sign_ins": "0", "case_sign_ins": "0", "cases_opened": "4", "downloads": "1", "exports": "0", "refusals": "1",
        "reported_refusals": "0", "out_of_hours": "3", "break_glass": "0",
    }  # fmt: skip
    people = list(book["By person"].iter_rows(values_only=True))[2:]
    assert people == [
        ("Holder 0 Made-Up", "0", "0", "4", "1", "0", "1", "0", "3", "0"), ("Holder 1 Made-Up", *"0" * 9),
    ]  # fmt: skip
    assert re.search(r"Holder 0 Made- ?Up 0 0 4 1 0 1 0 3 0", text)
    assert re.search(r"Holder 1 Made- ?Up 0 0 0 0 0 0 0 0 0", text)
    assert "Why so many at night?" in text
    assert pdf.data.startswith(b"%PDF")
    assert b"pdfuaid" in pdf.data
    assert officer.get(f"{here}/export.csv").status_code == 404
    late = list(book["Reported late"].iter_rows(values_only=True))[2:]
    assert late == [("Holder 0 Made-Up", "0", "0", "1", "0", "1", "0", "0", "0", "0")]


@pytest.mark.rule("AUD-5", "ROL-4")
def test_an_escalation_contact_reads_their_own_and_no_other_exists(
    audit: AccessAudit, house: House, comes: Comes
) -> None:
    here = f"/access-audits/{audit.id}"
    own = comes("escalation_contact", organisation_id=audit.organisation_id)
    other = comes("escalation_contact", organisation_id=an_employer(house))

    page = own.get(here).text
    assert "Holder 0" in page
    assert "Flags" not in page
    assert own.get(f"{here}/export.xlsx").status_code == 200
    assert own.get(f"{here}/findings").status_code == 403
    assert "Swale" not in other.get("/access-audits").text
    for path in ("", "/export.pdf", "/export.xlsx"):
        assert other.get(f"{here}{path}").status_code == 404
    assert comes("hub_coordinator").get("/access-audits").status_code == 403


@pytest.mark.rule("AUD-5")
def test_nobody_is_shut_out_of_the_pages(sqlite_app: Flask, audit: AccessAudit, comes: Comes, seat: Seat) -> None:
    here = f"/access-audits/{audit.id}"
    page = seat(comes("ig_officer"))
    shuts_nobody_out(page, "/access-audits", here, f"{here}/findings", f"{here}/sign-off")
