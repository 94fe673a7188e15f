"""What keeps a record of ours whatever its time: a hold on it, something of it that is open, something that needs it (RET-9, RET-6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from compliance.accesses.flags.models import AccessFlag
from compliance.breaches.models import Incident, IncidentAction, IncidentDraft
from compliance.breaches.notifying.models import DataBreach
from compliance.complaints.models import Complaint
from compliance.identity.models import AccountInvitation
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, worker
from compliance.kernel.errors import Forbidden
from compliance.kernel.jobs import Stopping, run_due, run_now
from policies.values import packaged
from retention.holds import use_cases as holds
from retention.own.schedule import KINDS
from retention.own.use_cases import dispose_of_one, dispose_of_some
from signatories.models import KeyContact, PolicyDocument, Upload
from tests.builders import complaints, licences, own
from tests.builders.identity import COMMAND, every, logged, someone

KIND = {kind.code: kind for kind in KINDS}
SETTLED = (
    ("flags", own.an_explained_flag),
    ("incidents", own.a_closed_incident),
    ("complaints", own.a_resolved_complaint),
    ("data_complaints", own.an_answered_data_complaint),
    ("escalations", own.an_ended_escalation),
    ("support", own.an_ended_request_for_help),
    ("outages", own.a_closed_outage),
    ("contacts", own.a_replaced_contact),
    ("policy_papers", own.a_replaced_policy),
    ("uploads", own.a_stray_file),
    ("letters", own.a_sent_letter),
    ("links", own.an_ended_link),
    ("factors", own.an_ended_factor),
    ("runs", own.a_run),
    ("sharing", own.a_decision_to_share),
    ("sharing", own.an_answered_request),
    ("sharing", own.a_made_disclosure),
    ("revoked_tokens", own.a_token_taken_back),
    ("credentials", own.an_ended_credential),
    ("webhook_secrets", own.an_ended_endpoint),
    ("webhook_deliveries", own.a_sent_change),
)


def over(clock: FixedClock, code: str) -> None:
    clock.move(packaged().own_records[code].lasts(packaged()) + timedelta(days=1))


def hold(house: House, reach: str, value: str) -> UUID:
    with house.work(*someone(house, "ig_officer")) as ctx:
        soon = (ctx.now() + timedelta(days=60)).date()
        return holds.place(ctx, ground="inquiry", reach=reach, value=value, reason="Asked for.", review_on=soon).id


def lifted(house: House, hold_id: UUID) -> None:
    with house.work(*someone(house, "ig_officer")) as ctx:
        holds.lift(ctx, hold_id, reason="It is over.")


@pytest.mark.rule("RET-9", "RET-6")
@pytest.mark.parametrize(("code", "made"), SETTLED, ids=lambda each: each if isinstance(each, str) else "")
def test_a_hold_of_the_whole_kind_keeps_it_until_it_is_lifted(
    sqlite_house: House, clock: FixedClock, code: str, made: Callable[[House], Any]
) -> None:
    made(sqlite_house)
    over(clock, code)
    placed = hold(sqlite_house, "kind", code)

    assert own.disposes(sqlite_house, code) == 0

    lifted(sqlite_house, placed)
    assert own.disposes(sqlite_house, code) == 1


def _of_incident(house: House) -> list[tuple[str, str]]:
    organisation = licences.an_organisation(house, "swale")
    own.a_closed_incident(house)
    with house.work(COMMAND) as ctx:
        row = ctx.session.query(Incident).one()
        row.reference, row.organisation_id = "C-7", organisation
        licences.rows_made(ctx, row)
    return [("record", "C-7"), ("organisation", str(organisation))]


def _of_flag(house: House) -> list[tuple[str, str]]:
    person = someone(house, "delegate").actor.id
    own.an_explained_flag(house)
    with house.work(COMMAND) as ctx:
        row = ctx.session.query(AccessFlag).one()
        row.person_id = UUID(person)
        licences.rows_made(ctx, row)
    return [("record", "C-7"), ("subject", person)]


def _of_complaint(house: House) -> list[tuple[str, str]]:
    own.a_resolved_complaint(house)
    [row] = every(house, Complaint)
    return [("organisation", str(each)) for each in (row.from_organisation_id, row.about_organisation_id)]


@pytest.mark.rule("RET-9", "RET-6")
@pytest.mark.parametrize(
    ("code", "made"), [("incidents", _of_incident), ("flags", _of_flag), ("complaints", _of_complaint)]
)
def test_a_hold_on_its_case_its_organisation_or_its_person_keeps_it(
    house: House, clock: FixedClock, code: str, made: Callable[[House], list[tuple[str, str]]]
) -> None:
    ways = made(house)
    over(clock, code)
    hold(house, "record", "C-8")

    for reach, value in ways:
        placed = hold(house, reach, value)
        assert own.disposes(house, code) == 0, reach
        lifted(house, placed)

    assert own.disposes(house, code) == 1


@pytest.mark.rule("RET-9", "RET-5")
def test_a_breach_with_something_left_to_do_is_kept_and_its_flag_with_it(house: House, clock: FixedClock) -> None:
    flag = own.an_explained_flag(house)
    own.a_closed_incident(house)

    def said(open_: bool) -> None:
        with house.work(COMMAND) as ctx:
            incident, action = ctx.session.query(Incident).one(), ctx.session.query(IncidentAction).one()
            incident.flag_id, action.done_at = flag, None if open_ else ctx.now()
            licences.rows_made(ctx, incident, action)

    said(True)
    over(clock, "incidents")
    assert (own.disposes(house, "incidents"), own.disposes(house, "flags")) == (0, 0)

    said(False)
    with house.work(COMMAND) as ctx:
        breach = ctx.session.query(DataBreach).one()
        breach.decision = None
        licences.rows_made(ctx, breach)
    assert own.disposes(house, "incidents") == 0, "whom to tell is not decided"

    with house.work(COMMAND) as ctx:
        breach = ctx.session.query(DataBreach).one()
        breach.decision = "not_notify"
        licences.rows_made(ctx, breach)
    assert (own.disposes(house, "incidents"), own.disposes(house, "flags")) == (1, 1)
    assert own.whole(house) == []


@pytest.mark.rule("RET-9")
def test_a_complaint_that_was_taken_up_again_goes_after_the_one_that_did(house: House, clock: FixedClock) -> None:
    it = complaints.partners(house)
    first = complaints.a_complaint(it)
    complaints.records(it, first)
    complaints.resolves(it, first)
    clock.move(timedelta(days=3))
    later = complaints.taken_up(it, first)
    over(clock, "complaints")
    assert own.disposes(house, "complaints") == 0

    complaints.records(it, later)
    complaints.resolves(it, later)
    over(clock, "complaints")
    assert [own.disposes(house, "complaints") for _ in range(3)] == [1, 1, 0]
    assert own.whole(house) == []


@pytest.mark.rule("RET-9", "SIG-2")
def test_a_file_goes_only_when_nothing_refers_to_it_and_the_store_itself_sees_to_it(
    house: House, clock: FixedClock
) -> None:
    own.a_replaced_policy(house)
    over(clock, "uploads")
    assert own.disposes(house, "uploads") == 0
    with pytest.raises(IntegrityError, match="is kept as it was written"), house.engine.begin() as connection:
        connection.execute(text("DELETE FROM uploads"))

    over(clock, "policy_papers")
    assert (own.disposes(house, "policy_papers"), own.disposes(house, "uploads")) == (1, 1)
    assert (every(house, Upload), every(house, PolicyDocument)) == ([], [])


@pytest.mark.rule("RET-9", "RET-3")
def test_however_many_schedulers_come_it_is_done_and_logged_once(house: House, clock: FixedClock) -> None:
    made = [own.a_replaced_contact(house) for _ in range(6)]
    over(clock, "contacts")
    barrier = Barrier(4)

    def scheduler(now: bool) -> None:
        barrier.wait()
        (run_now(house, own.job("contacts")) if now else run_due(house, own.job("contacts"), Stopping()))

    threads = [Thread(target=scheduler, args=(now,)) for now in (True, True, False, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert every(house, KeyContact) == []
    entries = logged(house, "own_record.disposed")
    assert sorted(entry.subject_id or "" for entry in entries) == sorted(map(str, made))


@pytest.mark.rule("RET-9")
def test_what_was_held_between_the_finding_and_the_act_stays(sqlite_house: House, clock: FixedClock) -> None:
    contact = own.a_replaced_contact(sqlite_house)
    over(clock, "contacts")
    hold(sqlite_house, "kind", "contacts")

    with sqlite_house.work(worker("dispose-of-contacts")) as ctx:
        assert dispose_of_one(ctx, KIND["contacts"], contact) is False
    assert len(every(sqlite_house, KeyContact)) == 1


@pytest.mark.rule("RET-9")
def test_many_rows_go_in_portions_and_the_log_counts_each(
    sqlite_house: House, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retention.own.use_cases.AT_ONCE", 4)
    monkeypatch.setattr("retention.own.jobs.AT_ONCE", 4)
    for _ in range(10):
        own.a_stray_file(sqlite_house)
    over(clock, "uploads")

    assert own.disposes(sqlite_house, "uploads") == 3
    said = [json.loads(entry.detail)["rows"] for entry in logged(sqlite_house, "own_records.disposed")]
    assert said == [4, 4, 2]


@pytest.mark.rule("RET-9")
def test_nobody_but_the_schedule_disposes_of_our_own_records(sqlite_house: House, clock: FixedClock) -> None:
    link = own.an_ended_link(sqlite_house)
    over(clock, "links")

    for act in (
        lambda ctx: dispose_of_one(ctx, KIND["links"], link),
        lambda ctx: dispose_of_some(ctx, KIND["letters"]),
    ):
        with pytest.raises(Forbidden), sqlite_house.work(*someone(sqlite_house, "ig_officer")) as ctx:
            act(ctx)
    assert len(every(sqlite_house, AccountInvitation)) == 1


@pytest.mark.rule("RET-9", "RET-6")
def test_what_another_room_forgets_rests_too_while_its_kind_is_held(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    with house.work(COMMAND) as ctx:
        draft = {"id": ctx.new_id(), "person_id": UUID(someone(house, "delegate").actor.id), "content": b"x"}
        ctx.session.execute(insert(IncidentDraft).values(saved_at=ctx.now(), **draft))
    over(clock, "breach_drafts")
    placed = hold(house, "kind", "breach_drafts")
    assert own.disposes(house, "breach_drafts") == 0
    assert len(every(house, IncidentDraft)) == 1

    lifted(house, placed)
    assert own.disposes(house, "breach_drafts") == 1
    assert every(house, IncidentDraft) == []
