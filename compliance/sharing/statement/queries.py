"""Reading the statement in force, and which licence holders have acknowledged it (SHA-4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true

from compliance.identity.models import Person
from compliance.kernel.context import Context
from compliance.kernel.counting import counts
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from compliance.licences.models import Licence
from compliance.licences.rules import Status as LicenceStatus
from policies.access import could, reach
from policies.permissions import Permission
from signatories.models import Organisation

from .errors import NoStatement
from .models import StatementAcknowledgement, StatementVersion

MOST = 500

SORTS = Sorts(
    Person.id,
    {
        "name": By(func.lower(Person.full_name)),
        "organisation": By(func.lower(Organisation.name), nullable=True),
        "acknowledged": By(StatementAcknowledgement.acknowledged_at, datetime, nullable=True),
    },
    usual="name",
)


class Which(StrEnum):
    """What the list of licence holders is narrowed to."""

    MISSING = "missing"
    DONE = "done"
    ALL = "all"


@dataclass(frozen=True)
class Listed:
    """A licence holder, whom they work for, and when they acknowledged the version in force; None where they have not."""

    person: Person
    organisation: str | None
    acknowledged_at: datetime | None


def newest(ctx: Context) -> StatementVersion | None:
    """The version in force; None before the first."""
    wanted = select(StatementVersion).order_by(StatementVersion.number.desc()).limit(1)
    return ctx.session.scalars(wanted).one_or_none()


def current(ctx: Context) -> StatementVersion:
    """The version in force, which anybody who is signed in may read; raises NoStatement."""
    found = newest(ctx)
    if found is None:
        raise NoStatement()
    return found


def versions(ctx: Context, limit: int = 50) -> list[StatementVersion]:
    """The versions, the newest first."""
    return list(ctx.session.scalars(select(StatementVersion).order_by(StatementVersion.number.desc()).limit(limit)))


def acknowledgement(ctx: Context, version_id: UUID, person_id: UUID) -> StatementAcknowledgement | None:
    """That this person has acknowledged this version; None where they have not."""
    wanted = select(StatementAcknowledgement).where(
        StatementAcknowledgement.version_id == version_id, StatementAcknowledgement.person_id == person_id
    )
    return ctx.session.scalars(wanted).one_or_none()


def waits_for(ctx: Context) -> bool:
    """Whether the acting person is to acknowledge the version in force, and has not: what their first page says."""
    if ctx.actor.person_id is None or not could(ctx, Permission.STATEMENT_ACKNOWLEDGE):
        return False
    return bool(counts(ctx, counting)[0])


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """What `waits_for` counts, as a statement of one row: the version in force, unless the actor acknowledged it."""
    last = select(func.max(StatementVersion.number)).scalar_subquery()
    done = exists().where(
        StatementAcknowledgement.version_id == StatementVersion.id,
        StatementAcknowledgement.person_id == ctx.actor.person_id,
    )
    return select(func.count(StatementVersion.id)).where(StatementVersion.number == last, ~done)


def holders(
    ctx: Context,
    *,
    which: Which = Which.ALL,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """Who holds a licence in use, and whether they have acknowledged the version in force, as far as the actor may know.

    Raises Invalid at `/limit`, `/sort` and `/after`, Forbidden.
    """
    check_limit(limit, MOST)
    within = reach(ctx, Permission.STATEMENT_READ)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    version = newest(ctx)
    of_version: ColumnElement[bool] = and_(
        StatementAcknowledgement.person_id == Person.id,
        StatementAcknowledgement.version_id == (version.id if version else None),
    )
    licensed = exists().where(
        Licence.person_id == Person.id, Licence.status == LicenceStatus.ACTIVE.value,
        true() if within is None else Licence.organisation_id.in_(within),
    )  # fmt: skip
    wanted: Select[Person, str, datetime] = (
        select(Person, Organisation.name, StatementAcknowledgement.acknowledged_at)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(StatementAcknowledgement, of_version)
        .where(licensed)
    )
    if which is not Which.ALL:
        missing = StatementAcknowledgement.id.is_(None)
        wanted = wanted.where(missing if which is Which.MISSING else ~missing)
    if search and search.strip():
        said = search.strip()
        wanted = wanted.where(
            or_(
                Person.full_name.icontains(said, autoescape=True),
                Person.email.icontains(said, autoescape=True),
                Organisation.name.icontains(said, autoescape=True),
            )
        )
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return page.each(lambda row: Listed(*row))
