"""Who has learnt which module, and who is due: within the asker's reach, a page at a time (GOV-7)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select

from compliance.identity.models import Person
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.counting import counts
from compliance.kernel.errors import NotFound
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from compliance.licences.models import Licence, Training
from compliance.licences.rules import HOLDS_A_SEAT
from policies.access import reach
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from .rules import DUE, State, Which, soon_by, state_of

MOST = 500

SORTS = Sorts(Person.id, {"person": By(func.lower(Person.full_name))}, usual="person")


@dataclass(frozen=True)
class Done:
    """One module for one person: how it stands, and what was recorded of it."""

    module: str
    state: State
    version: str | None
    done_on: date | None
    until: date | None

    @property
    def due(self) -> bool:
        return self.state in DUE


@dataclass(frozen=True)
class Learner:
    """A person who holds a licence or has learnt something: whom they work for, and each module of the policy."""

    id: UUID
    name: str
    organisation: str
    modules: tuple[Done, ...]

    @property
    def due(self) -> tuple[Done, ...]:
        return tuple(each for each in self.modules if each.due)


def learners(
    ctx: Context,
    *,
    which: Which = Which.ALL,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Learner]:
    """Those who hold a licence or have learnt something, by name; `search` looks in name, address and organisation.

    Raises Forbidden, and Invalid at `/limit`, `/sort` and `/after`.
    """
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted = select(Person).outerjoin(Organisation, Organisation.id == Person.organisation_id).where(*_seen(ctx))
    if which is not Which.ALL:
        due = due_now(ctx)
        wanted = wanted.where(due if which is Which.DUE else not_(due))
    if search and search.strip():
        looked_in = (Person.full_name, Person.email, Organisation.name)
        wanted = wanted.where(or_(*(column.icontains(search.strip(), autoescape=True) for column in looked_in)))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    rows = {each.id: each for each in _learners(ctx, page.rows)}
    return page.each(lambda person: rows[person.id])


def learner(ctx: Context, person_id: UUID) -> Learner:
    """One person; raises Forbidden, and NotFound where the asker may not know of them (ROL-4)."""
    found = ctx.session.scalars(select(Person).where(Person.id == person_id, *_seen(ctx))).one_or_none()
    if found is None:
        raise NotFound()
    return _learners(ctx, [found])[0]


def due_count(ctx: Context) -> int:
    """How many people within reach are due for a module now."""
    return int(counts(ctx, counting)[0])


def counting(ctx: Context) -> Select[*tuple[Any, ...]]:
    """What `due_count` counts, as a statement of one row."""
    return select(func.count(Person.id)).where(*_seen(ctx), due_now(ctx))


def due_now(ctx: Context) -> ColumnElement[bool]:
    """As a condition on people: a module is missing that their licence asks for, or what they did runs out or is too old."""
    policy, today = ctx.the(Policy), london_date(ctx.now())
    soon = soon_by(today, policy.licences.runs_out_warn_days)
    theirs = select(Training.id).where(Training.person_id == Person.id)
    missing = [
        not_(theirs.where(Training.module == module).exists())
        for module in policy.licences.required_training
        if module in policy.training
    ]
    old = [
        and_(Training.module == code, Training.version.in_(module.too_old))
        for code, module in policy.training.items()
        if module.too_old
    ]
    over = and_(Training.module.in_(list(policy.training)), Training.valid_until <= soon)
    return or_(and_(_holds(), or_(false(), *missing)), theirs.where(or_(over, *old)).exists())


def among() -> list[ColumnElement[bool]]:
    """As conditions on people: the account is open, and they hold a licence or have learnt something."""
    learnt = select(Training.id).where(Training.person_id == Person.id).exists()
    return [Person.closed_at.is_(None), or_(_holds(), learnt)]


def _holds() -> ColumnElement[bool]:
    return (
        select(Licence.id).where(Licence.person_id == Person.id, Licence.status.in_(HOLDS_A_SEAT)).correlate(Person)
    ).exists()


def _seen(ctx: Context) -> list[ColumnElement[bool]]:
    """Those of whom it is asked, as far as the asker reaches: whom an organisation employs or licenses."""
    asked = among()
    within = reach(ctx, Permission.TRAINING_READ)
    if within is not None:
        licensed = select(Licence.id).where(
            Licence.person_id == Person.id, Licence.status.in_(HOLDS_A_SEAT), Licence.organisation_id.in_(within)
        )
        asked.append(or_(Person.organisation_id.in_(within), licensed.exists()))
    return asked


def _learners(ctx: Context, people: Sequence[Person]) -> list[Learner]:
    policy, today = ctx.the(Policy), london_date(ctx.now())
    soon = soon_by(today, policy.licences.runs_out_warn_days)
    ids: Collection[UUID] = [person.id for person in people]
    done = {
        (row.person_id, row.module): row
        for row in ctx.session.scalars(select(Training).where(Training.person_id.in_(ids)))
    }
    holding = set(
        ctx.session.scalars(
            select(Licence.person_id).where(Licence.person_id.in_(ids), Licence.status.in_(HOLDS_A_SEAT))
        )
    )
    employers = {person.organisation_id for person in people if person.organisation_id is not None}
    names: dict[UUID, str] = {
        row[0]: row[1]
        for row in ctx.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(employers)))
    }

    def one(person: Person, code: str) -> Done:
        row = done.get((person.id, code))
        asked = person.id in holding and code in policy.licences.required_training
        version, until = (row.version, row.valid_until) if row else (None, None)
        state = state_of(
            policy.training[code], asked=asked, done=row is not None, version=version, until=until, today=today, soon=soon
        )  # fmt: skip
        return Done(code, state, version, row.done_on if row else None, until)

    return [
        Learner(
            person.id,
            person.full_name,
            names.get(person.organisation_id, "") if person.organisation_id else "The MARAC Hub",
            tuple(one(person, code) for code in policy.training),
        )
        for person in people
    ]
