"""Resting, waking, ending; and what lapses or is mended moves the licence with it (LIC-3, LIC-4, LIC-13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from compliance.identity.models import RoleHeld
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House, operator
from compliance.kernel.errors import Forbidden, Invalid, NotFound
from compliance.licences import use_cases
from compliance.licences.errors import NotEligible, OwnLicence, OwnRecord
from compliance.licences.jobs import JOBS
from compliance.licences.rules import EndReason, Status, Suspension
from tests.builders.licences import (
    a_licence,
    a_person,
    a_session,
    acting,
    again,
    an_organisation,
    hub,
    is_open,
    partner,
    rows_made,
    seats,
)

EXPIRE, KEEP, *_ = JOBS


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
    assert [job.name for job in JOBS][:2] == ["expire-by-invite-licences", "keep-eligibility-live"]
    assert all(0 < job.limit <= 1000 for job in JOBS)
