"""Opening, finding and signing off: what happens to one organisation's audit of a quarter (AUD-5, OP 6.5)."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.identity.queries import require_fresh
from compliance.kernel import text
from compliance.kernel.calendar import quarter_named
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import Invalid
from compliance.kernel.secrets import KeyRing
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from . import counting, queries, rules
from .counting import Counted
from .errors import AuditOpenAlready
from .events import AccessAuditFound, AccessAuditOpened, AccessAuditSigned
from .models import AccessAudit, AccessAuditFigure, AccessAuditFinding
from .rules import Kind, Status, Step

WORDS_MOST = 1000
"""Characters of a finding at the most: what was found, and not the whole story."""

_ONCE = "uq_access_audits_quarter_organisation_id"


def open_audit(ctx: Context, counted: Counted, organisation_id: UUID) -> AccessAudit:
    """Open the audit of an organisation's quarter with what was counted; raises AuditOpenAlready."""
    require(ctx, Permission.ACCESS_AUDIT_OPEN)
    people, quarter, policy = counted.people[organisation_id], str(counted.quarter), ctx.the(Policy)

    due_on = rules.due_on(queries.today(ctx), policy.audit.audit_sign_off_working_days, policy.calendar)

    audit = AccessAudit(
        id=ctx.new_id(), quarter=quarter, organisation_id=organisation_id, status=Status.OPENED.value,
        opened_at=ctx.now(), due_on=due_on, first_number=counted.first_number, end_number=counted.end_number,
    )  # fmt: skip
    ctx.session.add(audit)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, _ONCE):
            raise AuditOpenAlready() from problem
        raise
    ctx.session.add_all(
        AccessAuditFigure(audit_id=audit.id, person_id=person_id, **asdict(figures))
        for person_id, figures in people.items()
    )

    record(
        ctx,
        AccessAuditOpened(
            subject=audit.id, organisation=organisation_id, quarter=quarter, people=len(people),
            first=counted.first_number, end=counted.end_number,
        ),
    )  # fmt: skip
    return audit


def find(
    ctx: Context, audit_id: UUID, *, kind: Kind | str, words: str, person_id: UUID | None = None
) -> AccessAuditFinding:
    """Write down what was found, of one of its people or of the organisation; it is never edited afterwards.

    Raises AuditOver, and Invalid at `/kind`, `/words` and `/person_id`.
    """
    audit = queries.visible(ctx, audit_id, lock=True)
    require(ctx, Permission.ACCESS_AUDIT_FIND, organisation=audit.organisation_id)

    audit.status = rules.after(Status(audit.status), Step.FIND).value
    what = _kind(kind)
    said = text.prose(words, pointer="/words", limit=WORDS_MOST)
    if person_id is not None and not queries.is_among(ctx, audit, person_id):
        raise Invalid.at("/person_id", "Choose one of the people in this audit.")

    finding_id = ctx.new_id()
    finding = AccessAuditFinding(
        id=finding_id, audit_id=audit.id, kind=what.value, person_id=person_id,
        words=ctx.the(KeyRing).seal(said.encode(), place=f"access_audit_findings.words:{finding_id}"),
        found_by=ctx.actor.id, found_at=ctx.now(),
    )  # fmt: skip
    ctx.session.add(finding)

    record(
        ctx,
        AccessAuditFound(
            subject=audit.id, organisation=audit.organisation_id, finding=finding.id, kind=what.value, person=person_id
        ),
    )
    return finding


def sign_off(ctx: Context, audit_id: UUID, *, conclusion: str) -> AccessAudit:
    """Conclude an audit, as somebody who is not in it and found nothing in it themselves, after a fresh code.

    Raises AuditOver, InTheAudit, OwnFinding, FreshCodeNeeded, and Invalid at `/conclusion`.
    """
    audit = queries.visible(ctx, audit_id, lock=True)
    require(ctx, Permission.ACCESS_AUDIT_SIGN, organisation=audit.organisation_id)
    refusal = queries.why_not(ctx, audit)
    if refusal is not None:
        raise refusal
    require_fresh(ctx)

    audit.status = rules.after(Status(audit.status), Step.SIGN).value
    said = text.prose(conclusion, pointer="/conclusion")
    late = counting.late(ctx, quarter_named(audit.quarter), audit.organisation_id, audit.end_number)
    findings = select(func.count()).where(AccessAuditFinding.audit_id == audit.id)

    audit.signed_by = ctx.actor.id
    audit.signed_at = ctx.now()
    audit.conclusion = ctx.the(KeyRing).seal(said.encode(), place=f"access_audits.conclusion:{audit.id}")

    record(
        ctx,
        AccessAuditSigned(
            subject=audit.id, organisation=audit.organisation_id, quarter=audit.quarter,
            findings=ctx.session.scalars(findings).one(), late=len(late),
        ),
    )  # fmt: skip
    return audit


def _kind(given: Kind | str) -> Kind:
    try:
        return Kind(given)
    except ValueError:
        raise Invalid.at("/kind", f"Choose one of these: {', '.join(Kind)}.") from None
