"""What was said about sharing a case stays as long as the record of the case, and what is open stays open (RET-9, RET-5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.changes.webhooks.models import WebhookDelivery
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.sharing.disclosures.models import Disclosure
from compliance.sharing.reuse.models import ReuseRequest
from policies.values import packaged
from retention.models import RetentionRecord
from retention.rules import Status
from tests.builders import own, sharing
from tests.builders.complaints import a_complaint, between
from tests.builders.identity import COMMAND, an_employer, every, someone
from tests.builders.incidents import an_incident
from tests.builders.licences import rows_made
from tests.builders.retention import RECORDS, a_keeper, a_record


def over(clock: FixedClock, code: str = "sharing") -> None:
    clock.move(packaged().own_records[code].lasts(packaged()) + timedelta(days=1))


@pytest.mark.rule("RET-9")
@pytest.mark.parametrize("made", [own.a_decision_to_share, own.an_answered_request, own.a_made_disclosure])
def test_what_was_said_of_a_case_stays_while_the_record_of_it_is_kept(
    app: Flask, clock: FixedClock, made: Callable[[House], Any]
) -> None:
    house = house_of(app)
    assert a_keeper(app).put(f"{RECORDS}/C-1", a_record(3, opened_on="2019-01-10")).status_code == 201
    made(house)
    over(clock)
    assert own.disposes(house, "sharing") == 0

    with house.work(COMMAND) as ctx:
        record = ctx.session.query(RetentionRecord).one()
        record.status = Status.DISPOSED.value
        rows_made(ctx, record)

    assert own.disposes(house, "sharing") == 1
    assert own.whole(house) == []


@pytest.mark.rule("RET-9", "RET-5")
def test_what_waits_for_an_answer_or_to_be_made_stays_whatever_its_age(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    sharing.asked(house, sharing.a_cast(house))
    sharing.wanted(house, someone(house, "hub_coordinator"))
    over(clock)

    assert own.disposes(house, "sharing") == 0
    assert (len(every(house, ReuseRequest)), len(every(house, Disclosure))) == (1, 1)


@pytest.mark.rule("RET-9", "RET-5")
@pytest.mark.parametrize("opens", ["complaint", "breach"])
def test_what_was_said_of_a_case_stays_while_a_complaint_or_a_breach_of_it_is_open(
    sqlite_house: House, clock: FixedClock, opens: str
) -> None:
    house = sqlite_house
    own.a_decision_to_share(house)
    if opens == "breach":
        an_incident(house, reference="C-1")
    else:
        a_complaint(between(house, an_employer(house, "One Place"), an_employer(house, "Other Place")), reference="C-1")
    over(clock)

    assert own.disposes(house, "sharing") == 0


@pytest.mark.rule("RET-9", "DEC-4")
def test_a_change_that_was_not_taken_stays_until_it_is(sqlite_house: House, clock: FixedClock) -> None:
    own.a_sent_change(sqlite_house)
    with sqlite_house.work(COMMAND) as ctx:
        ctx.session.query(WebhookDelivery).one().taken_at = None
    over(clock, "webhook_deliveries")

    assert own.disposes(sqlite_house, "webhook_deliveries") == 0
    assert len(every(sqlite_house, WebhookDelivery)) == 1
