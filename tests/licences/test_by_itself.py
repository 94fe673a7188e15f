"""What happens to a licence without anybody's act: its last day comes, or what it stands on lapses (LIC-7, LIC-13)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.errors import Forbidden
from compliance.kernel.jobs import Run, run_now
from compliance.licences import use_cases
from compliance.licences.errors import LicenceOver
from compliance.licences.jobs import JOBS
from compliance.licences.rules import EndReason, Kind, Status, Suspension
from signatories import use_cases as signatories
from signatories.models import KeyContact
from tests.builders.identity import logged
from tests.builders.licences import (
    a_licence,
    a_person,
    a_request,
    a_session,
    acting,
    again,
    an_organisation,
    hub,
    is_open,
    partner,
    seats,
)

EXPIRE, KEEP, *_ = JOBS


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
