"""The rows follow the timetable: whoever's turn is over rests, then whoever is next wakes, in one transaction (LIC-6).

Decisions do not wait for this: they look at the timetable itself. What hangs on the rows follows here: the seat's
holder as lists show it, and the sessions of whoever went out (IDN-6).

Whoever changes a rota holds its organisation first, where they need it, then the rota, then its licences in one order.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select

from audit.record import record
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from compliance.licences import steps
from compliance.licences.models import Licence
from compliance.licences.rules import ENDED, Status, Suspension

from .events import RotaEnded
from .models import Rota
from .queries import turns_of_rota
from .rules import Turn, turn_at
from .turns import IN_USE, OWN_TURNS, own_turns


def hold(ctx: Context, rota_id: UUID) -> Rota:
    """The rota, held for change and read afresh."""
    found = ctx.session.scalars(
        select(Rota).where(Rota.id == rota_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound()
    return found


def members(ctx: Context, rota_id: UUID, *, and_these: Sequence[UUID] = ()) -> list[Licence]:
    """Everybody in the rota whose licence has not ended, and those who are to come in, held for change."""
    return list(
        ctx.session.scalars(
            select(Licence)
            .where((Licence.rota_id == rota_id) | Licence.id.in_(and_these), Licence.status.not_in(ENDED))
            .order_by(Licence.id)
            .with_for_update(of=Licence, key_share=True)
            .execution_options(populate_existing=True)
        ).unique()
    )


def out_of_step(ctx: Context) -> list[UUID]:
    """The rotas whose rows do not say what the timetable says now, and those in which nobody is left."""
    rows = ctx.session.execute(
        select(Licence.rota_id, Licence.status, OWN_TURNS).where(Licence.rota_id.is_not(None), IN_USE)
    )
    behind = {
        rota_id
        for rota_id, status, turns in rows
        if (status == Status.ACTIVE) != (turn_at(own_turns(turns) or (), ctx.now()) is not None)
    }
    living = exists().where(Licence.rota_id == Rota.id, Licence.status.not_in(ENDED))
    empty = ctx.session.scalars(select(Rota.id).where(Rota.ended_at.is_(None), ~living))
    return sorted({*behind, *empty}, key=str)


def follow(ctx: Context, rota_id: UUID) -> bool:
    """Let the rows of one rota say what its timetable says now; whether there was anything to do."""
    rota = hold(ctx, rota_id)
    living = members(ctx, rota_id)
    if rota.ended_at is not None:
        return False
    if not living:
        rota.ended_at = ctx.now()
        record(ctx, RotaEnded(subject=rota.id, organisation=rota.organisation_id))
        return True
    whose = has_turn(ctx, turns_of_rota(rota))
    return any([step_out(ctx, whose, living), step_in(ctx, whose, living)])


def has_turn(ctx: Context, turns: Sequence[Turn]) -> UUID | None:
    """Whose turn it is by now: not when this transaction began, for it may have waited while a turn ended."""
    turn = turn_at(turns, ctx.house.clock.now())
    return turn.licence_id if turn is not None else None


def step_out(ctx: Context, whose: UUID | None, living: Sequence[Licence]) -> bool:
    """Whoever is active out of turn rests, and what they have open ends (IDN-6)."""
    out = [licence for licence in living if licence.status == Status.ACTIVE and licence.id != whose]
    for licence in out:
        steps.rest(ctx, licence, Suspension.ROTA)
    # The store lets one at a time be active in a rota: it must see them go before anybody comes in.
    ctx.session.flush()
    return bool(out)


def step_in(ctx: Context, whose: UUID | None, living: Sequence[Licence]) -> bool:
    """Whoever has the turn and rested for the rota alone wakes, if their checklist still holds (LIC-13)."""
    for licence in living:
        rests = licence.status == Status.SUSPENDED and licence.suspension == Suspension.ROTA
        if licence.id != whose or not rests or steps.past_its_end(ctx, licence.ends_on):
            continue
        wake_if_it_holds(ctx, licence)
        return True
    return False


def wake_if_it_holds(ctx: Context, licence: Licence) -> None:
    """Let somebody in who rested for the rota; whose checklist has lapsed rests on for that (LIC-13)."""
    lapsed = steps.lapses(ctx, (licence,))[licence.id]
    if lapsed:
        steps.rest_on(ctx, licence, Suspension.ELIGIBILITY, missing=lapsed)
    else:
        steps.wake(ctx, licence)
