"""What was decided, or left too long, as a list: searched by whom it was for, narrowed, sorted and walked (ROL-3)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select

from compliance.identity.models import Person
from compliance.kernel.context import Context
from compliance.kernel.keyset import By, Page, Sorts

from .models import Proposal
from .queries import known
from .rules import State

MOST = 500
"""Rows of a page at the most."""

_STATE: ColumnElement[str] = case(
    (Proposal.state == State.PROPOSED, State.EXPIRED.value),
    else_=Proposal.state,
)

SORTS = Sorts(
    Proposal.id,
    {
        "what": By(Proposal.kind),
        "for": By(func.lower(Person.full_name), nullable=True),
        "asked": By(Proposal.proposed_at, datetime),
        "ended": By(func.coalesce(Proposal.decided_at, Proposal.ends_at), datetime),
        "state": By(_STATE),
    },
    usual="-ended",
)
"""How what was decided can be sorted; what is for everybody comes before what is for somebody."""


def decided(
    ctx: Context,
    *,
    search: str | None = None,
    state: State | None = None,
    kind: str | None = None,
    sort: str | None = None,
    after: str | None = None,
    limit: int = 20,
) -> Page[Proposal]:
    """What was decided or left and the asker may know of, the newest first where nothing is said (ROL-4)."""
    sort = SORTS.known(sort)
    place = SORTS.read(after, sort)

    over = or_(Proposal.state != State.PROPOSED, Proposal.ends_at <= ctx.now())
    wanted = select(Proposal).outerjoin(Person, Person.id == Proposal.beneficiary_id).where(over, known(ctx))
    if search and search.strip():
        wanted = wanted.where(Person.full_name.icontains(search.strip(), autoescape=True))
    if state is not None:
        wanted = wanted.where(_STATE.in_((state.value,)))
    if kind is not None:
        wanted = wanted.where(Proposal.kind == kind)
    return SORTS.page(ctx.session, wanted, sort=sort, after=place, limit=min(limit, MOST))
