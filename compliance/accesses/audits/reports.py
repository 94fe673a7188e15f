"""One audit as it is read: its people, what they did beside the quarters before, flags, findings, and whose turn it is.

Figures hold no reference of a case, so there is nothing in them to be kept from (DEC-6). Flags may: those about a case
that the reader is kept from, and those about the reader, are left out before they are counted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from audit.record import record
from compliance.accesses.flags.models import AccessFlag
from compliance.decisions.exceptions.queries import kept_from
from compliance.identity.models import Person
from compliance.identity.queries import names_of, require_fresh
from compliance.kernel.calendar import Quarter, quarter_named
from compliance.kernel.clock import end_of, start_of
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid, Refusal
from compliance.kernel.secrets import KeyRing
from compliance.licences.quarterly.models import UseVerdict
from policies.access import may
from policies.permissions import Permission
from policies.values import Policy
from signatories.models import Organisation

from . import counting, queries, rules
from .events import AccessAuditExported, AccessAuditViewed
from .models import AccessAudit, AccessAuditFigure, AccessAuditFinding
from .rules import FIGURES, Figures, Kind, Progress, Status

FORMS = ("pdf", "xlsx")
QUARTERS_MOST = 8
"""Quarters beside one another, the one that is read among them."""

PEOPLE_MOST = 5_000
FINDINGS_MOST = 500

KINDS: dict[Kind, str] = {
    Kind.NOTHING: "Nothing unusual",
    Kind.QUESTION: "To be asked about",
    Kind.TOO_MUCH: "More access than the work needs",
    Kind.OUT_OF_HOURS: "Access out of hours",
    Kind.UNUSED: "Licence not used",
    Kind.TRAINING: "Training needed",
    Kind.BREACH: "To be raised as a breach",
}
"""What was found, in words."""


@dataclass(frozen=True)
class Line:
    """One person: what they did, and what was reported of it only after the audit was opened, which is in no figure.

    `counted` is False for somebody of whom there was nothing to count before.
    """

    person_id: UUID
    name: str
    figures: Figures
    late: Figures
    counted: bool = True


@dataclass(frozen=True)
class Past:
    """The organisation's quarter in figures, beside others."""

    audit_id: UUID
    quarter: Quarter
    people: int
    figures: Figures
    status: Status


@dataclass(frozen=True)
class Finding:
    """Something that was found, opened for whoever may read it."""

    kind: Kind
    words: str
    person: str | None
    found_by: str
    found_at: datetime

    @property
    def said(self) -> str:
        """What kind of thing it is, in words."""
        return KINDS[self.kind]


@dataclass(frozen=True)
class Flagged:
    """Flags of one rule that the quarter's accesses raised: how many, and how many wait for their reviewer."""

    rule: str
    means: str
    number: int
    waiting: int


@dataclass(frozen=True)
class Report:
    """All there is to say of one audit. `flags` is None for those who see none; `why_not` once it is signed off."""

    id: UUID
    organisation_id: UUID
    organisation: str
    quarter: Quarter
    progress: Progress
    opened_at: datetime
    due_on: date
    entries: tuple[int, int]
    lines: tuple[Line, ...]
    total: Figures
    late: Figures
    past: tuple[Past, ...]
    findings: tuple[Finding, ...]
    flags: tuple[Flagged, ...] | None
    verdicts: Mapping[str, int]
    signed_by: str | None
    signed_at: datetime | None
    conclusion: str | None
    signers: tuple[str, ...]
    why_not: Refusal | None
    produced_at: datetime
    address: str

    @property
    def open(self) -> bool:
        return self.progress is not Progress.SIGNED

    @property
    def people(self) -> int:
        """How many people were in it when it was opened."""
        return sum(line.counted for line in self.lines)


def view(ctx: Context, audit_id: UUID) -> Report:
    """Show an audit, and keep that it was shown (AUD-1)."""
    report = gather(ctx, audit_id)
    record(ctx, AccessAuditViewed(subject=report.id, organisation=report.organisation_id))
    return report


def export(ctx: Context, audit_id: UUID, form: str) -> Report:
    """Hand the same out as a file, after a fresh code; it is written once this unit of work is over (AUD-1)."""
    if form not in FORMS:
        raise Invalid.at("/form", f"Choose one of these: {', '.join(FORMS)}.")
    report = gather(ctx, audit_id)
    require_fresh(ctx)
    record(
        ctx,
        AccessAuditExported(
            subject=report.id, organisation=report.organisation_id, form=form, people=len(report.lines)
        ),
    )
    return report


def gather(ctx: Context, audit_id: UUID) -> Report:
    """Everything the asker may read of an audit; raises NotFound."""
    audit = queries.visible(ctx, audit_id)
    quarter, status = quarter_named(audit.quarter), Status(audit.status)
    late = counting.late(ctx, quarter, audit.organisation_id, audit.end_number)
    lines = _lines(ctx, audit, late)
    findings = _findings(ctx, audit)
    is_open = status is Status.OPENED
    return Report(
        audit.id,
        audit.organisation_id,
        ctx.session.get_one(Organisation, audit.organisation_id).name,
        quarter,
        rules.progress(status, audit.due_on, queries.today(ctx)),
        audit.opened_at,
        audit.due_on,
        (audit.first_number, audit.end_number),
        lines,
        rules.together(line.figures for line in lines),
        rules.together(late.values()),
        _past(ctx, audit),
        findings,
        _flags(ctx, audit, quarter) if may(ctx, Permission.FLAG_READ) else None,
        _verdicts(ctx, audit),
        names_of(ctx, [audit.signed_by]).get(audit.signed_by, audit.signed_by) if audit.signed_by else None,
        audit.signed_at,
        _opened(ctx, audit.conclusion, f"access_audits.conclusion:{audit.id}") if audit.conclusion else None,
        tuple(queries.signers(ctx, audit)) if is_open else (),
        queries.why_not(ctx, audit) if is_open else None,
        ctx.now(),
        f"{ctx.house.settings.base_url}/access-audits/{audit.id}",
    )


