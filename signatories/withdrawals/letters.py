"""Who is told of a withdrawal, and when: the organisation's signatories and the hub (SIG-6, SIG-7, OP 11.1)."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select

from compliance.identity.models import Person, RoleHeld
from compliance.identity.queries import still_held
from compliance.identity.use_cases.letters import tell
from compliance.kernel.context import Context
from compliance.notices.writing import take_back
from signatories.models import Organisation, Withdrawal
from signatories.rules import DUTIES

SIGNS = "authorised_signatory"
TOLD = ("hub_manager", "hub_supervisor", "hub_coordinator")
"""Of the hub: the co-ordinators take its people off any list kept elsewhere, the others see that they do (OP 11.1)."""


def tell_that_it_leaves(ctx: Context, withdrawal: Withdrawal) -> None:
    """A withdrawal was announced: it can still be called off, and everybody knows until when."""
    _tell(ctx, withdrawal, to_it="withdrawal_announced", to_hub="partner_leaves", once="announced")


def tell_that_it_left(ctx: Context, withdrawal: Withdrawal) -> None:
    """The organisation is outside. Letters of its announcement that wait to be sent would only mislead."""
    _take_back(ctx, withdrawal)
    _tell(ctx, withdrawal, to_it="withdrawal_in_effect", to_hub="partner_left", once="left")


def tell_that_it_stays(ctx: Context, withdrawal: Withdrawal) -> None:
    """The withdrawal was called off."""
    _take_back(ctx, withdrawal)
    _tell(ctx, withdrawal, to_it="withdrawal_called_off", to_hub="withdrawal_called_off", once="stays")


def _tell(ctx: Context, withdrawal: Withdrawal, *, to_it: str, to_hub: str, once: str) -> None:
    organisation = ctx.session.get_one(Organisation, withdrawal.organisation_id)
    for person, of_the_hub in _whom(ctx, withdrawal):
        tell(
            ctx,
            person,
            to_hub if of_the_hub else to_it,
            at=withdrawal.effective_at,
            once=_once(withdrawal, once, person),
            organisation=organisation.name,
            duties=DUTIES,
        )


def _take_back(ctx: Context, withdrawal: Withdrawal) -> None:
    take_back(ctx, *(_once(withdrawal, "announced", person) for person, _ in _whom(ctx, withdrawal)))


def _whom(ctx: Context, withdrawal: Withdrawal) -> Iterable[tuple[Person, bool]]:
    """Its authorised signatories and the hub team, each once; with whether it is somebody of the hub."""
    its_own = (RoleHeld.role == SIGNS) & (RoleHeld.organisation_id == withdrawal.organisation_id)
    wanted = (
        select(Person)
        .join(RoleHeld, RoleHeld.person_id == Person.id)
        .where(
            still_held(ctx.now()),
            Person.closed_at.is_(None),
            or_(its_own, RoleHeld.role.in_(TOLD) & Person.hub_team),
        )
        .order_by(Person.id)
    )
    found = {person.id: person for person in ctx.session.scalars(wanted)}
    return [(person, person.hub_team) for person in found.values()]


def _once(withdrawal: Withdrawal, what: str, person: Person) -> str:
    return f"withdrawal:{withdrawal.id}:{what}:{person.id}"
