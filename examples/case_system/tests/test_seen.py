"""The case system in a real browser: in through the service, one case, and out when the right ends; wide and narrow."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from compliance.identity import totp
from compliance.licences import use_cases as licences
from compliance.licences.rules import Suspension
from tests.builders.identity import PASSWORD, an_account
from tests.builders.licences import acting
from tests.support.browser import NewPage, axe

from .town import Town, Worker

PICTURES = os.environ.get("PICTURES")
SECONDS = 15_000


def looked_at(page: Page, name: str) -> None:
    """Nothing shuts anybody out, and it fits a narrow screen."""
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        axe(page)
        assert page.evaluate("() => document.scrollingElement.scrollWidth") <= width, name
        if PICTURES:
            page.screenshot(path=f"{PICTURES}/case_system_{name}_{width}.png", full_page=True)


def signs_in(town: Town, page: Page, worker: Worker) -> None:
    page.goto(town.base_url)
    page.get_by_label("E-mail address").fill(worker.account.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    code = totp.code_at(worker.account.secret, town.house.clock.now() + timedelta(seconds=30))
    page.locator("#code").fill(code)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{town.base_url}/")


def at_work(town: Town, code: str, name: str, *roles: str) -> Worker:
    """Somebody with a licence, who has not signed in anywhere yet."""
    return town.comes(code, name, *roles, signs_in=False)


@pytest.mark.rule("DEC-1", "DEC-4", "IDN-6")
def test_somebody_refers_a_case_in_a_browser_and_is_out_when_their_right_ends(town: Town, new_page: NewPage) -> None:
    nell, rowan = at_work(town, "swale", "Nell"), town.people["Rowan"]
    page = new_page(viewport={"width": 320, "height": 900})
    signs_in(town, page, nell)
    looked_at(page, "cases")

    page.get_by_role("link", name="Refer a case").click()
    looked_at(page, "refer")
    page.get_by_label("Area").select_option("mid-kent")
    page.get_by_label("What the risk is").fill("Threats that grew within days.")
    page.get_by_label("Upon what basis it is shared").select_option(label="Somebody’s life is in danger")
    page.get_by_label("Why it is shared").fill("To plan for their safety.")
    page.get_by_role("button", name="Refer").click()
    page.get_by_role("heading", name="Case MC-").wait_for()
    looked_at(page, "referred")
    reference = page.url.rpartition("/")[2].partition("?")[0]
    rowan.takes(reference, "accept")
    page.reload()
    page.get_by_label("What your agency knows").fill("A report of last week.")
    page.get_by_role("button", name="Send your research").click()
    page.get_by_text("A report of last week.").wait_for()
    page.get_by_label("What is to be done").fill("Visit again")
    page.get_by_label("By which agency").select_option(label="Swale")
    page.get_by_label("By when").fill("2027-03-01")
    page.get_by_role("button", name="Suggest an action").click()
    page.get_by_role("button", name="Accept").click()
    looked_at(page, "case")

    with acting(town.house) as ctx:
        licences.suspend(ctx, nell.licence, reason=Suspension.INVESTIGATION)

    page.wait_for_url(f"{town.installation.base_url}/**", timeout=SECONDS)
    assert reference not in page.content()


@pytest.mark.rule("SHA-4", "IDN-6")
def test_the_hub_holds_a_meeting_without_scripts_and_signs_out_of_both(town: Town, new_page: NewPage) -> None:
    """axe is a script itself, so each page is looked at in a second browser that is signed in as the first."""
    hester = at_work(town, "kent-police", "Hester", "hub_supervisor")
    reference = town.people["Wilfred"].refers()
    page = new_page(java_script_enabled=False)
    signs_in(town, page, hester)
    looking = new_page(storage_state=page.context.storage_state())

    def looks(name: str) -> None:
        looking.goto(page.url)
        looked_at(looking, name)

    page.get_by_role("link", name=reference).click()
    looks("to_review")
    page.get_by_role("button", name="Take it up", exact=True).click()
    page.get_by_role("link", name="Invite somebody").click()
    looks("invite")
    page.go_back()
    page.get_by_role("link", name="Record that it was held").click()
    looks("meeting")
    page.locator("#came-1").check()
    page.locator("#read-1").check()
    page.get_by_role("button", name="Record that it was held").click()
    page.get_by_text("and had read the confidentiality statement").wait_for()

    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{town.base_url}/signed-out*")
    looks("signed_out")
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail address").wait_for()


def test_somebody_without_a_licence_is_told_by_the_service_what_to_mend(town: Town, new_page: NewPage) -> None:
    account = an_account(
        town.house, full_name="Otto Made-Up", email="otto@swale.gov.uk", organisation_id=town.organisations["swale"]
    )
    page = new_page()
    page.goto(town.base_url)
    page.get_by_label("E-mail address").fill(account.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.locator("#code").fill(totp.code_at(account.secret, town.house.clock.now() + timedelta(seconds=30)))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{town.installation.base_url}/oauth2/authorize*")
    page.get_by_text("LIC-3").first.wait_for()
