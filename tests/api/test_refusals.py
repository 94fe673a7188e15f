"""What the rules refuse, as a program is told it: with its rule, and with nothing changed."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from audit.models import AuditEntry
from compliance.kernel.context import operator
from compliance.licences.rules import Status
from tests.builders.api import Calls, is_problem, log_size
from tests.builders.licences import a_licence, an_organisation, seats
from tests.builders.signatories import a_pdf


@pytest.mark.rule("LIC-2")
def test_a_licence_is_asked_for_at_the_organisations_own_domains_only(sqlite_calls: Calls) -> None:
    swale = an_organisation(sqlite_calls.house, "swale")
    delegate = sqlite_calls.someone("delegate", organisation_id=swale)
    body = {"organisation_id": str(swale), "full_name": "Kit Rowan", "areas": ["medway"], "reason": "Joins"}

    for email in (
        "kit@gmail.com", "kit@notswale.gov.uk", "kit@swale.gov.uk.example", "kit@sub.swale.gov.uk",
        "kit@swale.gov.uk\u202e",
    ):  # fmt: skip
        said = is_problem(delegate.post("/api/v1/licences", body | {"email": email}), 422)
        assert [error["pointer"] for error in said["errors"]] == ["#/email"], email
    assert delegate.get("/api/v1/licences").get_json()["items"] == []


@pytest.mark.rule("ROL-3")
def test_nobody_approves_their_own_licence(sqlite_calls: Calls) -> None:
    swale = an_organisation(sqlite_calls.house, "swale")
    seats(sqlite_calls.house)
    hub = sqlite_calls.someone("hub_manager", organisation_id=swale)
    assert hub.account
    body = {"organisation_id": str(swale), "full_name": "Wren Alder", "areas": ["medway"], "reason": "Joins"}
    own = hub.post("/api/v1/licences", body | {"email": "wren@swale.gov.uk"}).get_json()

    said = is_problem(hub.post(f"/api/v1/licences/{own['id']}/approval"), 403, "licence-own")

    assert said["rule"] == "ROL-3"


@pytest.mark.rule("LIC-12")
def test_a_second_licence_for_the_same_person_and_organisation_is_refused(sqlite_calls: Calls) -> None:
    swale = an_organisation(sqlite_calls.house, "swale")
    seats(sqlite_calls.house)
    a_licence(sqlite_calls.house, swale, status=Status.ACTIVE)
    delegate = sqlite_calls.someone("delegate", organisation_id=swale)
    body = {
        "organisation_id": str(swale), "full_name": "Alex", "email": "alex@swale.gov.uk", "areas": ["medway"],
        "reason": "Again",
    }  # fmt: skip

    said = is_problem(delegate.post("/api/v1/licences", body), 409, "licence-already-held")

    assert said["rule"] == "LIC-12"


@pytest.mark.rule("LIC-5")
def test_the_eleventh_seat_of_ten_is_refused(sqlite_calls: Calls) -> None:
    house = sqlite_calls.house
    swale = an_organisation(house, "swale")
    seats(house, standing=10)
    for number in range(10):
        a_licence(house, swale, f"p{number}@swale.gov.uk", status=Status.ACTIVE)
    eleventh = a_licence(house, swale, "p10@swale.gov.uk", status=Status.REQUESTED)
    hub = sqlite_calls.someone("hub_manager")

    said = is_problem(hub.post(f"/api/v1/licences/{eleventh.id}/approval"), 409, "licence-no-seat")

    assert said["rule"] == "LIC-5"
    assert hub.get("/api/v1/seats").get_json()["items"][0]["free"] == 0


@pytest.mark.rule("SIG-6")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("letter.pdf", b"MZ\x90\x00" + b"\x00" * 200),
        ("letter.pdf", b"<html><script>alert(1)</script></html>"),
        ("letter.pdf", b""),
        ("letter.svg", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><svg>&a;</svg>'),
        ("../../letter.exe", b"MZ" + a_pdf()),
    ],
)
def test_a_letter_is_judged_by_its_content(sqlite_calls: Calls, name: str, content: bytes) -> None:
    swale = an_organisation(sqlite_calls.house, "swale")
    hub = sqlite_calls.someone("hub_manager")
    before = log_size(sqlite_calls)
    form = {
        "instruments": ["isa", "op"], "letter_on": "2026-11-21", "reasons": "We leave.",
        "letter": (io.BytesIO(content), name),
    }  # fmt: skip

    said = is_problem(hub.post(f"/api/v1/organisations/{swale}/withdrawals", data=form), 422)

    assert [error["pointer"] for error in said["errors"]] == ["#/letter"]
    assert log_size(sqlite_calls) == before


@pytest.mark.rule("SIG-6")
@pytest.mark.parametrize(("size", "status"), [(40_000_000, 413), (11_000_000, 422)])
def test_a_letter_that_is_too_large_is_refused(sqlite_calls: Calls, size: int, status: int) -> None:
    swale = an_organisation(sqlite_calls.house, "swale")
    hub = sqlite_calls.someone("hub_manager")
    form = {
        "instruments": ["isa", "op"], "letter_on": "2026-11-21", "reasons": "We leave.",
        "letter": (io.BytesIO(a_pdf() + b"%" * size), "letter.pdf"),
    }  # fmt: skip

    is_problem(hub.post(f"/api/v1/organisations/{swale}/withdrawals", data=form), status)


@pytest.mark.rule("AUD-1")
def test_who_is_refused_at_a_door_is_remembered(sqlite_calls: Calls) -> None:
    swale = an_organisation(sqlite_calls.house, "swale")
    officer = sqlite_calls.someone("ig_officer", organisation_id=swale)
    assert officer.account

    is_problem(officer.post("/api/v1/people", {"full_name": "Wren Alder", "email": "wren@swale.gov.uk"}), 403)

    with sqlite_calls.house.reading(operator("test")) as ctx:
        last = ctx.session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()
    assert (last.event, last.outcome) == ("access.refused", "refused")
    assert last.actor_id == str(officer.account.person.id)
