"""What a report of one audit is made of, read in six statements however large the organisation is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, String, and_, cast, func, literal, null, or_, select, union_all

from compliance.accesses.flags.models import AccessFlag, AccessFlagEntry
from compliance.accesses.flags.queries import theirs
from compliance.accesses.reporting.models import ReportedAccess
from compliance.identity.models import Person
from compliance.kernel.calendar import quarter_named
from compliance.kernel.clock import end_of, start_of
from compliance.kernel.context import Context
from compliance.kernel.errors import NotFound
from compliance.kernel.ids import parse_id
from compliance.licences.quarterly.models import UseVerdict
from policies.access import may, reach
from policies.permissions import Permission
from signatories.models import Organisation

from . import queries
from .models import AccessAudit, AccessAuditFigure, AccessAuditFinding
from .rules import FIGURES, Figures, Status

QUARTERS_MOST = 8
"""Quarters beside one another, the one that is read among them."""

PEOPLE_MOST = 5_000
FINDINGS_MOST = 500


@dataclass(frozen=True)
class Quarterly:
    """An audit, the organisation's name, and what its people did together."""

    audit: AccessAudit
    organisation: str
    people: int
    figures: Figures


@dataclass(frozen=True)
class Beside:
    """What stands beside the figures: flags by rule with how many wait, verdicts on licences, and who could sign.

    `flags` is None for those who may know of none; `able` holds ids and names, and is empty once it is signed off.
    """

    flags: dict[str, tuple[int, int]] | None
    verdicts: dict[str, int]
    able: dict[str, str]


@dataclass
class People:
    """Those whose figures there are, and the name of everybody who is spoken of."""

    figures: dict[UUID, Figures] = field(default_factory=dict)
    names: dict[UUID, str] = field(default_factory=dict)

    def name(self, one: UUID | str | None) -> str | None:
        """How somebody is called; their id where nobody knows."""
        known = parse_id(one) if isinstance(one, str) else one
        return (self.names.get(known) if known else None) or (str(one) if one else None)


def quarterlies(ctx: Context, audit_id: UUID) -> list[Quarterly]:
    """An audit and those of the organisation's quarters before it, the oldest first; raises NotFound (ROL-4)."""
    within = reach(ctx, Permission.ACCESS_AUDIT_READ)
    it, figure = AccessAudit, AccessAuditFigure
    asked = select(it.organisation_id, it.quarter).where(it.id == audit_id).subquery()
    theirs = select(it.id).where(it.organisation_id == select(asked.c.organisation_id).scalar_subquery())
    sums = (
        select(figure.audit_id, func.count().label("people"), *(func.sum(getattr(figure, name)) for name in FIGURES))
        .where(figure.audit_id.in_(theirs))
        .group_by(figure.audit_id)
        .subquery()
    )
    rows: Sequence[Row[Any]] = ctx.session.execute(
        select(it, Organisation.name, *list(sums.c)[1:])
        .join(asked, and_(it.organisation_id == asked.c.organisation_id, it.quarter <= asked.c.quarter))
        .join(Organisation, Organisation.id == it.organisation_id)
        .outerjoin(sums, sums.c.audit_id == it.id)
        .order_by(it.quarter.desc())
        .limit(QUARTERS_MOST)
    ).all()
    if not rows or (within is not None and rows[0][0].organisation_id not in within):
        raise NotFound()
    return [
        Quarterly(audit, name, people or 0, Figures(*(int(number or 0) for number in numbers)))
        for audit, name, people, *numbers in reversed(rows)
    ]


def findings(ctx: Context, audit: AccessAudit) -> Sequence[AccessAuditFinding]:
    """What was found, in the order of the finding."""
    it = AccessAuditFinding
    wanted = select(it).where(it.audit_id == audit.id).order_by(it.found_at, it.id).limit(FINDINGS_MOST)
    return ctx.session.scalars(wanted).all()


def people(ctx: Context, audit: AccessAudit, spoken_of: Collection[UUID | str | None]) -> People:
    """The people of an audit with their figures, and the names of the others that are spoken of."""
    it = AccessAuditFigure
    known = {parse_id(one) if isinstance(one, str) else one for one in spoken_of} - {None}
    counted = (
        select(Person.id, Person.full_name, *(getattr(it, name).label(name) for name in FIGURES))
        .join(it, it.person_id == Person.id)
        .where(it.audit_id == audit.id)
        .limit(PEOPLE_MOST)
        .subquery()
    )
    others = select(Person.id, Person.full_name, *(null() for _ in FIGURES)).where(Person.id.in_(known))
    found = People()
    everybody: Any = union_all(select(counted), others)
    for one, name, *numbers in ctx.session.execute(everybody):
        found.names[one] = name
        if numbers[0] is not None:
            found.figures[one] = Figures(*numbers)
    return found


def beside(ctx: Context, audit: AccessAudit) -> Beside:
    """Flags of the quarter for those who may know of them, what the audit of use found, and who could sign it off."""
    shows = may(ctx, Permission.FLAG_READ)
    nobody = cast(null(), String)
    every: list[Select[*tuple[Any, ...]]] = [
        select(literal("verdict"), UseVerdict.verdict, nobody, func.count(), literal(0))
        .where(UseVerdict.quarter == audit.quarter, UseVerdict.organisation_id == audit.organisation_id)
        .group_by(UseVerdict.verdict)
    ]
    if shows:
        it = AccessFlag
        every.append(
            select(literal("flag"), it.rule, nobody, func.count(), func.count().filter(it.decided_at.is_(None)))
            .where(it.organisation_id == audit.organisation_id, _of_quarter(audit), theirs(ctx))
            .group_by(it.rule)
        )
    if audit.status == Status.OPENED.value:
        able = queries.able_to_sign(ctx, audit).subquery()
        every.append(select(literal("signer"), able.c.full_name, cast(able.c.id, String), literal(0), literal(0)))

    found = Beside({} if shows else None, {}, {})
    asked: Any = union_all(*every)
    for what, code, person, number, waiting in ctx.session.execute(asked):
        if what == "verdict":
            found.verdicts[code] = number
        elif what == "signer":
            found.able[str(UUID(person))] = code
        elif found.flags is not None:
            found.flags[code] = (number, waiting)
    return found


def _of_quarter(audit: AccessAudit) -> ColumnElement[bool]:
    """The flags that rest on something reported for the quarter, and those that rest on nothing reported and were
    raised within it: a concern, or an answer of this service, which is looked at as it is given.
    """
    it, quarter, reported = AccessFlag, quarter_named(audit.quarter), ReportedAccess
    since, until = start_of(quarter.first_day), end_of(quarter.last_day)
    entries = (
        select(AccessFlagEntry.number)
        .join(reported, reported.number == AccessFlagEntry.number)
        .where(AccessFlagEntry.flag_id == it.id)
        .correlate(it)
    )
    within = and_(it.raised_at >= since, it.raised_at < until)
    happened = entries.where(reported.happened_at >= since, reported.happened_at < until)
    return or_(happened.exists(), and_(~entries.exists(), within))
