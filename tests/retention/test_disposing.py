"""A disposal from its proposal to its certificate: two people, a wait, an instruction, a confirmation (RET-5, RET-8)."""

from __future__ import annotations

import json
from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask

from compliance.app import house_of
from compliance.identity.proposals.errors import OwnProposal
from compliance.identity.proposals.jobs import JOBS as PROPOSAL_JOBS
from compliance.kernel.clock import FixedClock
from compliance.kernel.errors import Forbidden
from compliance.kernel.jobs import Run, run_now
from retention.disposals import use_cases
from retention.disposals.errors import CannotBeDisposed, ManifestMoved
from retention.disposals.models import DisposalManifest
from retention.disposals.rules import Obstacle
from retention.holds import use_cases as holds
from tests.builders.api import is_problem
from tests.builders.complaints import a_complaint, between
from tests.builders.disposals import (
    INSTRUCTIONS,
    agreed,
    certified,
    confirms,
    items,
    may_go,
    proposed,
    reviewed,
    waited,
)
from tests.builders.identity import an_employer, every, logged, someone
from tests.builders.incidents import an_incident
from tests.builders.retention import RECORDS, a_keeper, a_record, an_event, records
from tests.builders.sharing import a_cast, asked

ELSEWHERE = {Obstacle.CHANGED, Obstacle.NOT_KEPT, Obstacle.COMPLAINT_OPEN, Obstacle.BREACH_OPEN, Obstacle.REUSE_OPEN}
"""What stands in the way and has a test of its own here."""


@pytest.mark.rule("RET-5")
def test_a_record_with_an_open_complaint_breach_or_request_is_not_proposed_nor_told_of_and_what_is_gone_is_not_again(
    app: Flask, clock: FixedClock
) -> None:
    house = house_of(app)
    complained, breached, gone, free, wanted = may_go(app, "R-1", "R-2", "R-3", "R-4", "R-5")
    manifest = proposed(house, complained, breached, free, wanted)
    agreed(house, manifest)
    certified(house, gone)
    it = between(house, an_employer(house, "One Place"), an_employer(house, "Other Place"))
    a_complaint(it, reference="R-1")
    an_incident(house, kind="failure_to_share", reference="R-2")
    asked(house, a_cast(house), reference="R-5")

    waited(house, clock)

    assert {reference: (item.status, item.left_out) for reference, item in items(house).items()} == {
        "R-1": ("left_out", "complaint_open"), "R-2": ("left_out", "breach_open"), "R-3": ("confirmed", None),
        "R-4": ("instructed", None), "R-5": ("left_out", "reuse_open"),
    }  # fmt: skip
    for record, obstacle in (
        (complained, "complaint_open"),
        (breached, "breach_open"),
        (gone, "not_kept"),
        (wanted, "reuse_open"),
    ):
        with pytest.raises(CannotBeDisposed) as refused:
            proposed(house, record)
        assert [each.detail for each in refused.value.fields] == [obstacle]


def the_manifest(app: Flask) -> DisposalManifest:
    [found] = every(house_of(app), DisposalManifest)
    return found


@pytest.mark.rule("RET-8", "ROL-3")
def test_two_people_a_wait_an_instruction_a_confirmation_and_a_certificate_remains(
    app: Flask, clock: FixedClock
) -> None:
    house = house_of(app)
    manifest = proposed(house, *may_go(app, "R-1", "R-2"))
    agreed(house, manifest)
    assert the_manifest(app).instruct_from == date(2026, 12, 5)

    assert waited(house, clock, 13) == Run()
    assert a_keeper(app).get(INSTRUCTIONS).get_json()["items"] == []
    assert waited(house, clock, 1) == Run(1, 1)

    told = a_keeper(app)
    shown = told.get(INSTRUCTIONS).get_json()["items"]
    shown.sort(key=lambda each: each["reference"])
    assert [each["reference"] for each in shown] == ["R-1", "R-2"]
    reply = confirms(app, shown[0]["id"])
    assert (reply.status_code, reply.get_json()["certificate"]) == (201, 1)
    assert the_manifest(app).status == "instructed"
    assert confirms(app, shown[1]["id"]).get_json()["certificate"] == 2
    assert the_manifest(app).status == "done"
    assert told.get(INSTRUCTIONS).get_json()["items"] == []

    entry = logged(house, "disposal.confirmed")[0]
    said = json.loads(entry.detail)
    assert said["digest"] == manifest.digest.hex()
    assert (said["certificate"], said["method"], said["minimum_ended_on"]) == (1, "erased", "2025-01-10")
    assert said["proposed_by"] != said["approved_by"]
    gone = records(house)["R-1"]
    assert (gone.status, gone.born_on, gone.subject, gone.next_review_on) == ("disposed", None, None, None)


@pytest.mark.rule("RET-8", "ROL-3")
def test_nobody_agrees_to_what_they_proposed_and_only_who_may_proposes(sqlite_app: Flask) -> None:
    house = house_of(sqlite_app)
    found = may_go(sqlite_app, "R-1")
    officer = someone(house, "ig_officer")
    manifest = proposed(house, *found, by=officer)

    with pytest.raises(OwnProposal):
        agreed(house, manifest, by=officer)
    for role in ("hub_coordinator", "delegate", "steering_member"):
        with pytest.raises(Forbidden):
            proposed(house, *found, by=someone(house, role))


