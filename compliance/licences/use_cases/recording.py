"""What the hub writes down so that licences can stand on it: training, vetting, and the contract's seats."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.identity import queries as identity
from compliance.kernel import text
from compliance.kernel.clock import london_date, said_day
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from compliance.licences import seats as contracts
from compliance.licences.errors import OwnRecord
from compliance.licences.events import SeatsSet, TrainingRecorded, VettingRecorded
from compliance.licences.models import Licence, SeatContract, Training, Vetting
from compliance.licences.rules import Kind
from compliance.licences.steps import keep_all
from compliance.licences.training.rules import counts_until
from compliance.licences.waiting import steps as waiting
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

_FARTHEST = timedelta(days=366 * 20)
"""Nothing a person is vetted or trained for lasts longer; a later date is a slip of the hand."""

_MOST_SEATS = 1_000_000


def record_training(
    ctx: Context,
    person_id: UUID,
    *,
    module: str,
    done_on: date,
    valid_until: date | None = None,
    version: str | None = None,
) -> Training:
    """A person has done a module, or has access to the eLearning (OP 6.1, GOV-7).

    `valid_until` is the last day it counts: without it, what the module's months say. Without a version it is the
    newest. Raises OwnRecord, and Invalid at `/module`, `/version`, `/done_on` and `/valid_until`.
    """
    require(ctx, Permission.TRAINING_RECORD)
    person = identity.person(ctx, person_id, lock=True)

    if ctx.actor.person_id == person.id:
        raise OwnRecord()
    known = ctx.the(Policy).training.get(module)
    if known is None and module not in ctx.the(Policy).licences.required_training:
        raise Invalid.at("/module", "Choose one of the modules that there are.")
    version = version or (known.newest if known else None)
    if version is not None and (known is None or version not in known.labels):
        raise Invalid.at("/version", "Choose one of the versions of this module.")
    today = london_date(ctx.now())
    if not date(2000, 1, 1) <= done_on <= today:
        raise Invalid.at("/done_on", "Enter the day it was done: not a day to come.")
    if valid_until is not None and not done_on <= valid_until <= today + _FARTHEST:
        raise Invalid.at(
            "/valid_until", "Enter the last day it counts: not before it was done, at most 20 years ahead."
        )

    training = ctx.session.scalars(
        select(Training).where(Training.person_id == person.id, Training.module == module).with_for_update()
    ).one_or_none()
    if training is None:
        training = Training(id=ctx.new_id(), person_id=person.id, module=module)
        ctx.session.add(training)
    elif done_on < training.done_on:
        raise Invalid.at("/done_on", f"It was done again later, on {said_day(training.done_on)}: that is what counts.")
    training.version = version
    training.done_on = done_on
    training.valid_until = valid_until or (counts_until(done_on, known.months) if known else None)
    training.recorded_by = ctx.actor.id

    record(ctx, TrainingRecorded(subject=training.id, person=person.id, module=module))
    keep_all(ctx, Licence.person_id == person.id)
    return training


def record_vetting(ctx: Context, person_id: UUID, *, level: str, holds_until: date) -> Vetting:
    """A person is vetted at this level; `holds_until` is the last day on which that holds (OP 6.1)."""
    require(ctx, Permission.VETTING_RECORD)
    person = identity.person(ctx, person_id, lock=True)

    if ctx.actor.person_id == person.id:
        raise OwnRecord()
    named = text.line(level, pointer="/level", limit=64)
    today = london_date(ctx.now())
    if not date(2000, 1, 1) <= holds_until <= today + _FARTHEST:
        raise Invalid.at("/holds_until", "Enter the last day on which the vetting holds, at most 20 years ahead.")

    vetting = ctx.session.scalars(select(Vetting).where(Vetting.person_id == person.id).with_for_update()).one_or_none()
    if vetting is None:
        vetting = Vetting(id=ctx.new_id(), person_id=person.id)
        ctx.session.add(vetting)
    vetting.level = named
    vetting.holds_until = holds_until
    vetting.recorded_by = ctx.actor.id

    record(ctx, VettingRecorded(subject=vetting.id, person=person.id))
    keep_all(ctx, Licence.person_id == person.id)
    return vetting


def set_seats(ctx: Context, kind: Kind, seats: int) -> SeatContract:
    """How many licences of a kind the contract allows; what that frees is offered to whoever waits (LIC-5).

    A person cannot set fewer than are taken: raises Invalid at `/seats` with how many those are, since somebody has
    to say first which licences end. The operator's word is the contract itself: what it says is so, nobody's licence
    ends by it, and none is given until enough are free again.
    """
    require(ctx, Permission.SEATS_SET)
    identity.require_fresh(ctx)
    contract = contracts.hold(ctx, [kind]).get(kind)

    if not 0 <= seats <= _MOST_SEATS:
        raise Invalid.at("/seats", "Enter the number of seats in the contract.")
    taken = contracts.taken(ctx, kind)
    if ctx.actor.person_id is not None and seats < taken:
        raise Invalid.at(
            "/seats",
            f"{taken:,} of these seats are in use or offered. Enter {taken:,} or more, or first end or reallocate "
            "licences that are not used.",
        )

    if contract is None:
        contract = SeatContract(id=ctx.new_id(), kind=Kind(kind))
        ctx.session.add(contract)
    contract.seats = seats
    contract.set_by = ctx.actor.id

    record(ctx, SeatsSet(subject=contract.id, kind=Kind(kind), seats=seats))
    waiting.freed(ctx, kind)
    return contract
