"""A notifiable breach in a real browser, from each person's seat: reported, assessed, decided, and the ICO told (BRE-1, BRE-3, BRE-6)."""

from __future__ import annotations

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.breaches.notifying.models import DataBreach
from compliance.kernel.clock import FixedClock
from tests.builders.identity import every
from tests.builders.incidents import HOUR, as_it_is
from tests.support.browser import axe, follow, send
from tests.web.conftest import Comes, Seat


@pytest.mark.rule("BRE-1", "BRE-3", "BRE-6")
def test_a_notifiable_breach_from_its_report_to_the_last_that_the_ico_is_told(
    sqlite_app: Flask, clock: FixedClock, comes: Comes, seat: Seat
) -> None:
    house = house_of(sqlite_app)

    delegate = seat(comes("delegate"))
    delegate.goto("/breaches/new")
    delegate.locator("input[name=kind][value=data_breach]").check()
    delegate.fill("textarea[name=words]", "A list of addresses went to a wrong person.")
    send(delegate, "Send the report")
    [breach] = every(house, DataBreach)
    assert delegate.goto(f"/data-breaches/{breach.id}").status == 403  # type: ignore[union-attr]

    officer = seat(comes("ig_officer"))
    officer.goto("/")
    follow(officer, "See what is missing")
    officer.locator("main table a").last.click()
    officer.wait_for_load_state()
    assert "left to tell the ICO" in officer.locator("main").inner_text()
    follow(officer, "Write down what is known, and how likely harm is")
    officer.fill("textarea[name=facts]", "A list of addresses went to a wrong person.")
    officer.get_by_label("Where somebody can be found").check()
    officer.fill("input[name=people]", "14")
    officer.fill("textarea[name=effects]", "Somebody could be found.")
    officer.fill("textarea[name=remedy]", "They deleted it.")
    officer.locator("input[name=risk][value=high]").check()
    send(officer, "Keep this assessment")
    assert officer.get_by_role("link", name="Decide whether the ICO is told").count() == 0, "it is not theirs to decide"

    manager = seat(comes("hub_manager"))
    manager.goto(f"/data-breaches/{breach.id}")
    for step, value in (("Decide whether the ICO is told", "notify"), ("Decide whether the people concerned", "tell")):
        follow(manager, step)
        manager.locator(f"input[name=decision][value={value}]").check()
        manager.fill("textarea[name=reasons]", "They could be found.")
        send(manager, "Decide")

    clock.move(75 * HOUR)
    manager = seat(comes("hub_manager"))
    manager.goto(f"/data-breaches/{breach.id}")
    assert "The time has been over for" in manager.locator("main").inner_text()
    follow(manager, "Tell the ICO, then write down that it was told")
    manager.locator("input[name=more][value=yes]").check()
    axe(manager)
    manager.get_by_role("button", name="Keep it").click()
    manager.wait_for_load_state()
    axe(manager)
    assert "Rule BRE-6" in manager.locator(".govuk-error-summary").inner_text()
    manager.fill("textarea[name=late_reason]", "The report lay unread over a weekend.")
    send(manager, "Keep it")
    for link in ("Tell the people concerned", "Tell the organisations whose information it is"):
        follow(manager, link)
        manager.fill("textarea[name=words]", "In person.")
        send(manager, "Keep it")
    follow(manager, "Send the ICO what was not known at first")
    manager.locator("input[name=more][value=no]").check()
    send(manager, "Keep it")

    assert "What is to be done" not in manager.locator("main").inner_text()
    assert as_it_is(house, breach).to_do == ()
