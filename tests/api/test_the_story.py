"""From a signed agreement to a permitted decision, and to a refusal the moment a right ends, by the API alone."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from compliance.app import house_of
from compliance.identity import use_cases
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import operator
from compliance.notices.ways import Post
from compliance.notices.ways.smtp import Smtp
from tests.builders.api import Caller, Calls, is_problem
from tests.builders.licences import seats
from tests.builders.notices import post_goes
from tests.builders.reading import says_why
from tests.builders.signatories import a_pdf, an_organisation, the_instruments
from tests.support.mail import MailServer

PASSWORD = "Grey-Heron-41-flies"
LETTER = {
    "letter_on": "2026-11-21", "reasons": "We no longer take part.", "acknowledged_by": "Robin Vale",
    "instruments": ["isa", "op"],
}  # fmt: skip


@dataclass
class Story(Calls):
    """The callers, and the mail server that their links come by."""

    mail: MailServer

    def the_link_to(self, address: str) -> str:
        """The token of the newest link in the mail of this address, once the post has gone."""
        post_goes(self.house)
        return re.findall(r"/invitation/(\S+)", self.mail.to(address, says="/invitation/")[-1].body)[-1]


@dataclass
class Person:
    """Somebody who has set their account up through the API, and knows how to sign in again."""

    calls: Story
    caller: Caller
    email: str
    secret: str

    def signs_in(self) -> Caller:
        """Password, then code."""
        self.caller.token = said(self.calls.nobody().post("/api/v1/sessions", self._credentials), 201)["token"]
        code = {"code": self.calls.code(self.secret)}
        self.caller.token = said(self.caller.post("/api/v1/sessions/current/code", code), 200)["token"]
        return self.caller

    def gives_a_fresh_code(self) -> Caller:
        code = {"code": self.calls.code(self.secret)}
        self.caller.token = said(self.caller.post("/api/v1/sessions/current/fresh-code", code), 200)["token"]
        return self.caller

    @property
    def _credentials(self) -> dict[str, str]:
        return {"email": self.email, "password": PASSWORD}


def said(reply: TestResponse, status: int) -> dict[str, Any]:
    """What was answered, after looking that it was answered as expected."""
    assert reply.status_code == status, reply.text
    told: dict[str, Any] = reply.get_json()
    return told


@pytest.fixture
def story(app: Flask, clock: FixedClock) -> Iterator[Story]:
    """The whole application on each database, with mail."""
    with MailServer() as mail:
        house_of(app).fixtures[Post] = Post(Smtp.of(mail.url, "hub@marac.example"))
        yield Story(app, clock, mail)


def sets_up(calls: Story, email: str) -> Person:
    """From the link in the mail to a whole sign-in: a password, an authenticator app, a first code."""
    invitation = calls.the_link_to(email)
    caller = calls.nobody()
    opened = said(caller.post("/api/v1/account/invitation", {"token": invitation, "password": PASSWORD}), 201)
    assert opened["stage"] == "enrol"
    caller.token = opened["token"]
    enrolment = said(caller.post("/api/v1/account/authenticator"), 200)
    assert enrolment["uri"].startswith("otpauth://totp/")
    code = {"code": calls.code(enrolment["secret"])}
    whole = said(caller.post("/api/v1/account/authenticator/confirmation", code), 200)
    assert whole["stage"] == "whole"
    assert whole["token"] != caller.token
    caller.token = whole["token"]
    return Person(calls, caller, email, enrolment["secret"])


def invites(hub: Person, full_name: str, email: str, *roles: str, **more: Any) -> Person:
    body = {
        "full_name": full_name,
        "email": email,
        "roles": list(roles),
        "reason": "Named by their organisation.",
    } | more
    assert said(hub.caller.post("/api/v1/people", body), 201)["invitation"] == {"sent_to": email}
    return sets_up(hub.calls, email)


def brought_in(calls: Story, full_name: str, email: str, role: str) -> Person:
    """The first accounts of all: whoever holds the machine invites them, as the README says."""
    with calls.house.work(operator("people invite")) as ctx:
        use_cases.invite_person(ctx, full_name=full_name, email=email, hub_team=True, roles=[role])
    return sets_up(calls, email)


def the_second_agrees(second: Person) -> None:
    """Somebody else of the hub reads what is asked, and agrees to exactly that (ROL-3)."""
    for waiting in said(second.caller.get("/api/v1/proposals"), 200)["to_decide"]:
        path = f"/api/v1/proposals/{waiting['id']}"
        digest = said(second.caller.get(path), 200)["digest"]
        second.gives_a_fresh_code()
        assert said(second.caller.post(f"{path}/approval", {"digest": digest}), 200)["state"] == "approved"


def asks(program: Caller, person: str, action: str, *, case: str = "C-1", **properties: Any) -> dict[str, Any]:
    """One question by the case system, through the whole application."""
    kind = action.partition(".")[0]
    question = {
        "subject": {"type": "person", "id": person},
        "action": {"name": action},
        "resource": {"type": kind, "id": case, "properties": {"area": "mid-kent"} | properties},
    }
    return said(program.post("/access/v1/evaluation", question), 200)


def the_organisation_signs(signatory: Person, swale: UUID) -> dict[str, dict[str, Any]]:
    """Opens each version in force and signs it after a fresh code; the versions, by instrument."""
    listed = said(signatory.caller.get("/api/v1/instruments"), 200)["items"]
    versions = {told["code"]: next(v for v in told["versions"] if v["in_force"]) for told in listed}
    for version in versions.values():
        path = f"/api/v1/instruments/versions/{version['id']}"
        document = signatory.caller.get(f"{path}/document")
        assert document.status_code == 200
        assert sha256(document.data).hexdigest() == version["sha256"]
        signatory.gives_a_fresh_code()
        body = {"organisation_id": str(swale), "name": "Robin Vale", "role": "Head of housing"}
        signed = said(signatory.caller.post(f"{path}/signatures", body), 201)
        assert signed["document_sha256"] == version["sha256"]
        assert set(signed["receipt"]) == {"entry", "hash"}
    return versions


def everything_the_checklist_asks(hub: Person, delegate: Person, swale: UUID, person_id: str) -> None:
    path = f"/api/v1/organisations/{swale}"
    for kind in ("safeguarding", "data_protection"):
        policy = {"kind": kind, "title": "Our policy", "owner": "Head of service"}
        dates = {"dated_on": "2026-01-05", "next_review_on": "2027-01-05"}
        said(hub.caller.post(f"{path}/policies", policy | dates), 201)
    for kind in ("primary", "delegate", "escalation"):
        contact = {"kind": kind, "name": "Sam Vale", "email": "sam@swale-council.example"}
        said(delegate.caller.post(f"{path}/contacts", contact), 201)
    for module in ("case-system", "elearning"):
        said(hub.caller.post(f"/api/v1/people/{person_id}/training", {"module": module, "done_on": "2026-10-01"}), 201)
    vetting = {"level": "NPPV 2", "holds_until": "2028-01-31"}
    said(hub.caller.post(f"/api/v1/people/{person_id}/vetting", vetting), 201)


@pytest.mark.rule(
    "SIG-1", "SIG-2", "SIG-6", "LIC-1", "LIC-3", "LIC-5", "IDN-3", "IDN-6", "IDN-8", "DEC-1", "DEC-2", "DEC-4", "DEC-7",
    "AUD-1", "ROL-3",
)  # fmt: skip
def test_the_whole_story_by_the_api_alone(story: Story) -> None:
    calls = story
    swale = an_organisation(calls.house, "swale", areas=["mid-kent", "medway"])
    dover = an_organisation(calls.house, "dover", areas=["east-kent"])
    the_instruments(calls.house)
    seats(calls.house, standing=10)

    # 1. The hub manager, invited by a single-use link, sets a password, enrols an app, signs in with both.
    hub = brought_in(calls, "Ash Moor", "ash.moor@hub.example", "hub_manager")
    second = brought_in(calls, "Rowan Fell", "rowan.fell@hub.example", "hub_supervisor")
    hub.signs_in()
    me = said(hub.caller.get("/api/v1/sessions/current"), 200)
    assert (me["stage"], [held["role"] for held in me["roles"]]) == ("whole", ["hub_manager"])

    # 2. The register shows every organisation, with its areas and state.
    register = said(hub.caller.get("/api/v1/organisations"), 200)["items"]
    assert [(row["code"], row["state"]) for row in register] == [("dover", "unsigned"), ("swale", "unsigned")]

    # 3. A partner's authorised person opens the agreement and the protocol, signs each after a fresh code.
    signatory = invites(
        hub, "Robin Vale", "robin@swale-council.example", "authorised_signatory", organisation_id=str(swale)
    )
    delegate = invites(hub, "Sam Vale", "sam@swale-council.example", "delegate", organisation_id=str(swale))
    version = said(signatory.caller.get("/api/v1/instruments"), 200)["items"][0]["versions"][0]["id"]
    unread = {"organisation_id": str(swale), "name": "Robin Vale", "role": "Head of housing"}
    is_problem(
        signatory.caller.post(f"/api/v1/instruments/versions/{version}/signatures", unread), 409, "version-not-opened"
    )
    calls.clock.move(timedelta(minutes=6))
    is_problem(
        signatory.caller.post(f"/api/v1/instruments/versions/{version}/signatures", unread), 403, "fresh-code-needed"
    )
    the_organisation_signs(signatory, swale)
    signed = said(hub.caller.get("/api/v1/signatories", instrument="isa"), 200)["items"]
    assert [row["code"] for row in signed] == ["swale"]
    assert signed[0]["instruments"]["isa"]["signed_name"] == "Robin Vale"
    assert said(hub.caller.get("/api/v1/signatories", as_at="2026-11-20"), 200)["items"] == []

    # 4. A delegate asks for a licence; the checklist says what is missing; complete, the hub manager approves.
    request = {
        "organisation_id": str(swale), "full_name": "Wren Alder", "email": "wren@swale-council.example",
        "areas": ["mid-kent"], "reason": "Joins the team",
    }  # fmt: skip
    licence = said(delegate.caller.post("/api/v1/licences", request), 201)
    path = f"/api/v1/licences/{licence['id']}"
    checklist = said(delegate.caller.get(f"{path}/checklist"), 200)
    missing = {item["code"] for item in checklist["items"] if not item["met"]}
    assert missing == {
        "policy.safeguarding", "policy.data_protection", "training.case-system", "training.elearning",
        "contact.primary", "contact.delegate", "contact.escalation", "vetting",
    }  # fmt: skip
    assert all(item["clause"] and item["rule"] for item in checklist["items"])
    hub.signs_in()
    refused = is_problem(hub.caller.post(f"{path}/approval"), 409, "licence-not-eligible")
    assert refused["rule"] == "LIC-1"
    assert {error["pointer"] for error in refused["errors"]} == {f"#/checklist/{item}" for item in missing}
    is_problem(delegate.caller.post(f"{path}/approval"), 403, "forbidden")

    person_id = licence["person"]["id"]
    everything_the_checklist_asks(hub, delegate, swale, person_id)
    assert said(hub.caller.get(f"{path}/checklist"), 200)["complete"]
    approved = said(hub.caller.post(f"{path}/approval", headers={"If-Match": '"1"'}), 200)
    assert (approved["status"], "state_version" in approved) == ("approved", True)
    assert approved["invitation"] == {"sent_to": "wren@swale-council.example"}
    colleague = sets_up(calls, "wren@swale-council.example")
    read = hub.caller.get(path)
    assert said(read, 200)["status"] == "active"
    assert read.headers["ETag"]
    standing = said(hub.caller.get("/api/v1/seats"), 200)["items"][0]
    assert (standing["kind"], standing["seats"], standing["active"], standing["free"]) == ("standing", 10, 1, 9)

    # 5. The case system asks: permit with receipt; elsewhere deny with the rule; suspended, the very next is deny.
    program = calls.a_program()
    permit = asks(program, person_id, "case.view")
    assert permit["decision"] is True
    assert permit["context"]["receipt"]["hash"]
    assert asks(program, "wren@swale-council.example", "case.view")["decision"] is True
    for denied in (
        asks(program, person_id, "case.view", area="east-kent"),
        asks(program, person_id, "research.write", owner_organisation=str(dover)),
        asks(program, person_id, "case.view", closed=True),
        asks(program, person_id, "case.frobnicate"),
        asks(program, "nobody@swale-council.example", "case.view"),
    ):
        assert denied["decision"] is False
        assert denied["context"]["reason_admin"]
    members = said(program.get("/api/v1/areas/mid-kent/members"), 200)["items"]
    assert [member["email"] for member in members] == ["wren@swale-council.example"]

    said(hub.caller.post(f"{path}/suspension", {"reason": "leave"}), 200)
    suspended = asks(program, person_id, "case.view")
    assert (suspended["decision"], suspended["context"]["first_failing"]) == (False, "LIC-3")
    said(hub.caller.post(f"{path}/resumption"), 200)
    assert asks(program, person_id, "case.view")["decision"] is True

    colleague.signs_in()
    assert colleague.caller.get("/api/v1/organisations").status_code == 200
    letter = LETTER | {"letter": (io.BytesIO(a_pdf()), "letter.pdf")}
    left = said(hub.caller.post(f"/api/v1/organisations/{swale}/withdrawals", data=letter), 201)
    assert (left["people_removed"], left["licences_ended"]) == (1, 1)
    after = asks(program, person_id, "case.view")
    assert after["decision"] is False
    assert "SIG-6" in {failing["rule"] for failing in after["context"]["failing"]}
    is_problem(colleague.caller.get("/api/v1/organisations"), 401, "not-authenticated")
    is_problem(signatory.caller.get("/api/v1/organisations"), 401, "not-authenticated")
    assert said(program.get("/api/v1/areas/mid-kent/members"), 200)["items"] == []
    assert said(hub.caller.get(path), 200)["end_reason"] == "withdrawn"
    assert said(hub.caller.get("/api/v1/withdrawals"), 200)["items"][0]["organisation"] == "Swale"

    # 6. The information governance officer reads all of it in the log, and is refused everything else.
    officer = invites(hub, "Lee Marsh", "lee.marsh@oversight.example", "ig_officer")
    is_problem(officer.caller.get("/api/v1/audit/entries"), 403, "forbidden")
    second.signs_in()
    the_second_agrees(second)
    is_problem(officer.caller.get("/api/v1/audit/entries"), 422, "purpose-needed")
    says_why(officer.caller)
    found = said(officer.caller.get("/api/v1/audit/entries", event="organisation.withdrew"), 200)["items"]
    assert [entry["actor"]["id"] for entry in found] == [me["person"]["id"]]
    assert found[0]["organisation"] == str(swale)
    assert found[0]["address"] == "127.0.0.1"
    asked = said(officer.caller.get("/api/v1/audit/entries", actor=person_id, outcome="deny"), 200)["items"]
    assert any(entry["hash"] == after["context"]["receipt"]["hash"] for entry in asked)
    read_again = said(officer.caller.get(f"/api/v1/audit/entries/{left['receipt']['entry']}"), 200)
    assert read_again["hash"] == left["receipt"]["hash"]
    for change, body in (
        (f"{path}/suspension", {"reason": "leave"}),
        ("/api/v1/people", {"full_name": "Kit Rowan", "email": "kit@hub.example"}),
        (f"/api/v1/organisations/{dover}/contacts", {"kind": "primary", "name": "A", "email": "a@dover.example"}),
    ):
        is_problem(officer.caller.post(change, body), 403, "forbidden")
    is_problem(hub.caller.get("/api/v1/audit/entries"), 403, "forbidden")
