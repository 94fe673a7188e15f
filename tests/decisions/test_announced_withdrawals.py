"""A withdrawal that was announced: nobody acts at its instant, and from that instant nobody is let in (SIG-6, DEC-4)."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask

from compliance.app import create_app, house_of
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import House
from compliance.kernel.settings import Settings
from compliance.licences.rules import Status
from signatories.models import Upload, Withdrawal
from tests.builders.decisions import CaseSystem, the_case_system
from tests.builders.licences import a_licence, acting, again, an_organisation, rows_made, seats

SHORTLY = timedelta(minutes=2)
MICROSECOND = timedelta(microseconds=1)


def announced(house: House, organisation_id: UUID, *, instruments: str = "isa op", called_off: bool = False) -> UUID:
    """A withdrawal that takes effect shortly, and may have been called off since."""
    with acting(house) as ctx:
        letter = Upload(
            id=ctx.new_id(), file_name="letter.pdf", media_type="application/pdf", size=1, sha256="0" * 64,
            content=b"%", received_at=ctx.now(),
        )  # fmt: skip
        ctx.session.add(letter)
        ctx.session.flush()
        row = Withdrawal(
            id=ctx.new_id(), organisation_id=organisation_id, instruments=instruments, letter_id=letter.id,
            letter_on=date(2026, 11, 20), reasons="The team closes", effective_at=ctx.now() + SHORTLY,
            recorded_by=ctx.actor.id, recorded_at=ctx.now(), people_removed=0, licences_ended=0,
            called_off_at=ctx.now() if called_off else None,
        )  # fmt: skip
        rows_made(ctx, row)
    return row.id


@pytest.mark.rule("SIG-6", "DEC-4")
def test_it_is_denied_from_the_very_microsecond_in_every_process_though_no_row_has_changed(
    app: Flask, settings: Settings, clock: FixedClock
) -> None:
    house = house_of(app)
    seats(house)
    organisation = an_organisation(house)
    licence = a_licence(house, organisation)
    first = the_case_system(app)
    other = create_app(settings, clock)
    second = CaseSystem(other, first.client_id, first.token)
    announced(house, organisation)

    clock.move(SHORTLY - timedelta(seconds=1))
    answer = first.asks()
    assert (answer["decision"], answer["context"]["valid_until"]) == (True, "2026-11-21T10:02:00.000Z")
    clock.move(timedelta(seconds=1) - MICROSECOND)
    assert {door.first_failing() for door in (first, second)} == {None}

    clock.move(MICROSECOND)

    denied = second.asks()
    assert {door.first_failing() for door in (first, second)} == {"SIG-6"}
    assert denied["context"]["reason_admin"].keys() == {"SIG-6"}
    assert again(house, licence.id).status == Status.ACTIVE
    house_of(other).engine.dispose()


@pytest.mark.rule("SIG-6")
@pytest.mark.parametrize(("instruments", "called_off", "failing"), [("op", False, "SIG-6"), ("isa op", True, None)])
def test_one_instrument_is_enough_and_one_that_was_called_off_ends_nothing(
    sqlite_app: Flask, clock: FixedClock, instruments: str, called_off: bool, failing: str | None
) -> None:
    house = house_of(sqlite_app)
    seats(house)
    organisation = an_organisation(house)
    a_licence(house, organisation)
    door = the_case_system(sqlite_app)
    announced(house, organisation, instruments=instruments, called_off=called_off)
    assert door.first_failing() is None

    clock.move(SHORTLY - MICROSECOND)
    assert door.first_failing() is None
    clock.move(MICROSECOND)
    assert door.first_failing() == failing
