"""Reading decisions about sharing: one's own, one's organisation's, and for the hub and the officer all of them (SHA-1, DEC-6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden
from compliance.kernel.finding import the_one
from compliance.kernel.keyset import By, Page, Sorts, check_limit
from compliance.kernel.numbering import is_called
from policies.access import could
from policies.permissions import Permission
from signatories.models import Organisation

from .models import SharingDecision
from .rules import Choice
from .sight import known

MOST = 500

With = aliased(Organisation)

SORTS = Sorts(
    SharingDecision.id,
    {
        "decided": By(SharingDecision.decided_at, datetime),
        "reference": By(SharingDecision.reference),
        "basis": By(SharingDecision.basis),
        "organisation": By(func.lower(Organisation.name), nullable=True),
    },
    usual="-decided",
)
"""How decisions can be sorted; those of the hub come before the others."""


@dataclass(frozen=True)
class Listed:
    """A decision in the list, with the names of whose it is and with whom it is shared."""

    decision: SharingDecision
    organisation: str | None
    shared_with: str | None


def called(decision: SharingDecision) -> str:
    """What people call a decision by: *SH-2026-12*."""
    return f"SH-{decision.year}-{decision.number}"


def theirs(ctx: Context) -> ColumnElement[bool]:
    """The decisions that the actor may know of: never those of a case they are kept from, but for what they decided."""
    return known(
        ctx, Permission.SHARING_READ, Permission.SHARING_RECORD, by=SharingDecision.decided_by,
        reference=SharingDecision.reference, of=(SharingDecision.organisation_id,),
    )  # fmt: skip


def partners(ctx: Context) -> list[tuple[UUID, str]]:
    """Every organisation's id and name, by name: to say who supplied something, or with whom it is shared."""
    if not could(ctx, Permission.SHARING_REGISTER_READ):
        raise Forbidden()
    rows = ctx.session.execute(select(Organisation.id, Organisation.name).order_by(Organisation.name).limit(MOST))
    return [(row.id, row.name) for row in rows]


def visible(ctx: Context, decision_id: UUID) -> SharingDecision:
    """One decision that the actor may know of; raises NotFound, Forbidden."""
    return the_one(ctx, select(SharingDecision).where(SharingDecision.id == decision_id, theirs(ctx)))


def decisions(
    ctx: Context,
    *,
    choice: Choice | None = None,
    basis: str | None = None,
    search: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page[Listed]:
    """The decisions that the actor may know of, the newest first; `search` looks in references, names and numbers.

    Raises Invalid at `/limit`, `/sort` and `/after`.
    """
    check_limit(limit, MOST)
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)
    wanted: Select[SharingDecision, str, str] = (
        select(SharingDecision, Organisation.name, With.name)
        .outerjoin(Organisation, Organisation.id == SharingDecision.organisation_id)
        .outerjoin(With, With.id == SharingDecision.with_organisation_id)
        .where(theirs(ctx))
    )
    if choice is not None:
        wanted = wanted.where(SharingDecision.decision == choice.value)
    if basis is not None:
        wanted = wanted.where(SharingDecision.basis == basis)
    if search and search.strip():
        wanted = wanted.where(_found_by(search.strip()))
    page = SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=limit)
    return page.each(lambda row: Listed(*row))


def _found_by(search: str) -> ColumnElement[bool]:
    looked_in: list[ColumnElement[bool]] = [
        SharingDecision.reference.icontains(search, autoescape=True),
        Organisation.name.icontains(search, autoescape=True),
        With.name.icontains(search, autoescape=True),
    ]
    number = is_called(search, SharingDecision.number, SharingDecision.year)
    return or_(*looked_in, *([number] if number is not None else []))
