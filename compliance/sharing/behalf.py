"""For whom something is recorded: whoever is signed in, or the person whom the case system names (SHA-1, SHA-2)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from compliance.identity import queries as identity
from compliance.identity.addresses import normalise
from compliance.identity.models import Person
from compliance.kernel.context import Context, Holding
from compliance.kernel.errors import Invalid
from compliance.kernel.ids import parse_id
from compliance.licences import queries as licences
from policies.access import Access, could, require
from policies.permissions import Permission

from .errors import NotOnBehalf


@dataclass(frozen=True)
class Whose:
    """Who acts, and for which organisation; None for the hub."""

    person_id: UUID
    organisation_id: UUID | None


def whose(ctx: Context, permission: Permission, *, person: str | None, organisation_id: UUID | None = None) -> Whose:
    """The person for whom this is done, once they may do it by a role or a licence of their own.

    Somebody signed in acts for themselves, and names nobody else. A program names a `person` by our id or a registered
    address, and the organisation where they work for several. Raises Invalid at `/person`, Forbidden, NotOnBehalf.
    """
    me = ctx.actor.person_id
    if me is not None:
        if person is not None and person not in (str(me), ""):
            raise Invalid.at("/person", "You can do this for yourself alone. Leave this out.")
        place = _place(ctx, permission, ctx.actor.holdings, organisation_id or ctx.actor.organisation_id)
        return Whose(me, place)

    require(ctx, permission)
    if not person:
        raise Invalid.at("/person", "Name the person on whose behalf this is, by our id or a registered address.")
    known = _person(ctx, person)
    if known is None or known.closed_at is not None or known.locked_at is not None:
        raise Invalid.at("/person", "Nobody with an open account is registered here by this id or address.")
    licensed = frozenset(
        Holding("licence_holder", licence.organisation_id) for licence in licences.active_for(ctx, known.id)
    )
    actor = identity.actor_for(ctx, known, extra=licensed)
    return Whose(known.id, _place(ctx, permission, actor.holdings, organisation_id or known.organisation_id))


def _place(
    ctx: Context, permission: Permission, holdings: frozenset[Holding], organisation_id: UUID | None
) -> UUID | None:
    """The organisation for which these holdings let somebody do this; raises NotOnBehalf, Forbidden."""
    access = ctx.the(Access)
    if any(access.allows(holding, permission, organisation_id) for holding in holdings):
        return organisation_id
    others = sorted(
        (holding.organisation_id for holding in holdings
         if holding.organisation_id and access.allows(holding, permission, holding.organisation_id)),
        key=str,
    )  # fmt: skip
    if others:
        return others[0]
    if could(ctx, permission):
        raise NotOnBehalf()
    require(ctx, permission)
    raise NotOnBehalf()


def _person(ctx: Context, named: str) -> Person | None:
    known = parse_id(named) if "@" not in named else None
    if known is not None:
        return ctx.session.get(Person, known)
    try:
        return identity.person_by_email(ctx, normalise(named))
    except Invalid:
        return None
