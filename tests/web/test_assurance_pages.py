"""Instruments, reviews, assurance and checks by page: what is shown to whom, and what one press does."""

from __future__ import annotations

import io
import re
from datetime import date
from uuid import UUID

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.clock import FixedClock, start_of
from compliance.kernel.jobs import run_now
from compliance.notices.writing import LETTERS as DIRECTORY
from compliance.web.letter_words import LETTERS
from signatories.jobs import JOBS
from signatories.models import IsaCheck
from tests.builders.identity import every, logged
from tests.builders.licences import an_organisation, seats
from tests.builders.signatories import a_pdf, a_version, the_instruments, withdraws
from tests.support.browser import shuts_nobody_out
from tests.web.conftest import Comes, Seat

RESIGN_BY = date(2026, 12, 19)


@pytest.fixture
def swale(sqlite_app: Flask) -> UUID:
    """A signatory whose policies are to be reviewed in twenty days, beside two others; a version that waits."""
    house = house_of(sqlite_app)
    seats(house)
    the_instruments(house)
    organisation_id = an_organisation(house, "swale", review_in_days=20)
    an_organisation(house, "dover", review_in_days=-3)
    withdraws(house, an_organisation(house, "thanet", policies=()))
    a_version(house, "op", "2", resign_by=RESIGN_BY)
    return organisation_id


def rows(page: str) -> dict[str, str]:
    """What each row of the page's list says, by what it is about."""
    found = re.findall(r'<th scope="row"[^>]*>(.*?)</th>(.*?)</tr>', page, re.DOTALL)
    return {_words(head): _words(rest) for head, rest in found}


