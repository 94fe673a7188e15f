"""The log's pages: nobody reads before they have said why, nobody sees further than they may, nothing breaks a page."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

import pytest
from flask import Flask

from audit.models import AuditEntry
from compliance.accesses.reading import use_cases
from compliance.accesses.reading.models import SavedSearch
from compliance.identity.models import Person
from compliance.kernel.clock import FixedClock
from policies.values import Policy
from tests.builders.accesses import an_entry, an_item, answered, answered_together, reported
from tests.builders.accesses import logged as entered
from tests.builders.identity import a_person, at_work, every, logged
from tests.builders.licences import an_organisation
from tests.builders.reading import comes_to_read
from tests.builders.reporting import an_event, receipts, tells, the_teller
from tests.support.browser import NARROW, shuts_nobody_out
from tests.web.conftest import Comes, Seat, Visitor

PAGES = ("/audit", "/audit/0", "/audit/people", "/audit/references?reference=C-1")


@pytest.fixture
def swale(visitor: Visitor) -> UUID:
    return an_organisation(visitor.house, "swale")


@pytest.fixture
def thanet(visitor: Visitor) -> UUID:
    return an_organisation(visitor.house, "thanet")


@pytest.mark.rule("AUD-1")
def test_whoever_has_not_said_why_is_asked_first_and_has_read_nothing(comes: Comes) -> None:
    officer = comes("ig_officer")
    person = a_person(officer.house)
    readings = ("audit.read", "audit.entry_read", "audit.day_read", "audit.readers_read", "audit.entries_exported")

    for page in (
        *PAGES,
        f"/audit/people/{person.id}/day",
        "/audit/export.csv",
        "/audit/references/export.csv?reference=C-1",
    ):
        asked = officer.get(page)
        assert asked.status_code == 303, page
        assert asked.location.startswith("/audit/purpose?next="), page

    assert [event for event in readings if logged(officer.house, event)] == []


@pytest.mark.rule("AUD-1")
def test_having_said_why_one_lands_where_one_wanted_to_go_and_every_reading_carries_it(comes: Comes) -> None:
    officer = comes("ig_officer")
    wanted = "/audit?event=sign_in.&outcome=done"

    asked = officer.get(wanted)
    told = officer.send(asked.location, {"purpose": "complaint", "matter": "CMP-2026-014"})

    assert told.location == wanted
    page = officer.get(wanted).text
    assert "You read the log for: <strong>A complaint</strong> (CMP-2026-014)" in page
    officer.get("/audit/0")
    for event in ("audit.read", "audit.entry_read"):
        (entry,) = logged(officer.house, event)
        assert (entry.purpose, '"matter":"CMP-2026-014"' in entry.detail) == ("complaint", True)


@pytest.mark.rule("AUD-1")
def test_why_is_a_code_and_a_reference_and_never_words(comes: Comes) -> None:
    officer = comes("ig_officer")

    nothing = officer.send("/audit/purpose", {})
    invented = officer.send("/audit/purpose", {"purpose": "curiosity"})
    a_name = officer.send("/audit/purpose", {"purpose": "complaint", "matter": "Wren Alder’s complaint"})

    assert (nothing.status_code, invented.status_code, a_name.status_code) == (422, 422, 422)
    assert "Use a reference of letters, digits" in a_name.text
    assert officer.get("/audit").status_code == 303


@pytest.mark.rule("AUD-1")
def test_another_sign_in_says_it_anew_and_no_address_leads_elsewhere(comes: Comes) -> None:
    officer = comes_to_read(comes)
    other = comes("ig_officer")

    assert officer.get("/audit").status_code == 200
    assert other.get("/audit").status_code == 303
    away = other.send("/audit/purpose?next=https://evil.example/", {"purpose": "concern"})
    assert away.location == "/audit"


@pytest.mark.rule("AUD-1")
def test_the_log_is_searched_by_address_and_by_the_hour(comes: Comes, swale: UUID, clock: FixedClock) -> None:
    officer = comes_to_read(comes)
    entered(
        officer.house, an_entry(clock.now(), "person.added", actor_kind="client", actor_id="c", address="198.51.100.7")
    )

    by_program = officer.get("/audit?address=198.51.100.7").text
    by_person = officer.get("/audit?address=127.0.0.1").text
    nobody = officer.get("/audit?address=203.0.113.9").text
    today = "day=21&{0}-month=11&{0}-year=2026"
    hour = f"/audit?since-{today.format('since')}&until-{today.format('until')}"
    before = officer.get(f"{hour}&until_at=9:00&since_at=8am").text
    since = officer.get(f"{hour}&since_at=9:59").text

    assert "198.51.100.7" in by_program
    assert "Audit log: searched and read" in by_person
    assert "No entry fits" in nobody
    assert "No entry fits" in before
    assert "No entry fits" not in since
    assert officer.get("/audit?since_at=9am").status_code == 422


@pytest.mark.rule("AUD-1")
def test_searches_are_kept_run_and_deleted_by_whoever_keeps_them_alone(comes: Comes) -> None:
    officer, other = comes_to_read(comes), comes_to_read(comes)
    keep = "/audit/searches/new?event=sign_in.&outcome=done&since-day=1&since-month=11&since-year=2026&form=x"

    assert officer.send(keep, {"name": "Sign-ins of November"}).location == "/audit/searches"
    page = officer.get("/audit/searches").text
    (search,) = every(officer.house, SavedSearch)
    asked = "/audit?event=sign_in.&amp;outcome=done&amp;since-day=1&amp;since-month=11&amp;since-year=2026"

    assert "Sign-ins of November" in page
    assert "What happened: Sign in: all" in page
    assert "From: 1 11 2026" in page
    assert f'href="{asked}"' in page
    assert "Sign-ins of November" not in other.get("/audit/searches").text
    assert other.send("/audit/searches", {}, to=f"/audit/searches/{search.id}/end").status_code == 404
    assert officer.send("/audit/searches", {}, to=f"/audit/searches/{search.id}/end").status_code == 303
    assert every(officer.house, SavedSearch) == []
    assert "November" not in str([entry.detail for entry in logged(officer.house, "saved_search.made")])


@pytest.mark.rule("AUD-1")
def test_no_more_searches_are_kept_than_the_policy_says_and_no_name_twice(comes: Comes) -> None:
    officer = comes_to_read(comes)
    assert officer.account is not None
    most = officer.house.the(Policy).audit.saved_searches_most
    for number in range(most - 1):
        with officer.house.work(*at_work(officer.house, officer.account.person)) as ctx:
            use_cases.save_search(ctx, f"search {number}", {"outcome": "done"})

    assert officer.send("/audit/searches/new?outcome=done", {"name": "one"}).status_code == 303
    again = officer.send("/audit/searches/new?outcome=done", {"name": "one"})
    third = officer.send("/audit/searches/new?outcome=done", {"name": "three"})
    empty = officer.send("/audit/searches/new?nonsense=done", {"name": "four"})

    assert (again.status_code, third.status_code, empty.status_code) == (409, 409, 422)
    assert "under this name already" in again.text
    assert "as many searches as one person can" in third.text


@pytest.mark.rule("AUD-1")
def test_a_persons_day_holds_what_they_did_here_and_there_in_the_order_of_the_clock(
    comes: Comes, swale: UUID, clock: FixedClock
) -> None:
    officer = comes_to_read(comes)
    house, person = officer.house, a_person(officer.house, "delegate", organisation_id=swale)
    now = clock.now()
    reported(house, person.id, now - timedelta(hours=2), "view", reference="C-7")
    reported(house, person.id, now - timedelta(days=1), "download", reference="C-8")
    answered(house, person.id, now - timedelta(hours=3), reference="C-7")
    answered_together(
        house, now - timedelta(hours=1), [an_item(person.id, permit=False, reference="C-9"), an_item(None)]
    )

    page = officer.get(f"/audit/people/{person.id}/day?on=2026-11-21").text
    rows = page.split("<tbody")[1].split("</tr>")
    told = [row for row in rows if "C-7" in row or "C-9" in row]

    assert ["Decision: answered" in told[0], "Opened in the case system" in told[1], "many answered" in told[2]] == [
        True
    ] * 3
    assert "C-8" not in page
    assert "Case system: opened" not in page
    assert "on=2026-11-20" in page
    assert "C-8" in officer.get(f"/audit/people/{person.id}/day?on=2026-11-20").text
    assert "C-9" not in officer.get(f"/audit/people/{person.id}/day?on=2026-11-21&what=case_system").text
    (read, *_) = logged(house, "audit.day_read")
    assert (read.subject_id, read.organisation, read.purpose) == (str(person.id), None, "service_check")


@pytest.mark.rule("AUD-1")
def test_a_case_readers_are_named_with_what_each_did_and_a_permit_is_no_look(
    comes: Comes, swale: UUID, thanet: UUID, clock: FixedClock
) -> None:
    officer = comes_to_read(comes)
    house, now = officer.house, clock.now()
    ida = a_person(house, "delegate", full_name="Ida Reader", organisation_id=swale)
    ann = a_person(house, "delegate", full_name="Ann Asker", organisation_id=thanet)
    for hours in (5, 3):
        reported(house, ida.id, now - timedelta(hours=hours), "view", reference="C-7")
    reported(house, ida.id, now - timedelta(hours=2), "download", reference="C-7")
    answered(house, ann.id, now - timedelta(hours=1), permit=False, reference="C-7")
    answered_together(
        house, now - timedelta(minutes=5), [an_item(ann.id, reference="C-7"), an_item(ann.id, reference="C-8")]
    )

    page = officer.get("/audit/references?reference=C-7").text

    assert "<strong>1 person</strong> looked at it; 1 other only asked to." in page
    assert "Looked 2 times" in page
    assert "Took away 1 time" in page
    assert "1 permitted, 1 denied" in page
    assert "1 of them in batches" in page
    assert page.index("Ann Asker") < page.index("Ida Reader")
    by_name = officer.get("/audit/references?reference=C-7&sort=-person").text
    assert by_name.index("Ida Reader") < by_name.index("Ann Asker")
    assert "Ann Asker" not in officer.get("/audit/references?reference=C-7&search=ida").text
    assert "Nobody is known to have looked at it" in officer.get("/audit/references?reference=C-6").text
    assert logged(house, "audit.readers_read")[0].reference == "C-7"


@pytest.mark.rule("AUD-1")
def test_nothing_in_an_entry_breaks_the_page(comes: Comes, clock: FixedClock) -> None:
    officer = comes_to_read(comes)
    bad = "C-\r\nX \x1b[31m\u202egnp.\u2028<script>alert(1)</script>=1+1"
    entered(officer.house, an_entry(clock.now(), "person.added", reference=bad, detail='{"note":"\u202eabc"}'))
    number = max(entry.number for entry in every(officer.house, AuditEntry) if entry.reference == bad)

    for page in ("/audit?event=person.added", f"/audit/{number}", f"/audit/references?reference={quote(bad)}"):
        text = officer.get(page).text
        assert "<script>alert" not in text, page
        assert not {"\x1b", "\u202e", "\u2028"} & set(text.partition("<tbody")[2] or text.partition("<dl")[2]), page
    assert "\\u202egnp" in officer.get(f"/audit/{number}").text


@pytest.mark.rule("AUD-1")
def test_nobody_is_shut_out_of_the_logs_pages(
    sqlite_app: Flask, comes: Comes, swale: UUID, clock: FixedClock, seat: Seat
) -> None:
    officer = comes_to_read(comes)
    house = officer.house
    person = a_person(house, "delegate", organisation_id=swale)
    reported(house, person.id, clock.now(), reference="C-7")
    answered(house, person.id, clock.now(), reference="C-7")
    officer.send("/audit/searches/new?event=sign_in.&outcome=done", {"name": "Sign-ins that were done"})
    paths = (
        "", "/purpose", "/searches", "/searches/new?outcome=done", "/people?who=a",
        f"/people/{person.id}/day", "/references?reference=C-7", "/3",
    )  # fmt: skip
    page = seat(officer)
    shuts_nobody_out(page, *(f"/audit{path}" for path in paths), widths=(NARROW,))
    shuts_nobody_out(page, "/audit?who=a&event=sign_in.&since_at=9am", widths=(NARROW,), status=422)


@pytest.mark.rule("AUD-1", "AUD-3")
def test_an_entry_shows_what_is_kept_beside_it_to_whom_something_was_disclosed(
    sqlite_app: Flask, comes: Comes, swale: UUID
) -> None:
    officer = comes_to_read(comes)
    house = officer.house
    a_person(house, "delegate", email="alex@swale.gov.uk", organisation_id=swale)
    told = an_event(kind="disclosure", recipient="The county court", address="203.0.113.5", purpose="legal_proceedings")
    ((_, number, _),) = receipts(tells(the_teller(sqlite_app), told))

    page = officer.get(f"/audit/{number}").text

    assert "The county court" in page
    assert "203.0.113.5" in page
    assert "told, of 21 November 2026 at 9:30am" in page
    assert f"/audit/{number}" in officer.get("/audit?address=203.0.113.5").text
    alex = next(each for each in every(house, Person) if each.email == "alex@swale.gov.uk")
    assert "203.0.113.5" in officer.get(f"/audit/people/{alex.id}/day?on=2026-11-21").text
    assert "The county court" not in logged(house, "case_access.disclosed")[0].detail
