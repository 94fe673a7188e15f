"""Somebody signs in to a case system through us, in a browser, and out again: it knows us by our metadata alone."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from joserfc.jwk import ECKey
from playwright.sync_api import Page

from compliance.app import furnished, house_of
from compliance.identity import totp
from compliance.identity.clients import use_cases
from compliance.kernel.context import House, operator
from compliance.kernel.settings import Settings
from tests.builders.identity import PASSWORD, Account
from tests.builders.licences import withdraw
from tests.builders.programs import somebody_licensed
from tests.support.browser import NewPage, axe
from tests.support.databases import Fresh
from tests.support.installation import Installation, a_free_port
from tests.support.store import migrated

PARTY = Path(__file__).parents[1] / "support" / "relying_party.py"
SOON = 20.0


@dataclass
class Served:
    """The service with two processes and the scheduler, and a case system beside it."""

    house: House
    account: Account
    party: str

    def code(self, ahead: int = 1) -> str:
        """What the person's app shows a step from now: the one before was spent."""
        return totp.code_at(self.account.secret, self.house.clock.now() + timedelta(seconds=30 * ahead))


@pytest.fixture
def served(database_url: Fresh, tmp_path: Path) -> Iterator[Served]:
    more = {"COMPLIANCE_OUTWARD_NETWORKS": "127.0.0.0/8"}
    installation = Installation(tmp_path / "var", database_url=database_url(migrated), more=more)
    installation.does("keys", "create")
    house = house_of(furnished(Settings.from_environment(installation.environment)))
    account = somebody_licensed(house)
    key, key_file = ECKey.generate_key("P-256"), tmp_path / "case-system.pem"
    key_file.write_bytes(key.as_pem(private=True))
    party = f"http://127.0.0.1:{(port := a_free_port())}"
    with house.work(operator("tests")) as ctx:
        client, _ = use_cases.register_client(
            ctx, name="The case system", scopes=[], redirects=[f"{party}/in"], logout_redirects=[f"{party}/out"],
            back_channel=f"{party}/told", public_keys=key.as_pem(private=False).decode(),
        )  # fmt: skip
        client_id = client.client_id
    with installation.served(workers=2):
        words = [sys.executable, str(PARTY), installation.base_url, client_id, str(key_file), str(port)]
        process = subprocess.Popen(words)
        try:
            in_time(lambda: _answers(party))
            yield Served(house, account, party)
        finally:
            process.kill()
            process.wait()
    house.engine.dispose()


def in_time(come: Callable[[], bool]) -> None:
    until = time.monotonic() + SOON
    while not come():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.2)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.HTTPError:
        return False


def signs_in(served: Served, page: Page) -> None:
    page.goto(f"{served.party}/sign-in")
    page.get_by_label("E-mail address").fill(served.account.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.locator("#code").fill(served.code())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{served.party}/")


def knows(page: Page) -> dict[str, object]:
    page.reload()
    known: dict[str, object] = json.loads(page.locator("pre").inner_text())
    return known


@pytest.mark.rule("DEC-1", "DEC-4", "IDN-3", "IDN-6")
def test_somebody_signs_in_to_the_case_system_with_our_pages_and_is_out_of_it_when_they_sign_out_here(
    served: Served, new_page: NewPage
) -> None:
    page = new_page(viewport={"width": 320, "height": 900})

    signs_in(served, page)

    who = knows(page)
    assert (who["name"], who["org"], who["areas"]) == ("Alex Made-Up", "swale", ["mid-kent"])
    assert who["acr"] == "urn:marac:mfa:app"

    page.goto(f"{served.party}/sign-out")
    page.wait_for_url(f"{served.party}/out")
    page.goto(served.party)
    in_time(lambda: knows(page) == {})
    page.goto(f"{served.party}/sign-in")
    page.get_by_label("E-mail address").wait_for()
    axe(page)


@pytest.mark.rule("DEC-4", "SIG-6")
def test_whoever_loses_the_right_is_out_of_the_case_system_within_seconds_and_told_why(
    served: Served, new_page: NewPage
) -> None:
    page = new_page(java_script_enabled=False)
    signs_in(served, page)
    assert knows(page)["email"] == served.account.email
    organisation_id = served.account.person.organisation_id
    assert organisation_id is not None

    withdraw(served.house, organisation_id)

    in_time(lambda: knows(page) == {})