@pytest.mark.rule("RET-5", "RET-6", "RET-11")
@pytest.mark.parametrize("obstacle", sorted(set(Obstacle) - ELSEWHERE))
def test_nothing_is_proposed_that_something_stands_in_the_way_of(sqlite_app: Flask, obstacle: Obstacle) -> None:
    house = house_of(sqlite_app)
    opened = "2021-01-10" if obstacle is Obstacle.TOO_EARLY else "2019-01-10"
    decision = "retain" if obstacle is Obstacle.NOT_REVIEWED else "dispose"
    found = may_go(sqlite_app, "R-1", decision=decision, opened_on=opened)
    if obstacle is Obstacle.REVIEW_OPEN:
        reviewed(house, found[0], None)
    if obstacle is Obstacle.HELD:
        with house.work(*someone(house, "ig_officer")) as ctx:
            holds.place(
                ctx, ground="inquiry", reach="record", value="R-1", reason="Asked for.", review_on=date(2027, 5, 1)
            )
    if obstacle is Obstacle.ON_A_MANIFEST:
        proposed(house, *found)

    with pytest.raises(CannotBeDisposed) as refused:
        proposed(house, *found)

    assert [each.detail for each in refused.value.fields] == [obstacle.value]


[EXPIRE] = PROPOSAL_JOBS


@pytest.mark.rule("RET-5", "RET-10")
def test_what_is_learnt_after_the_review_asks_for_another_however_long_ago_it_was(
    sqlite_app: Flask, clock: FixedClock
) -> None:
    house = house_of(sqlite_app)
    found = may_go(sqlite_app, "R-1", opened_on="2010-01-10")
    clock.move(timedelta(minutes=1))
    told = a_keeper(sqlite_app).post(f"{RECORDS}/R-1/events", an_event(happened_on="2011-06-01"))

    assert told.status_code == 201, told.text
    with pytest.raises(CannotBeDisposed) as refused:
        proposed(house, *found)
    assert [each.detail for each in refused.value.fields] == [Obstacle.NOT_REVIEWED.value]

    reviewed(house, found[0])
    assert proposed(house, *found).items == 1


@pytest.mark.rule("RET-5", "RET-8")
def test_what_changed_since_it_was_agreed_to_is_left_out_and_reported(app: Flask, clock: FixedClock) -> None:
    house = house_of(app)
    manifest = proposed(house, *may_go(app, "R-1", "R-2", "R-3"))
    agreed(house, manifest)
    a_keeper(app).post(f"{RECORDS}/R-1/events", an_event(happened_on="2026-11-21"))
    a_keeper(app).put(f"{RECORDS}/R-2", a_record(3, opened_on="2018-01-10"))

    waited(house, clock)

    assert {reference: (item.status, item.left_out) for reference, item in items(house).items()} == {
        "R-1": ("left_out", "too_early"), "R-2": ("left_out", "changed"), "R-3": ("instructed", None),
    }  # fmt: skip
    assert sorted(entry.reference or "" for entry in logged(house, "disposal.left_out")) == ["R-1", "R-2"]
    assert records(house)["R-1"].status == "kept"


@pytest.mark.rule("RET-8")
def test_a_manifest_is_called_off_until_the_case_system_is_told_and_not_after(app: Flask, clock: FixedClock) -> None:
    house = house_of(app)
    first = proposed(house, *may_go(app, "R-1"))
    with house.work(*someone(house, "hub_manager")) as ctx:
        use_cases.call_off(ctx, first.id)
    second = proposed(house, records(house)["R-1"])
    agreed(house, second)
    waited(house, clock)

    with house.work(*someone(house, "hub_manager")) as ctx, pytest.raises(ManifestMoved):
        use_cases.call_off(ctx, second.id)

    assert items(house)["R-1"].status == "instructed"


@pytest.mark.rule("RET-8")
def test_what_was_instructed_is_confirmed_once_and_nothing_else_is(app: Flask, clock: FixedClock) -> None:
    house = house_of(app)
    agreed(house, proposed(house, *may_go(app, "R-1")))
    item = items(house)["R-1"]
    is_problem(confirms(app, item.id), 404, "disposal-not-instructed")
    is_problem(confirms(app, uuid4()), 404, "disposal-not-instructed")
    waited(house, clock)
    is_problem(confirms(app, item.id, method="lost"), 422, "invalid")
    is_problem(confirms(app, item.id, disposed_on="2026-12-04"), 422, "invalid")
    is_problem(confirms(app, item.id, disposed_on="2026-12-06"), 422, "invalid")

    assert [confirms(app, item.id).status_code for _ in range(2)] == [201, 200]
    is_problem(confirms(app, item.id, method="destroyed"), 409, "disposal-confirmed-otherwise")

    assert len(logged(house, "disposal.confirmed")) == 1


@pytest.mark.rule("RET-12")
def test_what_was_disposed_of_is_not_registered_again(app: Flask, clock: FixedClock) -> None:
    house = house_of(app)
    agreed(house, proposed(house, *may_go(app, "R-1")))
    waited(house, clock)
    keeper = a_keeper(app)
    is_problem(keeper.put(f"{RECORDS}/R-1", a_record(3)), 409, "retention-being-disposed")
    confirms(app, items(house)["R-1"].id)

    is_problem(keeper.put(f"{RECORDS}/R-1", a_record(3)), 409, "retention-disposed")
    is_problem(keeper.post(f"{RECORDS}/R-1/events", an_event()), 409, "retention-disposed")


@pytest.mark.rule("RET-8", "ROL-3")
def test_whatever_nobody_agreed_to_in_time_is_free_again(sqlite_app: Flask, clock: FixedClock) -> None:
    house = house_of(sqlite_app)
    found = may_go(sqlite_app, "R-1")
    proposed(house, *found)
    clock.move(timedelta(days=15))

    with pytest.raises(CannotBeDisposed):
        proposed(house, *found)
    assert run_now(house, EXPIRE) == Run(1, 1)
    assert items(house)["R-1"].status == "called_off"
    proposed(house, *found)
