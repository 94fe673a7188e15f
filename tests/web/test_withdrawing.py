"""Leaving by the pages: the letter, when, who loses what before anything happens, and calling it off."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from compliance.kernel.clock import FixedClock
from compliance.licences.models import Licence
from signatories.models import Withdrawal
from signatories.withdrawals.models import WithdrawalDraft
from tests.builders.identity import every, logged
from tests.builders.licences import a_licence, an_organisation, seats
from tests.builders.signatories import a_pdf, state_of
from tests.web.conftest import Comes, Visitor


def a_paper(content: bytes | None = None) -> tuple[io.BytesIO, str]:
    return io.BytesIO(a_pdf() if content is None else content), "letter.pdf"


def filled(**more: Any) -> dict[str, Any]:
    """The first page, filled in."""
    return {
        "instruments": ["isa", "op"],
        "letter_on-day": "21",
        "letter_on-month": "11",
        "letter_on-year": "2026",
        "reasons": "We no longer take part.",
        "acknowledged_by": "Robin Vale",
    } | more


def at_a_time(day: str, month: str, year: str, at: str, **more: str) -> dict[str, str]:
    return {"when": "later", "on-day": day, "on-month": month, "on-year": year, "at": at} | more


class Leaving:
    """Somebody on the way through the three pages for one organisation."""

    def __init__(self, visitor: Visitor, organisation_id: UUID) -> None:
        self.visitor = visitor
        self.page = f"/organisations/{organisation_id}/withdrawal"

    def gives_the_letter(self) -> None:
        answer = self.visitor.send(self.page, filled(letter=a_paper()))
        assert answer.location == f"{self.page}/when"

    def chooses(self, **when: str) -> Any:
        return self.visitor.send(f"{self.page}/when", when)

    def looks(self) -> str:
        return self.visitor.get(f"{self.page}/check").text

    def confirms(self) -> Any:
        return self.visitor.send(f"{self.page}/check", {"understood": "y"})


@pytest.fixture
def swale(comes: Comes) -> UUID:
    """A partner with a licence holder."""
    house = comes("ig_officer").house
    seats(house)
    swale = an_organisation(house)
    a_licence(house, swale)
    return swale


@pytest.mark.rule("SIG-6", "SIG-7")
def test_a_newcomer_finds_the_way_and_sees_who_loses_what_before_anything_happens(comes: Comes, swale: UUID) -> None:
    manager = comes("hub_manager", fresh=False)
    leaving = Leaving(manager, swale)

    assert "Register" in manager.get("/").text
    assert f"/organisations/{swale}" in manager.get("/register").text
    page = manager.get(f"/organisations/{swale}").text
    assert f'href="{leaving.page}"' in page
    assert "see who loses what before anything happens" in page
    asked = manager.get(leaving.page)
    assert "Enter a new code to go on" in asked.text
    manager.again(asked, "/confirm", {"fresh_code": manager.code()})

    exe = manager.send(leaving.page, filled(letter=a_paper(b"MZ\x90\x00" + b"\0" * 100)))
    assert exe.status_code == 422
    assert "Its name does not count" in exe.text
    assert "We no longer take part." in exe.text
    leaving.gives_the_letter()
    assert leaving.chooses(when="now").location == f"{leaving.page}/check"
    shown = leaving.looks()

    assert "Nothing has happened yet" in shown
    assert "alex@swale.gov.uk" in shown
    assert "Distribution list: Mid-Kent" in shown
    assert "1 licence of 1 person" in shown
    assert "Data already obtained" in shown
    assert state_of(manager.house, swale, "op") == "signed"
    assert not every(manager.house, Withdrawal)
    assert logged(manager.house, "withdrawal.previewed")

    assert manager.send(f"{leaving.page}/check", {}).status_code == 422
    done = leaving.confirms()
    assert done.status_code == 200
    assert "has withdrawn" in done.text
    assert state_of(manager.house, swale, "op") == "withdrawn"
    assert [each.status for each in every(manager.house, Licence)] == ["deactivated"]
    assert not every(manager.house, WithdrawalDraft)
    assert "Withdrawn" in manager.get("/register").text


@pytest.mark.rule("SIG-6")
def test_what_changed_since_it_was_shown_is_shown_again_and_nothing_has_ended(comes: Comes, swale: UUID) -> None:
    manager = comes("hub_manager")
    leaving = Leaving(manager, swale)
    leaving.gives_the_letter()
    leaving.chooses(when="now")
    shown = manager.get(f"{leaving.page}/check")
    a_licence(manager.house, swale, "new@swale.gov.uk")

    answer = manager.again(shown, f"{leaving.page}/check", {"understood": "y"})

    assert answer.status_code == 409
    assert "has changed since it was shown" in answer.text
    assert "new@swale.gov.uk" in answer.text
    assert state_of(manager.house, swale, "op") == "signed"
    assert manager.again(answer, f"{leaving.page}/check", {"understood": "y"}).status_code == 200
    assert state_of(manager.house, swale, "op") == "withdrawn"


@pytest.mark.rule("SIG-6")
def test_the_letter_is_kept_between_the_pages_for_this_sign_in_alone(comes: Comes, swale: UUID) -> None:
    manager, other = comes("hub_manager"), comes("hub_manager")
    leaving = Leaving(manager, swale)
    leaving.gives_the_letter()

    again = manager.send(leaving.page, filled(reasons="Other words."))
    assert again.location == f"{leaving.page}/when"
    assert "Your letter is kept: letter.pdf" in manager.get(leaving.page).text
    assert len(every(manager.house, WithdrawalDraft)) == 1

    elsewhere = other.get(f"{leaving.page}/check")
    assert elsewhere.location == leaving.page
    assert "is not here any more" in other.get(leaving.page).text
    nothing = other.send(leaving.page, filled())
    assert (nothing.status_code, "Choose the letter of withdrawal." in nothing.text) == (422, True)


@pytest.mark.rule("SIG-6")
def test_a_time_in_the_hour_that_comes_twice_or_never_or_is_past_is_met_with_words(comes: Comes, swale: UUID) -> None:
    manager = comes("hub_manager")
    leaving = Leaving(manager, swale)
    leaving.gives_the_letter()

    never = leaving.chooses(**at_a_time("28", "3", "2027", "1:30am"))
    assert (never.status_code, "leave this time out" in never.text) == (422, True)
    past = leaving.chooses(**at_a_time("20", "11", "2026", "9am"))
    assert (past.status_code, "choose a later time" in past.text) == (422, True)
    far = leaving.chooses(**at_a_time("1", "1", "2028", "9am"))
    assert (far.status_code, "within the next 365 days" in far.text) == (422, True)
    nonsense = leaving.chooses(**at_a_time("1", "3", "2027", "25 o'clock"))
    assert (nonsense.status_code, "Enter a time of day" in nonsense.text) == (422, True)

    twice = leaving.chooses(**at_a_time("31", "10", "2027", "01:30"))
    assert (twice.status_code, "this time comes twice" in twice.text) == (422, True)
    assert leaving.chooses(**at_a_time("31", "10", "2027", "01:30", which="second")).location.endswith("/check")
    assert every(manager.house, WithdrawalDraft)[0].effective_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    leaving.chooses(**at_a_time("31", "10", "2027", "01:30", which="first"))
    assert every(manager.house, WithdrawalDraft)[0].effective_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@pytest.mark.rule("SIG-6")
def test_an_announced_withdrawal_is_shown_with_its_time_and_called_off_before_it(
    comes: Comes, clock: FixedClock, swale: UUID
) -> None:
    signer = comes("authorised_signatory", organisation_id=swale)
    leaving = Leaving(signer, swale)
    leaving.gives_the_letter()
    leaving.chooses(**at_a_time("3", "12", "2026", "9am"))
    assert "3 December 2026 at 9:00am" in leaving.looks()
    announced = leaving.confirms()

    page = signer.get(announced.location).text
    assert "takes effect on 3 December 2026 at 9:00am" in page
    (row,) = every(signer.house, Withdrawal)
    listed = comes("hub_coordinator").get("/withdrawals?state=announced").text
    assert "Takes effect on 3 December 2026 at 9:00am" in listed
    assert "Nothing yet" in listed
    assert "is to leave" in comes("hub_coordinator").get("/").text
    assert state_of(signer.house, swale, "op") == "signed"

    late = comes("authorised_signatory", organisation_id=swale, fresh=False)
    asked = late.send(f"/withdrawals/{row.id}/call-off")
    assert "code" in asked.text
    assert not every(late.house, Withdrawal)[0].called_off_at
    done = late.again(asked, f"/withdrawals/{row.id}/call-off", {"fresh_code": late.code()})
    assert "Swale stays." in late.get(done.location).text
    assert "Called off" in comes("ig_officer").get("/withdrawals?state=called_off").text
    clock.move(timedelta(days=20))
    assert state_of(late.house, swale, "op") == "signed"


@pytest.mark.rule("SIG-6", "ROL-4")
def test_the_pages_of_leaving_are_not_there_for_others(comes: Comes, swale: UUID) -> None:
    dover = an_organisation(comes("ig_officer").house, "dover")
    signer = comes("authorised_signatory", organisation_id=dover)

    for page in ("", "/when", "/check"):
        assert signer.get(f"/organisations/{swale}/withdrawal{page}").status_code == 404
        assert comes("hub_supervisor").get(f"/organisations/{swale}/withdrawal{page}").status_code == 403


def test_a_thirteenth_century_date_is_said_to_be_none(comes: Comes, swale: UUID) -> None:
    manager = comes("hub_manager")
    day = {"letter_on-day": "1", "letter_on-month": "2", "letter_on-year": "1250"}

    answer = manager.send(f"/organisations/{swale}/withdrawal", day)

    assert answer.status_code == 422
    assert "Enter a real date" in answer.text
    assert 'value="1250"' in answer.text
