"""Rotas as they are read: never beyond the asker's reach, with who has the seat now and who is next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, lazyload

from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from compliance.licences.models import Licence
from compliance.licences.rules import ENDED, HOLDS_A_SEAT
from policies.access import reach
from policies.permissions import Permission
from signatories.models import Organisation

from .models import Rota, RotaTurn
from .rules import Turn, by_turns, next_change, next_turn, turn_at

MOST = 1000
"""Rotas that one look takes in: each is a seat of the contract."""


@dataclass(frozen=True)
class Member:
    """Somebody of a rota: their licence, their turns, whether they can use it in their turn, whether it is theirs now."""

    licence: Licence
    turns: tuple[Turn, ...]
    can_use: bool
    has_turn: bool

    @property
    def has_seat(self) -> bool:
        """Whether it is their turn and nothing else keeps them out."""
        return self.has_turn and self.can_use

    def next_from(self, instant: datetime) -> datetime | None:
        """When their next turn begins, for somebody whose turn it is not; None where they have none."""
        found = next_turn(self.turns, instant)
        return found[0] if found is not None else None


@dataclass(frozen=True)
class Standing:
    """A rota at an instant: its timetable, whose turn it is, until when, and who is next and from when."""

    rota: Rota
    organisation: str
    turns: tuple[Turn, ...]
    members: tuple[Member, ...]
    now: Member | None
    until: datetime | None
    next: Member | None
    next_from: datetime | None

    @property
    def left_empty(self) -> tuple[Turn, ...]:
        """The turns of people whose licence has ended or was refused: nobody has the seat in them."""
        living = {member.licence.id for member in self.members}
        return tuple(turn for turn in self.turns if turn.licence_id not in living)


def rotas(ctx: Context, *, organisation_id: UUID | None = None) -> list[Standing]:
    """The rotas that have not ended, of everybody the asker may know of, by organisation and name."""
    within = reach(ctx, Permission.LICENCE_READ)
    wanted = (
        select(Rota, Organisation.name)
        .join(Organisation, Organisation.id == Rota.organisation_id)
        .where(Rota.ended_at.is_(None))
        .options(lazyload(Rota.turns))
    )
    if within is not None:
        wanted = wanted.where(Rota.organisation_id.in_(within))
    if organisation_id is not None:
        if within is not None and organisation_id not in within:
            raise NotFound()
        wanted = wanted.where(Rota.organisation_id == organisation_id)
    found = [
        (rota, name) for rota, name in ctx.session.execute(wanted.order_by(Organisation.name, Rota.name).limit(MOST))
    ]
    return _standings(ctx, found)


def rota(ctx: Context, rota_id: UUID) -> Standing:
    """One rota, ended or not; NotFound where the asker may not know of it (ROL-4)."""
    found = visible(ctx, rota_id)
    name = ctx.session.scalar(select(Organisation.name).where(Organisation.id == found.organisation_id))
    return _standings(ctx, [(found, name or "")])[0]


def visible(ctx: Context, rota_id: UUID) -> Rota:
    """The rota alone; NotFound where the asker may not know of it (ROL-4)."""
    within = reach(ctx, Permission.LICENCE_READ)
    found = ctx.session.get(Rota, rota_id)
    if found is None or (within is not None and found.organisation_id not in within):
        raise NotFound()
    return found


def who_can_share(ctx: Context, organisation_id: UUID) -> Sequence[Licence]:
    """The licences and requests of an organisation that have not ended and are in no rota, by their holder's name."""
    within = reach(ctx, Permission.LICENCE_READ)
    if within is not None and organisation_id not in within:
        raise NotFound()
    found = ctx.session.scalars(
        _light().where(
            Licence.organisation_id == organisation_id, Licence.status.not_in(ENDED), Licence.rota_id.is_(None)
        )
    ).all()
    return sorted(found, key=lambda licence: licence.person.full_name)


def of_licence(ctx: Context, licence: Licence) -> tuple[Standing, Member] | None:
    """The rota that a licence which the asker was shown is in, with its part in it; None for one in no rota."""
    if licence.rota_id is None or licence.status in ENDED:
        return None
    rows = ctx.session.execute(
        select(Rota, RotaTurn.weekday, RotaTurn.begins, RotaTurn.ends, Licence)
        .select_from(RotaTurn)
        .join(Rota, Rota.id == RotaTurn.rota_id)
        .join(Licence, Licence.id == RotaTurn.licence_id)
        .where(RotaTurn.rota_id == licence.rota_id)
        .options(lazyload(Rota.turns), *_LIGHT)
        .order_by(RotaTurn.weekday, RotaTurn.begins)
    ).all()
    turns = tuple(Turn(weekday, begins, ends, whose.id) for _, weekday, begins, ends, whose in rows)
    # Everybody in a rota has a turn, so that the turns name them all.
    living = {whose.id: whose for *_, whose in rows if whose.status not in ENDED}
    standing = _standing(ctx.now(), rows[0][0], licence.organisation.name, turns, living.values())
    return next((standing, member) for member in standing.members if member.licence.id == licence.id)


