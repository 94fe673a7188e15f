"""New accounts, and finding the one that something is to be done to."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.identity import queries
from compliance.identity.addresses import normalise
from compliance.identity.errors import PersonExists
from compliance.identity.events import PersonAdded
from compliance.identity.models import Person
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import Forbidden, NotFound
from compliance.kernel.text import line
from policies.access import could, may
from policies.permissions import Permission


def add_person(
    ctx: Context, *, full_name: str, email: str, organisation_id: UUID | None = None, hub_team: bool = False
) -> Person:
    """Make an account that opens nothing yet. Whoever calls this has looked whether the actor may.

    Raises Invalid at /full_name or /email, PersonExists, and NotFound for an employer that is not there.
    """
    person = Person(
        id=ctx.new_id(),
        full_name=line(full_name, pointer="/full_name"),
        email=normalise(email),
        organisation_id=organisation_id,
        hub_team=hub_team,
        created_at=ctx.now(),
        created_by=ctx.actor.id,
    )
    if queries.person_by_email(ctx, person.email) is not None:
        raise PersonExists()

    ctx.session.add(person)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, "uq_people_email"):
            raise PersonExists() from problem
        if violated(problem, "fk_people_organisation_id_organisations"):
            raise NotFound() from problem
        raise

    record(ctx, PersonAdded(subject=person.id, organisation=organisation_id, hub_team=hub_team))
    return person


def within_reach(ctx: Context, permission: Permission, person_id: UUID) -> Person:
    """The account, locked, if the actor may do this to it; Forbidden to whoever may do it to nobody.

    To everybody else an account out of reach answers as one that does not exist (ROL-4).
    """
    if not could(ctx, permission):
        raise Forbidden()
    person = queries.person(ctx, person_id, lock=True)
    if not may(ctx, permission, organisation=person.organisation_id):
        raise NotFound()
    return person
