"""One audit as it is read: its people, what they did beside the quarters before, flags, findings, and whose turn it is.

Figures hold no reference of a case, so there is nothing in them to be kept from (DEC-6). Flags may: only those that
the reader may know of are counted, as in the list of flags.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from audit.record import record
from compliance.identity.queries import require_fresh
from compliance.kernel.calendar import Quarter, quarter_named
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, Invalid, Refusal
from compliance.kernel.secrets import KeyRing
from policies.access import may
from policies.permissions import Permission
from policies.values import Policy

from . import counting, facts, queries, rules
from .errors import InTheAudit, OwnFinding
from .events import AccessAuditExported, AccessAuditViewed
from .facts import People
from .models import AccessAudit, AccessAuditFinding
from .rules import FIGURES, Figures, Kind, Progress, Status

FORMS = ("pdf", "xlsx")
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
    quarterlies = facts.quarterlies(ctx, audit_id)
    this = quarterlies[-1]
    audit, quarter, status = this.audit, quarter_named(this.audit.quarter), Status(this.audit.status)
    late = counting.late(ctx, quarter, audit.organisation_id, audit.end_number)
    found = facts.findings(ctx, audit)
    known = facts.people(
        ctx, audit, {*late, audit.signed_by, *(who for each in found for who in (each.found_by, each.person_id))}
    )
    beside = facts.beside(ctx, audit)
    finders = {each.found_by for each in found}
    return Report(
        audit.id,
        audit.organisation_id,
        this.organisation,
        quarter,
        rules.progress(status, audit.due_on, queries.today(ctx)),
        audit.opened_at,
        audit.due_on,
        (audit.first_number, audit.end_number),
        _lines(known, late),
        this.figures,
        rules.together(late.values()),
        tuple(
            Past(each.audit.id, quarter_named(each.audit.quarter), each.people, each.figures) for each in quarterlies
        ),
        tuple(_finding(ctx, each, known) for each in found),
        _flagged(ctx, beside.flags),
        beside.verdicts,
        known.name(audit.signed_by),
        audit.signed_at,
        _opened(ctx, audit.conclusion, f"access_audits.conclusion:{audit.id}") if audit.conclusion else None,
        tuple(sorted(name for one, name in beside.able.items() if one not in finders)),
        _why_not(ctx, audit, beside.able, finders) if status is Status.OPENED else None,
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


def _lines(known: People, late: Mapping[UUID, Figures]) -> tuple[Line, ...]:
    lines = [
        Line(one, known.name(one) or "", figures, late.get(one, Figures())) for one, figures in known.figures.items()
    ]
    only_late = late.keys() - known.figures.keys()
    lines += [Line(one, known.name(one) or "", Figures(), late[one], counted=False) for one in only_late]
    return tuple(sorted(lines, key=lambda line: (line.name.casefold(), line.person_id)))


def _finding(ctx: Context, one: AccessAuditFinding, known: People) -> Finding:
    words = _opened(ctx, one.words, f"access_audit_findings.words:{one.id}")
    person, finder = known.name(one.person_id), known.name(one.found_by)
    return Finding(Kind(one.kind), words, person, finder or one.found_by, one.found_at)


def _flagged(ctx: Context, flags: Mapping[str, tuple[int, int]] | None) -> tuple[Flagged, ...] | None:
    if flags is None:
        return None
    known = ctx.the(Policy).need_to_know
    return tuple(
        Flagged(rule, known[rule].means if rule in known else "Somebody raised a concern.", *numbers)
        for rule, numbers in sorted(flags.items())
    )


def _why_not(ctx: Context, audit: AccessAudit, able: Mapping[str, str], finders: Collection[str]) -> Refusal | None:
    """As `queries.why_not`, from what the page has read already."""
    if not may(ctx, Permission.ACCESS_AUDIT_SIGN, organisation=audit.organisation_id):
        return Forbidden()
    if ctx.actor.id not in able:
        return InTheAudit()
    return OwnFinding() if ctx.actor.id in finders else None


def _opened(ctx: Context, sealed: bytes, place: str) -> str:
    return ctx.the(KeyRing).open(sealed, place=place).decode()
