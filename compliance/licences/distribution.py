"""Distribution lists: who may receive a notification for an area now (SIG-6, OP 11.1).

They are not kept but found, each time: whoever holds a standing licence for the area, in turn, for an organisation
that is a signatory at this instant. So nobody has to be taken off one, and nobody can be forgotten on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from audit.lists import ListExported, ListViewed
from audit.record import record
from compliance.identity.models import Person
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid, NotFound
from compliance.kernel.tables import File, Form, Table, form_of, write
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from . import eligibility
from .models import Licence, LicenceArea
from .rotas.turns import IN_USE, OWN_TURNS, usable
from .rules import Kind

LISTS, LIST = "distribution-lists", "distribution-list"
"""What the log calls the lists together, and one of them."""


@dataclass(frozen=True)
class Member:
    """Somebody on an area's distribution list."""

    person_id: UUID
    full_name: str
    email: str
    organisation_id: UUID
    licence_id: UUID
    organisation: str = ""
    area: str = ""


@dataclass(frozen=True)
class ListRow:
    """One area's list: how many are on it, and of how many organisations."""

    area: str
    members: int
    organisations: int


SORTS: dict[str, Callable[[Member], Any]] = {
    "name": lambda member: (member.full_name.casefold(), str(member.person_id)),
    "organisation": lambda member: (member.organisation.casefold(), member.full_name.casefold()),
    "email": lambda member: member.email,
}
"""What a list can be sorted by; with a minus before it, the other way round."""


def members_of(ctx: Context, area: str) -> list[Member]:
    """Who may receive a notification for this area now: its standing holders, each in turn, by name (SIG-6, LIC-6)."""
    require(ctx, Permission.REGISTER_READ)
    return _members(ctx, [_known(ctx, area)])


def view_lists(ctx: Context) -> list[ListRow]:
    """Show every area's list by its numbers, and keep that they were shown."""
    require(ctx, Permission.DISTRIBUTION_READ)
    areas = list(ctx.the(Policy).areas)
    members = _members(ctx, areas)
    record(ctx, ListViewed(what=LISTS, rows=len(areas)))
    return [
        ListRow(
            area,
            sum(each.area == area for each in members),
            len({each.organisation_id for each in members if each.area == area}),
        )
        for area in areas
    ]


def view_list(ctx: Context, area: str, *, search: str | None = None, sort: str | None = None) -> list[Member]:
    """Show who is on an area's list, found and sorted, and keep that it was shown. Raises NotFound, and Invalid at /sort."""
    members = _asked(ctx, area, search, sort)
    record(ctx, ListViewed(what=LIST, rows=len(members)))
    return members


def export_list(
    ctx: Context, area: str, form: Form | str, *, search: str | None = None, sort: str | None = None
) -> File:
    """Hand out an area's list as a file, and keep that it was handed out."""
    kind = form_of(form)
    members = _asked(ctx, area, search, sort)
    record(ctx, ListExported(what=LIST, form=kind.value, rows=len(members)))
    name = ctx.the(Policy).area_name(area)
    rows = [(each.full_name, each.email, each.organisation, name) for each in members]
    address = f"{ctx.house.settings.base_url}/register/distribution-lists/{area}"
    columns = ("Name", "E-mail", "Organisation", "Area")
    table = Table(f"Distribution list of {name}", f"distribution-list-{area}", ctx.now(), columns, rows, address)
    return write(table, kind)


def _asked(ctx: Context, area: str, search: str | None, sort: str | None) -> list[Member]:
    require(ctx, Permission.DISTRIBUTION_READ)
    by = sort or "name"
    if by.removeprefix("-") not in SORTS:
        raise Invalid.at("/sort", f"Sort by one of these: {', '.join(SORTS)}.")
    needle = (search or "").strip().casefold()
    members = [
        each
        for each in _members(ctx, [_known(ctx, area)])
        if needle in f"{each.full_name} {each.email} {each.organisation}".casefold()
    ]
    members.sort(key=SORTS[by.removeprefix("-")], reverse=by.startswith("-"))
    return members


def _known(ctx: Context, area: str) -> str:
    if area not in ctx.the(Policy).area_now:
        raise NotFound()
    return area


def _members(ctx: Context, areas: Collection[str]) -> list[Member]:
    policy = ctx.the(Policy)
    codes = [code for area in areas for code in policy.area_codes(area)]
    rows = ctx.session.execute(
        select(
            Person.id, Person.full_name, Person.email, Licence.organisation_id, Licence.id, Organisation.name,
            LicenceArea.area, Licence.status, Licence.suspension, OWN_TURNS,
        )
        .join(Licence, Licence.person_id == Person.id)
        .join(Organisation, Organisation.id == Licence.organisation_id)
        .join(LicenceArea, LicenceArea.licence_id == Licence.id)
        .where(LicenceArea.area.in_(codes), IN_USE, Licence.kind == Kind.STANDING, Person.closed_at.is_(None))
        .order_by(Person.full_name, Person.id)
    )  # fmt: skip
    members = dict.fromkeys(
        replace(Member(*member), area=policy.area_now[member[-1]])
        for *member, status, rests, turns in rows
        if usable(status, rests, turns, ctx.now())
    )
    signatories = eligibility.signatories(ctx, {member.organisation_id for member in members})
    return [member for member in members if member.organisation_id in signatories]