def of_person(ctx: Context, person_id: UUID) -> list[tuple[Standing, Member]]:
    """The rotas a person is in, with their own part in each: for the person themselves."""
    theirs = select(Licence.rota_id).where(
        Licence.person_id == person_id, Licence.status.not_in(ENDED), Licence.rota_id.is_not(None)
    )
    wanted = (
        select(Rota, Organisation.name)
        .join(Organisation, Organisation.id == Rota.organisation_id)
        .where(Rota.id.in_(theirs), Rota.ended_at.is_(None))
        .options(lazyload(Rota.turns))
        .order_by(Organisation.name)
    )
    found = [(rota, name) for rota, name in ctx.session.execute(wanted)]
    return [
        (standing, member)
        for standing in _standings(ctx, found)
        for member in standing.members
        if member.licence.person_id == person_id
    ]


def others_hold(ctx: Context, licence: Licence) -> bool:
    """Whether somebody else already holds the one seat of this licence's rota, so that it needs none of its own (LIC-5)."""
    if licence.rota_id is None:
        return False
    holds = select(Licence.id).where(
        Licence.rota_id == licence.rota_id, Licence.id != licence.id, Licence.status.in_(HOLDS_A_SEAT)
    )
    return ctx.session.scalar(select(holds.exists())) is True


def turns_of_rota(found: Rota) -> tuple[Turn, ...]:
    """A rota's timetable, in the order of the week."""
    return tuple(Turn(turn.weekday, turn.begins, turn.ends, turn.licence_id) for turn in found.turns)


def _standings(ctx: Context, found: Sequence[tuple[Rota, str]]) -> list[Standing]:
    """In two statements, however many rotas there are."""
    ids = [each.id for each, _ in found]
    if not ids:
        return []
    turns: dict[UUID, list[Turn]] = {one: [] for one in ids}
    rows = ctx.session.execute(
        select(RotaTurn.rota_id, RotaTurn.weekday, RotaTurn.begins, RotaTurn.ends, RotaTurn.licence_id)
        .where(RotaTurn.rota_id.in_(ids))
        .order_by(RotaTurn.weekday, RotaTurn.begins)
    )
    for rota_id, weekday, begins, ends, licence_id in rows:
        turns[rota_id].append(Turn(weekday, begins, ends, licence_id))
    living: dict[UUID, list[Licence]] = {one: [] for one in ids}
    for licence in ctx.session.scalars(_light().where(Licence.rota_id.in_(ids), Licence.status.not_in(ENDED))):
        if licence.rota_id is not None:
            living[licence.rota_id].append(licence)
    return [
        _standing(ctx.now(), each, name, tuple(turns[each.id]), living[each.id]) for each, name in found
    ]  # fmt: skip


def _standing(
    at: datetime, found: Rota, organisation: str, turns: tuple[Turn, ...], living: Iterable[Licence]
) -> Standing:
    turn = turn_at(turns, at) if found.ended_at is None else None
    members = tuple(
        Member(
            licence,
            tuple(each for each in turns if each.licence_id == licence.id),
            by_turns(licence.status, licence.suspension),
            turn is not None and turn.licence_id == licence.id,
        )
        for licence in sorted(living, key=lambda each: (each.person.full_name, str(each.id)))
    )
    known = {member.licence.id: member for member in members}
    later = next_turn(turns, at)
    return Standing(
        found,
        organisation,
        turns,
        members,
        known.get(turn.licence_id) if turn is not None else None,
        next_change(turns, at),
        known.get(later[1].licence_id) if later is not None else None,
        later[0] if later is not None else None,
    )


_LIGHT = (
    lazyload(Licence.areas), lazyload(Licence.cases), lazyload(Licence.organisation), joinedload(Licence.person)
)  # fmt: skip
"""Licences with their holder and nothing more."""


def _light() -> Select[Licence]:
    return select(Licence).options(*_LIGHT)
