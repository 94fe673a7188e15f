"""The demo's scene of breaches: one that was resolved and learned from, one that waits for a partner, one just reported (BRE-2)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from compliance.breaches import learning, use_cases
from compliance.breaches.models import Incident
from compliance.breaches.reporting import Report
from compliance.breaches.rules import Kind, Lesson
from compliance.kernel.clock import london_date

from .demo_stage import Somebody, Stage


def one_is_resolved(stage: Stage, by: Somebody, partner: Somebody, organisation_id: UUID) -> None:
    """Research came too late twice; the partner says why, and the hub keeps what was learned."""
    said = "Research for two meetings came after the meeting. Nobody had said that it would be late."
    made = _reported(stage, by, Kind.FAILURE_TO_SHARE, said, organisation_id)
    with stage.as_(by) as ctx:
        use_cases.raise_with(
            ctx, made.id, words="Please tell us what happened, and how it is made sure of from now on."
        )
    with stage.as_(partner) as ctx:
        use_cases.answer(
            ctx, made.id, words="The inbox had no cover while its owner was on leave. Two people read it now."
        )
    with stage.as_(by) as ctx:
        use_cases.resolve(ctx, made.id, words="Their last three answers came in time.")
        learning.add(ctx, made.id, kind=Lesson.LESSON, words="A shared inbox needs a named deputy for every absence.")


def one_waits(stage: Stage, by: Somebody, partner: Somebody, organisation_id: UUID) -> None:
    """A wish that stood in the referral was not kept to: the partner is asked, and has something to do."""
    said = "The referral asked that nobody rings the house. Somebody did, on the day after the meeting."
    made = _reported(stage, by, Kind.VICTIMS_NEEDS, said, organisation_id, reference="KM-2026-0345")
    with stage.as_(by) as ctx:
        use_cases.raise_with(
            ctx, made.id, words="Who rang, and had they read the referral? What have you agreed since?"
        )
        learning.add(
            ctx, made.id, kind=Lesson.ACTION, words="Remind every licence holder to read what a referral asks for before they ring.",
            owner_id=partner.id, due_on=london_date(ctx.now()) + timedelta(days=14),
        )  # fmt: skip


def one_is_reported(stage: Stage, by: Somebody) -> None:
    """A delegate reports a wrong assessment, and does not know by whom."""
    said = "A referral that met the criteria was turned away as standard risk. We do not know by which team."
    with stage.as_(by) as ctx:
        use_cases.report(ctx, Report(Kind.RISK_ASSESSMENT.value, said))


def _reported(
    stage: Stage, by: Somebody, kind: Kind, words: str, organisation_id: UUID, *, reference: str | None = None
) -> Incident:
    with stage.as_(by) as ctx:
        aware_at = ctx.now() - timedelta(hours=3)
        return use_cases.report(ctx, Report(kind.value, words, organisation_id, reference, aware_at=aware_at))
