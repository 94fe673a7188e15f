"""How current every organisation's policies are, and which looks at the ISA's own list are due (SIG-11, SIG-12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from compliance.identity.queries import names_of
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid, NotFound
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories.facts import OrganisationFacts
from signatories.queries import MOST, IsaCell, facts, register

from .rules import GRAVITY, Currency, PolicyStanding, gravest, standing


@dataclass(frozen=True)
class AssuranceRow:
    """One organisation: whether it is a signatory, and how each policy it keeps stands."""

    organisation: OrganisationFacts
    policies: Mapping[str, PolicyStanding]

    @property
    def currency(self) -> Currency:
        """Where it stands as a whole: as its worst policy does."""
        return gravest(self.policies.values())

    @property
    def until(self) -> date | None:
        """The last day on which it stands so without anybody's act; None where only an act changes it."""
        worst = [each.until for each in self.policies.values() if each.currency is self.currency]
        return min((day for day in worst if day is not None), default=None)


@dataclass(frozen=True)
class CheckRow:
    """One organisation and the last look at the ISA's own list for it; `checked_by` is a name."""

    organisation: OrganisationFacts
    isa: IsaCell
    checked_by: str | None


_NEVER = date.max

SORTS: dict[str, Callable[[AssuranceRow], Any]] = {
    "name": lambda row: row.organisation.name.casefold(),
    "state": lambda row: GRAVITY.index(row.currency),
    "until": lambda row: row.until or _NEVER,
}

CHECK_SORTS: dict[str, Callable[[CheckRow], Any]] = {
    "name": lambda row: row.organisation.name.casefold(),
    "due": lambda row: row.isa.due_on,
    "checked": lambda row: row.isa.checked_at.isoformat() if row.isa.checked_at else "",
}
"""What each list can be sorted by; with a minus before it, the other way round."""


def assurance(
    ctx: Context,
    *,
    search: str | None = None,
    sector: str | None = None,
    state: Currency | str | None = None,
    sort: str = "name",
) -> list[AssuranceRow]:
    """Every organisation and how its policies stand today; at most `MOST` (SIG-11). `search` looks in names and codes."""
    require(ctx, Permission.REGISTER_READ)
    if state and state not in list(Currency):
        raise Invalid.at("/state", f"Choose one of these: {', '.join(Currency)}.")
    if sort.removeprefix("-") not in SORTS:
        raise Invalid.at("/sort", f"Sort by one of these: {', '.join(SORTS)}.")
    needle = text.line(search, pointer="/search").casefold() if search and search.strip() else ""

    rows = [
        row
        for row in (of(ctx, found) for found in facts(ctx).values())
        if needle in f"{row.organisation.name}\n{row.organisation.code}".casefold()
        and (not sector or row.organisation.sector == sector)
        and (not state or row.currency == state)
    ]
    rows.sort(key=SORTS["name"])
    rows.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    return rows[:MOST]


def of(ctx: Context, organisation: OrganisationFacts) -> AssuranceRow:
    """How the policies of one organisation stand today."""
    policy, today = ctx.the(Policy), london_date(ctx.now())
    soon = max(policy.signatories.policy_warn_days, default=0)
    grace = policy.licences.policy_grace_days
    return AssuranceRow(
        organisation,
        {
            kind: standing(organisation.policies.get(kind), today, soon_days=soon, grace_days=grace)
            for kind in policy.licences.required_policies
        },
    )


def of_one(ctx: Context, organisation_id: UUID) -> AssuranceRow:
    """How the policies of an organisation stand today; raises NotFound."""
    require(ctx, Permission.REGISTER_READ)
    found = facts(ctx, [organisation_id]).get(organisation_id)
    if found is None:
        raise NotFound()
    return of(ctx, found)


def checks(ctx: Context, *, search: str | None = None, only_due: bool = True, sort: str = "name") -> list[CheckRow]:
    """Every organisation for which the ISA's own list is to be looked at, or every one there is (SIG-12)."""
    if sort.removeprefix("-") not in CHECK_SORTS:
        raise Invalid.at("/sort", f"Sort by one of these: {', '.join(CHECK_SORTS)}.")
    found = [row for row in register(ctx, search=search) if row.isa.due or not only_due]
    names = names_of(ctx, {row.isa.checked_by for row in found if row.isa.checked_by})
    rows = [
        CheckRow(row.organisation, row.isa, names.get(row.isa.checked_by or "", row.isa.checked_by)) for row in found
    ]
    rows.sort(key=CHECK_SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    return rows
