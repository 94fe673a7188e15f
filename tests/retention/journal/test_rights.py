"""Rights that ended since the copy was made have ended on it too before anything is served (RET-12, DEC-4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from audit.record import record
from compliance.decisions.exceptions import use_cases as exceptions
from compliance.decisions.exceptions.models import BreakGlass, Conflict
from compliance.identity import use_cases as identity
from compliance.identity.events import AccountLocked, ClosedToStrangers, DevicesForgotten, PasskeyEnded, PolicyChanged
from compliance.identity.models import (
    AccountInvitation,
    Authenticator,
    KnownDevice,
    Passkey,
    Password,
    Person,
    RoleHeld,
    ServiceClient,
    SignIn,
)
from compliance.identity.use_cases.passwords import set_password
from compliance.kernel.context import House, operator
from compliance.licences import steps
from compliance.licences import use_cases as licences
from compliance.licences.events import CaseClosedToOthers
from compliance.licences.models import CaseInvitation, ClosedCase, Licence
from compliance.licences.rules import EndReason, Status, Suspension
from retention.journal.copied import again as done_again
from retention.journal.keeping import keep
from signatories.withdrawals.events import WithdrawalAnnounced, WithdrawalCalledOff
from tests.builders import exceptions as glass
from tests.builders.identity import a_link, a_person, an_account, every, logged, someone
from tests.builders.licences import a_licence, a_session, acting, an_organisation, rows_made, seats, withdraw
from tests.retention.journal.conftest import again
from tests.witnesses.conftest import Past

ELSEWHERE = {name for name in done_again() if name.startswith(("disposal.", "retention_hold."))}
TEST = operator("test")


@dataclass
class Case:
    """A right: how it ends, whether it lives, and how its ending is done again."""

    what: str
    ends: Callable[[House], object]
    lives: Callable[[House], bool]
    way: str = "exactly"


def row(house: House, kind: type[Any], row_id: UUID | None) -> Any:
    with house.reading(TEST) as ctx:
        return ctx.session.get(kind, row_id)


def does(house: House, act: Callable[..., object], *given: Any, **more: Any) -> object:
    with acting(house) as ctx:
        return act(ctx, *given, **more)


def changes(house: House, kind: type[Any], row_id: UUID, event: Any, **values: Any) -> None:
    """As a use case would that a test cannot reach in a line."""
    with house.work(TEST) as ctx:
        found = ctx.session.get_one(kind, row_id)
        for name, value in values.items():
            setattr(found, name, value)
        record(ctx, event)


def shuts(house: House, glass_id: UUID) -> None:
    with house.work(*someone(house, "hub_supervisor")) as ctx:
        exceptions.end_break_glass(ctx, glass_id)


def ends_client(house: House, client_id: UUID) -> None:
    with house.work(TEST) as ctx:
        identity.end_client(ctx, client_id)


def case_closed(house: House, reference: str) -> None:
    with house.work(TEST) as ctx:
        found = ClosedCase(id=ctx.new_id(), reference=reference, since=ctx.now())
        ctx.session.add(found)
        record(ctx, CaseClosedToOthers(subject=found.id, reference=reference))


def another_password(house: House, person_id: UUID) -> None:
    with house.work(TEST) as ctx:
        set_password(ctx, ctx.session.get_one(Person, person_id), "$argon2id$")


def of(house: House, kind: type[Any], person_id: UUID) -> Any:
    return next(each for each in every(house, kind) if each.person_id == person_id)


def accounts(house: House) -> list[Case]:
    """Keys of accounts, and accounts."""
    role, locked, strange, reset, changed, known, gave_up, browser = (
        an_account(house, "hub_coordinator").person for _ in range(8)
    )
    invited = a_person(house, "hub_coordinator")
    a_link(house, invited)
    now, passkey, device = house.clock.now(), uuid4(), uuid4()
    with house.work(TEST) as ctx:
        rows_made(
            ctx, Passkey(id=passkey, person_id=gave_up.id, credential=b"1", public_key=b"2", name="Key", made_at=now)
        )
        ctx.session.add(KnownDevice(id=device, person_id=browser.id, token="t" * 64, made_at=now, used_at=now))
    held, session = of(house, RoleHeld, role.id).id, a_session(house, role.id)
    first = of(house, Password, reset.id).id
    second, third = of(house, Password, changed.id).id, of(house, Password, known.id).id
    link = of(house, AccountInvitation, invited.id).id
    return [
        Case("role.ended", lambda h: does(h, identity.end_role, held, reason="They moved."),
             lambda h: row(h, RoleHeld, held).ended_at is None),
        Case("session.ended", lambda h: does(h, identity.sign_out, session), lambda h: row(h, SignIn, session).ended_at is None),
        Case("account.locked", lambda h: changes(h, Person, locked.id, AccountLocked(subject=locked.id, failures=5), locked_at=now),
             lambda h: row(h, Person, locked.id).locked_at is None),
        Case("account.closed_to_strangers",
             lambda h: changes(h, Person, strange.id, ClosedToStrangers(subject=strange.id, failures=5), closed_to_strangers_at=now),
             lambda h: row(h, Person, strange.id).closed_to_strangers_at is None),
        Case("account.reset", lambda h: does(h, identity.reset_account, reset.id, identity_check="By telephone."),
             lambda h: row(h, Password, first).ended_at is None),
        Case("password.set", lambda h: another_password(h, changed.id),
             lambda h: row(h, Password, second).ended_at is None and row(h, Password, second).compromised_at is None, "denied"),
        Case("password.compromised", lambda h: does(h, identity.password_compromised, known.id, reason="told"),
             lambda h: row(h, Password, third).compromised_at is None),
        Case("passkey.ended", lambda h: changes(h, Passkey, passkey, PasskeyEnded(subject=gave_up.id, passkey=passkey), ended_at=now),
             lambda h: row(h, Passkey, passkey).ended_at is None),
        Case("device.forgotten", lambda h: changes(h, KnownDevice, device, DevicesForgotten(subject=browser.id, ended=(device,)), ended_at=now),
             lambda h: row(h, KnownDevice, device).ended_at is None),
        Case("invitation.made", lambda h: a_link(h, invited), lambda h: row(h, AccountInvitation, link).withdrawn_at is None),
    ]  # fmt: skip


def of_cases(house: House) -> list[Case]:
    """Licences, what hangs on them, programs, and who comes near which case."""
    seats(house)
    swale = an_organisation(house)
    ended, rested, leaves, near, shut, away = (a_licence(house, swale, f"{name}@swale.gov.uk") for name in "abcdef")
    with house.work(TEST) as ctx:
        client, _ = identity.register_client(ctx, name="Case system", scopes=("decisions",))
    invitation = does(house, licences.invite_to_case, reference="C-1", person_id=near.person_id, closed=False)
    opened = glass.opened(house, shut.person_id, "C-2")
    gone = an_organisation(house, "dover", domains=("dover.gov.uk",))
    theirs = a_licence(house, gone, "g@dover.gov.uk")
    assert isinstance(invitation, CaseInvitation)
    return [
        Case("licence.deactivated", lambda h: does(h, licences.deactivate, ended.id, reason=EndReason.BREACH),
             lambda h: row(h, Licence, ended.id).status != Status.DEACTIVATED),
        Case("licence.suspended", lambda h: does(h, licences.suspend, rested.id, reason=Suspension.INVESTIGATION),
             lambda h: row(h, Licence, rested.id).status == Status.ACTIVE),
        Case("client.ended", lambda h: ends_client(h, client.id), lambda h: row(h, ServiceClient, client.id).ended_at is None),
        Case("case_invitation.ended", lambda h: does(h, licences.end_case_invitation, invitation.id),
             lambda h: row(h, CaseInvitation, invitation.id).ended_at is None),
        Case("break_glass.ended", lambda h: shuts(h, opened.id),
             lambda h: row(h, BreakGlass, opened.id).ended_at is None),
        Case("case.closed_marac", lambda h: does(h, licences.invite_to_case, reference="C-3", person_id=leaves.person_id, closed=True),
             lambda h: not every(h, ClosedCase)),
        Case("conflict.set", lambda h: glass.kept(h, away.person_id, "C-4"),
             lambda h: [(each.person_id, each.reference) for each in every(h, Conflict)] != [(away.person_id, "C-4")]),
        Case("organisation.withdrew", lambda h: withdraw(h, gone), lambda h: row(h, Licence, theirs.id).status == Status.ACTIVE, "to_look"),
    ]  # fmt: skip


@pytest.mark.rule("RET-12", "DEC-4", "DEC-6", "LIC-3", "SIG-6")
def test_every_right_that_ended_has_ended_on_the_copy_too(app: Flask, kept_house: House, past: Past) -> None:
    house = kept_house
    cases = [*accounts(house), *of_cases(house)]
    keep(house)
    past.take()
    for case in cases:
        case.ends(house)
        assert not case.lives(house), case.what
    keep(house)
    past.put_back()
    assert [case.what for case in cases if not case.lives(house)] == [], "the copy has them all alive"

    kept = keep(house)

    assert [case.what for case in cases if case.lives(house)] == []
    assert {(case.what, case.way) for case in cases} - set(again(house)) == set()
    assert kept.exactly + kept.denied + kept.to_look == len(again(house))
    assert keep(house).forgotten == 0


def test_every_ending_that_is_done_again_is_tried_here_or_among_disposals() -> None:
    tried = {
        "account.recovered",
        "policy.changed",
        "withdrawal.announced",
        "authenticator.enrolled",
        "withdrawal.links_ended",
    } | ELSEWHERE
    said = "".join(Path(__file__).with_name(name).read_text() for name in ("test_rights.py", "test_programs.py"))
    named = {name for name in done_again() if f'"{name}"' in said}

    assert set(done_again()) - named - tried == set()


@pytest.mark.rule("RET-12", "LIC-3")
def test_what_was_given_back_since_is_not_taken_away_and_nothing_is_given(
    app: Flask, kept_house: House, past: Past
) -> None:
    house = kept_house
    seats(house)
    swale = an_organisation(house)
    woken, asleep = (a_licence(house, swale, f"{name}@swale.gov.uk") for name in "ab")
    does(house, licences.suspend, asleep.id, reason=Suspension.LEAVE)
    keep(house)
    past.take()
    does(house, licences.suspend, woken.id, reason=Suspension.LEAVE)
    for one in (woken, asleep):
        does(house, licences.resume, one.id)
    keep(house)
    past.put_back()
    keep(house)

    assert row(house, Licence, woken.id).status == Status.ACTIVE
    assert row(house, Licence, asleep.id).status == Status.SUSPENDED
    assert ("licence.suspended", "exactly") not in again(house)


@pytest.mark.rule("RET-12", "LIC-13")
def test_a_licence_whose_checklist_had_lapsed_rests_until_somebody_looks(
    app: Flask, kept_house: House, past: Past
) -> None:
    house = kept_house
    seats(house)
    licence = a_licence(house, an_organisation(house), "a@swale.gov.uk")
    keep(house)
    past.take()
    with house.work(TEST) as ctx:
        steps.rest(ctx, ctx.session.get_one(Licence, licence.id), Suspension.ELIGIBILITY, missing=("vetting",))
    keep(house)
    past.put_back()
    keep(house)

    found = row(house, Licence, licence.id)
    assert (found.status, found.suspension) == (Status.SUSPENDED, Suspension.INVESTIGATION)
    assert again(house) == [("licence.suspended", "denied")]


@pytest.mark.rule("RET-12", "IDN-3")
def test_who_gave_up_a_second_factor_is_kept_out_until_the_hub_looks(app: Flask, kept_house: House, past: Past) -> None:
    house = kept_house
    person = an_account(house, "hub_coordinator").person
    app_id = of(house, Authenticator, person.id).id
    keep(house)
    past.take()
    with house.work(TEST) as ctx:
        identity.recover_alone(ctx, person.id, identity_check="In person.")
    keep(house)
    past.put_back()
    keep(house)

    assert row(house, Authenticator, app_id).ended_at is not None
    assert row(house, Person, person.id).locked_at is not None
    assert ("account.recovered", "denied") in again(house)


@pytest.mark.rule("RET-12", "SIG-6", "IDN-9")
def test_what_nobody_but_the_hub_can_do_again_is_listed_for_it(
    sqlite_app: Flask, kept_house: House, past: Past
) -> None:
    house = kept_house
    organisation = an_organisation(house)
    keep(house)
    past.take()
    stays, leaves, called_off = (uuid4() for _ in range(3))
    with house.work(TEST) as ctx:
        for subject in (leaves, called_off):
            record(
                ctx,
                WithdrawalAnnounced(
                    subject=subject, organisation=organisation, instruments=("isa",), letter="0" * 64,
                    effective_at=ctx.now(), duties_acknowledged=False,
                ),
            )  # fmt: skip
        record(ctx, WithdrawalCalledOff(subject=called_off, organisation=organisation))
        record(ctx, PolicyChanged(subject=stays, value="sessions.idle_minutes", before="30", after="15"))
    keep(house)
    past.put_back()

    assert keep(house).to_look == 2
    assert again(house) == [("withdrawal.announced", "to_look"), ("policy.changed", "to_look")]
    assert [entry.subject_id for entry in logged(house, "restore.done_again")] == [str(leaves), str(stays)]
