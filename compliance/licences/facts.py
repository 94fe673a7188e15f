"""What the registers say of everybody who holds a licence, read in a fixed number of statements.

The decisions are compiled from this, for one person or for two hundred thousand: so it is made of columns,
not of loaded rows, and costs three statements however many people there are (DEC-1).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, String, cast, func, null, or_, select, type_coerce, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import NullType

from .models import CaseInvitation, ClosedCase, Licence, LicenceArea, LicenceCase, Training, Vetting
from .rotas.rules import Turn
from .rotas.turns import OWN_TURNS, own_turns
from .rules import ENDED, Kind

Store = Connection | Session

_MOST_NAMED = 500
"""Beyond so many people it is cheaper, and on SQLite needed, to read everybody and keep those asked for."""


@dataclass(slots=True)
class Held:
    """A licence that has not ended. `cases` is None for a standing licence: every case of its areas (LIC-7).

    `turns` are its own on the rota it is in, None where it is in none (LIC-6).
    """

    id: UUID
    organisation_id: UUID
    kind: str
    status: str
    suspension: str | None
    ends_on: date | None
    areas: list[str] = field(default_factory=list)
    cases: list[str] | None = None
    turns: tuple[Turn, ...] | None = None


@dataclass(slots=True)
class Invited:
    """A case its holder is invited to; `closed` where they were invited to it as a closed MARAC (OP 5.2)."""

    reference: str
    closed: bool
    until: datetime | None


@dataclass(slots=True)
class Qualified:
    """What a person brings to a licence (OP 6.1).

    `training` gives for each module the last day on which it counts, None for no end; `vetted_until` is the
    last day on which the vetting holds, None where none is recorded.
    """

    training: dict[str, date | None] = field(default_factory=dict)
    vetted_until: date | None = None


@dataclass(slots=True)
class Holder(Qualified):
    """One person: what they bring, their licences that have not ended, and the cases they are invited to."""

    licences: list[Held] = field(default_factory=list)
    invitations: list[Invited] = field(default_factory=list)


def holders(store: Store, at: datetime, person_ids: Collection[UUID] | None = None) -> dict[UUID, Holder]:
    """Everybody of whom this room knows anything, or those of some people, at `at`; by person.

    Whoever is asked for and unknown is left out. Licences, training and vetting are given as they stand;
    invitations that have ended, or whose time is over at `at`, are left out.
    """
    only = None if person_ids is None else set(person_ids)
    known = _Known()
    organisations: dict[Any, UUID] = {}

    for person, licence_id, organisation, kind, status, suspension, ends_on, areas, cases, turns in _rows(
        store, _LICENCES, Licence.person_id, only
    ):
        if organisation not in organisations:
            organisations[organisation] = _uuid(organisation)
        by_invite = _split(cases) if kind == Kind.BY_INVITE else None
        known[person].licences.append(
            Held(
                _uuid(licence_id), organisations[organisation], kind, status, suspension, ends_on,
                _split(areas), by_invite, own_turns(turns),
            )
        )  # fmt: skip
    for person, module, last_day in _qualifications(store, only):
        _add(known[person], module, last_day)
    for person, *columns in _rows(store, _invitations(at), CaseInvitation.person_id, only):
        known[person].invitations.append(Invited(*columns))

    people = ((_uuid(person), holder) for person, holder in known.items())
    return {person_id: holder for person_id, holder in people if only is None or person_id in only}


def qualified(store: Store, person_ids: Collection[UUID]) -> dict[UUID, Qualified]:
    """What each of these people brings, and nothing more about them: one statement."""
    only = set(person_ids)
    known: dict[UUID, Qualified] = {person_id: Qualified() for person_id in only}
    for stored, module, last_day in _qualifications(store, only):
        if (person_id := _uuid(stored)) in only:
            _add(known[person_id], module, last_day)
    return known


def closed_cases(store: Store) -> set[str]:
    """The references of every closed MARAC (OP 5.2)."""
    return set(store.execute(select(ClosedCase.reference)).scalars())


class _Known(dict[Any, Holder]):
    """Holders by their id as the store gives it: making an identifier of every row's would be half of the work."""

    def __missing__(self, person: Any) -> Holder:
        holder = self[person] = Holder()
        return holder


def _as_stored(column: InstrumentedAttribute[UUID]) -> ColumnElement[Any]:
    return type_coerce(column, NullType())


def _uuid(stored: Any) -> UUID:
    return stored if isinstance(stored, UUID) else UUID(stored)


_BETWEEN = "\n"
"""What no area code and no case reference holds: `kernel.text.line` lets none in."""


def _split(joined: str | None) -> list[str]:
    return joined.split(_BETWEEN) if joined else []


def _joined(column: InstrumentedAttribute[str], of_licence: InstrumentedAttribute[UUID]) -> ColumnElement[Any]:
    """All of a licence's values in one column, so that there is one row a licence."""
    return select(func.aggregate_strings(column, _BETWEEN)).where(of_licence == Licence.id).scalar_subquery()


_LICENCES = select(
    _as_stored(Licence.person_id),
    _as_stored(Licence.id),
    _as_stored(Licence.organisation_id),
    Licence.kind,
    Licence.status,
    Licence.suspension,
    Licence.ends_on,
    _joined(LicenceArea.area, LicenceArea.licence_id),
    _joined(LicenceCase.reference, LicenceCase.licence_id),
    OWN_TURNS,
).where(Licence.status.not_in(ENDED))

_TRAINING = select(_as_stored(Training.person_id), Training.module, Training.valid_until)

_VETTING = select(_as_stored(Vetting.person_id), cast(null(), String()), Vetting.holds_until)
"""In the shape of training, without a module."""


def _qualifications(store: Store, only: set[UUID] | None) -> Iterable[Sequence[Any]]:
    return store.execute(
        union_all(_narrowed(_TRAINING, Training.person_id, only), _narrowed(_VETTING, Vetting.person_id, only))
    )


def _add(one: Qualified, module: str | None, last_day: date | None) -> None:
    if module is None:
        one.vetted_until = last_day
    else:
        one.training[module] = last_day


def _invitations(at: datetime) -> Select[*tuple[Any, ...]]:
    return select(
        _as_stored(CaseInvitation.person_id), CaseInvitation.reference, CaseInvitation.closed, CaseInvitation.until
    ).where(CaseInvitation.ended_at.is_(None), or_(CaseInvitation.until.is_(None), CaseInvitation.until > at))


def _rows(
    store: Store, statement: Select[*tuple[Any, ...]], owner: InstrumentedAttribute[UUID], only: set[UUID] | None
) -> Iterable[Sequence[Any]]:
    return store.execute(_narrowed(statement, owner, only))


def _narrowed(
    statement: Select[*tuple[Any, ...]], owner: InstrumentedAttribute[UUID], only: set[UUID] | None
) -> Select[*tuple[Any, ...]]:
    """The rows of everybody, or of these few; of many, everybody's, to be sorted out afterwards."""
    return statement if only is None or len(only) > _MOST_NAMED else statement.where(owner.in_(only))
