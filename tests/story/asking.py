"""Step five: the case system asks; a right ends, and the very next answer of every process is no."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import expect

from compliance.kernel.clock import SystemClock, london_date
from tests.builders.signatories import a_pdf
from tests.story.conftest import Story
from tests.story.licensing import ADDRESS, COLLEAGUE, Licensed
from tests.story.steps import Somebody
from tests.support.programs import CaseSystem, a_question, rules_of

PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00 This program cannot be run in DOS mode."


def the_case_system(story: Story) -> CaseSystem:
    """The operator makes a client; its secret is printed this once."""
    made = story.installation.does("clients", "create", "--name", "Case system", "--scope", "decisions")
    client = json.loads(made)
    return CaseSystem(story.installation.base_url, client["id"], client["secret"])


def the_case_system_asks(case_system: CaseSystem) -> None:
    """Permitted in their area, on a receipt; denied by rule everywhere else (DEC-1, DEC-2, DEC-3, DEC-7)."""
    permit = case_system.asks(ADDRESS, "case.view")
    assert permit["decision"] is True
    assert set(permit["context"]["receipt"]) == {"entry", "hash"}
    assert {"policy_version", "state_version", "valid_until"} <= set(permit["context"])

    refused = {
        "ROL-2 area": (a_question(ADDRESS, "case.view", area="east-kent"), "ROL-2"),
        "ROL-2 owner": (a_question(ADDRESS, "research.write", owner_organisation="dover"), "ROL-2"),
        "closed": (a_question(ADDRESS, "case.view", closed=True), "DEC-1"),
        "action": (a_question(ADDRESS, "case.frobnicate"), "DEC-3"),
        "stranger": (a_question("nobody@swale-council.example", "case.view"), "DEC-3"),
        "role": (a_question(ADDRESS, "case.export"), "DEC-1"),
    }
    own = a_question(ADDRESS, "research.write", owner_organisation="swale")
    together = case_system.asks_all([*(question for question, _ in refused.values()), own])
    assert [answer["decision"] for answer in together] == [False] * len(refused) + [True]
    for (name, (question, rule)), answer in zip(refused.items(), together, strict=False):
        alone = case_system.asks(**_again(question))
        assert rules_of(alone) == rules_of(answer) == [rule], name
        assert rule in alone["context"]["reason_user"]


def the_licence_is_suspended(hub: Somebody, licensed: Licensed, case_system: CaseSystem) -> None:
    """In every process the very next answer is no, and the person is signed out (LIC-3, DEC-4, IDN-6)."""
    colleague = licensed.colleague
    colleague.goes_to("/register")
    colleague.is_on("Register of signatories")
    assert all(answer["decision"] for answer in case_system.asks_every_process(ADDRESS, "case.view"))

    hub.goes_to(licensed.page)
    hub.chooses("Suspend")
    hub.sends({"Leave or absence": True}, "Suspend")
    for answer in case_system.asks_every_process(ADDRESS, "case.view"):
        assert (answer["decision"], answer["context"]["first_failing"]) == (False, "LIC-3")
    hub.sees("The licence is suspended.")
    colleague.goes_to("/register")
    colleague.is_on("You have been signed out")

    hub.chooses("Resume")
    hub.chooses("Resume")
    hub.sees("The licence is active again.")
    assert all(answer["decision"] for answer in case_system.asks_every_process(ADDRESS, "case.view"))
    colleague.signs_in()


def the_organisation_withdraws(signatory: Somebody, licensed: Licensed, story: Story, case_system: CaseSystem) -> None:
    """By letter, with reasons; from that moment nothing is permitted and nobody of it is signed in (SIG-6, SIG-7)."""
    for somebody in (licensed.colleague, licensed.delegate):
        somebody.goes_to("/account")
        somebody.is_on("Your account")

    story.a_while_passes()
    signatory.goes_to("/")
    signatory.follows("See your organisation")
    signatory.follows("Withdraw the organisation")
    signatory.gives_a_fresh_code()
    signatory.is_on("Withdraw from the MARAC")
    signatory.sees("Nothing happens on this page.")
    today = london_date(SystemClock().now())
    answers: dict[str, Any] = {
        "Letter to the MARAC manager": {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": PROGRAM},
        "Date of the letter": (today.day, today.month, today.year),
        "Reasons given in the letter": "Our service in the area closes.",
        "Who acknowledges the duties that stay?": "Robin Vale, Head of housing",
    }
    signatory.sends(answers, "Continue")
    signatory.is_told("PDF")
    assert case_system.asks(ADDRESS, "case.view")["decision"] is True
    expect(signatory.page.get_by_label("Reasons given in the letter")).to_have_value("Our service in the area closes.")

    letter = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": a_pdf("We leave.")}
    signatory.sends({"Letter to the MARAC manager": letter}, "Continue")
    signatory.is_on("When it takes effect")
    signatory.sends({"Now, the moment I confirm": True}, "Continue")
    signatory.is_on("Check who loses what")
    signatory.sees("Nothing has happened yet.", ADDRESS, "Distribution list")
    assert case_system.asks(ADDRESS, "case.view")["decision"] is True
    signatory.sends({"I have seen what ends, and for whom": True}, "Withdraw Swale now")
    for answer in case_system.asks_every_process(ADDRESS, "case.view"):
        assert answer["decision"] is False
        assert "SIG-6" in rules_of(answer)
    signatory.is_on("Swale has withdrawn")
    signatory.sees("You are signed out with everybody else of the organisation.", "Acknowledged by Robin Vale")


def nothing_of_it_is_left(hub: Somebody, signatory: Somebody, licensed: Licensed, case_system: CaseSystem) -> None:
    """Every session over, every licence ended, nothing permitted, and the registers say so (SIG-6, SIG-8)."""
    for somebody in (signatory, licensed.colleague, licensed.delegate):
        somebody.goes_to("/account")
        assert somebody.page.url.startswith((f"{somebody.base_url}/session-ended", f"{somebody.base_url}/sign-in"))
    licensed.colleague.chooses("Sign in again")
    licensed.colleague.is_on("Sign in")

    questions = [
        a_question(ADDRESS, action, kind=kind)
        for action, kind in (("case.view", "case"), ("case_system.use", "case_system"), ("minutes.view", "minutes"))
    ]
    assert not any(answer["decision"] for answer in case_system.asks_all(questions))

    hub.goes_to("/licences")
    hub.sees("150 free")
    expect(hub.row_of(COLLEAGUE)).to_contain_text("Ended")
    expect(hub.row_of(COLLEAGUE)).to_contain_text("The organisation withdrew")
    hub.follows("Register")
    hub.follows("Withdrawals")
    expect(hub.row_of("Swale")).to_contain_text("Our service in the area closes.")
    expect(hub.row_of("Swale")).to_contain_text("1 licence, 1 person")
    expect(hub.row_of("Swale")).to_contain_text("Acknowledged by Robin Vale")
    hub.goes_to("/register?search=Swale")
    expect(hub.row_of("Swale")).to_contain_text("Withdrawn")


def _again(question: dict[str, Any]) -> dict[str, Any]:
    """The same question, for asking alone."""
    resource = question["resource"]
    who_and_what = {"person": question["subject"]["id"], "action": question["action"]["name"]}
    return who_and_what | {"case": resource["id"], "kind": resource["type"], **resource["properties"]}
