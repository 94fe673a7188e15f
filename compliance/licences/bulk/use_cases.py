"""Carrying out a list of requests: each row through the same use case as by hand, all in one transaction (LIC-4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from sqlalchemy import select, true

from audit.record import record
from compliance.identity import addresses
from compliance.identity.models import Person
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from compliance.licences import eligibility, use_cases
from compliance.licences.models import Licence
from compliance.licences.rules import ENDED, HOLDS_A_SEAT, EndReason, Kind
from compliance.licences.sheets.answers import Answer, Cells, answered, bounded
from compliance.licences.sheets.cells import day_in, squeezed
from policies.access import reach, require
from policies.permissions import Permission
from policies.values import Policy
from signatories import queries as signatories
from signatories.models import Organisation

from .columns import COLUMNS
from .events import BulkRequestSent

_BETWEEN = re.compile(r"[;,\n]")
_WHAT = {
    "": "joiner", "joiner": "joiner", "join": "joiner", "new": "joiner",
    "mover": "mover", "move": "mover", "leaver": "leaver", "leave": "leaver",
}  # fmt: skip
_KINDS = {"": Kind.STANDING, "standing": Kind.STANDING, "byinvite": Kind.BY_INVITE, "invite": Kind.BY_INVITE}
_ALSO = {"organisation_id": "Organisation"}

_TAKEN = {
    "joiner": "A licence is asked for.",
    "mover": "A new licence is asked for, and the old one has ended.",
    "leaver": "The licence has ended.",
}
_NO_ORGANISATION = "There is no organisation of this name or code that you can ask for."


@dataclass
class _Desk:
    """What all rows are answered by: the organisations that the sender may ask for, and whom rows before were about.

    `held` are the organisations that rows name, and whether each of them has withdrawn.
    """

    organisations: dict[str, tuple[UUID, str]]
    only: UUID | None
    areas: dict[str, str]
    held: dict[UUID, tuple[Organisation, bool]] = field(default_factory=dict)
    seen: dict[tuple[UUID, str], int] = field(default_factory=dict)


def carry_out(ctx: Context, rows: Sequence[Cells]) -> list[Answer]:
    """Take every row that can be taken, and answer each of the others with its reason.

    All that are taken commit together with this transaction, or none does. Sent again, each is refused as asked for
    already. A sender reaches as far as by hand: their own organisation, or for the hub any (ROL-4).
    """
    within = reach(ctx, Permission.LICENCE_REQUEST)
    bounded(ctx, rows)
    desk = _desk(ctx, within)
    _hold(ctx, desk, rows)

    answers = [answered(ctx, row, COLUMNS, partial(_take, ctx, desk), _ALSO) for row in rows]

    taken = sum(answer.taken for answer in answers)
    record(ctx, BulkRequestSent(taken=taken, refused=len(answers) - taken))
    return answers


def _take(ctx: Context, desk: _Desk, cells: Cells, number: int) -> tuple[str, UUID]:
    """Do what a row asks for; raises a refusal before anything has changed."""
    what = _WHAT.get(squeezed(cells.get("what", "")))
    if what is None:
        raise Invalid.at("/what", "Enter joiner, mover or leaver.")
    organisation_id = _organisation(desk, cells.get("organisation", ""))
    email = addresses.normalise(cells.get("email", ""))
    earlier = desk.seen.get((organisation_id, email))
    if earlier is not None:
        raise Invalid.at("/email", f"Row {earlier} is about the same person already. Keep one of the two.")

    made = _STEPS[what](ctx, desk, cells, organisation_id, email)
    desk.seen[organisation_id, email] = number
    return _TAKEN[what], made.id


def _join(ctx: Context, desk: _Desk, cells: Cells, organisation_id: UUID, email: str) -> Licence:
    kind = _KINDS.get(squeezed(cells.get("kind", "")))
    if kind is None:
        raise Invalid.at("/kind", "Enter standing or by invite.")
    organisation, outside = desk.held[organisation_id]
    return use_cases.request_of(
        ctx, organisation, outside=outside, full_name=cells.get("full_name", ""), email=email,
        areas=_areas(desk, cells), reason=cells.get("reason", ""), kind=kind,
        cases=_several(cells.get("cases", "")), ends_on=day_in(cells.get("ends_on", ""), pointer="/ends_on"),
    )  # fmt: skip


def _move(ctx: Context, desk: _Desk, cells: Cells, organisation_id: UUID, email: str) -> Licence:
    """To another role within the organisation. Between two organisations the hub moves people one by one."""
    held = _held(ctx, organisation_id, email, moving=True)
    return use_cases.move(
        ctx, held, organisation_id=organisation_id, areas=_areas(desk, cells), reason=cells.get("reason", "")
    )


def _leave(ctx: Context, _desk: _Desk, _cells: Cells, organisation_id: UUID, email: str) -> Licence:
    return use_cases.deactivate(ctx, _held(ctx, organisation_id, email, moving=False), reason=EndReason.LEAVER)


_STEPS: dict[str, Callable[[Context, _Desk, Cells, UUID, str], Licence]] = {
    "joiner": _join, "mover": _move, "leaver": _leave,
}  # fmt: skip


def _held(ctx: Context, organisation_id: UUID, email: str, *, moving: bool) -> UUID:
    """The licence of this person for this organisation that has not ended."""
    living = Licence.status.in_(HOLDS_A_SEAT) if moving else Licence.status.not_in(ENDED)
    found = ctx.session.scalar(
        select(Licence.id)
        .join(Person, Person.id == Licence.person_id)
        .where(Licence.organisation_id == organisation_id, Person.email == email, living)
        .where(Person.closed_at.is_(None) if moving else true())
    )
    if found is None:
        raise Invalid.at("/email", "Nobody with this address has a licence for this organisation now.")
    return found


def _hold(ctx: Context, desk: _Desk, rows: Sequence[Cells]) -> None:
    """Hold every organisation and licence that the rows are about before the first of them does anything.

    In the order in which every step holds them, so that nobody who acts on one of them meets this head-on.
    """
    named = {desk.only, *(found[0] for row in rows if (found := desk.organisations.get(_name(row))))} - {None}
    for organisation_id in sorted((one for one in named if one), key=str):
        require(ctx, Permission.LICENCE_REQUEST, organisation=organisation_id)
        organisation = signatories.organisation(ctx, organisation_id, lock=True)
        desk.held[organisation_id] = (organisation, eligibility.outside(ctx, organisation_id))
    people = select(Person.id).where(Person.email.in_({row.get("email", "").strip().casefold() for row in rows}))
    ctx.session.execute(
        select(Licence.id)
        .where(Licence.organisation_id.in_(named), Licence.person_id.in_(people), Licence.status.not_in(ENDED))
        .order_by(Licence.id)
        .with_for_update(key_share=True)
    ).all()


def _name(cells: Cells) -> str:
    return cells.get("organisation", "").strip().casefold()


def _desk(ctx: Context, within: frozenset[UUID] | None) -> _Desk:
    reached = ctx.session.execute(select(Organisation.id, Organisation.code, Organisation.name)).all()
    named: dict[str, tuple[UUID, str]] = {}
    for id_, code, name in reached:
        if within is None or id_ in within:
            named |= {code.casefold(): (id_, name), name.casefold(): (id_, name)}
    only = next(iter(within)) if within is not None and len(within) == 1 else None
    areas: dict[str, str] = {}
    for code, area in ctx.the(Policy).areas.items():
        areas |= {squeezed(code): code, squeezed(area.name): code}
    return _Desk(named, only, areas)


def _organisation(desk: _Desk, named: str) -> UUID:
    if not named.strip():
        if desk.only is None:
            raise Invalid.at("/organisation", "Enter the organisation’s name or code.")
        return desk.only
    found = desk.organisations.get(named.strip().casefold())
    if found is None:
        raise Invalid.at("/organisation", _NO_ORGANISATION)
    return found[0]


def _areas(desk: _Desk, cells: Cells) -> list[str]:
    wanted = _several(cells.get("areas", ""))
    unknown = [each for each in wanted if squeezed(each) not in desk.areas]
    if unknown:
        raise Invalid.at(
            "/areas", f"There is no area MARAC called {unknown[0][:60]}. Use the names of the area MARACs."
        )
    return [desk.areas[squeezed(each)] for each in wanted]


def _several(cell: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in _BETWEEN.split(cell) if each.strip())
