"""What somebody does at a browser: small verbs, in the words of the pages.

The first time a page of its kind comes, and its title with an error is another kind, axe looks at it wide and narrow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Response, expect

from tests.support.browser import axe
from tests.support.programs import Phone

PASSWORD = "Grey-Heron-41-flies"
WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 800}

_AN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/invitation/)[^/]+|(?<=/audit/)\d+")


@dataclass
class Looker:
    """Whoever looks whether pages shut people out; it remembers which it has seen narrow."""

    looks: bool = True
    seen: set[tuple[str, str]] = field(default_factory=set)

    def at(self, page: Page) -> None:
        """The page as it stands: nothing found by axe, and nothing wider than a narrow screen."""
        if not self.looks:
            return
        kind = (_AN_ID.sub("…", urlsplit(page.url).path), page.title())
        if kind in self.seen:
            return
        self.seen.add(kind)
        axe(page)
        page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
        width = page.evaluate("() => document.scrollingElement.scrollWidth")
        assert width <= NARROW["width"], f"{page.url} is {width} pixels wide on a screen of {NARROW['width']}"
        axe(page)
        page.set_viewport_size({"width": WIDE["width"], "height": WIDE["height"]})


@dataclass
class Somebody:
    """A person at a browser of their own."""

    page: Page
    base_url: str
    looker: Looker
    name: str
    email: str
    password: str = PASSWORD
    phone: Phone | None = None

    # What they see

    def arrives(self) -> None:
        """A page has come: it is whole, and shuts nobody out."""
        self.page.wait_for_load_state("load")
        self.looker.at(self.page)

    def sees(self, *texts: str) -> None:
        """Each of these stands in the middle of the page."""
        for text in texts:
            expect(self.page.get_by_role("main")).to_contain_text(text)

    def does_not_see(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.get_by_role("main")).not_to_contain_text(text)

    def is_told(self, *problems: str) -> None:
        """Each of these stands in the list of problems at the top, and leads to a place on the page."""
        summary = self.page.get_by_role("alert")
        for problem in problems:
            expect(summary).to_contain_text(problem)
        for link in summary.get_by_role("link").all():
            target = (link.get_attribute("href") or "").removeprefix("#")
            expect(self.page.locator(f"[id='{target}']")).to_have_count(1)

    def is_on(self, heading: str) -> None:
        """The page's one heading of the first rank."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)

    def row_of(self, name: str) -> Locator:
        """The row of a table, or the line of a list of facts, that speaks of this."""
        begins = re.compile(rf"^\s*{re.escape(name)}\b")
        rows = self.page.get_by_role("row").filter(has=self.page.get_by_role("rowheader", name=begins))
        lines = self.page.locator(".govuk-summary-list__row").filter(
            has=self.page.locator("dt").filter(has_text=begins)
        )
        return rows.or_(lines).first

    def rows(self) -> list[list[str]]:
        """What each row of the page's table says, cell by cell."""
        said: list[list[str]] = self.page.get_by_role("table").evaluate(
            "it => [...it.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.innerText.trim()))"
        )
        return said

    # What they do

    def goes_to(self, address: str) -> Response:
        """Type an address, whole or of this service."""
        answer = self.page.goto(address if address.startswith("http") else self.base_url + address)
        assert answer is not None
        self.arrives()
        return answer

    def tries(self, address: str) -> int:
        """Type an address only to see how it is answered."""
        answer = self.page.goto(self.base_url + address)
        assert answer is not None
        return answer.status

    def follows(self, link: str, *, within: Locator | None = None) -> None:
        """Follow a link by its words; the first where several say the same."""
        with self.page.expect_navigation():
            (within or self.page).get_by_role("link", name=link).first.click()
        self.arrives()

    def opens(self, link: str, *, within: Locator) -> None:
        """Follow a link by the keyboard, as for one whose words are hidden in part."""
        with self.page.expect_navigation():
            within.get_by_role("link", name=link).first.press("Enter")
        self.arrives()

    def chooses(self, button: str) -> None:
        """Follow a link that looks like a button, or press a button, in the middle of the page."""
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("button", name=button, exact=True).first.click()
        self.arrives()

    def fills(self, answers: Mapping[str, Any]) -> None:
        """Answer the questions of a form by their words: text, a day (d, m, y), one of a list, a tick, a file."""
        for question, answer in answers.items():
            if isinstance(answer, tuple):
                group = self.page.get_by_role("group", name=question)
                for part, number in zip(("Day", "Month", "Year"), answer, strict=True):
                    group.get_by_label(part).fill(str(number))
            elif isinstance(answer, dict):
                self.page.get_by_label(question).set_input_files(answer)  # type: ignore[arg-type]
            elif answer is True:
                self.page.get_by_label(question, exact=True).check()
            else:
                self._says(question, str(answer))

    def sends(self, answers: Mapping[str, Any], button: str) -> None:
        """Fill a form in and send it."""
        self.fills(answers)
        self.chooses(button)

    def gives_a_fresh_code(self) -> None:
        """The page that asks for a code before a sensitive act (IDN-6)."""
        self.is_on("Enter a new code to go on")
        self.sends({"6-digit code": self.code()}, "Continue")

    def gives_a_fresh_code_if_asked(self) -> None:
        """The same where it depends on how long ago the last code was given."""
        if self.page.get_by_role("heading", level=1).inner_text() == "Enter a new code to go on":
            self.gives_a_fresh_code()

    def _says(self, question: str, answer: str) -> None:
        asked = self.page.get_by_role("main").get_by_label(question, exact=True).first
        if asked.evaluate("it => it.tagName") == "SELECT":
            asked.select_option(label=answer)
        else:
            asked.fill(answer)

    # Coming in and going out

    def code(self) -> str:
        assert self.phone is not None, f"{self.name} has no authenticator app"
        return self.phone.code()

    def sets_a_password(self, link: str) -> None:
        """Open the single-use link, and choose a password."""
        self.goes_to(link)
        self.is_on("Choose a password")
        self.sees(self.name, self.email)
        self.sends(
            {"New password": self.password, "The same password again": self.password}, "Save password and continue"
        )

    def enrols(self) -> None:
        """Set up the authenticator app: the picture is there, and the key beneath it is what the phone takes."""
        if self.page.get_by_role("heading", level=1).inner_text() == "Choose your second step":
            self.page.get_by_label("An authenticator app").check()
            self.chooses("Continue")
        self.is_on("Set up your authenticator app")
        expect(self.page.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
        self.page.get_by_text("I cannot scan it").click()
        self.phone = Phone(self.page.locator(".hub-secret").inner_text())
        self.sends({"6-digit code": self.code()}, "Finish setting up")
        self.sees("Your account is set up, and you are signed in.")

    def begins(self, link: str) -> None:
        """From the link to a whole sign-in."""
        self.sets_a_password(link)
        self.enrols()

    def gives_name_and_password(self, password: str | None = None) -> None:
        self.goes_to("/sign-in")
        self.sends({"E-mail address": self.email, "Password": password or self.password}, "Continue")

    def signs_in(self) -> None:
        """Password, then code."""
        self.gives_name_and_password()
        self.sends({"6-digit code": self.code()}, "Sign in")
        expect(self.page.get_by_role("banner")).to_contain_text(self.name)

    def signs_out(self) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("banner").get_by_role("button", name="Sign out").click()
        self.arrives()
        self.is_on("You are signed out")
