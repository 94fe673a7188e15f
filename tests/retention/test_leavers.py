"""Whoever left is not known by name any more after their time, unless something open or a hold names them (RET-9, RET-6)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from compliance.accesses.flags.models import AccessFlag
from compliance.accesses.reading.models import SavedSearch
from compliance.breaches.models import IncidentAction
from compliance.identity import use_cases
from compliance.identity.models import (
    AccountInvitation,
    Authenticator,
    KnownDevice,
    Passkey,
    Password,
    Person,
    RoleHeld,
    SignIn,
    SpentStep,
)
from compliance.identity.proposals.models import Proposal
from compliance.kernel.clock import FixedClock
from compliance.kernel.context import Context, House
from compliance.licences.models import Training
from policies.values import packaged
from retention.holds import use_cases as holds
from retention.own.leavers import FORMER
from signatories.models import Withdrawal
from tests.builders import flags, licences, own
from tests.builders.identity import COMMAND, a_person, every, logged, someone
from tests.builders.incidents import an_incident

KEPT = packaged().own_records["accounts"].lasts(packaged())
THEIRS = (Password, Authenticator, Passkey, SpentStep, AccountInvitation, KnownDevice, SavedSearch, Training)


def the(house: House, person_id: UUID) -> Person:
    return next(each for each in every(house, Person) if each.id == person_id)


@pytest.mark.rule("RET-9")
def test_a_leaver_is_forgotten_after_their_time_and_their_id_stays(house: House, clock: FixedClock) -> None:
    leaver, stays = own.a_leaver(house, full_name="Wren Alder"), a_person(house, "delegate")
    now = clock.now()
    with house.work(COMMAND) as ctx:
        search = SavedSearch(id=ctx.new_id(), person_id=leaver, name="Mine", asked="{}", saved_at=now)
        course = Training(id=ctx.new_id(), person_id=leaver, module="marac", done_on=now.date(), recorded_by="x")
        licences.rows_made(ctx, search, course)
    assert {kind.__name__ for kind in THEIRS if not every(house, kind)} == {"Passkey"}

    clock.move(KEPT - timedelta(seconds=1))
    assert own.disposes(house, "accounts") == 0
    assert the(house, leaver).full_name == "Wren Alder"

    clock.move(timedelta(days=1))
    assert own.disposes(house, "accounts") == 1

    person = the(house, leaver)
    assert (person.full_name, person.email) == (FORMER, f"{leaver.hex}@former-user.invalid")
    assert person.closed_at == clock.now()
    assert {kind.__name__ for kind in THEIRS if every(house, kind)} == set()
    assert {each.person_id for each in every(house, RoleHeld)} == {leaver, stays.id}
    assert the(house, stays.id).full_name != FORMER
    assert own.whole(house) == []
    [entry] = logged(house, "own_record.disposed")
    assert (entry.subject_id, json.loads(entry.detail)["kind"]) == (str(leaver), "accounts")
    assert "Wren" not in entry.detail
    assert own.disposes(house, "accounts") == 0


def _complained(house: House, person_id: UUID, open_: bool) -> None:
    it = flags.a_concern(house, someone(house, "ig_officer"))
    with house.work(COMMAND) as ctx:
        row = ctx.session.get_one(AccessFlag, it.id)
        row.person_id = person_id
        row.status, row.decided_at = ("open", None) if open_ else ("explained", ctx.now())
        licences.rows_made(ctx, row)


def _breached(house: House, person_id: UUID, open_: bool) -> None:
    ended = None if open_ else house.clock.now()
    an_incident(house, reported_by=str(person_id), ended_at=ended, status="reported" if open_ else "closed")


def _to_do(house: House, person_id: UUID, open_: bool) -> None:
    incident = an_incident(house, ended_at=house.clock.now(), status="closed")
    with house.work(COMMAND) as ctx:
        licences.rows_made(
            ctx,
            IncidentAction(
                id=ctx.new_id(), incident_id=incident.id, kind="action", words=b"x", owner_id=person_id, added_by="x",
                added_at=ctx.now(), done_at=None if open_ else ctx.now(),
            ),
        )  # fmt: skip


def _proposed(house: House, person_id: UUID, open_: bool) -> None:
    with house.work(COMMAND) as ctx:
        now = ctx.now()
        licences.rows_made(
            ctx,
            Proposal(
                id=ctx.new_id(), kind="role", thing="t", asked="{}", digest="d", reason="r", proposer=str(person_id),
                proposed_at=now, ends_at=now, state="proposed" if open_ else "expired",
            ),
        )  # fmt: skip


def _withdrew(house: House, person_id: UUID, open_: bool) -> None:
    organisation_id = the(house, person_id).organisation_id
    assert organisation_id is not None
    upload = own.a_stray_file(house)
    with house.work(COMMAND) as ctx:
        now = ctx.now()
        licences.rows_made(
            ctx,
            Withdrawal(
                id=ctx.new_id(), organisation_id=organisation_id, instruments="op", letter_id=upload, letter_on=now.date(),
                reasons="r", effective_at=now + timedelta(days=900), recorded_by="x", recorded_at=now,
                called_off_at=None if open_ else now,
            ),
        )  # fmt: skip


def _held(house: House, person_id: UUID, open_: bool, reach: str = "subject", value: str | None = None) -> None:
    officer = someone(house, "ig_officer")
    with house.work(*officer) as ctx:
        hold = holds.place(
            ctx, ground="litigation", reach=reach, value=value or str(person_id), reason="A claim.",
            review_on=date(2027, 6, 1),
        )  # fmt: skip
    if not open_:
        with house.work(*officer) as ctx:
            holds.lift(ctx, hold.id, reason="It is settled.")


def _held_whole(house: House, person_id: UUID, open_: bool) -> None:
    _held(house, person_id, open_, "kind", "accounts")


def _held_organisation(house: House, person_id: UUID, open_: bool) -> None:
    _held(house, person_id, open_, "organisation", str(the(house, person_id).organisation_id))


OPEN = (_complained, _breached, _to_do, _proposed, _withdrew, _held, _held_whole, _held_organisation)


@pytest.mark.rule("RET-9", "RET-6")
@pytest.mark.parametrize("names", OPEN, ids=lambda each: each.__name__)
def test_what_is_open_or_held_keeps_a_leaver_and_what_is_over_does_not(
    house: House, clock: FixedClock, names: Callable[[House, UUID, bool], None]
) -> None:
    kept, goes = own.a_leaver(house), own.a_leaver(house)
    names(house, kept, True)
    if names is not _held_whole:
        names(house, goes, False)

    clock.move(KEPT + timedelta(days=1))
    own.disposes(house, "accounts")

    assert the(house, kept).full_name != FORMER
    assert (the(house, goes).full_name == FORMER) == (names is not _held_whole)


@pytest.mark.rule("RET-9")
def test_nobody_with_a_right_left_is_taken_for_a_leaver(sqlite_house: House, clock: FixedClock) -> None:
    house = sqlite_house
    licences.seats(house)
    swale = licences.an_organisation(house, "swale")
    holder = licences.a_licence(house, swale, "a@swale.gov.uk").person_id
    comes_back, late = own.a_leaver(house), own.a_leaver(house)

    clock.move(KEPT - timedelta(days=3))
    with house.work(COMMAND) as ctx:
        _sign_in_again(ctx, late)
    with house.work(COMMAND) as ctx:
        use_cases.grant_role(ctx, comes_back, role="delegate", reason="Is back.")
    clock.move(timedelta(days=30))
    own.disposes(house, "accounts")

    assert {each.id for each in every(house, Person) if each.full_name == FORMER} & {holder, comes_back, late} == set()


def _sign_in_again(ctx: Context, person_id: UUID) -> None:
    ctx.session.execute(
        update(SignIn).where(SignIn.person_id == person_id).values(ended_at=ctx.now(), seen_at=ctx.now())
    )
