"""What the registers say of everybody who holds a licence, read in a fixed number of statements.

The decisions are compiled from this, for one person or for two hundred thousand: so it is made of columns,
not of loaded rows, and costs six statements however many people there are (DEC-1).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from .models import CaseInvitation, ClosedCase, Licence, LicenceArea, LicenceCase, Training, Vetting
from .rules import ENDED, Kind

Store = Connection | Session

_MOST_NAMED = 500
"""Beyond so many people it is cheaper, and on SQLite needed, to read everybody and keep those asked for."""


@dataclass(slots=True)
class Held:
    """A licence that has not ended. `cases` is None for a standing licence: every case of its areas (LIC-7)."""

    id: UUID
    organisation_id: UUID
    kind: str
    status: str
    suspension: str | None
    ends_on: date | None
    areas: list[str] = field(default_factory=list)
    cases: list[str] | None = None


@dataclass(slots=True)
class Invited:
    """A case its holder is invited to; `closed` where they were invited to it as a closed MARAC (OP 5.2)."""

    reference: str
    closed: bool
    until: datetime | None


@dataclass(slots=True)
class Holder:
    """One person: their licences that have not ended, and what a licence of theirs stands on.

    `training` gives for each module the last day on which it counts, None for no end; `vetted_until` is the
    last day on which the vetting holds, None where none is recorded.
    """

    licences: list[Held] = field(default_factory=list)
    training: dict[str, date | None] = field(default_factory=dict)
    vetted_until: date | None = None
    invitations: list[Invited] = field(default_factory=list)


def holders(store: Store, at: datetime, person_ids: Collection[UUID] | None = None) -> dict[UUID, Holder]:
    """Everybody of whom this room knows anything, or those of some people, at `at`; by person.

    Whoever is asked for and unknown is left out. Licences, training and vetting are given as they stand;
    invitations that have ended, or whose time is over at `at`, are left out.
    """
    only = None if person_ids is None else set(person_ids)
    people: dict[UUID, Holder] = {}
    by_id: dict[UUID, Held] = {}

    for person_id, *columns in _rows(store, _LICENCES, Licence.person_id, only):
        licence = Held(*columns)
        if licence.kind == Kind.BY_INVITE:
            licence.cases = []
        by_id[licence.id] = licence
        _of(people, person_id).licences.append(licence)
    for _, licence_id, area in _rows(store, _AREAS, Licence.person_id, only):
        if licence_id in by_id:
            by_id[licence_id].areas.append(area)
    for _, licence_id, reference in _rows(store, _CASES, Licence.person_id, only):
        cases = by_id[licence_id].cases if licence_id in by_id else None
        if cases is not None:
            cases.append(reference)

    for person_id, module, valid_until in _rows(store, _TRAINING, Training.person_id, only):
        _of(people, person_id).training[module] = valid_until
    for person_id, holds_until in _rows(store, _VETTING, Vetting.person_id, only):
        _of(people, person_id).vetted_until = holds_until
    for person_id, *columns in _rows(store, _invitations(at), CaseInvitation.person_id, only):
        _of(people, person_id).invitations.append(Invited(*columns))
    return people


def closed_cases(store: Store) -> set[str]:
    """The references of every closed MARAC (OP 5.2)."""
    return set(store.execute(select(ClosedCase.reference)).scalars())


_LICENCES = select(
    Licence.person_id,
    Licence.id,
    Licence.organisation_id,
    Licence.kind,
    Licence.status,
    Licence.suspension,
    Licence.ends_on,
).where(Licence.status.not_in(ENDED))

_AREAS = (
    select(Licence.person_id, LicenceArea.licence_id, LicenceArea.area)
    .join(Licence, Licence.id == LicenceArea.licence_id)
    .where(Licence.status.not_in(ENDED))
)

_CASES = (
    select(Licence.person_id, LicenceCase.licence_id, LicenceCase.reference)
    .join(Licence, Licence.id == LicenceCase.licence_id)
    .where(Licence.status.not_in(ENDED))
)

_TRAINING = select(Training.person_id, Training.module, Training.valid_until)

_VETTING = select(Vetting.person_id, Vetting.holds_until)


def _invitations(at: datetime) -> Select[*tuple[Any, ...]]:
    return select(
        CaseInvitation.person_id, CaseInvitation.reference, CaseInvitation.closed, CaseInvitation.until
    ).where(CaseInvitation.ended_at.is_(None), or_(CaseInvitation.until.is_(None), CaseInvitation.until > at))


def _rows(
    store: Store, statement: Select[*tuple[Any, ...]], owner: InstrumentedAttribute[UUID], only: set[UUID] | None
) -> Iterable[Sequence[Any]]:
    """The rows of everybody, or of `only` these; `owner` is always the first column."""
    if only is None:
        return store.execute(statement)
    if len(only) <= _MOST_NAMED:
        return store.execute(statement.where(owner.in_(only)))
    return (row for row in store.execute(statement) if row[0] in only)


def _of(people: dict[UUID, Holder], person_id: UUID) -> Holder:
    holder = people.get(person_id)
    if holder is None:
        holder = people[person_id] = Holder()
    return holder
