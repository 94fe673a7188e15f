"""Who reports a breach, who sees it, and what is refused (BRE-1, BRE-3, AUD-6, DEC-6)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask

from compliance.accesses.flags.errors import FlagReviewed, NotABreach
from compliance.accesses.flags.rules import Reason
from compliance.accesses.flags.rules import Step as FlagStep
from compliance.breaches import jobs, queries, reporting, showing
from compliance.breaches.errors import TooManyReports
from compliance.breaches.models import Incident, IncidentDraft
from compliance.breaches.notifying.models import DataBreach
from compliance.breaches.queries import Which
from compliance.breaches.rules import Kind, Status, Step
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.jobs import run_now
from tests.builders.api import Calls, is_problem
from tests.builders.breaches import a_cast, as_it_is, brought_to, reads, reported, taken
from tests.builders.flags import a_concern, a_conflict, again, flags, reviewed
from tests.builders.identity import COMMAND, Acting, every, letters, logged, someone

HOUR = timedelta(hours=1)


def listed(house: House, who: Acting, which: Which = Which.ALL) -> set[object]:
    with house.reading(*who) as ctx:
        return {row.incident.id for row in queries.incidents(ctx, which=which).rows}


@pytest.mark.rule("BRE-1", "BRE-3")
def test_everybody_with_a_role_reports_every_kind_and_a_clock_begins_with_lost_data(house: House) -> None:
    cast = a_cast(house)
    for role in ("authorised_signatory", "ig_officer", "steering_member", "executive_chair", "escalation_contact"):
        reported(house, cast, someone(house, role, organisation_id=None), kind="legal_requirements")
    for kind in Kind:
        reported(house, cast, kind=kind.value)
    made = sorted(every(house, Incident), key=lambda each: each.number)
    assert [each.number for each in made] == list(range(1, 12))
    assert [each.kind for each in made][-6:] == list(Kind)
    [clock] = every(house, DataBreach)
    assert clock.incident_id == next(each.id for each in made if each.kind == "data_breach")
    assert all(b"Nothing came" not in each.words for each in made)
    assert "Nothing came" not in str([entry.detail for entry in logged(house, "incident.reported")])
    with pytest.raises(Forbidden):
        reported(house, cast, (COMMAND, None))  # type: ignore[arg-type]


@pytest.mark.rule("BRE-1")
def test_what_cannot_be_is_refused_at_its_field(sqlite_house: House, clock: FixedClock) -> None:
    house, now = sqlite_house, clock.now()
    cast = a_cast(house)
    for wrong, pointer in (
        ({"kind": "moon"}, "/kind"), ({"words": "  "}, "/words"), ({"words": "bell \x07"}, "/words"),
        ({"words": "x" * 1001}, "/words"), ({"reference": "x" * 256}, "/reference"),
        ({"organisation_id": uuid4()}, "/organisation"), ({"aware_at": now + HOUR}, "/aware_at"),
        ({"aware_at": now - HOUR, "happened_at": now}, "/happened_at"), ({"happened_at": now + HOUR}, "/happened_at"),
        ({"aware_at": now.replace(year=1999)}, "/aware_at"), ({"happened_at": now.replace(year=1999)}, "/happened_at"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            reported(house, cast, **wrong)
        assert refused.value.fields[0].pointer == pointer, wrong
    made = reported(house, cast, aware_at=now, happened_at=now)
    assert (made.aware_at, made.reported_at) == (now, now), "the same instant is in order"
    for _ in range(19):
        reported(house, cast)
    with pytest.raises(TooManyReports):
        reported(house, cast)
    reported(house, cast, cast.partner)
    clock.move(timedelta(days=1))
    reported(house, cast)


@pytest.mark.rule("BRE-2", "ROL-4")
def test_a_partner_sees_what_was_raised_with_it_and_neither_by_whom_it_was_reported_nor_how(
    sqlite_house: House,
) -> None:
    house = sqlite_house
    cast = a_cast(house)
    inside = someone(house, "authorised_signatory", organisation_id=cast.partner_id)
    incident = reported(house, cast, inside)
    assert listed(house, cast.partner) == set()
    assert listed(house, inside) == {incident.id}
    with pytest.raises(NotFound):
        reads(house, cast.partner, incident)
    taken(house, incident, Step.RAISE, cast.coordinator)
    assert listed(house, cast.partner) == listed(house, cast.partner, Which.MY_TURN) == {incident.id}
    assert listed(house, cast.coordinator, Which.MY_TURN) == set()
    assert listed(house, someone(house, "delegate")) == set()
    for reader in (cast.steering, someone(house, "ig_officer")):
        assert reads(house, reader, incident)
    with house.work(*cast.partner) as ctx:
        shown = showing.view(ctx, incident.id)
    assert shown.words is None
    assert inside.actor.id not in shown.names
    assert shown.steps[-1].words is None
    with house.work(*inside) as ctx:
        own = showing.view(ctx, incident.id)
    assert own.words == "Nothing came."
    assert (own.steps, own.can, own.lessons) == ([], (), [])
    with pytest.raises(Forbidden):
        reads(house, inside, incident)


@pytest.mark.rule("DEC-6")
def test_whoever_is_kept_from_a_case_learns_nothing_of_its_breaches(house: House) -> None:
    cast = a_cast(house)
    kept, other = someone(house, "hub_manager"), someone(house, "hub_supervisor")
    person = kept.actor.person_id
    assert person
    a_conflict(house, person, "C-9", cast.coordinator, other)
    incident = brought_to(house, cast, Status.WITH_MANAGER, reference="C-9")
    assert listed(house, kept) == listed(house, kept, Which.MY_TURN) == set()
    with pytest.raises(NotFound):
        reads(house, kept, incident)
    with pytest.raises(NotFound):
        taken(house, incident, Step.RESOLVE, kept)
    with house.reading(*kept) as ctx:
        assert queries.counted(ctx) == queries.Counted(0, 0, 0, 0)
        assert queries.incidents(ctx, which=Which.ALL, search="C-9").rows == ()
    assert letters(house, person, "breach_waits") == []
    assert listed(house, cast.manager, Which.MY_TURN) == {incident.id}
    own = reported(house, cast, kept, reference="C-9")
    with house.reading(*kept) as ctx:
        assert queries.visible(ctx, own.id).id == own.id, "what they wrote themselves does not vanish, which would tell"
        assert not queries.reads_whole(ctx, own)


@pytest.mark.rule("AUD-6", "BRE-1")
def test_a_flag_is_raised_as_a_breach_once_and_whom_it_is_about_learns_nothing(sqlite_house: House) -> None:
    house = sqlite_house
    officer, about = someone(house, "ig_officer"), someone(house, "hub_manager")
    cast = a_cast(house)
    flag = a_concern(house, person=str(about.actor.person_id))
    with pytest.raises(NotABreach):
        reported(house, cast, officer, flag_id=flag.id)
    reviewer = next(who for who in (officer, cast.manager) if who.actor.person_id == again(house, flag).reviewer_id)
    with pytest.raises(Invalid):
        reviewed(house, flag, reviewer, FlagStep.RAISE, Reason.OTHER)
    reviewed(house, flag, reviewer, FlagStep.FIND_BREACH, Reason.NO_NEED)
    with pytest.raises(Forbidden):
        reported(house, cast, cast.partner, flag_id=flag.id)
    with pytest.raises(NotFound):
        reported(house, cast, about, flag_id=flag.id)
    assert [each.status for each in flags(house)] == ["breach"]
    incident = reported(house, cast, officer, flag_id=flag.id, reference="C-0")
    assert (incident.reference, incident.flag_id) == ("C-7", flag.id), "the case is the flag's"
    assert [each.status for each in flags(house)] == ["raised"]
    for again_ in (officer, cast.manager):
        with pytest.raises(NotABreach):
            reported(house, cast, again_, flag_id=flag.id)
    with pytest.raises(FlagReviewed):
        reviewed(house, again(house, flag), reviewer)
    assert incident.id not in listed(house, about)
    with pytest.raises(NotFound):
        reads(house, about, incident)
    assert about.actor.person_id
    assert letters(house, about.actor.person_id, "breach_waits") == []


@pytest.mark.rule("RET-9", "BRE-1")
def test_a_draft_lies_for_its_days_and_is_then_thrown_away(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    writer = someone(house, "delegate")
    with house.work(*writer) as ctx:
        first = reporting.save_draft(ctx, {"words": "So far"}).id
        reporting.save_draft(ctx, {"words": "And another"})
    clock.move(timedelta(days=10))
    with house.work(*writer) as ctx:
        reporting.save_draft(ctx, {"words": "Further"}, draft_id=first)
    clock.move(timedelta(days=4))
    run_now(house, jobs.FORGET)
    assert len(every(house, IncidentDraft)) == 2, "kept for fourteen whole days"
    clock.move(timedelta(days=1))
    run_now(house, jobs.FORGET)
    assert [draft.id for draft in every(house, IncidentDraft)] == [first]
    with pytest.raises(Invalid), house.work(*writer) as ctx:
        reporting.save_draft(ctx, {"words": "x" * 20_000})
    with pytest.raises(TooManyReports), house.work(*writer) as ctx:
        for _ in range(20):
            reporting.save_draft(ctx, {})


@pytest.mark.rule("BRE-1")
def test_the_case_system_reports_a_breach_once(sqlite_app: Flask, clock: FixedClock) -> None:
    calls = Calls(sqlite_app, clock)
    cast = a_cast(calls.house)
    program, stranger = calls.a_program(["incidents:write"]), calls.a_program(["decisions"])
    said = {
        "kind": "data_breach", "words": "A list went astray.", "reference": "C-7",
        "organisation_id": str(cast.partner_id), "aware_at": "2026-11-21T08:00:00Z",
        "happened_at": "2026-11-20T22:00:00Z",
    }  # fmt: skip
    key = {"Idempotency-Key": '"one"'}
    made = program.post("/api/v1/incidents", said, headers=key)
    assert made.status_code == 201, made.text
    assert made.get_json()["number"] == "BR-2026-1"
    assert "astray" not in made.text
    assert program.post("/api/v1/incidents", said, headers=key).get_json() == made.get_json()
    [incident] = every(calls.house, Incident)
    assert str(as_it_is(calls.house, incident).id) == made.get_json()["id"]
    is_problem(program.post("/api/v1/incidents", said | {"words": "Else"}, headers=key), 422)
    is_problem(stranger.post("/api/v1/incidents", said), 403)
    for wrong, pointer in (
        ({"person": "x"}, "#/person"), ({"kind": "moon"}, "#/kind"), ({"kind": "access_concern"}, "#/organisation_id"),
        ({"aware_at": "2027-01-01T00:00:00Z"}, "#/aware_at"), ({"aware_at": "2026-11-20T21:00:00Z"}, "#/happened_at"),
        ({"aware_at": "yesterday"}, "#/aware_at"), ({"organisation_id": str(uuid4())}, "#/organisation"),
    ):  # fmt: skip
        problem = is_problem(program.post("/api/v1/incidents", said | wrong), 422)
        assert problem["errors"][0]["pointer"] == pointer, wrong
    assert len(every(calls.house, Incident)) == 1
