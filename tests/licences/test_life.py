"""A licence takes the steps of the table and no other (LIC-3)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from compliance.kernel.context import Context, House
from compliance.kernel.errors import Invalid
from compliance.licences import use_cases
from compliance.licences.errors import NoSuchStep
from compliance.licences.models import Licence
from compliance.licences.rules import ENDED, HOLDS_A_SEAT, NEXT, EndReason, Status, Step, Suspension, after
from tests.builders.licences import a_licence, acting, again, an_organisation, seats

STEPS: dict[Step, Callable[[Context, UUID], object]] = {
    Step.APPROVE: use_cases.approve,
    Step.REFUSE: lambda ctx, it: use_cases.refuse(ctx, it, reason="Not needed"),
    Step.SUSPEND: lambda ctx, it: use_cases.suspend(ctx, it, reason=Suspension.LEAVE),
    Step.RESUME: use_cases.resume,
    Step.DEACTIVATE: lambda ctx, it: use_cases.deactivate(ctx, it, reason=EndReason.BREACH),
}
"""The steps a person can take; activation follows by itself (see `test_activation`)."""

BECOMES = {
    "requested": {"approve": "approved", "refuse": "refused", "deactivate": "deactivated"},
    "refused": {},
    "approved": {"activate": "active", "deactivate": "deactivated"},
    "active": {"suspend": "suspended", "deactivate": "deactivated"},
    "suspended": {"resume": "active", "deactivate": "deactivated"},
    "deactivated": {},
}
"""LIC-3, written down a second time."""


@pytest.mark.rule("LIC-3")
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("step", Step)
def test_a_step_leads_where_the_table_says_and_nowhere_else(status: Status, step: Step) -> None:
    expected = BECOMES[status].get(step)

    if expected is None:
        with pytest.raises(NoSuchStep):
            after(status, step)
    else:
        assert after(status, step) == expected


@pytest.mark.rule("LIC-3")
def test_what_has_ended_never_moves_again() -> None:
    assert not [(status, step) for status, step in NEXT if status in ENDED]
    assert not ENDED & HOLDS_A_SEAT


@pytest.mark.rule("LIC-3")
@pytest.mark.parametrize("status", Status)
def test_a_use_case_takes_the_step_or_refuses_it_and_changes_nothing(sqlite_house: House, status: Status) -> None:
    house = sqlite_house
    seats(house)
    organisation = an_organisation(house)
    for number, (step, take) in enumerate(STEPS.items()):
        licence = a_licence(house, organisation, f"{step.value}{number}@swale.gov.uk", status=status)
        expected = BECOMES[status].get(step.value)

        if expected is None:
            with pytest.raises(NoSuchStep), acting(house) as ctx:
                take(ctx, licence.id)
            assert _standing(again(house, licence.id)) == _standing(licence)
        else:
            with acting(house) as ctx:
                take(ctx, licence.id)
            # Whoever can sign in already is active as soon as they are approved.
            assert again(house, licence.id).status == ("active" if step is Step.APPROVE else expected)


@pytest.mark.rule("LIC-3", "LIC-13")
def test_a_person_cannot_give_a_reason_that_only_the_service_gives(sqlite_house: House) -> None:
    seats(sqlite_house)
    licence = a_licence(sqlite_house, an_organisation(sqlite_house))

    with pytest.raises(Invalid), acting(sqlite_house) as ctx:
        use_cases.suspend(ctx, licence.id, reason=Suspension.ELIGIBILITY)
    for reason in (EndReason.WITHDRAWN, EndReason.EXPIRED, EndReason.REALLOCATED):
        with pytest.raises(Invalid), acting(sqlite_house) as ctx:
            use_cases.deactivate(ctx, licence.id, reason=reason)

    assert again(sqlite_house, licence.id).status == Status.ACTIVE


def _standing(licence: Licence) -> tuple[object, ...]:
    return (licence.status, licence.revision, licence.suspension, licence.end_reason, licence.decided_at)
