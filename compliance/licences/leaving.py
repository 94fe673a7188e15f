"""Who would lose what if an organisation withdrew now: found before anything happens, and once more when it does (SIG-6).

What stays is said too: the roles by which it can come back (SIG-9), and the duties (SIG-7).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, exists, func, literal_column, null, or_, select, union_all
from sqlalchemy.orm import joinedload

from compliance.identity import queries as identity
from compliance.identity.models import AccountInvitation, Person, RoleHeld, SignIn
from compliance.kernel.context import Context
from policies.values import Policy

from .models import CaseInvitation, Licence
from .rotas.models import RotaTurn
from .rules import ENDED, HOLDS_A_SEAT, Kind, Status
from .waiting.models import SeatOffer, WaitingPlace


@dataclass(frozen=True)
class LostLicence:
    """A licence or a request for one that would end, with what hangs on it: turns in a rota, a place, an offer."""

    id: UUID
    kind: str
    status: str
    areas: tuple[str, ...]
    cases: tuple[str, ...]
    ends_on: date | None
    turns: int
    waits: bool
    offered: bool


@dataclass(frozen=True)
class Loss:
    """One of its people, and all that they would lose. `signed_in` is how many sign-ins of theirs would end."""

    person_id: UUID
    full_name: str
    email: str
    licences: tuple[LostLicence, ...]
    lists: tuple[str, ...]
    invited_to: tuple[str, ...]
    roles_end: tuple[str, ...]
    roles_stay: tuple[str, ...]
    signed_in: int
    link_open: bool

    @property
    def loses(self) -> bool:
        """Whether anything of theirs would end at all."""
        return bool(self.licences or self.invited_to or self.roles_end or self.signed_in or self.link_open)


@dataclass(frozen=True)
class Losses:
    """All of them by name, and the fingerprint of what was shown, so that a change since can be told.

    That somebody signed in or out meanwhile is no change.
    """

    people: tuple[Loss, ...]
    digest: str

    @property
    def licences(self) -> int:
        """How many licences would end, requests left out."""
        return sum(each.status in HOLDS_A_SEAT for loss in self.people for each in loss.licences)

    @property
    def requests(self) -> int:
        """How many requests would be closed."""
        return sum(each.status == Status.REQUESTED for loss in self.people for each in loss.licences)

    @property
    def holders(self) -> int:
        """How many people hold those licences."""
        return sum(any(each.status in HOLDS_A_SEAT for each in loss.licences) for loss in self.people)

    @property
    def signed_in(self) -> int:
        """How many sign-ins would end."""
        return sum(loss.signed_in for loss in self.people)

    @property
    def turns(self) -> int:
        """How many turns in rotas would end."""
        return sum(each.turns for loss in self.people for each in loss.licences)

    @property
    def waiting(self) -> int:
        """How many places in the waiting list would be given up, those with a seat on offer among them."""
        return sum(each.waits or each.offered for loss in self.people for each in loss.licences)

    @property
    def lists(self) -> tuple[str, ...]:
        """The areas whose distribution list somebody would leave."""
        return tuple(sorted({area for loss in self.people for area in loss.lists}))

    @property
    def stay(self) -> tuple[Loss, ...]:
        """Who keeps a role by which the organisation can come back (SIG-9)."""
        return tuple(loss for loss in self.people if loss.roles_stay)


def losses(ctx: Context, organisation_id: UUID, *, instruments: Iterable[str], effective_at: datetime | None) -> Losses:
    """What would end, in a fixed number of statements. Whoever calls this has looked whether the actor may know."""
    kept = frozenset(ctx.the(Policy).signatories.roles_kept)
    held = _licences(ctx, organisation_id)
    people, roles = _people(ctx, organisation_id, [licence.person_id for licence in held])
    hanging = _hanging(ctx, [licence.id for licence in held], people)
    invited, linked = _open_to(ctx, organisation_id, [licence.person_id for licence in held], kept)

    of_person: dict[UUID, list[LostLicence]] = defaultdict(list)
    for licence in held:
        of_person[licence.person_id].append(_lost(ctx.the(Policy), licence, hanging))
    found = []
    for person in sorted(people.values(), key=lambda each: (each.full_name.casefold(), str(each.id))):
        own = tuple(of_person[person.id])
        loss = Loss(
            person.id,
            person.full_name,
            person.email,
            own,
            tuple(sorted({area for each in own if _is_listed(each) for area in each.areas})),
            tuple(sorted(invited[person.id])),
            tuple(sorted(roles[person.id] - kept)),
            tuple(sorted(roles[person.id] & kept)),
            hanging.get(("signed_in", person.id), 0),
            person.id in linked,
        )
        if loss.loses or loss.roles_stay:
            found.append(loss)
    return Losses(tuple(found), _digest(found, instruments, effective_at))


def with_nothing_left(ctx: Context, organisation_id: UUID, kept: Collection[str] = ()) -> ColumnElement[bool]:
    """The condition that somebody works for this organisation, and neither a role nor another's licence stays theirs.

    `kept` names the only roles here that count as staying, while the others have not ended yet.
    """
    role = exists().where(
        RoleHeld.person_id == Person.id,
        identity.still_held(ctx.now()),
        *([RoleHeld.organisation_id.is_distinct_from(organisation_id) | RoleHeld.role.in_(kept)] if kept else []),
    )
    elsewhere = exists().where(
        Licence.person_id == Person.id, Licence.organisation_id != organisation_id, Licence.status.not_in(ENDED)
    )
    return (Person.organisation_id == organisation_id) & ~role & ~elsewhere


def _licences(ctx: Context, organisation_id: UUID) -> list[Licence]:
    live = Licence.organisation_id == organisation_id, Licence.status.not_in(ENDED)
    whole = joinedload(Licence.areas), joinedload(Licence.cases)
    wanted = select(Licence).where(*live).options(*whole).order_by(Licence.requested_at, Licence.id)
    return list(ctx.session.scalars(wanted).unique())


def _people(
    ctx: Context, organisation_id: UUID, holders: Collection[UUID]
) -> tuple[dict[UUID, Person], dict[UUID, set[str]]]:
    """Everybody who works for it, holds its licence or acts for it; with the roles they hold there."""
    there = (RoleHeld.person_id == Person.id) & (RoleHeld.organisation_id == organisation_id)
    rows = ctx.session.execute(
        select(Person, RoleHeld.role)
        .outerjoin(RoleHeld, there & identity.still_held(ctx.now()))
        .where(
            Person.closed_at.is_(None),
            or_(Person.organisation_id == organisation_id, Person.id.in_(holders), RoleHeld.id.is_not(None)),
        )
    )
    people: dict[UUID, Person] = {}
    roles: dict[UUID, set[str]] = defaultdict(set)
    for person, role in rows:
        people[person.id] = person
        if role is not None:
            roles[person.id].add(role)
    return people, roles


def _hanging(ctx: Context, licence_ids: Collection[UUID], people: Collection[UUID]) -> dict[tuple[str, UUID], int]:
    """How many turns, places and offers hang on each licence, and how many sign-ins each of these people has open."""

    def counted(what: str, whose: Any, ids: Collection[UUID], *fits: ColumnElement[bool]) -> Any:
        named: Any = literal_column(f"'{what}'").label("what")
        number = func.count().label("number")
        return select(named, whose.label("whose"), number).where(whose.in_(ids), *fits).group_by(whose)

    limits = identity.limits(ctx)
    live = (
        SignIn.ended_at.is_(None),
        SignIn.whole_at.is_not(None),
        SignIn.seen_at > ctx.now() - limits.idle,
        SignIn.opened_at > ctx.now() - limits.whole,
    )
    rows = ctx.session.execute(
        union_all(
            counted("turns", RotaTurn.licence_id, licence_ids),
            counted("waits", WaitingPlace.licence_id, licence_ids, WaitingPlace.left_at.is_(None)),
            counted("offered", SeatOffer.licence_id, licence_ids, SeatOffer.settled_at.is_(None)),
            counted("signed_in", SignIn.person_id, people, *live),
        )
    )
    return {(row.what, row.whose): row.number for row in rows}


def _open_to(
    ctx: Context, organisation_id: UUID, holders: Collection[UUID], kept: Collection[str]
) -> tuple[dict[UUID, list[str]], set[UUID]]:
    """The cases that each holder is invited to; and who has a link to a password still open, and would not keep it."""
    link, nothing = AccountInvitation, cast(null(), String())
    linked = (
        select(Person.id.label("whose"), nothing.label("reference"))
        .join(link, link.person_id == Person.id)
        .where(
            with_nothing_left(ctx, organisation_id, kept),
            link.used_at.is_(None),
            link.withdrawn_at.is_(None),
            link.ends_at > ctx.now(),
        )
    )
    live = CaseInvitation.ended_at.is_(None), CaseInvitation.person_id.in_(holders)
    invited = select(CaseInvitation.person_id, CaseInvitation.reference).where(*live)
    cases: dict[UUID, list[str]] = defaultdict(list)
    people: set[UUID] = set()
    for whose, reference in ctx.session.execute(union_all(linked, invited)):
        if reference is None:
            people.add(whose)
        else:
            cases[whose].append(reference)
    return cases, people


def _lost(policy: Policy, licence: Licence, hanging: dict[tuple[str, UUID], int]) -> LostLicence:
    return LostLicence(
        licence.id,
        str(licence.kind),
        str(licence.status),
        policy.areas_now(each.area for each in licence.areas),
        tuple(each.reference for each in licence.cases),
        licence.ends_on,
        hanging.get(("turns", licence.id), 0),
        ("waits", licence.id) in hanging,
        ("offered", licence.id) in hanging,
    )


def _is_listed(licence: LostLicence) -> bool:
    return licence.kind == Kind.STANDING and licence.status == Status.ACTIVE


def _digest(people: Iterable[Loss], instruments: Iterable[str], effective_at: datetime | None) -> str:
    shown: list[Any] = [sorted(instruments), effective_at.isoformat() if effective_at else None]
    shown += [
        [str(loss.person_id), loss.lists, loss.invited_to, loss.roles_end, loss.roles_stay, loss.link_open]
        + [
            [str(each.id), each.status, each.areas, each.cases, each.turns, each.waits, each.offered]
            for each in loss.licences
        ]
        for loss in people
    ]
    return sha256(json.dumps(shown, separators=(",", ":")).encode()).hexdigest()
