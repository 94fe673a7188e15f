"""How far each reader of the log sees: their own organisation's where that is all, and no case they are kept from."""

from __future__ import annotations

from uuid import UUID

import pytest

from compliance.kernel.clock import FixedClock
from tests.builders.accesses import an_item, answered, answered_together, reported
from tests.builders.exceptions import kept
from tests.builders.identity import a_person, logged
from tests.builders.licences import an_organisation
from tests.builders.reading import comes_to_read
from tests.web.conftest import Comes, Visitor


@pytest.fixture
def swale(visitor: Visitor) -> UUID:
    return an_organisation(visitor.house, "swale")


@pytest.fixture
def thanet(visitor: Visitor) -> UUID:
    return an_organisation(visitor.house, "thanet")


@pytest.mark.rule("ROL-4")
def test_an_escalation_contact_sees_their_own_organisations_entries_and_nobody_elses(
    comes: Comes, swale: UUID, thanet: UUID, clock: FixedClock
) -> None:
    contact = comes_to_read(comes, "escalation_contact", why="oversight", organisation_id=swale)
    house, now = contact.house, clock.now()
    ours = a_person(house, "delegate", full_name="Ours Truly", organisation_id=swale)
    theirs = a_person(house, "delegate", full_name="Theirs Alone", organisation_id=thanet)
    own = reported(house, ours.id, now, reference="C-7")
    others = reported(house, theirs.id, now, reference="C-7")
    answered(house, theirs.id, now, reference="C-7")
    answered_together(house, now, [an_item(ours.id, reference="C-7"), an_item(theirs.id, reference="C-7")])
    batch = logged(house, "decisions.answered")[0].number

    page = contact.get("/audit").text
    assert "C-7" in page
    assert "Theirs Alone" not in page
    assert "Many answered" not in page
    readers = contact.get("/audit/references?reference=C-7").text
    assert "Ours Truly" in readers
    assert "Theirs Alone" not in readers
    assert "in batches" not in readers
    assert contact.get(f"/audit/{own}").status_code == 200
    assert contact.get(f"/audit/people/{ours.id}/day?on=2026-11-21").status_code == 200
    for attack in (
        f"/audit/{others}", f"/audit/{batch}", "/audit/0", f"/audit/people/{theirs.id}/day?on=2026-11-21",
        f"/audit/{others}?organisation={thanet}",
    ):  # fmt: skip
        assert contact.get(attack).status_code == 404, attack
    assert contact.get(f"/audit?organisation={thanet}").status_code in (404, 422)
    assert "Theirs Alone" not in contact.get("/audit/people?who=theirs").text
    for query in (f"who={theirs.id}", "who=Theirs", "who=case-system", "event=decisions.answered", "outcome=mixed"):
        found = contact.get(f"/audit?{query}").text
        assert (str(thanet) not in found, "Theirs Alone" not in found) == (True, True), query
    for file in ("/audit/export.csv", "/audit/export.zip", "/audit/references/export.csv?reference=C-7"):
        assert contact.get(file).status_code == 403, file


@pytest.mark.rule("DEC-6")
def test_an_officer_kept_from_a_case_finds_nothing_of_it_anywhere(comes: Comes, swale: UUID, clock: FixedClock) -> None:
    officer, other = comes_to_read(comes), comes_to_read(comes)
    house, now = officer.house, clock.now()
    assert officer.account is not None
    person = a_person(house, "delegate", full_name="Ida Reader", organisation_id=swale)
    seen = reported(house, person.id, now, reference="C-7")
    answered(house, person.id, now, reference="C-7")
    answered_together(house, now, [an_item(person.id, reference="C-7"), an_item(person.id, reference="C-8")])
    batch = logged(house, "decisions.answered")[0].number
    kept(house, officer.account.person.id, "C-7")

    looks = (
        "/audit", "/audit?event=decisions.answered", f"/audit?who={person.id}", f"/audit/people/{person.id}/day?on=2026-11-21",
        "/audit?event=conflict.", "/audit?event=proposal.",
    )  # fmt: skip
    assert [page for page in looks if "C-7" in officer.get(page).text.partition("<tbody")[2]] == []
    for file in ("/audit/export.csv", "/audit/export.ndjson"):
        assert ("C-8" in other.get(file).text, "C-7" in officer.get(file).text) == (True, False)
    assert "Nobody is known to have looked at it" in officer.get("/audit/references?reference=C-7").text
    assert "No entry fits" in officer.get("/audit?reference=C-7").text
    assert (officer.get(f"/audit/{seen}").status_code, officer.get(f"/audit/{batch}").status_code) == (404, 404)
    assert "C-8" in officer.get(f"/audit/people/{person.id}/day?on=2026-11-21").text
    assert "C-7" in other.get(f"/audit/{seen}").text
    assert "Ida Reader" in other.get("/audit/references?reference=C-7").text
