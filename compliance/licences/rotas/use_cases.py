"""Sharing a seat: make a rota, set its turns, let somebody go, end it (LIC-6).

A rota takes one seat, however many share it. Whoever is in it was approved for a licence by the hub (LIC-1, ROL-3),
or has asked for one: their turns stay empty until the hub has approved, which takes no further seat. Somebody who
comes from a seat of their own frees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from audit.record import record
from compliance.identity import queries as identity
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import FieldError, Invalid, NotFound
from compliance.licences import steps
from compliance.licences.errors import OwnLicence
from compliance.licences.models import Licence
from compliance.licences.rules import HOLDS_A_SEAT, EndReason, Kind, Status, Suspension
from compliance.licences.waiting import steps as waiting
from policies.access import may, require
from policies.permissions import Permission
from signatories import queries as signatories

from . import following, queries, rules
from .errors import BadTimetable, LastOfRota, RotaOver
from .events import RotaEnded, RotaMade, RotaMemberLeft, RotaTurnsSet
from .models import Rota, RotaTurn
from .rules import Turn

LONGEST_NAME = 100


def make_rota(ctx: Context, *, organisation_id: UUID, name: str, turns: Sequence[Turn]) -> Rota:
    """Let several people of an organisation share one seat, from now on, by this timetable (LIC-6).

    Raises BadTimetable with what is wrong at `/turns/<number>/<member>`.
    """
    require(ctx, Permission.ROTA_MANAGE, organisation=organisation_id)
    signatories.organisation(ctx, organisation_id, lock=True)
    called = text.line(name, pointer="/name", limit=LONGEST_NAME)
    _check(turns)

    rota = Rota(
        id=ctx.new_id(), organisation_id=organisation_id, kind=Kind.STANDING, name=called,
        starts_on=london_date(ctx.now()), made_by=ctx.actor.id, made_at=ctx.now(), turns_since=ctx.now(), turns=[],
    )  # fmt: skip
    named = following.members(ctx, rota.id, and_these=_named(turns))
    ours = {licence.id: Kind(licence.kind) for licence in named if licence.organisation_id == organisation_id}
    rota.kind = next((ours[turn.licence_id] for turn in turns if turn.licence_id in ours), rota.kind)
    _check_can_share(rota, turns, named)
    ctx.session.add(rota)
    record(
        ctx,
        RotaMade(
            subject=rota.id, organisation=organisation_id, kind=rota.kind, turns=len(turns),
            members=tuple(licence.id for licence in named),
        ),
    )  # fmt: skip
    ctx.session.flush()
    _settle(ctx, rota, turns, named)
    return rota


def set_turns(ctx: Context, rota_id: UUID, *, turns: Sequence[Turn], name: str | None = None) -> Rota:
    """Give a rota another timetable; whoever is named in it and was not in the rota comes in with it (LIC-6).

    Everybody in the rota keeps a turn: whoever is to have none is let go first. Raises BadTimetable, RotaOver.
    """
    rota = _open(ctx, rota_id)
    called = rota.name if name is None else text.line(name, pointer="/name", limit=LONGEST_NAME)
    _check(turns)

    living = following.members(ctx, rota.id, and_these=_named(turns))
    _check_can_share(rota, turns, living)
    joined = [licence for licence in living if licence.rota_id != rota.id]
    rota.name = called
    record(
        ctx,
        RotaTurnsSet(
            subject=rota.id, organisation=rota.organisation_id, turns=len(turns),
            joined=tuple(licence.id for licence in joined),
        ),
    )  # fmt: skip
    _settle(ctx, rota, turns, living)
    return rota


def remove_member(ctx: Context, rota_id: UUID, licence_id: UUID, *, own_seat: bool = False) -> Rota:
    """Let somebody go from a rota: their licence ends, or, by the hub, goes on with a seat of its own (LIC-5, LIC-6).

    A request only leaves the rota, and waits as any other. Raises LastOfRota, NoSeat, OwnLicence, RotaOver.
    """
    rota = _open(ctx, rota_id)
    living = following.members(ctx, rota.id)
    licence = next((each for each in living if each.id == licence_id), None)
    if licence is None:
        raise NotFound()
    others = [each for each in living if each.id != licence_id]
    holds = licence.status in HOLDS_A_SEAT
    if own_seat and holds:
        require(ctx, Permission.LICENCE_APPROVE, organisation=rota.organisation_id)
        identity.require_fresh(ctx)
        if ctx.actor.person_id == licence.person_id:
            raise OwnLicence()
    elif holds:
        _require_ending(ctx, rota)
    if not others:
        raise LastOfRota()
    if own_seat and any(each.status in HOLDS_A_SEAT for each in others):
        # Whoever waits for a seat comes before whoever has a part of one.
        waiting.freed(ctx, Kind(rota.kind))
        steps.take_seat(ctx, Kind(rota.kind))

    kept = [turn for turn in queries.turns_of_rota(rota) if turn.licence_id != licence_id]
    _write_turns(ctx, rota, kept)
    _let_go(ctx, licence, keeps=own_seat)

    what = ("own_seat" if own_seat else "ended") if holds else "request"
    record(
        ctx,
        RotaMemberLeft(
            subject=rota.id, organisation=rota.organisation_id, licence=licence.id, person=licence.person_id, what=what
        ),
    )
    return rota


def end_rota(ctx: Context, rota_id: UUID, *, keeps: UUID | None = None) -> Rota:
    """Share the seat no longer: whoever has the turn keeps it, or whom `keeps` names; the others' licences end (LIC-6).

    Requests leave the rota, and wait as any other. Raises Invalid at `/keeps` where it is nobody's turn and nobody
    is named, and RotaOver.
    """
    rota = _open(ctx, rota_id)
    _require_ending(ctx, rota)
    living = following.members(ctx, rota.id)
    keeper = _keeper(ctx, rota, living, keeps)

    rota.ended_at = ctx.now()
    left = [licence for licence in living if licence is not keeper]
    for licence in left:
        _let_go(ctx, licence, keeps=False)
    ctx.session.flush()
    if keeper is not None:
        _let_go(ctx, keeper, keeps=True)

    record(
        ctx,
        RotaEnded(
            subject=rota.id, organisation=rota.organisation_id, kept=keeper.id if keeper is not None else None,
            left=tuple(licence.id for licence in left),
        ),
    )  # fmt: skip
    return rota


def _open(ctx: Context, rota_id: UUID) -> Rota:
    """The rota, for whoever may change it, held after its organisation; raises RotaOver."""
    found = queries.visible(ctx, rota_id)
    require(ctx, Permission.ROTA_MANAGE, organisation=found.organisation_id)
    signatories.organisation(ctx, found.organisation_id, lock=True)
    rota = following.hold(ctx, rota_id)
    if rota.ended_at is not None:
        raise RotaOver()
    return rota


def _require_ending(ctx: Context, rota: Rota) -> None:
    """Whoever ends somebody's part in a rota ends their licence, and must be one who may."""
    if not may(ctx, Permission.LICENCE_DEACTIVATE, organisation=rota.organisation_id):
        require(ctx, Permission.LICENCE_END_OWN, organisation=rota.organisation_id)


