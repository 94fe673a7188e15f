"""Step four: a colleague gets a licence. Asked for, completed, approved, begun; seats are counted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.story.conftest import Story
from tests.story.signing import the_hub_invites
from tests.story.steps import Somebody

COLLEAGUE = "Wren Alder"
ADDRESS = "wren.alder@swale-council.example"
LACKING = 8


@dataclass
class Licensed:
    """The delegate who asked, the colleague who got it, and the address of its page."""

    delegate: Somebody
    colleague: Somebody
    page: str


def a_colleague_is_licensed(hub: Somebody, story: Story) -> Licensed:
    """From the delegate's request to an active licence (LIC-1, LIC-3, LIC-5)."""
    delegate = the_hub_invites(hub, story, "Sam Vale", "sam.vale@swale-council.example", "Delegate", "Swale")
    page = the_delegate_asks(delegate)
    the_hub_cannot_approve_yet(hub, page)
    what_is_missing_is_recorded(hub, delegate, page)
    link = the_hub_approves(hub, story, page)

    colleague = story.somebody(COLLEAGUE, ADDRESS)
    colleague.begins(link)

    hub.goes_to(page)
    expect(hub.page.get_by_role("heading", level=1)).to_contain_text("Active")
    hub.goes_to("/licences")
    hub.sees("149 free", "of 150 seats for standing licences", "1 active, 0 kept")
    return Licensed(delegate, colleague, page)


def the_delegate_asks(delegate: Somebody) -> str:
    """Only an official address will do (LIC-2); then the checklist says what is missing, with its clause."""
    delegate.goes_to("/licences/new")
    request = {
        "Organisation": "Swale",
        "Full name": COLLEAGUE,
        "Work e-mail address": "wren.alder@gmail.com",
        "Mid-Kent": True,
        "Why do they need it?": "Joins the housing team.",
    }
    delegate.sends(request, "Ask for the licence")
    delegate.is_told("domain")
    expect(delegate.page.get_by_label("Full name")).to_have_value(COLLEAGUE)
    expect(delegate.page.get_by_label("Why do they need it?")).to_have_value("Joins the housing team.")

    delegate.sends({"Work e-mail address": ADDRESS}, "Ask for the licence")
    delegate.is_on(COLLEAGUE)
    delegate.sees(f"{LACKING} things are missing", "LIC-1, OP 6.1", "SIG-11, OP 6.1", "LIC-10, OP 6.1, 6.5")
    expect(delegate.page.locator(".hub-checks li").filter(has_text="Missing")).to_have_count(LACKING)
    page = delegate.page.url

    delegate.goes_to("/licences/new")
    delegate.sends(request | {"Work e-mail address": ADDRESS}, "Ask for the licence")
    delegate.is_told("LIC-12")
    return page


def the_hub_cannot_approve_yet(hub: Somebody, page: str) -> None:
    hub.goes_to("/")
    hub.follows("Decide on requests")
    hub.follows(COLLEAGUE)
    assert hub.page.url == page
    hub.chooses("Decide on it")
    hub.sees("It cannot be approved until everything is met.")
    expect(hub.page.get_by_role("main").get_by_role("button", name="Approve")).to_have_count(0)


def what_is_missing_is_recorded(hub: Somebody, delegate: Somebody, page: str) -> None:
    """The hub records policies, training and vetting; the delegate names the key contacts."""
    swale = organisation_of(hub, page)
    for policy in ("Safeguarding policy", "Data protection policy"):
        hub.goes_to(swale)
        hub.follows("Record", within=hub.row_of(policy))
        expect(hub.page.get_by_label(policy)).to_be_checked()
        title = {"Title": f"{policy} 2026", "Owner": "Head of governance"}
        hub.sends(title | {"Date of the policy": (5, 1, 2026), "Next review": (5, 13, 2027)}, "Save policy")
        hub.is_told("Enter a real date")
        hub.sends({"Next review": (5, 1, 2030)}, "Save policy")
        hub.sees("The policy is recorded.")

    for contact in ("Primary licence holder", "Approved delegate", "Senior escalation contact"):
        delegate.goes_to(swale)
        delegate.follows("Name one", within=delegate.row_of(contact))
        who = {"Full name": "Sam Vale", "E-mail address": "sam.vale@swale-council.example"}
        expect(delegate.page.get_by_label(contact)).to_be_checked()
        delegate.sends(who, "Save contact")
        delegate.sees("The key contact is recorded.")

    for training in ("Case system training", "MARAC eLearning"):
        hub.goes_to(page)
        hub.chooses("Record training")
        hub.sends({training: True, "When was it done?": (1, 10, 2026)}, "Save")
        hub.sees("The training is recorded.")
    hub.chooses("Record vetting")
    hub.sends({"Level of vetting": "NPPV 2", "Last day on which it holds": (31, 1, 2030)}, "Save")
    hub.sees("The vetting is recorded.", "Everything on the checklist is met.")


def the_hub_approves(hub: Somebody, story: Story, page: str) -> str:
    """After a fresh code; the link goes to the colleague's mail and stands on no page (IDN-8)."""
    story.a_while_passes()
    hub.goes_to(page)
    hub.chooses("Decide on it")
    hub.sees("150 seats of 150 free")
    hub.chooses("Approve")
    hub.gives_a_fresh_code()
    hub.is_on(f"The licence of {COLLEAGUE} is approved")
    hub.sees("The link is on its way", ADDRESS)
    hub.does_not_see("/invitation/")

    hub.follows("See the licence")
    expect(hub.page.get_by_role("heading", level=1)).to_contain_text("Approved")
    hub.sees("to open the link and set a password")
    hub.does_not_see("/invitation/")
    return story.the_link_to(ADDRESS)


def organisation_of(somebody: Somebody, licence: str) -> str:
    """The address of the page of the organisation that a licence is for."""
    somebody.goes_to(licence)
    somebody.follows("Swale", within=somebody.row_of("Organisation"))
    assert re.search(r"/organisations/[0-9a-f-]{36}$", somebody.page.url)
    return somebody.page.url
