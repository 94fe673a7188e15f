"""The pages of breaches in a real browser, wide and narrow, with axe, from each person's seat (BRE-1, BRE-2)."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.breaches import learning, reporting, suspending
from compliance.breaches.rules import Status
from tests.builders.breaches import a_cast, brought_to
from tests.builders.identity import at_work
from tests.builders.licences import a_licence, an_organisation, seats
from tests.support.browser import shuts_nobody_out
from tests.web.conftest import Comes, Seat

STEPS = ("", "/steps/resolve", "/suspension", "/lessons", "/conduct")


@pytest.mark.rule("BRE-1", "BRE-2")
def test_nobody_is_shut_out_of_a_page_wide_or_narrow(sqlite_app: Flask, comes: Comes, seat: Seat) -> None:
    house = house_of(sqlite_app)
    seats(house)
    cast = a_cast(house, an_organisation(house))
    licence, _ = (a_licence(house, cast.partner_id, f"{name}@swale.gov.uk") for name in ("alex", "bo"))
    it = brought_to(house, cast, Status.ANSWERED, reference="MC-7")
    brought_to(house, cast, Status.CLOSED)
    owner = cast.partner.actor.person_id
    with house.work(*cast.manager) as ctx:
        suspending.suspend(ctx, it.id, licence.id)
        learning.add(ctx, it.id, kind="lesson", words="Ask twice.")
        learning.add(ctx, it.id, kind="action", words="Train all.", owner_id=owner, due_on=date(2026, 11, 30))
    manager, partner = comes("hub_manager"), comes("delegate", organisation_id=cast.partner_id)
    assert manager.account
    with house.work(*at_work(house, manager.account.person)) as ctx:
        draft = reporting.save_draft(ctx, {"words": "So far", "kind": "data_breach"}).id
    here = f"/breaches/{it.id}"
    steps = (here + step for step in STEPS)
    shuts_nobody_out(seat(manager), "/breaches?which=all", f"/breaches/new?draft={draft}", *steps)
    shuts_nobody_out(seat(partner), "/breaches", here)
