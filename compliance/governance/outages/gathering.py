"""Whom the hub reaches, area by area, when the case system is down: read from the registers in a fixed number of statements (GOV-3).

Nothing about a case but its reference is here, as nowhere in this service.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import literal, or_, select

from compliance.identity.models import Person
from compliance.kernel.clock import london_date, said_day
from compliance.kernel.context import Context
from compliance.licences.models import CaseInvitation, ClosedCase, Licence, LicenceArea, LicenceCase
from compliance.licences.rotas.turns import IN_USE
from compliance.licences.rules import Kind
from policies.outage_groups import OutageStep
from policies.values import Policy
from signatories import queries as register
from signatories.models import KeyContact, OrganisationArea

CONTACTS = {
    "escalation": "Senior escalation contact",
    "primary": "Primary licence holder",
    "delegate": "Approved delegate",
}
"""Key contacts in the order the hub rings them."""
STANDING, BY_INVITE, BY_TURNS = "Standing", "By invite", "By turns"
NOWHERE = "no-area"
"""The code of what belongs to no area: nobody is left out because a licence or an organisation names none."""


@dataclass(frozen=True)
class Holder:
    """Somebody who can use the case system in an area, and how: always, by invite, or by turns on a rota."""

    name: str
    email: str
    organisation: str
    how: str


@dataclass(frozen=True)
class Contact:
    """Whom the hub rings at an organisation of an area; `telephone` is empty where none was given."""

    organisation: str
    role: str
    name: str
    email: str
    telephone: str


@dataclass(frozen=True)
class Invited:
    """Somebody invited to a case, by the case's opaque reference; `closed` marks a closed MARAC, `until` is in words."""

    reference: str
    closed: bool
    name: str
    email: str
    organisation: str
    until: str


@dataclass(frozen=True)
class AreaList:
    """One area MARAC: who holds a licence for it, whom to ring, and who of its holders is invited to which case."""

    code: str
    name: str
    districts: tuple[str, ...]
    holders: tuple[Holder, ...]
    contacts: tuple[Contact, ...]
    invited: tuple[Invited, ...]

    @property
    def organisations(self) -> int:
        """How many organisations have a holder or a contact here."""
        return len({each.organisation for each in self.holders} | {each.organisation for each in self.contacts})

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where every holder is written to, each once."""
        return tuple(sorted({each.email for each in self.holders}))


@dataclass(frozen=True)
class OrganisationLine:
    """One organisation of the register, and whether it is a signatory of all it must have signed."""

    name: str
    sector: str
    areas: tuple[str, ...]
    signatory: bool


@dataclass(frozen=True)
class Gathered:
    """What a pack tells, as at `at`; `service` is this service's own address."""

    at: datetime
    service: str
    areas: tuple[AreaList, ...]
    organisations: tuple[OrganisationLine, ...]
    steps: tuple[OutageStep, ...]

    @property
    def people(self) -> int:
        """How many different people hold a licence."""
        return len({each.email for area in self.areas for each in area.holders})


def gather(ctx: Context) -> Gathered:
    """Everything a pack tells, as the registers have it now.

    It asks no permission: whoever makes a pack or takes one is asked for theirs, and what is read here leaves sealed.
    """
    policy = ctx.the(Policy)
    facts = register.facts(ctx)
    names = {one: each.name for one, each in facts.items()}
    rows = _holders(ctx, {one for one, each in facts.items() if each.signatory})
    holders: dict[str, list[Holder]] = defaultdict(list)
    of_person: dict[UUID, set[str]] = defaultdict(set)
    for row in rows:
        area = _area(policy, row.area)
        of_person[row.person_id].add(area)
        holders[area].append(Holder(row.full_name, row.email, names[row.organisation_id], _how(row)))
    contacts = _contacts(ctx, policy, {one: each.name for one, each in facts.items() if not each.withdrawn})
    invited = _invited(ctx, names, of_person)

    known = [(code, area.name, area.districts) for code, area in policy.areas.items()]
    areas = [
        AreaList(code, name, districts, _once(holders[code]), _once(contacts[code]), _once(invited[code]))
        for code, name, districts in (*known, (NOWHERE, "No area", ()))
    ]
    return Gathered(
        ctx.now(),
        ctx.house.settings.base_url,
        tuple(area for area in areas if area.code != NOWHERE or area.holders or area.contacts or area.invited),
        tuple(
            OrganisationLine(
                each.name,
                each.sector,
                tuple(sorted(policy.areas[code].name for code in each.areas if code in policy.areas)),
                each.signatory,
            )
            for each in sorted(facts.values(), key=lambda each: each.name.casefold())
            if not each.withdrawn
        ),
        tuple(policy.outage_steps.values()),
    )


