"""Steps one to three: the hub manager comes in, the register is there, a partner signs what it has read."""

from __future__ import annotations

import tomllib
from typing import Any

from playwright.sync_api import expect

from compliance.kernel.settings import REPOSITORY
from tests.story.conftest import Story
from tests.story.steps import Somebody

AREAS = {
    "north-kent": "North Kent",
    "east-kent": "East Kent",
    "west-kent": "West Kent",
    "south-east-kent": "South-East Kent",
    "mid-kent": "Mid-Kent",
    "medway": "Medway",
}
AGREEMENT = "Information Sharing Agreement"
PROTOCOL = "Operating Protocol"


def the_hub_manager_comes_in(story: Story) -> Somebody:
    """Invited by a single-use link: a password, an authenticator app, and then both to sign in (IDN-1, IDN-3, IDN-8)."""
    hub = story.somebody("Ash Moor", "ash.moor@kent-police.example")
    link = story.invited_by_command(hub.name, hub.email, "--role", "hub_manager", "--hub-team")

    hub.goes_to(link)
    hub.sends({"New password": "password", "The same password again": "password"}, "Save password and continue")
    hub.is_told(
        "Use at least 12 characters.",
        "Use at least one upper-case letter.",
        "Use at least one number.",
        "Use at least one special character",
        "Choose one that is not in the list of common passwords.",
    )
    hub.sends(
        {"New password": "Ash-Moor-2026-ash", "The same password again": "Ash-Moor"}, "Save password and continue"
    )
    hub.is_told("The two passwords are not the same.")

    hub.begins(link)
    hub.is_on("Today")

    late = story.somebody("Somebody else", "else@kent-police.example")
    assert late.goes_to(link).status == 404
    late.sees("This link cannot be used.", "IDN-8")

    assert hub.phone is not None
    used = hub.phone.last_code
    hub.signs_out()
    hub.gives_name_and_password("Not-The-Pass-word-1")
    hub.is_told("The e-mail address or the password is not right, or the account is locked.")
    hub.gives_name_and_password()
    hub.sends({"6-digit code": used}, "Sign in")
    hub.is_told("That code is not right.")
    hub.sends({"6-digit code": hub.code()}, "Sign in")
    hub.is_on("Today")
    return hub


def the_register_shows_every_organisation(hub: Somebody) -> None:
    """The organisations that OP 11 lists, each in its sector, with its areas and its state (SIG-1)."""
    hub.follows("Register")
    hub.is_on("Register of signatories")
    hub.sees("44 organisations")
    shown = {row[0].partition("\n")[0]: row for row in hub.rows()}
    assert len(shown) == len(the_organisations()) == 44
    for organisation in the_organisations():
        who, where, state, *_ = shown[organisation["name"]]
        assert organisation["sector"] in who
        areas = {AREAS[code] for code in organisation["areas"]}
        assert set(where.split(", ")) == ({"All areas"} if len(areas) == len(AREAS) else areas)
        assert state == "Not signed"

    hub.page.get_by_text("Narrow it down").click()
    hub.sends({"Sector": "Health", "Area MARAC": "Medway"}, "Show")
    health = [one for one in the_organisations() if one["sector"] == "Health" and "medway" in one["areas"]]
    hub.sees(f"{len(health)} organisation")
    hub.follows("Clear all")
    hub.sends({"Search by name or signatory": "no such organisation"}, "Show")
    hub.sees("No organisation fits. Try fewer filters.")


def the_hub_invites(
    hub: Somebody, story: Story, name: str, email: str, role: str, works_for: str, **browser: Any
) -> Somebody:
    """The hub manager makes an account by the pages; its owner sets it up at a browser of their own (IDN-8)."""
    hub.goes_to("/people/new")
    hub.sends(
        {
            "Full name": name,
            "Work e-mail address": email,
            "Whom do they work for?": works_for,
            role: True,
            "Why do they need these roles?": "Named by their organisation.",
        },
        "Make the account",
    )
    hub.gives_a_fresh_code_if_asked()
    hub.is_on("The account is made")
    hub.sees("The link is on its way", email)
    hub.does_not_see("/invitation/")
    somebody = story.somebody(name, email, **browser)
    somebody.begins(story.the_link_to(email))
    return somebody


def the_partner_signs(hub: Somebody, story: Story) -> Somebody:
    """Its authorised person opens each version and signs it after a fresh code; the register changes at once (SIG-2)."""
    signatory = the_hub_invites(
        hub, story, "Robin Vale", "robin.vale@swale-council.example", "Authorised signatory", "Swale"
    )
    signatory.is_on("Today")
    signatory.sees("Kent and Medway Information Sharing Agreement, version 1.0", "version 1.3")

    opens_and_signs(signatory, story, AGREEMENT)
    hub.goes_to("/register?search=Swale")
    expect(hub.row_of("Swale")).to_contain_text("Version 1.0")
    expect(hub.row_of("Swale")).to_contain_text("Robin Vale, Head of housing")
    expect(hub.row_of("Swale")).not_to_contain_text("Version 1.3")
    expect(hub.row_of("Swale")).to_contain_text("Not signed")

    opens_and_signs(signatory, story, PROTOCOL)
    hub.goes_to("/register?search=Swale")
    expect(hub.row_of("Swale")).to_contain_text("Signatory")
    expect(hub.row_of("Swale")).to_contain_text("Version 1.3")
    return signatory


def opens_and_signs(signatory: Somebody, story: Story, instrument: str) -> None:
    """Reads the file, signs, gives a new code before the signature is taken."""
    name_and_role = {
        "Your full name": "Robin Vale",
        "Your role in the organisation": "Head of housing",
        "I have read this version and I sign it for the organisation": True,
    }
    signatory.goes_to("/")
    signatory.follows("See your organisation")
    signatory.follows("Read and sign version", within=signatory.row_of(instrument))
    reading = signatory.page.url
    signatory.sees("Not yet, since you signed in")

    story.a_while_passes()
    signatory.chooses("Sign")
    signatory.sees("You have not opened this version since you signed in.")
    signatory.sends(name_and_role, "Sign for Swale")
    signatory.gives_a_fresh_code()
    signatory.is_told("SIG-2")

    signatory.goes_to(reading)
    with signatory.page.expect_response(lambda answer: answer.url.endswith("/file")) as opened:
        signatory.page.get_by_role("button", name="Open the file").click()
    assert opened.value.headers["content-type"] == "application/pdf"
    signatory.goes_to(reading)
    signatory.sees("since you signed in")
    signatory.does_not_see("Not yet, since you signed in")

    story.a_while_passes()
    signatory.chooses("Sign")
    signatory.sends(name_and_role, "Sign for Swale")
    signatory.gives_a_fresh_code()
    signatory.sees("is signed. The register shows it from now on.")


def the_organisations() -> list[dict[str, Any]]:
    """What OP 11 lists, as the policy files hold it."""
    return list(tomllib.loads((REPOSITORY / "policies" / "organisations.toml").read_text()).values())
