"""What people do by the pages: sign, ask, decide, withdraw, look; and what a refused form does with what was typed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.kernel.clock import FixedClock
from tests.builders.identity import a_person, logged
from tests.builders.reading import comes_to_read
from tests.builders.signatories import a_pdf, an_organisation, signs, state_of, the_instruments
from tests.web.conftest import Comes

SIGNED = {"name": "Robin Vale", "role": "Head of housing", "agree": "y"}


@pytest.fixture
def versions(sqlite_app: Flask) -> dict[str, UUID]:
    """The agreement and the protocol, published."""
    return the_instruments(house_of(sqlite_app))


@pytest.fixture
def swale(sqlite_app: Flask, versions: dict[str, UUID]) -> UUID:
    """An organisation that has signed nothing."""
    return an_organisation(house_of(sqlite_app), "swale")


@pytest.mark.rule("SIG-2")
def test_a_version_is_signed_by_whoever_has_opened_it_after_a_fresh_code(
    comes: Comes, swale: UUID, versions: dict[str, UUID]
) -> None:
    signer = comes("authorised_signatory", organisation_id=swale, fresh=False)
    page = f"/organisations/{swale}/versions/{versions['op']}"

    file = signer.get(f"{page}/file")
    assert file.data == a_pdf("op 1")
    assert file.headers["Content-Disposition"].startswith("inline")

    asked = signer.send(f"{page}/signature", SIGNED)
    assert asked.status_code == 403
    assert "Enter a new code to go on" in asked.text
    assert 'value="Robin Vale"' in asked.text
    assert state_of(signer.house, swale, "op") == "unsigned"

    wrong = signer.again(asked, f"{page}/signature", {"fresh_code": "000000"})
    assert wrong.status_code == 422
    assert 'value="Robin Vale"' in wrong.text

    done = signer.again(wrong, f"{page}/signature", {"fresh_code": signer.code()})
    assert done.location == f"/organisations/{swale}"
    assert "is signed" in signer.get(done.location).text
    assert state_of(signer.house, swale, "op") == "signed"


@pytest.mark.rule("SIG-2")
def test_a_version_nobody_opened_is_not_signed_and_the_form_keeps_what_was_typed(
    comes: Comes, swale: UUID, versions: dict[str, UUID]
) -> None:
    signer = comes("authorised_signatory", organisation_id=swale)

    answer = signer.send(f"/organisations/{swale}/versions/{versions['op']}/signature", SIGNED)

    assert answer.status_code == 409
    assert "Nobody signs a text they have not opened" in answer.text
    assert "SIG-2" in answer.text
    assert 'value="Robin Vale"' in answer.text
    assert state_of(signer.house, swale, "op") == "unsigned"


@pytest.mark.rule("ROL-4")
def test_another_organisations_things_are_not_there(comes: Comes, swale: UUID, versions: dict[str, UUID]) -> None:
    other = an_organisation(comes("ig_officer").house, "medway")
    signer = comes("authorised_signatory", organisation_id=swale)
    page = f"/organisations/{other}"

    for address in (
        f"{page}/versions/{versions['op']}",
        f"{page}/versions/{versions['op']}/file",
        f"{page}/versions/{versions['op']}/signature",
        f"{page}/versions/{versions['op']}/refusal",
        f"{page}/withdrawal",
    ):
        assert signer.get(address).status_code == 404, address


@pytest.mark.rule("ROL-4")
def test_a_delegate_who_names_another_organisation_is_told_it_is_not_there(comes: Comes, swale: UUID) -> None:
    delegate = comes("delegate", organisation_id=swale)
    other = an_organisation(delegate.house, "elsewhere")
    asked = {
        "organisation_id": str(other),
        "full_name": "Wren Alder",
        "email": "wren@medway-council.example",
        "kind": "standing",
        "areas": "mid-kent",
        "reason": "Research",
    }

    answer = delegate.send("/licences/new", asked)

    assert answer.status_code == 404
    assert "Elsewhere" not in answer.text
    assert not logged(delegate.house, "licence.requested")


@pytest.mark.rule("SIG-5")
def test_the_hub_records_a_refusal_with_its_reasons(comes: Comes, swale: UUID, versions: dict[str, UUID]) -> None:
    manager = comes("hub_manager")

    answer = manager.send(f"/organisations/{swale}/versions/{versions['op']}/refusal", {"reasons": "Not yet."})

    assert answer.status_code == 303
    assert state_of(manager.house, swale, "op") == "refused"


@pytest.mark.rule("LIC-2")
def test_a_personal_address_is_refused_beside_its_field_and_the_rest_is_kept(comes: Comes, swale: UUID) -> None:
    delegate = comes("delegate", organisation_id=swale)
    asked = {
        "organisation_id": str(swale),
        "full_name": "Wren Alder",
        "email": "wren@gmail.com",
        "kind": "standing",
        "areas": "mid-kent",
        "reason": "Research for the MARAC",
    }

    answer = delegate.send("/licences/new", asked)

    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert 'href="#email"' in answer.text
    assert 'value="Wren Alder"' in answer.text
    assert "Research for the MARAC" in answer.text
    assert "<title>Error:" in answer.text.replace("\n", "")


@pytest.mark.rule("LIC-1")
def test_a_request_shows_what_is_missing_with_its_clause_and_cannot_be_approved(comes: Comes, swale: UUID) -> None:
    delegate = comes("delegate", organisation_id=swale)
    asked = {
        "organisation_id": str(swale),
        "full_name": "Wren Alder",
        "email": "wren@swale-council.example",
        "kind": "standing",
        "areas": "mid-kent",
        "reason": "Research",
    }
    made = delegate.send("/licences/new", asked)
    assert made.status_code == 303

    page = delegate.get(made.location)
    assert "Missing" in page.text
    assert "OP 6.1" in page.text

    manager = comes("hub_manager")
    answer = manager.send(f"{made.location}/approval")
    assert answer.status_code == 409
    assert "LIC-1" in answer.text
    assert not logged(manager.house, "licence.approved")


@pytest.mark.rule("SIG-1")
def test_the_register_is_searched_filtered_sorted_and_shown_as_at_a_day(
    comes: Comes, clock: FixedClock, swale: UUID
) -> None:
    reader = comes("steering_member")
    clock.move(timedelta(days=1))
    signs(reader.house, swale)
    reader = comes("steering_member")

    assert "Signatory" in reader.get("/register?search=swale&state=signed").text
    assert "No organisation fits" in reader.get("/register?area=medway").text
    before = reader.get("/register?as_at-day=21&as_at-month=11&as_at-year=2026")
    assert "As at the end of 21 November 2026" in before.text
    assert "Not signed" in before.text
    assert reader.get("/register?sort=-state").status_code == 200
    assert reader.get("/register?as_at-day=31&as_at-month=2&as_at-year=2026").status_code == 422
    assert reader.get("/register?state=nonsense").status_code == 422
    assert logged(reader.house, "register.viewed")


@pytest.mark.rule("SIG-1")
@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_the_register_is_taken_away_as_a_file_and_that_is_recorded(comes: Comes, swale: UUID, form: str) -> None:
    reader = comes("steering_member")

    answer = reader.get(f"/register/export.{form}?search=swale")

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert len(logged(reader.house, "register.exported")) == 1
    if form != "xlsx":
        assert "definitive" in answer.text


def test_an_export_asks_for_a_fresh_code(comes: Comes) -> None:
    reader = comes("ig_officer", fresh=False)

    asked = reader.get("/withdrawals/export.csv")
    assert "Enter a new code to go on" in asked.text

    ready = reader.again(asked, "/confirm", {"fresh_code": reader.code()})
    assert "Your download is ready" in ready.text
    assert reader.get("/withdrawals/export.csv").mimetype == "text/csv"


@pytest.mark.rule("AUD-1")
def test_the_log_is_searched_and_reading_it_is_recorded(comes: Comes, swale: UUID) -> None:
    officer = comes_to_read(comes, full_name="Imogen Quill")
    read_before = len(logged(officer.house, "audit.read"))

    everything = officer.get("/audit")
    assert everything.status_code == 200
    assert "Imogen Quill" in everything.text
    assert len(logged(officer.house, "audit.read")) == read_before + 1

    found = officer.get("/audit?who=Imogen&event=sign_in.&outcome=done")
    assert "Sign in: done" in found.text
    assert "Organisation: registered" not in found.text.split("<tbody")[1]
    assert "No entry fits" in officer.get("/audit?who=Nobody+of+this+name").text
    assert "No entry fits" in officer.get("/audit?until-day=1&until-month=1&until-year=2020").text
    assert "No entry fits" not in officer.get("/audit?since-day=20&since-month=11&since-year=2026").text
    assert officer.get(f"/audit?organisation={swale}").status_code == 200
    backwards = "/audit?since-day=2&since-month=1&since-year=2026&until-day=1&until-month=1&until-year=2026"
    assert officer.get(backwards).status_code == 422

    entry = officer.get("/audit/0")
    assert "Hash of the entry" in entry.text
    assert logged(officer.house, "audit.entry_read")
    assert officer.get("/audit/999999").status_code == 404


@pytest.mark.rule("ROL-1")
def test_a_partners_person_is_never_given_a_hub_role(comes: Comes, swale: UUID) -> None:
    manager = comes("hub_manager")
    person = a_person(manager.house, organisation_id=swale)

    answer = manager.send(f"/people/{person.id}/roles/new", {"role": "hub_manager"})

    assert answer.status_code == 422
    assert "Choose from what is on offer" in answer.text


def test_the_first_page_says_what_waits_on_whom(comes: Comes, swale: UUID) -> None:
    signer = comes("authorised_signatory", organisation_id=swale)

    page = signer.get("/")

    assert "The protocol, version 1" in page.text
    assert "Waits for your signature" in page.text
    assert "Nothing waits for you" in comes("steering_member").get("/").text
