"""Resting, waking, ending; and what lapses or is mended moves the licence with it (LIC-3, LIC-4, LIC-13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from compliance.identity.models import RoleHeld, SignIn
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.kernel.jobs import Run, run_now
from compliance.licences import use_cases
from compliance.licences.errors import LicenceOver, NotEligible, OwnLicence, OwnRecord
from compliance.licences.jobs import JOBS
from compliance.licences.rules import EndReason, Kind, Status, Suspension
from signatories import use_cases as signatories
from signatories.models import KeyContact
from tests.builders.identity import logged
from tests.builders.licences import (
    a_licence,
    a_person,
    a_request,
    acting,
    again,
    an_organisation,
    hub,
    partner,
    rows_made,
    seats,
)

EXPIRE, KEEP = JOBS


def a_session(house: House, person_id: UUID) -> UUID:
    """A whole sign-in of this person."""
    with house.work(operator("test")) as ctx:
        row = SignIn(
            id=ctx.new_id(), person_id=person_id, token=ctx.new_id().hex, opened_at=ctx.now(), seen_at=ctx.now(),
            whole_at=ctx.now(),
        )  # fmt: skip
        ctx.session.add(row)
    return row.id


def is_open(house: House, session_id: UUID) -> bool:
    with house.reading(operator("test")) as ctx:
        return ctx.session.get_one(SignIn, session_id).ended_at is None


@pytest.mark.rule("LIC-3")
def test_a_licence_rests_and_wakes_again(house: House) -> None:
    seats(house)
    licence = a_licence(house, an_organisation(house))

    with acting(house, hub("hub_supervisor")) as ctx:
        use_cases.suspend(ctx, licence.id, reason=Suspension.ROTA)
    rested = again(house, licence.id)
    with acting(house, hub("hub_supervisor")) as ctx:
        use_cases.resume(ctx, licence.id)

    assert (rested.status, rested.suspension, rested.suspended_at) == ("suspended", "rota", house.clock.now())
    woken = again(house, licence.id)
    assert (woken.status, woken.suspension, woken.suspended_at) == ("active", None, None)


@pytest.mark.rule("ROL-3")
def test_nobody_wakes_their_own_licence(sqlite_house: House) -> None:
    seats(sqlite_house)
    licence = a_licence(sqlite_house, an_organisation(sqlite_house), status=Status.SUSPENDED)

    with pytest.raises(OwnLicence), acting(sqlite_house, hub(person_id=licence.person_id)) as ctx:
        use_cases.resume(ctx, licence.id)


@pytest.mark.rule("ROL-3")
def test_nobody_records_their_own_training_or_vetting(sqlite_house: House) -> None:
    person = a_person(sqlite_house, an_organisation(sqlite_house), vetted=False)
    themselves = hub("hub_coordinator", person_id=person)

    with pytest.raises(OwnRecord), acting(sqlite_house, themselves) as ctx:
        use_cases.record_vetting(ctx, person, level="NPPV 3", holds_until=date(2030, 1, 1))
    with pytest.raises(OwnRecord), acting(sqlite_house, themselves) as ctx:
        use_cases.record_training(ctx, person, module="elearning", done_on=date(2026, 1, 1))


@pytest.mark.rule("LIC-13")
def test_a_licence_whose_checklist_does_not_hold_cannot_be_woken(sqlite_house: House, clock: FixedClock) -> None:
    seats(sqlite_house)
    licence = a_licence(sqlite_house, an_organisation(sqlite_house), status=Status.SUSPENDED)

    clock.move(timedelta(days=800))

    with pytest.raises(NotEligible) as refused, acting(sqlite_house) as ctx:
        use_cases.resume(ctx, licence.id)
    assert "/checklist/vetting" in [error.pointer for error in refused.value.fields]


@pytest.mark.rule("LIC-4", "ROL-4")
@pytest.mark.parametrize("reason", [EndReason.LEAVER, EndReason.AT_REQUEST])
def test_a_delegate_ends_a_licence_of_their_own_organisation_at_once(house: House, reason: EndReason) -> None:
    seats(house)
    organisation = an_organisation(house)
    licence = a_licence(house, organisation)

    with acting(house, partner(organisation)) as ctx:
        use_cases.deactivate(ctx, licence.id, reason=reason)

    assert again(house, licence.id).end_reason == reason


@pytest.mark.rule("LIC-4", "ROL-4")
def test_a_delegate_gives_no_other_reason_and_ends_nobody_elses(sqlite_house: House) -> None:
    seats(sqlite_house)
    ours, theirs = an_organisation(sqlite_house), an_organisation(sqlite_house, "medway")
    mine, other = a_licence(sqlite_house, ours), a_licence(sqlite_house, theirs, "kim@medway.gov.uk")

    for reason in set(EndReason) - {EndReason.LEAVER, EndReason.AT_REQUEST}:
        with pytest.raises(Invalid), acting(sqlite_house, partner(ours)) as ctx:
            use_cases.deactivate(ctx, mine.id, reason=reason)
    with pytest.raises(NotFound), acting(sqlite_house, partner(ours)) as ctx:
        use_cases.deactivate(ctx, other.id, reason=EndReason.LEAVER)
    with pytest.raises(Forbidden), acting(sqlite_house, partner(ours, "escalation_contact")) as ctx:
        use_cases.deactivate(ctx, mine.id, reason=EndReason.LEAVER)

    assert {again(sqlite_house, one.id).status for one in (mine, other)} == {Status.ACTIVE}


@pytest.mark.rule("IDN-6")
@pytest.mark.parametrize(
    "act",
    [
        lambda ctx, it: use_cases.suspend(ctx, it, reason=Suspension.LEAVE),
        lambda ctx, it: use_cases.deactivate(ctx, it, reason=EndReason.BREACH),
    ],
)
def test_sessions_end_with_the_licence(house: House, act: Callable[[Any, UUID], object]) -> None:
    seats(house)
    licence = a_licence(house, an_organisation(house))
    session = a_session(house, licence.person_id)

    with acting(house) as ctx:
        act(ctx, licence.id)

    assert not is_open(house, session)


@pytest.mark.rule("IDN-6")
def test_sessions_go_on_while_another_licence_or_a_role_has_work_for_them(sqlite_house: House) -> None:
    seats(sqlite_house)
    first = an_organisation(sqlite_house, domains=["nhs.net"])
    second = an_organisation(sqlite_house, "second", domains=["nhs.net"])
    one = a_licence(sqlite_house, first, "kim@nhs.net")
    other = a_licence(sqlite_house, second, "kim@nhs.net")
    session = a_session(sqlite_house, one.person_id)

    with acting(sqlite_house) as ctx:
        use_cases.suspend(ctx, one.id, reason=Suspension.LEAVE)
    assert is_open(sqlite_house, session)
    with sqlite_house.work(operator("test")) as ctx:
        role = RoleHeld(
            id=ctx.new_id(), person_id=one.person_id, role="delegate", organisation_id=first, granted_by="test",
            granted_at=ctx.now(),
        )  # fmt: skip
        rows_made(ctx, role)
    with acting(sqlite_house) as ctx:
        use_cases.deactivate(ctx, other.id, reason=EndReason.LEAVER)
    assert is_open(sqlite_house, session)
    with sqlite_house.work(operator("test")) as ctx:
        held = ctx.session.get_one(RoleHeld, role.id)
        held.ended_at = ctx.now()
        rows_made(ctx, held)
    with acting(sqlite_house) as ctx:
        use_cases.deactivate(ctx, one.id, reason=EndReason.LEAVER)
    assert not is_open(sqlite_house, session)


@pytest.mark.rule("LIC-7")
def test_a_by_invite_licence_ends_by_itself_after_its_last_day(house: House, clock: FixedClock) -> None:
    seats(house)
    licence = a_licence(house, an_organisation(house), kind=Kind.BY_INVITE, ends_on=date(2026, 11, 23))

    clock.move(timedelta(days=2, hours=13, minutes=59))
    assert run_now(house, EXPIRE) == Run(0, 0, 0)
    clock.move(timedelta(minutes=1))
    assert run_now(house, EXPIRE) == Run(1, 1, 0)
    assert run_now(house, EXPIRE) == Run(0, 0, 0)

    ended = again(house, licence.id)
    assert (ended.status, ended.end_reason) == (Status.DEACTIVATED, EndReason.EXPIRED)
    assert logged(house, "licence.deactivated")[0].actor_id == EXPIRE.name


@pytest.mark.rule("LIC-7")
@pytest.mark.parametrize("status", [Status.REQUESTED, Status.APPROVED, Status.SUSPENDED])
def test_whatever_state_it_is_in_its_last_day_ends_it(sqlite_house: House, clock: FixedClock, status: Status) -> None:
    seats(sqlite_house)
    licence = a_licence(sqlite_house, an_organisation(sqlite_house), kind=Kind.BY_INVITE, status=status)

    clock.move(timedelta(days=41))
    if status is Status.SUSPENDED:
        with pytest.raises(LicenceOver), acting(sqlite_house) as ctx:
            use_cases.resume(ctx, licence.id)
    run_now(sqlite_house, EXPIRE)

    assert again(sqlite_house, licence.id).end_reason == EndReason.EXPIRED


@pytest.mark.rule("LIC-13")
def test_when_vetting_runs_out_the_licence_rests_until_it_is_renewed(house: House, clock: FixedClock) -> None:
    seats(house)
    licence = a_licence(house, an_organisation(house, review_in_days=2000))
    session = a_session(house, licence.person_id)

    clock.move(timedelta(days=436))
    assert run_now(house, KEEP).found == 0
    clock.move(timedelta(days=1))
    assert run_now(house, KEEP) == Run(1, 1, 0)
    assert run_now(house, KEEP).found == 0

    rested = again(house, licence.id)
    entry = logged(house, "licence.suspended")[0]
    assert (rested.status, rested.suspension) == (Status.SUSPENDED, Suspension.ELIGIBILITY)
    assert (entry.actor_kind, entry.actor_id, entry.rules) == ("job", KEEP.name, "LIC-13")
    assert '"missing":["vetting"]' in entry.detail
    assert not is_open(house, session)

    with acting(house, hub("hub_coordinator")) as ctx:
        use_cases.record_vetting(ctx, licence.person_id, level="NPPV 2", holds_until=date(2030, 1, 1))
    assert again(house, licence.id).status == Status.ACTIVE


@pytest.mark.rule("LIC-13", "SIG-11")
def test_a_policy_past_its_grace_rests_every_licence_and_a_new_one_wakes_them(house: House, clock: FixedClock) -> None:
    seats(house)
    organisation = an_organisation(house, review_in_days=0)
    held = [a_licence(house, organisation, f"p{number}@swale.gov.uk") for number in range(3)]
    elsewhere = a_licence(house, an_organisation(house, "medway"), "kim@medway.gov.uk")

    clock.move(timedelta(days=28))
    assert run_now(house, KEEP).found == 0
    clock.move(timedelta(days=1))
    assert run_now(house, KEEP) == Run(3, 3, 0)
    assert {again(house, one.id).suspension for one in held} == {Suspension.ELIGIBILITY}
    assert again(house, elsewhere.id).status == Status.ACTIVE

    for kind in ("safeguarding", "data_protection"):
        with acting(house, hub("hub_coordinator")) as ctx:
            signatories.record_policy_document(
                ctx, organisation, kind=kind, title="Policy", owner="Head", dated_on=date(2026, 12, 1),
                next_review_on=date(2028, 12, 1),
            )  # fmt: skip
    assert {again(house, one.id).status for one in held} == {Status.ACTIVE}


@pytest.mark.rule("LIC-13")
@pytest.mark.parametrize("reason", [Suspension.ROTA, Suspension.LEAVE, Suspension.INVESTIGATION])
def test_what_rests_for_another_reason_is_not_woken_by_the_service(
    sqlite_house: House, clock: FixedClock, reason: Suspension
) -> None:
    seats(sqlite_house)
    licence = a_licence(sqlite_house, an_organisation(sqlite_house, review_in_days=2000))
    with acting(sqlite_house) as ctx:
        use_cases.suspend(ctx, licence.id, reason=reason)

    clock.move(timedelta(days=500))
    run_now(sqlite_house, KEEP)
    with acting(sqlite_house) as ctx:
        use_cases.record_vetting(ctx, licence.person_id, level="NPPV 2", holds_until=date(2030, 1, 1))
    run_now(sqlite_house, KEEP)

    assert again(sqlite_house, licence.id).suspension == reason


@pytest.mark.rule("LIC-13", "BRE-4")
def test_an_investigation_begun_while_a_licence_rests_outlasts_the_mending(
    sqlite_house: House, clock: FixedClock
) -> None:
    seats(sqlite_house)
    licence = a_licence(sqlite_house, an_organisation(sqlite_house, review_in_days=2000))
    clock.move(timedelta(days=500))
    run_now(sqlite_house, KEEP)

    with acting(sqlite_house) as ctx:
        use_cases.suspend(ctx, licence.id, reason=Suspension.INVESTIGATION)
    with acting(sqlite_house) as ctx:
        use_cases.record_vetting(ctx, licence.person_id, level="NPPV 2", holds_until=date(2030, 1, 1))

    assert again(sqlite_house, licence.id).suspension == Suspension.INVESTIGATION


@pytest.mark.rule("LIC-10", "LIC-13")
def test_an_organisation_without_an_escalation_contact_has_no_licence_in_use(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    licence = a_licence(sqlite_house, organisation)
    with sqlite_house.reading(operator("test")) as ctx:
        contact = ctx.session.scalars(
            select(KeyContact.id).where(KeyContact.organisation_id == organisation, KeyContact.kind == "escalation")
        ).one()

    with acting(sqlite_house, hub("hub_coordinator")) as ctx:
        signatories.end_key_contact(ctx, contact)
    assert again(sqlite_house, licence.id).suspension == Suspension.ELIGIBILITY

    with acting(sqlite_house, hub("hub_coordinator")) as ctx:
        signatories.name_key_contact(ctx, organisation, kind="escalation", name="Lou Made-Up", email="lou@swale.gov.uk")
    assert again(sqlite_house, licence.id).status == Status.ACTIVE


@pytest.mark.rule("LIC-13")
def test_a_failing_licence_is_left_alone_when_it_is_only_asked_for(sqlite_house: House) -> None:
    organisation = an_organisation(sqlite_house)
    a_person(sqlite_house, organisation, vetted=False)
    licence = a_request(sqlite_house, organisation)

    assert run_now(sqlite_house, KEEP).found == 0
    assert again(sqlite_house, licence.id).status == Status.REQUESTED


@pytest.mark.rule("LIC-13")
def test_nobody_keeps_eligibility_by_hand_without_the_right_to(sqlite_house: House) -> None:
    seats(sqlite_house)
    organisation = an_organisation(sqlite_house)
    licence = a_licence(sqlite_house, organisation)

    with pytest.raises(Forbidden), acting(sqlite_house, partner(organisation)) as ctx:
        use_cases.keep_eligibility(ctx, licence.id)
    with pytest.raises(Forbidden), acting(sqlite_house, partner(organisation)) as ctx:
        use_cases.expire(ctx, licence.id)


@pytest.mark.rule("LIC-1")
def test_training_is_recorded_when_it_is_done_and_not_before(sqlite_house: House) -> None:
    person = a_person(sqlite_house, an_organisation(sqlite_house), trained=[])

    for done_on in (date(1999, 12, 31), date(2026, 11, 22), date(9999, 1, 1)):
        with pytest.raises(Invalid), acting(sqlite_house) as ctx:
            use_cases.record_training(ctx, person, module="elearning", done_on=done_on)
    with pytest.raises(Invalid), acting(sqlite_house) as ctx:
        use_cases.record_training(ctx, person, module="juggling", done_on=date(2026, 1, 1))
    with pytest.raises(Invalid), acting(sqlite_house) as ctx:
        use_cases.record_vetting(ctx, person, level="NPPV 2", holds_until=date(9999, 1, 1))
    with pytest.raises(Forbidden), acting(sqlite_house, partner(person)) as ctx:
        use_cases.record_vetting(ctx, person, level="NPPV 2", holds_until=date(2027, 1, 1))


@pytest.mark.rule("LIC-13")
def test_every_job_of_the_room_has_a_limit() -> None:
    assert [job.name for job in JOBS] == ["expire-by-invite-licences", "keep-eligibility-live"]
    assert all(0 < job.limit <= 1000 for job in JOBS)
