"""Escalations at the people's door, without JavaScript: from the steering group's seat and the organisation's (GOV-2)."""

from __future__ import annotations

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.governance.escalations.models import Escalation, EscalationAsk
from compliance.kernel.clock import FixedClock
from tests.builders.escalations import an_escalation, answered, raised
from tests.builders.identity import an_employer, every
from tests.builders.use import move_to
from tests.web.conftest import Comes

ASKS = {"asked": "Name who comes <b>now</b>.", "of_whom": "The head of service"}
DAY = {"answer_by-day": "", "answer_by-month": "", "answer_by-year": ""}


@pytest.mark.rule("GOV-2")
def test_the_steering_group_asks_the_organisation_answers_and_it_goes_up_and_ends(
    sqlite_app: Flask, comes: Comes
) -> None:
    house = house_of(sqlite_app)
    refuge = an_employer(house, "Harbour Refuge")
    member = comes("steering_member")
    contact = comes("escalation_contact", organisation_id=refuge)
    new = {"organisation_id": str(refuge), "about": "attendance", "grounds": "Not at six meetings."} | ASKS
    page = member.get("/escalations/new").text
    assert 'value="4"' in page, "ten working days from Saturday 21 November is Friday 4 December"
    wrong = member.send(
        "/escalations/new", new | {"answer_by-day": "25", "answer_by-month": "12", "answer_by-year": "2026"}
    )
    assert wrong.status_code == 422
    assert "Enter a working day" in wrong.text
    assert "Name who comes &lt;b&gt;now&lt;/b&gt;." in wrong.text, "what was typed is kept"
    assert every(house, Escalation) == []

    done = member.send("/escalations/new", new | DAY)
    assert done.status_code == 303, done.text
    here = done.headers["Location"]
    again = member.send("/escalations/new", new | DAY)
    assert again.status_code == 409
    assert "Rule GOV-2" in again.text
    assert member.get(f"{here}/raise").status_code == 303, "it has time to answer"
    assert member.get(f"{here}/answer").status_code == 403

    assert "question of a group waits for your answer" in contact.get("/").text.replace("</span>", "")
    page = contact.get(here).text
    assert "Harbour Refuge is to answer by the end of 4 December 2026." in page
    assert f"{here}/end" not in page
    assert contact.send(f"{here}/answer", {"words": " "}).status_code == 422
    assert contact.send(f"{here}/answer", {"words": "We had nobody."}).status_code == 303
    assert contact.get(f"{here}/answer").status_code == 303

    assert "We had nobody." in member.get(here).text
    assert "Raise to the tactical group" in member.get(here).text
    stale = member.get(f"{here}/raise")
    assert member.send(f"{here}/raise", ASKS | DAY).status_code == 303
    twice = member.again(stale, f"{here}/raise", ASKS | DAY)
    assert twice.status_code == 409, "the form was read before it went up"
    assert "raised to another group while you were writing" in twice.text
    assert {ask.level for ask in every(house, EscalationAsk)} == {"steering", "tactical"}

    assert member.send(f"{here}/end", {"outcome": "Two people come."}).status_code == 303
    page = contact.get(here).text
    assert "Two people come." in page
    assert "before the tactical group" in page
    assert member.get(f"{here}/end").status_code == 303


@pytest.mark.rule("GOV-2", "ROL-4")
def test_the_list_is_the_groups_and_each_organisation_sees_its_own(
    sqlite_app: Flask, comes: Comes, clock: FixedClock
) -> None:
    house = house_of(sqlite_app)
    refuge = an_employer(house, "Harbour Refuge")
    one, other = (
        an_escalation(house, refuge),
        an_escalation(house, an_employer(house, "Dover Housing"), about="actions"),
    )
    answered(house, other)
    raised(house, other)
    move_to(clock, "2026-12-07T09:00")
    member, contact = comes("steering_member"), comes("delegate", organisation_id=refuge)

    assert "2 answers are overdue" in member.get("/escalations").text
    for asked, fits in (("search=harbour", (1,)), ("level=tactical", (2,)), ("about=actions&sort=-level", (2,)),
                        ("which=answered", ()), ("which=rubbish&sort=moon&level=moon", (1, 2)), ("search=2026-2", (2,))):  # fmt: skip
        page = member.get(f"/escalations?{asked}").text
        assert [number for number in (1, 2) if f"E-2026-{number}<" in page] == list(fits), asked
    file = member.get("/escalations/export.csv").text
    assert "Dover Housing" in file
    assert "six meetings" not in file
    assert "Name who comes" not in file

    assert "Dover" not in contact.get("/escalations").text
    assert "Dover" not in contact.get("/escalations/export.csv").text
    assert contact.get(f"/escalations/{other.id}").status_code == 404
    assert contact.get(f"/escalations/{other.id}/answer").status_code == 404
    assert contact.get(f"/escalations/{one.id}/raise").status_code == 403
    assert comes("authorised_signatory", organisation_id=refuge).get(f"/escalations/{one.id}").status_code == 403