def _holders(ctx: Context, signatories: set[UUID]) -> Sequence[Any]:
    """A row for each licence in use and area it opens, or one without an area; of signatories' people only (SIG-6)."""
    today = london_date(ctx.now())
    wanted = (
        select(
            Licence.id, Licence.person_id, Licence.organisation_id, Licence.kind, Licence.rota_id, LicenceArea.area,
            Person.full_name, Person.email,
        )
        .join(Person, Person.id == Licence.person_id)
        .outerjoin(LicenceArea, LicenceArea.licence_id == Licence.id)
        .where(IN_USE, Person.closed_at.is_(None), or_(Licence.ends_on.is_(None), Licence.ends_on >= today))
        .order_by(Person.full_name, Person.id, Licence.id)
    )  # fmt: skip
    rows: Sequence[Any] = ctx.session.execute(wanted).all()
    return [row for row in rows if row.organisation_id in signatories]


def _how(row: Any) -> str:
    if row.kind == Kind.BY_INVITE:
        return BY_INVITE
    return BY_TURNS if row.rota_id is not None else STANDING


def _contacts(ctx: Context, policy: Policy, names: Mapping[UUID, str]) -> dict[str, list[Contact]]:
    """Key contacts by area: a row for each contact and area of its organisation."""
    ranks = {kind: place for place, kind in enumerate(CONTACTS)}
    rows = ctx.session.execute(
        select(
            KeyContact.organisation_id, KeyContact.kind, KeyContact.name, KeyContact.email, KeyContact.telephone,
            OrganisationArea.area,
        )
        .outerjoin(OrganisationArea, OrganisationArea.organisation_id == KeyContact.organisation_id)
        .where(KeyContact.ended_at.is_(None))
    )  # fmt: skip
    found: dict[str, list[tuple[tuple[str, int, str], Contact]]] = defaultdict(list)
    for row in rows:
        if row.organisation_id not in names:
            continue
        name = names[row.organisation_id]
        contact = Contact(name, CONTACTS.get(row.kind, row.kind), row.name, row.email, row.telephone or "")
        order = (name.casefold(), ranks.get(row.kind, len(ranks)), row.name.casefold())
        found[_area(policy, row.area)].append((order, contact))
    by_order = defaultdict(list)
    for area, lines in found.items():
        by_order[area] = [contact for _, contact in sorted(lines, key=lambda line: line[0])]
    return by_order


def _invited(
    ctx: Context, names: Mapping[UUID, str], of_person: Mapping[UUID, Iterable[str]]
) -> dict[str, list[Invited]]:
    """Who is invited to which case, by each area in which they hold a licence: by an invitation, or by a by-invite licence.

    A closed MARAC is for those who were invited to it as such, whatever a licence says (OP 5.2).
    """
    now = ctx.now()
    invitations = (
        select(
            CaseInvitation.reference, CaseInvitation.closed, CaseInvitation.until, CaseInvitation.person_id,
            Person.full_name, Person.email, Person.organisation_id,
        )
        .join(Person, Person.id == CaseInvitation.person_id)
        .where(
            CaseInvitation.ended_at.is_(None), or_(CaseInvitation.until.is_(None), CaseInvitation.until > now),
            Person.closed_at.is_(None),
        )
    )  # fmt: skip
    by_licence = (
        select(
            LicenceCase.reference, literal(False).label("closed"), Licence.ends_on, Licence.person_id,
            Person.full_name, Person.email, Licence.organisation_id,
        )
        .join(Licence, Licence.id == LicenceCase.licence_id)
        .join(Person, Person.id == Licence.person_id)
        .where(
            IN_USE, Licence.kind == Kind.BY_INVITE, Licence.ends_on >= london_date(now), Person.closed_at.is_(None),
            LicenceCase.reference.not_in(select(ClosedCase.reference)),
        )
    )  # fmt: skip
    found: dict[str, list[Invited]] = defaultdict(list)
    rows = [*ctx.session.execute(invitations), *ctx.session.execute(by_licence)]
    for reference, closed, until, person_id, name, email, organisation_id in sorted(
        rows, key=lambda row: (row[0], row[4])
    ):
        day = london_date(until) if isinstance(until, datetime) else until
        invited = Invited(reference, closed, name, email, names.get(organisation_id, ""), said_day(day) if day else "")
        # Who has no licence that opens now is invited to nothing, and belongs to no area here.
        for area in sorted(of_person.get(person_id, ())):
            found[area].append(invited)
    return found


def _area(policy: Policy, code: str | None) -> str:
    """The area that a code stands for now; one that was merged away counts under the area that took it over."""
    return policy.area_now.get(code or "", NOWHERE)


def _once(lines: Sequence[Any]) -> tuple[Any, ...]:
    """The same without those that are there twice, as when two areas of one licence became one."""
    return tuple(dict.fromkeys(lines))