SORTS: dict[str, Callable[[Line], Any]] = {
    "person": lambda line: line.name.casefold(),
    **{name: partial(lambda name, line: getattr(line.figures, name), name) for name in FIGURES},
}
"""How the people of an audit can be sorted."""


def in_order(lines: tuple[Line, ...], sort: str, search: str | None = None) -> list[Line]:
    """The people whose names have this in them, sorted as asked, `-` first for the most before the least."""
    wanted = (search or "").casefold()
    found = [line for line in lines if wanted in line.name.casefold()]
    return sorted(found, key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))


def _lines(ctx: Context, audit: AccessAudit, late: Mapping[UUID, Figures]) -> tuple[Line, ...]:
    it = AccessAuditFigure
    rows = ctx.session.execute(
        select(it.person_id, Person.full_name, *(getattr(it, name) for name in FIGURES))
        .join(Person, Person.id == it.person_id)
        .where(it.audit_id == audit.id)
        .limit(PEOPLE_MOST)
    )
    lines = [Line(one, name, Figures(*numbers), late.get(one, Figures())) for one, name, *numbers in rows]
    only_late = late.keys() - {line.person_id for line in lines}
    names = names_of(ctx, map(str, only_late)) if only_late else {}
    lines += [Line(one, names.get(str(one), str(one)), Figures(), late[one], counted=False) for one in only_late]
    return tuple(sorted(lines, key=lambda line: (line.name.casefold(), line.person_id)))


def _past(ctx: Context, audit: AccessAudit) -> tuple[Past, ...]:
    """This audit and those of the quarters before it, the oldest first."""
    it = AccessAudit
    before = ctx.session.execute(
        select(it.id, it.quarter, it.status)
        .where(it.organisation_id == audit.organisation_id, it.quarter <= audit.quarter)
        .order_by(it.quarter.desc())
        .limit(QUARTERS_MOST)
    ).all()
    figures = queries.sums(ctx, [row.id for row in before])
    return tuple(
        Past(row.id, quarter_named(row.quarter), *figures.get(row.id, (0, Figures())), Status(row.status))
        for row in reversed(before)
    )


def _findings(ctx: Context, audit: AccessAudit) -> tuple[Finding, ...]:
    rows = ctx.session.execute(
        select(AccessAuditFinding, Person.full_name)
        .outerjoin(Person, Person.id == AccessAuditFinding.person_id)
        .where(AccessAuditFinding.audit_id == audit.id)
        .order_by(AccessAuditFinding.found_at, AccessAuditFinding.id)
        .limit(FINDINGS_MOST)
    ).all()
    names = names_of(ctx, {row[0].found_by for row in rows}) if rows else {}
    return tuple(
        Finding(
            Kind(one.kind), _opened(ctx, one.words, f"access_audit_findings.words:{one.id}"), person,
            names.get(one.found_by, one.found_by), one.found_at,
        )
        for one, person in rows
    )  # fmt: skip


def _flags(ctx: Context, audit: AccessAudit, quarter: Quarter) -> tuple[Flagged, ...]:
    """The flags that the quarter's accesses raised, or that somebody raised within it, by rule."""
    it = AccessFlag
    by_entry = and_(it.last_number >= audit.first_number, it.last_number < audit.end_number)
    by_day = and_(
        it.last_number.is_(None), it.raised_at >= start_of(quarter.first_day), it.raised_at < end_of(quarter.last_day)
    )
    wanted = select(it.rule, func.count(), func.count().filter(it.decided_at.is_(None))).where(
        it.organisation_id == audit.organisation_id, or_(by_entry, by_day)
    )
    wanted = wanted.where(or_(it.person_id.is_(None), it.person_id != ctx.actor.person_id))
    kept = kept_from(ctx)
    if kept:
        wanted = wanted.where(or_(it.reference.is_(None), it.reference.not_in(kept)))
    known = ctx.the(Policy).need_to_know
    return tuple(
        Flagged(rule, known[rule].means if rule in known else "Somebody raised a concern.", number, waiting)
        for rule, number, waiting in ctx.session.execute(wanted.group_by(it.rule).order_by(it.rule))
    )


def _verdicts(ctx: Context, audit: AccessAudit) -> dict[str, int]:
    """What the audit of use found of the organisation's licences in the same quarter (LIC-8)."""
    rows = ctx.session.execute(
        select(UseVerdict.verdict, func.count())
        .where(UseVerdict.quarter == audit.quarter, UseVerdict.organisation_id == audit.organisation_id)
        .group_by(UseVerdict.verdict)
    )
    return {row[0]: row[1] for row in rows}


def _opened(ctx: Context, sealed: bytes, place: str) -> str:
    return ctx.the(KeyRing).open(sealed, place=place).decode()
