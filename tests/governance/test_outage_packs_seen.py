"""An outage pack read where it will be: from a folder, in a browser that reaches nothing, without a script (GOV-3)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from compliance.governance.outages import archive, page, sealing
from compliance.kernel.context import House
from tests.builders.outages import PASSPHRASE, a_pack, a_register
from tests.support.browser import HEIGHT, NARROW, WIDE, axe

PAGES = (archive.INDEX, page.REFERRAL, page.TRANSCRIPTION)


@pytest.fixture
def opened(sqlite_house: House, tmp_path: Path) -> Path:
    """A folder with what a sealed pack held."""
    a_register(sqlite_house)
    sealed = sealing.seal(a_pack(sqlite_house), PASSPHRASE)
    zipfile.ZipFile(io.BytesIO(sealing.open_(sealed, PASSPHRASE))).extractall(tmp_path / "pack")
    return tmp_path / "pack"


@pytest.fixture
def offline(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A page of a browser without a network, and every address it asked for."""
    context = browser.new_context(offline=True, locale="en-GB")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    yield context.new_page(), asked
    context.close()


@pytest.mark.rule("GOV-3")
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_every_page_reads_offline_and_shuts_nobody_out(
    opened: Path, offline: tuple[Page, list[str]], width: int
) -> None:
    here, asked = offline
    here.set_viewport_size({"width": width, "height": HEIGHT})
    for name in PAGES:
        here.goto((opened / name).as_uri())
        axe(here)
        assert here.evaluate("document.scrollingElement.scrollWidth") <= width, name
        assert here.locator("h1").count() == 1
    assert {url for url in asked if not url.startswith(opened.as_uri())} == set(), "nothing is fetched from anywhere"


@pytest.mark.rule("GOV-3")
def test_the_page_leads_to_each_area_its_people_and_the_forms(opened: Path, offline: tuple[Page, list[str]]) -> None:
    here, _ = offline
    here.goto((opened / archive.INDEX).as_uri())
    here.get_by_role("navigation").get_by_role("link", name="Medway").click()
    assert here.url.endswith("#medway")
    section = here.locator("section", has=here.locator("h2#medway"))
    assert section.get_by_role("cell", name="ada@swale.gov.uk").count() == 2, "as a holder and as invited"
    assert section.get_by_text("KM-2026-0042").is_visible()
    assert section.get_by_text("01795 000 111").is_visible()
    section.get_by_text("Addresses of all licence holders here").click()
    assert section.get_by_text("ada@swale.gov.uk; ben@swale.gov.uk").is_visible()
    for name in ("Offline referral form", "Transcription list"):
        here.goto((opened / archive.INDEX).as_uri())
        here.get_by_role("link", name=name).click()
        assert here.locator("h1").inner_text() in ("Offline MARAC referral", "What must be entered afterwards")
    links = [one.get_attribute("href") or "" for one in here.locator("a[href]").all()]
    assert all((opened / link).exists() for link in links if not link.startswith(("#", "mailto:")))


@pytest.mark.rule("GOV-3")
def test_a_form_is_typed_into_and_stays_on_the_machine(opened: Path, offline: tuple[Page, list[str]]) -> None:
    here, asked = offline
    here.goto((opened / page.REFERRAL).as_uri())
    here.get_by_label("Area MARAC").select_option("Medway")
    here.get_by_label("Professional judgement").check()
    here.get_by_label("What has happened, and what you fear").fill("Words of somebody who fears for another.")
    here.get_by_label("Number on the transcription list").press("Enter")
    assert here.locator("form").count() == 0
    assert len(asked) == 1
