"""Fixtures for a real browser: Debian's Chromium, driven without a window, and axe-core to find what shuts people out.

Playwright's own browsers are not fetched. Pages may reach this machine only: any other address is refused, so a test
passes without a network or not at all. While these fixtures are alive an event loop counts as running in the main thread:
a test that needs `asyncio.run` cannot also ask for a page.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

MISSING = (
    "The page tests need Chromium. As root: apt-get install chromium fonts-liberation "
    "(or run `make test` as root, which does it; or set CHROMIUM to the program's path)."
)
NAMES = ("chromium", "chromium-browser", "google-chrome")
HERE = {"127.0.0.1", "localhost", "::1"}

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
WCAG_2_2_AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")

WIDE, NARROW, HEIGHT = 1280, 320, 900

NewPage = Callable[..., Page]

_here: list[Browser] = []
"""The one of this process: two trees of tests have a fixture each, and there can be one event loop."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for each worker."""
    if _here:
        yield _here[0]
        return
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None or not Path(program).exists():
        pytest.fail(MISSING, pytrace=False)
    # Chromium cannot build its sandbox as root, and containers keep too little shared memory for it.
    arguments = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, headless=True, args=arguments)
        _here.append(chromium)
        yield chromium
        _here.clear()
        chromium.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Open pages that share nothing, as different people would: `new_page(java_script_enabled=False, viewport=…)`.

    Takes what Playwright's `new_context` takes. Afterwards the test fails if any page broke its own content security policy
    or a script of it threw.
    """
    opened: list[BrowserContext] = []
    broken: list[str] = []

    def open_page(**choices: Any) -> Page:
        context = browser.new_context(**{"locale": "en-GB", "timezone_id": "Europe/London"} | choices)
        opened.append(context)
        context.route("**/*", _only_here)
        context.on("weberror", lambda error: broken.append(f"a script threw: {error.error}"))
        context.on("console", lambda message: broken.extend(_policy_breach(message.text)))
        return context.new_page()

    yield open_page
    for context in opened:
        context.close()
    assert not broken, "the pages of this test misbehaved:\n" + "\n".join(broken)


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """One page, as a person without any history would open it."""
    return new_page()


def axe(page: Page, *, within: str | None = None) -> None:
    """Fail if axe-core finds anything against WCAG 2.2 at level A or AA in the page as it now stands.

    `within` narrows it to a CSS selector. The page's content security policy stays in force.
    """
    if not AXE.exists():
        pytest.fail(f"{AXE} is missing: restore it from the repository, or run `make vendor`.", pytrace=False)
    page.wait_for_load_state()  # Without its style sheets nothing on a page is as large as it will be.
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(
        "([within, tags]) => axe.run(within || document,"
        " {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        [within, list(WCAG_2_2_AA)],
    )
    if found["violations"]:
        pytest.fail(f"axe finds on {page.url}:\n" + "\n".join(map(_describe, found["violations"])), pytrace=False)


def follow(page: Page, link: str) -> None:
    """Go where this link of the page's own part leads, and look at what comes with axe."""
    page.locator("main a", has_text=link).first.click()
    page.wait_for_load_state()
    axe(page)


def send(page: Page, button: str) -> None:
    """Send the form with this button: it is taken, and axe finds nothing before and after."""
    axe(page)
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state()
    assert page.locator(".govuk-error-summary").count() == 0, page.locator("main").inner_text()
    axe(page)


def shuts_nobody_out(page: Page, *paths: str, widths: Sequence[int] = (WIDE, NARROW), status: int = 200) -> None:
    """Fail if one of these does not come itself and with this status, is wider than its window, or axe finds anything on it."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for path in paths:
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == status, path
            assert urlsplit(page.url).path == urlsplit(path).path
            axe(page)
            assert page.evaluate("document.scrollingElement.scrollWidth") <= width, f"{path} at {width}"


def _describe(violation: dict[str, Any]) -> str:
    targets = "\n".join(
        f"    at {' '.join(map(str, node['target']))}: {node['html'][:200]}" for node in violation["nodes"]
    )
    return f"  {violation['id']} ({violation['impact']}): {violation['help']} ({violation['helpUrl']})\n{targets}"


def _only_here(route: Route) -> None:
    address = urlsplit(route.request.url)
    if address.scheme in {"data", "blob", "about"} or address.hostname in HERE:
        route.continue_()
    else:
        route.abort("internetdisconnected")


def _policy_breach(text: str) -> list[str]:
    return [text] if "Content Security Policy" in text else []