def _words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def days(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


@pytest.mark.rule("SIG-11")
def test_every_partner_sees_before_sharing_which_partner_is_in_order(comes: Comes, swale: UUID) -> None:
    holder = comes("executive_chair")

    shown = rows(holder.get("/register/assurance").text)

    assert shown["Swale Housing"].startswith("Signatory Review soon Review soon next review on 11 December 2026")
    assert (
        "Out of date, in grace review was due on 18 November 2026, in grace until 16 December 2026"
        in shown["Dover Housing"]
    )
    assert shown["Thanet Housing"] == "Withdrawn Missing Missing Missing"
    assert list(rows(holder.get("/register/assurance?state=in_grace").text)) == ["Dover Housing"]
    assert list(rows(holder.get("/register/assurance?search=SWA").text)) == ["Swale Housing"]
    assert next(iter(rows(holder.get("/register/assurance?sort=-state").text))) == "Thanet Housing"
    assert "Review soon" in holder.get(f"/organisations/{swale}").text
    export = holder.get("/register/assurance/export.csv?state=in_grace").text
    assert "The register itself is the definitive version: http://127.0.0.1:8000/register/assurance" in export
    assert '"Dover","dover","Housing","yes","in_grace","safeguarding","in_grace","2026-11-18","2026-12-16"' in export
    assert [entry.actor_id for entry in logged(holder.house, "list.exported")] == [str(holder.account.person.id)]  # type: ignore[union-attr]
    assert len(logged(holder.house, "list.viewed")) == 4


@pytest.mark.rule("SIG-4")
def test_the_hub_sees_who_has_signed_a_version_who_has_not_and_how_long_there_is(comes: Comes, swale: UUID) -> None:
    hub = comes("hub_coordinator")

    page = hub.get("/register/instruments").text
    shown = rows(page)["Version 2 of the Operating Protocol"]

    assert "In force 21 November 2026 19 December 2026 28 days left 0 organisations 2 not yet" in shown
    version = re.search(r"/register/instruments/versions/([0-9a-f-]+)\?who=not_yet", page)
    assert version is not None
    assert set(rows(hub.get(version[0]).text)) == {"Swale", "Dover", "Thanet"}
    assert rows(hub.get(f"/register/instruments/versions/{version[1]}?who=signed").text) == {}
    assert hub.get(f"/register/instruments/versions/{version[1]}/file").data == a_pdf("op 2")
    assert len(logged(hub.house, "instrument.version_read")) == 1
    assert hub.get("/register/instruments/op/versions/new").status_code == 403


@pytest.mark.rule("SIG-4", "IDN-6")
def test_the_hub_manager_publishes_a_version_after_a_fresh_code(comes: Comes, swale: UUID) -> None:
    stale = comes("hub_manager", fresh=False)
    manager = comes("hub_manager")
    address = "/register/instruments/op/versions/new"
    assert "Enter" in stale.get(address).text
    assert "Publish version" not in stale.get(address).text

    def fields(label: str) -> dict[str, object]:
        return {
            "label": label, "file": (io.BytesIO(a_pdf("op 3")), "op-3.pdf"),
            **days("effective_on", date(2026, 12, 1)), **days("resign_by", date(2027, 2, 28)),
        }  # fmt: skip

    refused = manager.send(address, fields("2"))
    made = manager.send(address, fields("3"))

    assert refused.status_code == 409
    assert "already published" in refused.text
    assert made.status_code == 303
    assert "Version 3 is published" in manager.get(made.location).text
    assert len(logged(manager.house, "instrument.version_published")) == 4


@pytest.mark.rule("SIG-12")
def test_each_check_of_the_isas_list_is_one_press_and_leads_back_to_those_that_are_left(
    comes: Comes, swale: UUID, clock: FixedClock
) -> None:
    supervisor = comes("hub_supervisor")
    assert set(rows(supervisor.get("/register/isa-checks?sort=-name").text)) == {"Swale", "Dover", "Thanet"}

    pressed = supervisor.send(
        "/register/isa-checks?sort=-name", {"found": "no"}, to=f"/register/isa-checks/{swale}?sort=-name"
    )

    assert pressed.location == "/register/isa-checks?sort=-name"
    left = supervisor.get(pressed.location)
    assert "Recorded: Swale is not on the list." in left.text
    assert set(rows(left.text)) == {"Dover", "Thanet"}
    [check] = every(supervisor.house, IsaCheck)
    assert (check.found, check.checked_by) == (False, str(supervisor.account.person.id))  # type: ignore[union-attr]
    shown = rows(supervisor.get("/register/isa-checks?all=yes").text)["Swale"]
    assert "21 November 2026: not on the list by Wren Alder" in shown
    assert "21 November 2027" in shown
    assert "On the list</button>" not in _without_spans(
        comes("delegate", organisation_id=swale).get("/register/isa-checks").text
    )


def _without_spans(html: str) -> str:
    return re.sub(r"<span.*?</span>", "", html)


@pytest.mark.rule("SIG-10")
def test_a_review_is_recorded_on_its_page_and_every_partner_sees_what_it_found(comes: Comes, swale: UUID) -> None:
    manager = comes("hub_manager")
    address = "/register/reviews/op/2026-04-01"
    assert "reviews of the instruments to record" in _words(manager.get("/").text)
    found = {
        "useful": "yes", "fit_for_purpose": "no", "issues": "Two forms ask for the same.", "decision": "terminate",
        "reasons": "We have a better one.", **days("held_on", date(2026, 4, 1)),
    }  # fmt: skip

    incomplete = manager.send(address, found | {"decision": ""})
    sent = manager.send(address, found)
    again = manager.send(address, found, to=address)

    assert (incomplete.status_code, sent.status_code) == (422, 303)
    assert "already recorded" in again.text
    seen = comes("delegate", organisation_id=swale).get("/register/reviews?state=held").text
    assert "To be terminated . Useful, not fit for its purpose." in rows(seen)["1 April 2026"]
    assert "ends nothing by itself" in seen
    assert "Record the review" not in seen


@pytest.mark.rule("SIG-11")
def test_a_policy_is_kept_as_a_file_or_a_link_and_opened_by_those_it_concerns(comes: Comes, swale: UUID) -> None:
    hub, delegate = comes("hub_coordinator"), comes("delegate", organisation_id=swale)
    stranger = comes("delegate", organisation_id=an_organisation(hub.house, "ashford"))
    address = f"/organisations/{swale}/policies/new"
    said = {
        "title": "Policy",
        "owner": "Head",
        **days("dated_on", date(2026, 1, 5)),
        **days("next_review_on", date(2027, 1, 5)),
    }
    of_file, of_link = said | {"kind": "safeguarding"}, said | {"kind": "data_protection"}

    def paper() -> tuple[io.BytesIO, str]:
        return io.BytesIO(a_pdf()), "policy.pdf"

    for link in (
        "http://swale.example/p",
        "javascript:alert(1)",
        "https://swale",
        "https://u:p@swale.example/",
        "https://10.0.0.1/",
    ):
        refused = hub.send(address, of_link | {"link": link})
        assert refused.status_code == 422, link
        assert "begins with https://" in refused.text
    assert hub.send(address, of_link | {"link": "https://swale.example/p", "file": paper()}).status_code == 422
    assert hub.send(address, of_file | {"file": (io.BytesIO(b"MZ"), "policy.pdf")}).status_code == 422

    assert hub.send(address, of_link | {"link": "https://Swale.example/our policy"}).status_code == 422
    assert hub.send(address, of_link | {"link": "https://Swale.Example/policy?v=2"}).status_code == 303
    assert hub.send(address, of_file | {"file": paper()}).status_code == 303

    page = hub.get(f"/organisations/{swale}").text
    assert 'href="https://swale.example/policy?v=2" rel="noopener noreferrer external"' in page
    assert "Open it at swale.example (another website)" in page
    file = re.search(rf"/organisations/{swale}/policies/[0-9a-f-]+/file", page)
    assert file is not None
    assert [who.get(file[0]).status_code for who in (hub, delegate, stranger)] == [200, 200, 404]
    assert delegate.get(file[0]).data == a_pdf()
    assert len(logged(hub.house, "policy_document.read")) == 3


@pytest.mark.rule("LIC-10")
def test_a_key_contact_ends_by_page_and_what_follows_is_said_first(comes: Comes, swale: UUID) -> None:
    delegate = comes("delegate", organisation_id=swale)
    ends = re.findall(
        rf"/organisations/{swale}/key-contacts/[0-9a-f-]+/end", delegate.get(f"/organisations/{swale}").text
    )
    assert len(ends) == 3

    assert "the licences of its people rest" in delegate.get(ends[-1]).text
    done = delegate.send(ends[-1])

    assert done.status_code == 303
    assert "Missing." in delegate.get(f"/organisations/{swale}").text
    assert delegate.get(ends[-1]).status_code == 404


@pytest.mark.rule("GOV-5")
def test_everybody_sees_the_letters_to_them_and_the_hub_those_to_a_person_but_never_their_words(
    comes: Comes, swale: UUID, clock: FixedClock, sqlite_app: Flask
) -> None:
    signatory = comes("authorised_signatory", organisation_id=swale)
    clock.move(start_of(date(2026, 11, 24)) - clock.now())
    hub, again = comes("hub_coordinator"), comes("executive_chair")
    person = signatory.account.person  # type: ignore[union-attr]
    run_now(hub.house, JOBS[0])

    page = hub.get(f"/people/{person.id}")
    if page.status_code == 403:
        page = comes("hub_supervisor").get(f"/people/{person.id}")
    shown = rows(page.text)

    assert shown["New version to be signed"].endswith("Waits to be sent")
    assert "To be signed by 19 December" not in page.text
    assert "New version to be signed" not in again.get("/account").text
    assert "None so far." in again.get("/account").text


@pytest.mark.rule("SIG-4", "SIG-11")
def test_the_first_page_says_what_waits_until_when(comes: Comes, swale: UUID, clock: FixedClock) -> None:
    signatory = comes("authorised_signatory", organisation_id=swale)
    assert "Sign it by 19 December 2026: 28 days left." in signatory.get("/").text
    assert "It is to be reviewed by 11 December 2026." in comes("delegate", organisation_id=swale).get("/").text

    clock.move(start_of(date(2026, 12, 20)) - clock.now())
    later = comes("authorised_signatory", organisation_id=swale)
    assert "The last day for it was 19 December 2026" in later.get("/").text
    assert "after 8 January 2027 your people’s licences rest" in comes("delegate", organisation_id=swale).get("/").text


@pytest.mark.rule("GOV-5")
def test_every_kind_of_letter_that_there_is_has_a_name() -> None:
    assert {path.stem for path in DIRECTORY.glob("*.txt")} == set(LETTERS)


@pytest.mark.rule("SIG-11", "SIG-4", "SIG-10", "SIG-12")
def test_nobody_is_shut_out_of_these_pages(sqlite_app: Flask, comes: Comes, swale: UUID, seat: Seat) -> None:
    pages = ("instruments", "assurance", "isa-checks", "reviews", "reviews/op/2026-04-01")
    shuts_nobody_out(seat(comes("hub_manager")), *(f"/register/{page}" for page in pages))