def _check(turns: Sequence[Turn]) -> None:
    found = rules.problems(turns)
    if found:
        raise BadTimetable(fields=tuple(found))


def _named(turns: Sequence[Turn]) -> list[UUID]:
    return list(dict.fromkeys(turn.licence_id for turn in turns))


def _check_can_share(rota: Rota, turns: Sequence[Turn], living: Sequence[Licence]) -> None:
    """Everybody named is of this organisation and kind and in no other rota; everybody in the rota is named."""
    by_id = {licence.id: licence for licence in living}
    found = []
    for number, turn in enumerate(turns):
        says = _stranger(rota, by_id.get(turn.licence_id))
        if says is not None:
            found.append(FieldError(f"/turns/{number}/licence_id", says))
    left_out = [each for each in living if each.id not in {turn.licence_id for turn in turns}]
    found.extend(
        FieldError("/turns", f"{each.person.full_name} has no turn. Give them one, or let them go from the rota first.")
        for each in left_out
    )
    if found:
        raise BadTimetable(fields=tuple(found))


def _stranger(rota: Rota, licence: Licence | None) -> str | None:
    """Why this licence cannot be in this rota; one of another organisation is as one that does not exist (ROL-4)."""
    if licence is None or licence.organisation_id != rota.organisation_id:
        return "Choose somebody of this organisation with a licence, or a request for one, that has not ended."
    if licence.kind != rota.kind:
        return "Everybody in a rota has the same kind of licence: standing, or by invite."
    if licence.rota_id not in (None, rota.id):
        return "This person is in another rota. Let them go from that one first."
    return None


def _settle(ctx: Context, rota: Rota, turns: Sequence[Turn], living: Sequence[Licence]) -> None:
    """Write the timetable, let the newcomers in, and let everybody's row say what it says now."""
    turn = rules.turn_at(turns, ctx.house.clock.now())
    whose = turn.licence_id if turn is not None else None
    following.step_out(ctx, whose, living)
    for licence in living:
        licence.rota_id = rota.id
    _write_turns(ctx, rota, turns)
    following.step_in(ctx, whose, living)
    # Whoever came from a seat of their own has freed it.
    waiting.freed(ctx, Kind(rota.kind))


def _write_turns(ctx: Context, rota: Rota, turns: Sequence[Turn]) -> None:
    rota.turns_since = ctx.now()
    rota.turns.clear()
    ctx.session.flush()
    rota.turns.extend(
        RotaTurn(weekday=turn.weekday, begins=turn.begins, ends=turn.ends, licence_id=turn.licence_id)
        for turn in sorted(turns)
    )
    ctx.session.flush()


def _let_go(ctx: Context, licence: Licence, *, keeps: bool) -> None:
    """Out of the rota: with the seat, without it, or, where they had only asked, as any other request."""
    licence.rota_id = None
    if licence.status not in HOLDS_A_SEAT:
        return
    if not keeps:
        steps.end(ctx, licence, EndReason.AT_REQUEST)
    elif licence.status == Status.SUSPENDED and licence.suspension == Suspension.ROTA:
        following.wake_if_it_holds(ctx, licence)


def _keeper(ctx: Context, rota: Rota, living: Sequence[Licence], keeps: UUID | None) -> Licence | None:
    """Who has the seat from now on: who is named, else who has the turn, else the only one there is."""
    holding = [licence for licence in living if licence.status in HOLDS_A_SEAT]
    whose = keeps if keeps is not None else following.has_turn(ctx, queries.turns_of_rota(rota))
    found = next((licence for licence in holding if licence.id == whose), None)
    if found is None and len(holding) == 1 and keeps is None:
        return holding[0]
    if found is None and holding:
        raise Invalid.at("/keeps", "Choose who keeps the seat: it is the turn of nobody who holds it.")
    return found
