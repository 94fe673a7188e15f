"""The evidence pack as people meet it: a page, a signed document and a spreadsheet that say the same (SIG-14)."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask
from openpyxl import load_workbook

from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.secrets import KeyRing
from compliance.kernel.tables import DEFINITIVE
from compliance.papers.signing import Verdict, check
from tests.builders.governance import KEPT, an_active_partner, seen
from tests.builders.papers import bare, text_of
from tests.builders.signatories import a_signatory, the_instruments
from tests.web.conftest import Comes, Visitor


@pytest.mark.rule("SIG-14", "ROL-4")
def test_figures_agree_on_the_page_in_print_and_in_the_spreadsheet(sqlite_app: Flask, comes: Comes) -> None:
    house = house_of(sqlite_app)
    swale = an_active_partner(house)
    visitor = comes("ig_officer")
    address = f"/organisations/{swale}/evidence"

    page = visitor.get(address).text
    pdf = visitor.get(f"{address}/export.pdf").data
    book = load_workbook(BytesIO(visitor.get(f"{address}/export.xlsx").data))

    shown = dict(re.findall(r'data-part="([\w-]+)">([^<]+)<', page))
    printed, sheets = text_of(pdf), {sheet.title: sheet for sheet in book}
    pack = seen(house, swale)
    assert list(sheets) == ["Contents", *KEPT]
    for each in pack.parts:
        sheet = sheets[each.heading]
        rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=3)]
        table = re.search(rf'id="{each.code}".*?</section>', page, re.DOTALL)
        assert table is not None
        assert shown[each.code] == each.count
        assert bare(f"{each.heading} {each.count}") in printed
        assert table[0].count('<tr class="govuk-table__row"') == (len(each.rows) + 1 if each.rows else 0)
        assert rows == ([list(row) for row in each.rows] or [[each.nothing, *[""] * (len(each.columns) - 1)]])
        for cell in (cell for row in each.rows for cell in row):
            assert bare(cell) in bare(unescape(re.sub(r"<[^>]+>", "", table[0])))
            assert bare(cell) in printed
    assert DEFINITIVE in str(sheets["Licences"]["A1"].value)
    assert bare(f"{DEFINITIVE}: http://127.0.0.1:8000{address}") in printed
    assert check(pdf, house.the(KeyRing).papers) is Verdict.WHOLE


@pytest.mark.rule("SIG-14", "IDN-6")
def test_a_pack_as_at_a_past_day_is_asked_for_by_its_date_and_taken_away_after_a_fresh_code(
    sqlite_app: Flask, comes: Comes, clock: FixedClock
) -> None:
    swale = an_active_partner(house_of(sqlite_app))
    clock.move(timedelta(days=7))
    visitor = comes("delegate", organisation_id=swale, fresh=False)
    address = f"/organisations/{swale}/evidence"

    page = visitor.get(f"{address}?as_at-day=22&as_at-month=11&as_at-year=2026")
    assert "As at 22 November 2026 at 11:59pm (UK local time)" in page.text
    assert f"{address}/export.pdf?day=2026-11-22" in page.text
    assert visitor.get(f"{address}?as_at-day=31&as_at-month=2&as_at-year=2026").status_code == 422
    assert visitor.get(f"{address}?as_at-day=1&as_at-month=2&as_at-year=2026").status_code == 422
    assert visitor.get(f"{address}/export.docx").status_code == 404

    asked = visitor.get(f"{address}/export.pdf?day=2026-11-22")
    assert asked.mimetype == "text/html"
    ready = visitor.again(asked, "/confirm", {"fresh_code": visitor.code()})
    assert "Your download is ready" in ready.text
    assert visitor.get(f"{address}/export.pdf?day=2026-11-22").mimetype == "application/pdf"


@pytest.mark.rule("SIG-2", "ROL-4")
def test_a_certificate_is_a_link_beside_its_signature_and_anybody_can_read_how_to_check_it(
    sqlite_app: Flask, comes: Comes, visitor: Visitor
) -> None:
    house = house_of(sqlite_app)
    the_instruments(house)
    swale, thanet = a_signatory(house), a_signatory(house, "thanet")
    delegate = comes("delegate", organisation_id=swale)

    links = re.findall(r'href="([^"]+/certificate\.pdf)"', delegate.get(f"/organisations/{swale}").text)
    pdf = delegate.get(links[0])
    assert len(links) == 2
    assert (pdf.mimetype, check(pdf.data, house.the(KeyRing).papers)) == ("application/pdf", Verdict.WHOLE)
    assert "certificate.pdf" not in delegate.get(f"/organisations/{thanet}").text
    assert delegate.get(links[0].replace(str(swale), str(thanet))).status_code == 404

    page = visitor.get("/certificates")
    pem = visitor.get("/certificates/signing.pem")
    key = house.the(KeyRing).papers[0]
    assert key.fingerprint in page.text
    assert x509.load_pem_x509_certificate(pem.data).fingerprint(SHA256()).hex(":").upper() == key.fingerprint
    assert b"PRIVATE" not in pem.data
