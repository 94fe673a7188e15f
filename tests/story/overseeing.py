"""Step six: the information governance officer reads all of it in the log, and is refused everything else."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.story.conftest import Story
from tests.story.licensing import ADDRESS, COLLEAGUE
from tests.story.signing import the_hub_invites
from tests.story.steps import Somebody


def the_officer_reads_the_log(hub: Somebody, story: Story) -> Somebody:
    """Who, what, when, from where, with what outcome; searched and filtered (AUD-1)."""
    role = "Information governance officer (a second person has to agree)"
    officer = the_hub_invites(hub, story, "Lee Marsh", "lee.marsh@kent-police.example", role, "Kent Police")
    assert officer.tries("/audit") == 403
    a_second_person_agrees(story, officer)
    officer.goes_to("/")
    officer.follows("Assurance")
    officer.is_on("Before you read the audit log")
    officer.sends({"Quarterly access audit": True}, "Continue")
    officer.is_on("Audit log")
    officer.sees("You read the log for: Quarterly access audit")
    newest = officer.page.get_by_role("row").nth(1)
    for shown in ("Lee Marsh", "127.0.0.1", "Done"):
        expect(officer.page.get_by_role("table")).to_contain_text(shown)
    expect(newest).to_contain_text(" at ")

    officer.sends({"What happened": "Organisation: withdrew"}, "Show")
    expect(officer.page.get_by_role("row")).to_have_count(2)
    withdrew = officer.page.get_by_role("row").nth(1)
    for shown in ("Robin Vale", "Authorised signatory", "Swale", "Done", "127.0.0.1"):
        expect(withdrew).to_contain_text(shown)
    officer.opens("Entry", within=withdrew)
    officer.is_on("Organisation: withdrew")
    officer.sees("Hash of the entry", "State and policy it stood on", "127.0.0.1")

    officer.follows("Audit log")
    officer.sends({"Outcome": "Denied"}, "Show")
    officer.sees("The case system", "LIC-3", "SIG-6", COLLEAGUE)
    officer.goes_to(f"/audit?who={ADDRESS}")
    officer.sees(COLLEAGUE)
    officer.does_not_see("Ash Moor")
    officer.goes_to("/audit?reference=KM-2026-0001&outcome=permit")
    officer.sees("Permitted", "KM-2026-0001")
    officer.goes_to("/audit?since-day=1&since-month=1&since-year=2090")
    officer.sees("No entry fits.")
    officer.goes_to("/audit?since-day=31&since-month=2&since-year=1290")
    officer.is_told("Enter a real date")
    return officer


def a_second_person_agrees(story: Story, to: Somebody) -> None:
    """Somebody else of the hub reads what is asked for this person, and agrees to it (ROL-3)."""
    second = story.somebody("Rowan Fell", "rowan.fell@kent-police.example")
    second.begins(story.invited_by_command(second.name, second.email, "--role", "hub_supervisor", "--hub-team"))
    second.goes_to("/proposals")
    second.follows(to.name)
    second.chooses("Approve")
    second.gives_a_fresh_code_if_asked()
    second.chooses("Approve")
    second.gives_a_fresh_code_if_asked()


def the_officer_reads_every_register(officer: Somebody) -> None:
    """The registers are open to the officer, to read (OP 6.5)."""
    for address, heading in (
        ("/register", "Register of signatories"),
        ("/licences", "Licences of the case system"),
        ("/withdrawals", "Withdrawal register"),
    ):
        officer.goes_to(address)
        officer.is_on(heading)


def the_officer_is_refused_everything_else(officer: Somebody, licence: str, organisation: str) -> None:
    """Every page that changes something is closed, whoever may know its address (ROL-2, DEC-3)."""
    of_licence, of_organisation = urlsplit(licence).path, urlsplit(organisation).path
    for address in (
        "/people",
        "/people/new",
        "/licences/new",
        *(f"{of_licence}/{step}" for step in ("approval", "refusal", "suspension", "resumption", "end")),
        *(f"{of_licence}/{step}" for step in ("reallocation", "training", "vetting")),
        *(f"{of_organisation}/{step}/new" for step in ("domains", "key-contacts", "policies", "isa-checks")),
        f"{of_organisation}/withdrawal",
    ):
        status = officer.tries(address)
        assert status in {403, 404}, f"{address} answered {status}"
    officer.goes_to("/people")
    officer.is_on("You cannot do this")


def the_hub_manager_cannot_read_the_log(hub: Somebody) -> None:
    """Whoever acts does not read the log of it (OP 6.5)."""
    assert hub.goes_to("/audit").status == 403
    hub.is_on("You cannot do this")
    expect(hub.page.get_by_role("link", name="Audit log")).to_have_count(0)
